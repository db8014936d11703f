"""What the service indicators are measured by: the service level, short calls and repeated ones."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.model.report import ServiceGoal
from backend_client.model.text import N_
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList

FIELDS = (
    ("percent", N_("Service level wanted, % of calls"), 1, 99),
    ("seconds", N_("answered within, seconds"), 0, 3600),
    ("short_abandon", N_("Given up sooner is no lost call, seconds"), 0, 3600),
    ("short_call", N_("A talk under so many seconds is short"), 1, 3600),
    ("resolved_days", N_("Solved: no further call for so many days"), 1, 60),
)
"""Field, what it says, least and greatest value."""
_ABANDONED = "abandoned"


class GoalDialog(Dialog[ServiceGoal]):
    """Answers the settings."""

    DEFAULT_CSS = """
    GoalDialog > #box { width: 56; }
    GoalDialog Label { margin-top: 0; }
    """

    def __init__(self, goal: ServiceGoal) -> None:
        super().__init__(_("Goals"))
        self._goal = goal

    def body(self) -> list[Widget]:
        widgets: list[Widget] = []
        for name, title, _least, _most in FIELDS:
            field = Input(str(getattr(self._goal, name)), id=name.replace("_", "-"), max_length=4)
            field.cursor_blink = False
            widgets += [Label(_(title), markup=False), field]
        counted = [Choice(_ABANDONED, _("Calls given up count against the service level"))]
        checked = [_ABANDONED] if self._goal.count_abandoned else []
        return [*widgets, ChoiceList(counted, checked, several=True, typing=False)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Tab", _("next")), ("Space", _("check")), ("Enter", _("take")), ("Esc", _("cancel"))]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._take()

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        self._take()

    def _take(self) -> None:
        values: dict[str, int] = {}
        for name, title, least, most in FIELDS:
            field = self.query_one(f"#{name.replace('_', '-')}", Input)
            text = field.value.strip()
            if not text.isdecimal() or not least <= int(text) <= most:
                said = _("{title}: a whole number from {least} to {most}.")
                self.complain(said.format(title=_(title), least=least, most=most))
                field.focus()
                return
            values[name] = int(text)
        counts = _ABANDONED in self.query_one(ChoiceList).checked
        self.dismiss(ServiceGoal(count_abandoned=counts, **values))
