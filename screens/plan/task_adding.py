"""Putting a call into the plan: for a client, or for whoever called."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from backend_client.contract.clients import ClientRequest
from backend_client.contract.tasks import AddTask, TaskChange
from backend_client.errors import BackendError
from backend_client.model.phone import format_number
from backend_client.model.text import clean
from screens.language import _, home_of, short_date
from screens.plan.task_form import TaskForm
from screens.plan.task_words import client_text, day_of
from screens.words import error_text

if TYPE_CHECKING:
    from textual.screen import Screen

    from backend_client.contract.backend import Backend
    from backend_client.model.call import Call


async def add_task(
    screen: Screen[None], backend: Backend, *, client_id: int | None = None, call: Call | None = None
) -> None:
    """Ask for the fields of a new task, and put it into the plan."""
    try:
        clock, directories = await backend.clock(), await backend.directories()
        card = await backend.client(ClientRequest(id=client_id)) if client_id is not None else None
    except BackendError as error:
        _complain(screen, error)
        return
    home = home_of(clock.home_country)
    number = call.number if call is not None else ""
    holders = {one.id for one in directories.employees if one.takes_tasks}
    spoke = [one.id for one in call.employees if one.id in holders] if call is not None else []
    before = AddTask(
        contact_date=clock.today,
        operator_id=spoke[0] if spoke else None,
        manager_id=card.responsible_id if card is not None else None,
        client_id=client_id,
        number=number,
        call_id=call.id if call is not None else None,
    )
    name = clean(card.name) if card is not None else format_number(number, home)
    numbers = [one.key for one in card.numbers] if card is not None else []
    title, today = _("New task: {client}").format(client=name), date.fromisoformat(clock.today)
    form = TaskForm(backend, title, before, directories, today, numbers=numbers)

    def answered(change: TaskChange | None) -> None:
        task = change.task if change is not None else None
        if task is not None and (day := day_of(task.contact_date)):
            told = _("Put into the plan of {day}: {client}").format(day=short_date(day), client=client_text(task))
            screen.notify(told, markup=False)

    screen.app.push_screen(form, answered)


def _complain(screen: Screen[None], error: BackendError) -> None:
    screen.notify("\n".join(filter(None, error_text(error))), severity="warning", markup=False)
