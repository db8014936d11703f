"""A span of local time: symbolic ("today") until a backend's clock and zone resolve it, or absolute local dates."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.model.status import WireEnum


class Preset(WireEnum):
    """Named periods; all contain today but YESTERDAY, LAST_WEEK and LAST_MONTH. Rolling ones count back from today."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last-7-days"
    LAST_30_DAYS = "last-30-days"
    LAST_90_DAYS = "last-90-days"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    LAST_QUARTER = "last-quarter"
    LAST_HALF_YEAR = "last-half-year"
    LAST_YEAR = "last-year"
    UNKNOWN = "unknown"


class Period(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Either a preset, or from–to in the call centre's local time.

    `start` and `end` are ISO texts: a date ("2026-11-21") or a minute ("2026-11-21T09:30"). A date as `end` is
    the whole day, a minute as `end` is excluded. Either may be blank: open on that side.
    """

    preset: Preset | None = None
    start: str = ""
    end: str = ""


class Span(Struct, frozen=True):
    """A resolved period: UTC epoch seconds, start included, end excluded; None is open."""

    start: int | None
    end: int | None


def months_back(day: date, months: int) -> date:
    """The same day `months` earlier, clipped to that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def preset_days(preset: Preset, today: date) -> tuple[date, date]:
    """First and last local day of a preset, both included."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    one = timedelta(days=1)
    match preset:
        case Preset.TODAY:
            return today, today
        case Preset.YESTERDAY:
            return today - one, today - one
        case Preset.LAST_7_DAYS:
            return today - timedelta(days=6), today
        case Preset.LAST_30_DAYS:
            return today - timedelta(days=29), today
        case Preset.LAST_90_DAYS:
            return today - timedelta(days=89), today
        case Preset.THIS_WEEK:
            return monday, today
        case Preset.LAST_WEEK:
            return monday - timedelta(days=7), monday - one
        case Preset.THIS_MONTH:
            return first, today
        case Preset.LAST_MONTH:
            return months_back(first, 1), first - one
        case Preset.LAST_QUARTER:
            return months_back(today, 3) + one, today
        case Preset.LAST_HALF_YEAR:
            return months_back(today, 6) + one, today
        case Preset.LAST_YEAR:
            return months_back(today, 12) + one, today
        case _:
            raise ValueError(f"no such period: {preset}")


def local_midnight(day: date, zone: ZoneInfo) -> int:
    """UTC epoch second at which a local day begins."""
    return int(datetime.combine(day, time(), zone).timestamp())


def _edge(text: str, zone: ZoneInfo, *, is_end: bool) -> int | None:
    if not text:
        return None
    if text.startswith("9999"):
        raise ValueError(f"the calendar ends with this year: {text}")
    if len(text) == len("2026-11-21"):
        day = date.fromisoformat(text)
        return local_midnight(day + timedelta(days=1) if is_end else day, zone)
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def resolve(period: Period, now: int, zone: ZoneInfo) -> Span:
    """The epoch seconds of a period, by the backend's clock and zone.

    Raises ValueError for a text that is no ISO date or minute, or an end before its start.
    """
    if period.preset is not None:
        first, last = preset_days(period.preset, datetime.fromtimestamp(now, zone).date())
        return Span(local_midnight(first, zone), local_midnight(last + timedelta(days=1), zone))
    span = Span(_edge(period.start, zone, is_end=False), _edge(period.end, zone, is_end=True))
    if span.start is not None and span.end is not None and span.end < span.start:
        raise ValueError(f"the period ends before it starts: {period.start} … {period.end}")
    return span
