"""The period of a filter: a named one, days off the calendar, or from–to with times."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct, structs
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.errors import Invalid
from backend_client.model.filter_token import Value
from backend_client.model.filter_value import period_of
from backend_client.model.period import Period, Preset, preset_days
from screens.dialogs.dialog import Dialog
from screens.filter_words import PRESETS
from screens.language import _, pgettext
from screens.widgets.calendar import WIDTH, Calendar
from screens.widgets.choice_list import Choice, ChoiceList
from screens.words import error_text

_ANY = "any"
_BOX = 70
"""Cells of the dialog with both ways side by side."""


class PeriodDialog(Dialog[Any]):
    """Answers the filter with another `period`. Presets at the left; at the right the calendar and the two ends as
    text, which may hold a time; on a narrow screen one below the other."""

    DEFAULT_CSS = f"""
    PeriodDialog > #box {{ width: {_BOX}; }}
    PeriodDialog #ways {{ height: auto; }}
    PeriodDialog ChoiceList {{ width: 28; height: 14; }}
    PeriodDialog #custom {{ width: {WIDTH + 9}; height: auto; padding-left: 3; }}
    PeriodDialog Label {{ margin-top: 0; }}
    PeriodDialog.-narrow #ways {{ layout: vertical; }}
    PeriodDialog.-narrow ChoiceList {{ width: 100%; height: 5; }}
    PeriodDialog.-narrow #custom {{ width: 100%; padding-left: 0; }}
    """

    def __init__(self, filter: Struct, today: date, title: str = "") -> None:
        super().__init__(title or _("Period"))
        self._filter = filter
        self._today = today

    def body(self) -> list[Widget]:
        period = self._period
        choices = [Choice(_ANY, _("All the time")), *(Choice(preset, _(word)) for preset, word in PRESETS.items())]
        presets = ChoiceList(choices, id="presets")
        presets.go_to(period.preset if period and period.preset else _ANY)
        start, end = _ends(period)
        calendar = Calendar(self._today, *_days(period, self._today), id="calendar")
        custom = Vertical(
            calendar,
            Label(pgettext("period", "From"), markup=False), self._field("from", start),
            Label(pgettext("period", "To"), markup=False), self._field("to", end),
            id="custom",
        )  # fmt: skip
        return [Horizontal(presets, custom, id="ways")]

    def hints(self) -> list[tuple[str, str]]:
        return [("Tab", _("next")), ("Enter", _("take")), ("PgUp PgDn", _("month")), ("Esc", _("cancel"))]

    @property
    def _period(self) -> Period | None:
        # Every kind of filter has one.
        wanted: Any = self._filter
        period: Period | None = wanted.period
        return period

    def on_mount(self) -> None:
        period = self._period
        custom = period is not None and period.preset is None
        self.query_one("#calendar" if custom else "#presets").focus()

    def on_resize(self) -> None:
        self.set_class(self.size.width < _BOX, "-narrow")

    def on_choice_list_highlighted(self, event: ChoiceList.Highlighted) -> None:
        """Show the days of a preset on the calendar."""
        if event.line is not None and isinstance(event.line.value, Preset):
            self.query_one(Calendar).show(*preset_days(event.line.value, self._today))

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        if event.line is not None:
            preset = event.line.value
            self._answer(Period(preset=preset) if isinstance(preset, Preset) else None)

    def on_calendar_marked(self, event: Calendar.Marked) -> None:
        self.query_one("#from", Input).value = event.start.isoformat()
        self.query_one("#to", Input).value = event.end.isoformat()
        if event.complete:
            self.query_one("#to", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        start, end = ("T".join(self.query_one(f"#{name}", Input).value.split()) for name in ("from", "to"))
        if not start and not end:
            self._answer(None)
            return
        try:
            self._answer(period_of(Value(f"{start}..{end}", False, 1)))
        except Invalid as error:
            self.complain(" ".join(error_text(error)))

    def _answer(self, period: Period | None) -> None:
        self.dismiss(structs.replace(self._filter, period=period))

    def _field(self, name: str, value: str) -> Input:
        field = Input(value, id=name, placeholder=_("2026-11-21 or 2026-11-21 09:30"))
        field.cursor_blink = False
        return field


def _ends(period: Period | None) -> tuple[str, str]:
    if period is None or period.preset is not None:
        return "", ""
    return period.start.replace("T", " "), period.end.replace("T", " ")


def _days(period: Period | None, today: date) -> tuple[date | None, date | None]:
    if period is None:
        return None, None
    if period.preset is not None:
        return preset_days(period.preset, today)
    start = date.fromisoformat(period.start[:10]) if period.start else None
    end = date.fromisoformat(period.end[:10]) if period.end else None
    return start or end, end or today if start else end
