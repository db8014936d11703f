"""Dates of the plan: ISO texts in the model, days since 1970-01-01 and minutes of the day in the store."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from backend_client.errors import Invalid
from backend_client.model.period import Period, Preset, preset_days
from backend_client.model.text import N_, clean

_EPOCH = date(1970, 1, 1).toordinal()
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
"""A date beyond these is a slip of the pen."""
FIRST, LAST = -(2**31), 2**31
"""Ends of a period that is open."""


def day_of(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def iso_of(day: int | None) -> str:
    """The ISO date of a day; blank for none."""
    return "" if day is None else date.fromordinal(day + _EPOCH).isoformat()


def read_day(text: str) -> int:
    """The day of an ISO date. Raises Invalid for anything else."""
    text = clean(text)
    try:
        day = date.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise Invalid(N_("{text} is no date."), N_("Write dates as 2026-11-21."), text=text or "—")
    return day_of(day)


def read_optional_day(text: str) -> int | None:
    """The same; None for a blank text."""
    return read_day(text) if clean(text) else None


def read_minute(text: str) -> int | None:
    """Minutes since midnight of a time such as 09:30; None for a blank text. Raises Invalid for anything else."""
    text = clean(text)
    if not text:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise Invalid(N_("{text} is no time."), N_("Write times as 09:30."), text=text)
    return int(match[1]) * 60 + int(match[2])


def time_of(minute: int | None) -> str:
    """09:30; blank for none."""
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def days_of(period: Period, today: int) -> tuple[int, int]:
    """First and last day of a period, both included; FIRST and LAST where it is open. A plan has days to come: this
    week and this month are whole. Raises Invalid for what is no period of days."""
    if period.preset is not None:
        now = date.fromordinal(today + _EPOCH)
        try:
            first, last = preset_days(period.preset, now)
        except ValueError as error:
            raise Invalid(N_("The plan has no such period.")) from error
        if period.preset is Preset.THIS_WEEK:
            last = first + timedelta(days=6)
        elif period.preset is Preset.THIS_MONTH:
            last = now.replace(day=monthrange(now.year, now.month)[1])
        return day_of(first), day_of(last)
    start = read_day(period.start) if period.start else FIRST
    end = read_day(period.end) if period.end else LAST
    if end < start:
        raise Invalid(
            N_("The period {start} … {end} ends before it begins."), start=period.start, end=period.end
        )  # fmt: skip
    return start, end


def read_days(text: str) -> tuple[int, int]:
    """First and last day of a date, or of "from..to" with either end open. Raises Invalid for anything else."""
    start, dots, end = text.partition("..")
    return days_of(Period(start=start.strip(), end=end.strip() if dots else start.strip()), 0)
