"""Which day to go to in the journal."""

from __future__ import annotations

from datetime import date

from textual.widget import Widget

from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.calendar import Calendar


class DayDialog(Dialog[date]):
    """A calendar with the cursor on a day; Enter takes the day."""

    DEFAULT_CSS = """
    DayDialog > #box { width: 34; }
    """

    def __init__(self, today: date, here: date) -> None:
        super().__init__(_("Go to date"))
        self._today = today
        self._here = here

    def body(self) -> list[Widget]:
        return [Calendar(self._today, self._here, self._here)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("go")), ("PgUp PgDn", _("month")), ("Esc", _("cancel"))]

    def on_calendar_marked(self, message: Calendar.Marked) -> None:
        self.dismiss(message.start)
