"""Putting a call into the plan: for a client, or for whoever called."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from backend_client.contract import ClientRequest
from backend_client.errors import BackendError
from backend_client.model.phone import format_number
from backend_client.model.plan import AddTask, EditTask
from backend_client.model.text import clean
from screens.language import _, short_date
from screens.task_form import TaskForm
from screens.task_words import client_text, day_of
from screens.words import error_text
from screens.work import work

if TYPE_CHECKING:
    from textual.screen import Screen

    from backend_client.contract import Backend
    from backend_client.model.call import Call


async def add_task(
    screen: Screen[None], backend: Backend, *, client_id: int | None = None, call: Call | None = None
) -> None:
    """Ask for the fields of a new task, and put it into the plan; the screen tells how it went."""
    try:
        clock, directories = await backend.clock(), await backend.directories()
        card = await backend.client(ClientRequest(id=client_id)) if client_id is not None else None
    except BackendError as error:
        _complain(screen, error)
        return
    home = clock.home_country
    number = call.number if call is not None else ""
    before = AddTask(
        contact_date=clock.today,
        operator_id=call.employees[0].id if call is not None and call.employees else None,
        manager_id=card.responsible_id if card is not None else None,
        client_id=client_id,
        number=number,
        call_id=call.id if call is not None else None,
    )
    name = clean(card.name) if card is not None else format_number(number, home)
    numbers = [one.key for one in card.numbers] if card is not None else []
    title, today = _("New task: {client}").format(client=name), date.fromisoformat(clock.today)
    form = TaskForm(title, before, directories, today, numbers=numbers)

    def answered(deed: AddTask | EditTask | None) -> None:
        if isinstance(deed, AddTask):
            work(screen, partial(_send, screen, backend, deed), "add")

    screen.app.push_screen(form, answered)


async def _send(screen: Screen[None], backend: Backend, deed: AddTask) -> None:
    try:
        change = await backend.change_task(deed)
    except BackendError as error:
        _complain(screen, error)
        return
    task = change.task
    day = day_of(task.contact_date) if task is not None else None
    if task is not None and day is not None:
        told = _("Put into the plan of {day}: {client}").format(day=short_date(day), client=client_text(task))
        screen.notify(told, markup=False)


def _complain(screen: Screen[None], error: BackendError) -> None:
    screen.notify("\n".join(filter(None, error_text(error))), severity="warning", markup=False)
