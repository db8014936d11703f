"""The outbound plan (T2): my calls for today, in the order of work; for heads, everybody's."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.permissions import Permission
from backend_client.model.task import WAITING, TaskFilter, TaskOrder, TaskState
from backend_client.model.text import N_, clean
from screens.filter_words import PRESETS
from screens.language import _, ngettext, number, short_date
from screens.plan.task_words import STATES
from screens.plan.tasks import TasksScreen
from screens.widgets.choice_list import Choice
from screens.widgets.text_field import text_field
from screens.work import work

TO_CALL = "to-call"
LISTS = {
    TO_CALL: N_("To call: today's and overdue"),
    "day": N_("The whole day, with outcomes"),
    "dropped": N_("Dropped, to be confirmed"),
    "coming": N_("Coming days"),
    "open": N_("All open tasks"),
    "all": N_("All tasks"),
}
"""The lists of the plan, in their order."""
BY_DAY = {"dropped": False, "coming": False, "open": False, "all": True}
"""Lists that come by contact date, and whether the latest is first; the others are in the order of work."""


def list_filter(name: str, today: date) -> TaskFilter:
    """What a list shows, whosever the tasks are."""
    day, tomorrow = today.isoformat(), (today + timedelta(days=1)).isoformat()
    match name:
        case "to-call":
            return TaskFilter(contact=Period(end=day), states=WAITING)
        case "day":
            return TaskFilter(planned=Period(start=day, end=day))
        case "dropped":
            return TaskFilter(states=(TaskState.DROPPED,))
        case "coming":
            return TaskFilter(contact=Period(start=tomorrow), open=True)
        case "open":
            return TaskFilter(open=True)
        case _:
            return TaskFilter()


class PlanScreen(TasksScreen):
    """The tasks of a day; keys choose the list, the day, the states, the operator."""

    TITLE = N_("Outbound plan")
    DEFAULT_CSS = """
    PlanScreen > Input { display: none; height: 1; border: none; padding: 0 1; background: $surface; }
    PlanScreen > Input:focus { border: none; }
    PlanScreen.-searching > Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "lists", N_("Lists"), id="plan.lists", tooltip=N_("To call, the whole day, dropped, coming days")),
        Binding("d", "day", N_("Day"), id="plan.day", tooltip=N_("Tasks of other contact dates")),
        Binding("f", "states", N_("States"), id="plan.states", tooltip=N_("Tasks in chosen states only")),
        Binding("O", "operator", N_("Operator"), id="plan.operator", tooltip=N_("Tasks of one operator")),
        Binding("M", "mine", N_("My tasks"), id="plan.mine", tooltip=N_("Own tasks, or everybody's")),
        Binding("slash", "search", N_("Search"), id="plan.search",
                tooltip=N_("Search by client, number, address or order")),
        Binding("x", "clear", N_("Clear"), id="plan.clear", tooltip=N_("Back to the calls of today")),
        Binding("t", "report", N_("Report"), id="plan.report", tooltip=N_("Operational outbound work, by operator")),
        Binding("a", "add", N_("New task"), id="plan.add", tooltip=N_("Put a call to a client into the plan")),
        Binding("N", "generate", N_("By rule"), id="plan.generate",
                tooltip=N_("Make tasks for clients whose last delivery is long ago")),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__(TaskFilter())
        self.list = TO_CALL
        self._day: date | None = None

    def over_table(self) -> ComposeResult:
        yield text_field("search", "", _("client, number, address or order"))

    @property
    def home_filter(self) -> TaskFilter:
        """What the screen shows by itself: a head sees everybody's."""
        asked = list_filter(self.list, self.today)
        return replace(asked, mine=True) if self._own_by_itself else asked

    @property
    def _sees_all(self) -> bool:
        may = self.backend.session.may
        return may(Permission.PLAN_REPORT) or may(Permission.MANAGE_PLAN)

    @property
    def _own_by_itself(self) -> bool:
        return not self._sees_all

    def know_day(self) -> None:
        """The first answer, or a new day: the list is of that day."""
        self.table.operators = not self.filter.mine
        if self._day != self.today:
            self._day = self.today
            self.show_list(self.list)
        self._title()

    def show_list(self, name: str) -> None:
        """Show a list; whose tasks and the search stay."""
        self.list = name
        asked, kept = self.home_filter, self.filter
        whose = {"mine": kept.mine, "operators": kept.operators} if self._sees_all else {}
        self._sort_by_itself()
        self.narrow(replace(asked, search=kept.search, **whose))

    def _sort_by_itself(self) -> None:
        """The order of the list, whatever was chosen before."""
        table = self.table
        order = TaskOrder.CONTACT if self.list in BY_DAY else TaskOrder.WORK
        descending = BY_DAY.get(self.list, False)
        if (table.order, table.descending) != (order, descending):
            table.sort(order, descending=descending)

    def narrow(self, filter: TaskFilter) -> None:
        """Show other tasks, and say which."""
        self.table.operators = not filter.mine
        self.table.lay_out()
        self.set_filter(filter)
        self._title()

    def _title(self) -> None:
        """What is shown, beside the title."""
        asked = self.filter
        parts = [_("My calls for today") if asked == replace(list_filter(TO_CALL, self.today), mine=True) else ""]
        if not parts[0]:
            parts = [self._list_word(), _("my tasks") if asked.mine else ""]
        names = self.table.task_look
        parts += [names.employee(id or None) for id in asked.operators]
        if asked.search:
            parts.append(_("“{text}”").format(text=clean(asked.search)))
        self.title_line.subject = " · ".join(filter(None, parts))
        self.title_line.show()

    def _list_word(self) -> str:
        asked, listed = self.filter, list_filter(self.list, self.today)
        if (asked.contact, asked.planned, asked.states, asked.open) == (
            listed.contact, listed.planned, listed.states, listed.open,
        ):  # fmt: skip
            return _(LISTS[self.list])
        states = ", ".join(STATES[state].word for state in asked.states if asked.states != WAITING)
        return " · ".join(filter(None, (_period_word(asked.contact), states)))

    def why_not(self, action: str) -> str:
        may = self.backend.session.may
        if not self.allowed:
            return _("your role has no part in the outbound plan")
        if action in ("add", "generate") and not may(Permission.MANAGE_PLAN):
            return _("your role may not put tasks into the plan")
        if action == "report" and not may(Permission.PLAN_REPORT):
            return _("your role may not see the report of the plan")
        if action in ("mine", "operator") and not self._sees_all:
            return _("your role sees own tasks only")
        if action == "mine" and self.backend.session.employee_id is None:
            return _("nobody is known by your name here")
        return super().why_not(action)

    def empty_text(self) -> tuple[str, ...]:
        if self.filter.search or self.filter.operators or self.list == "all":
            first = _("No task is like this.") if self.filter.search or self.filter.operators else _("No tasks yet.")
        elif self.list == TO_CALL:
            first = _("Nothing is left to call.")
        else:
            first = _("No task is like this.")
        lines = [first, _("v shows other lists; x comes back to the calls of today.")]
        if self.backend.session.may(Permission.MANAGE_PLAN):
            lines.append(_("a puts a client into the plan, N makes tasks by rule."))
            lines.append(_("Bring in a list:  pult plan import FILE"))
        return tuple(lines)

    # Choosing

    def action_lists(self) -> None:
        """Choose a list."""
        if not self._refused("lists"):
            choices = [Choice(name, _(word)) for name, word in LISTS.items()]
            self._choose(_("Tasks"), choices, self.list, lambda name: self.show_list(str(name)))

    def action_day(self) -> None:
        """Choose contact dates."""
        if self._refused("day"):
            return
        from screens.calls.period_dialog import PeriodDialog

        def asked(filter: CallFilter | None) -> None:
            if filter is not None:
                self.narrow(replace(self.filter, contact=filter.period, planned=None))

        self.app.push_screen(PeriodDialog(CallFilter(period=self.filter.contact), self.today), asked)

    def action_states(self) -> None:
        """Choose states."""
        if self._refused("states"):
            return
        from screens.dialogs.several_dialog import SeveralDialog

        choices = [Choice(state, sign.word) for state, sign in STATES.items() if state is not TaskState.UNKNOWN]

        def chosen(states: tuple[Hashable, ...] | None) -> None:
            if states is not None:
                wanted = tuple(state for state in states if isinstance(state, TaskState))
                self.narrow(replace(self.filter, states=wanted, open=None))

        self.app.push_screen(SeveralDialog(_("States"), choices, self.filter.states), chosen)

    def action_operator(self) -> None:
        """Choose whose tasks."""
        if self._refused("operator"):
            return
        # Who left, or works as something else now, may have open tasks still.
        people = sorted(self.directories.employees, key=lambda one: not one.takes_tasks)
        choices = [Choice(-1, _("everybody")), Choice(0, _("nobody"))]
        choices += [
            Choice(one.id, clean(one.name), "" if one.takes_tasks else _("is given no tasks")) for one in people
        ]
        here = self.filter.operators[0] if self.filter.operators else -1
        self._choose(_("Operator"), choices, here, self._take_operator)

    def _take_operator(self, operator: Hashable) -> None:
        if isinstance(operator, int):
            self.narrow(replace(self.filter, mine=False, operators=() if operator < 0 else (operator,)))

    def _choose(self, title: str, choices: list[Choice], here: Hashable, take: Callable[[Hashable], None]) -> None:
        from screens.dialogs.choice_dialog import ChoiceDialog

        def chosen(value: Hashable | None) -> None:
            if value is not None:
                take(value)

        self.app.push_screen(ChoiceDialog(title, choices, here), chosen)

    def action_mine(self) -> None:
        """Own tasks, or everybody's."""
        if not self._refused("mine"):
            self.narrow(replace(self.filter, mine=not self.filter.mine, operators=()))

    def action_clear(self) -> None:
        """Back to what the screen shows by itself."""
        if self._refused("clear"):
            return
        self.query_one(Input).value = ""
        self.remove_class("-searching")
        self.table.focus()
        self.list = TO_CALL
        self._sort_by_itself()
        self.narrow(self.home_filter)

    def action_search(self) -> None:
        """Type what to look for."""
        if not self._refused("search"):
            self.add_class("-searching")
            self.query_one(Input).focus()

    def action_back(self) -> None:
        """Out of the search, or close what is open."""
        field = self.query_one(Input)
        if field.has_focus:
            self.table.focus()
            self.set_class(bool(field.value), "-searching")
        else:
            super().action_back()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.narrow(replace(self.filter, search=clean(event.value)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_back()

    # Into the plan

    def action_add(self) -> None:
        """Choose a client, and say what call it is."""
        if self._refused("add"):
            return
        from screens.clients.client_picker import ClientPicker

        told = _("New task: which client?")
        self.app.push_screen(ClientPicker(self.backend, told, but=0, home=self.table.task_look.home), self._add_for)

    def _add_for(self, client: int | None) -> None:
        if client is not None:
            from screens.plan.task_adding import add_task

            work(self, partial(add_task, self, self.backend, client_id=client), "add")

    def action_generate(self) -> None:
        """Make tasks by the rule."""
        if self._refused("generate"):
            return
        from screens.plan.generate_dialog import GenerateDialog

        self.app.push_screen(GenerateDialog(self.backend, self.directories, self.today), self._generated)

    def _generated(self, count: int | None) -> None:
        if count:
            told = ngettext("{count} task was put into the plan.", "{count} tasks were put into the plan.", count)
            self.notify(told.format(count=number(count)), markup=False)
            self.tasks_changed()

    def action_report(self) -> None:
        """The report of the plan."""
        if not self._refused("report"):
            from screens.plan.plan_report import PlanReportScreen

            self.app.push_screen(PlanReportScreen())


def _period_word(period: Period | None) -> str:
    """Contact dates in words."""
    if period is None:
        return ""
    if period.preset is not None and period.preset is not Preset.UNKNOWN:
        return _(PRESETS[period.preset])
    ends = [short_date(date.fromisoformat(end[:10])) if end else "" for end in (period.start, period.end)]
    return ends[0] if ends[0] == ends[1] else " – ".join(ends)
