"""Dates and times as call records write them, read as seconds of local time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from backend_client.model.status import WireEnum

DAY = 86400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_YEARS = range(1980, 2101)
_DATE = re.compile(
    r"(\d{1,4})[-./](\d{1,2})[-./](\d{1,4})"
    r"(?:(?:[T ] ?| +)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])[Mm])?"
    r"(?: ?(Z|[+-]\d{2}:?\d{2}))?)?",
    re.ASCII,
)
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm])?", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00)?")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?|\d{12,13}|\d{15,16}", re.ASCII)
_NOTHING = re.compile(r"[0\-./: T]+", re.ASCII)


class DateOrder(WireEnum):
    """In which order a date has its parts."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    EPOCH = "epoch"
    UNKNOWN = "unknown"


def is_nothing(text: str) -> bool:
    """Whether a date field says that there is no date: blank, or zeros (0000-00-00 00:00:00)."""
    return not text or (text[0] <= "0" and _NOTHING.fullmatch(text) is not None)


def looks_like_date(text: str) -> bool:
    """Whether the text is a date with a time in any layout that is read; epoch seconds too."""
    match = _DATE.fullmatch(text)
    if match:
        return match[4] is not None and _is_year(match[1], match[3])
    return _EPOCH.fullmatch(text) is not None


def is_calendar_date(text: str) -> bool:
    """Whether the text is a written date with a time: no epoch seconds, which telephone numbers and ids look like."""
    return _DATE.fullmatch(text) is not None and looks_like_date(text)


def is_date_alone(text: str) -> bool:
    """Whether the text is a date without a time of day; midnight is what a spreadsheet puts in its place."""
    text = _MIDNIGHT.sub("", text)
    match = _DATE.fullmatch(text)
    return match is not None and match[4] is None and _is_year(match[1], match[3])


def is_time_of_day(text: str) -> bool:
    """Whether the text is hours and minutes of a day, and seconds perhaps."""
    return _TIME.fullmatch(text) is not None


def dated_at(date: str, time: str) -> str:
    """A date and the time of day that stands in another column, as one text."""
    return f"{_MIDNIGHT.sub('', date)} {time}"


def _is_year(first: str, last: str) -> bool:
    return len(first) == 4 or len(last) in (2, 4)


def _parts(text: str) -> tuple[str, str, str] | None:
    match = _DATE.fullmatch(text)
    return (match[1], match[2], match[3]) if match else None


def names_offset(text: str) -> bool:
    """Whether the text says its own offset from UTC; epoch seconds do."""
    match = _DATE.fullmatch(text)
    return match[9] is not None if match else _EPOCH.fullmatch(text) is not None


def order_of(texts: Iterable[str], epochs: Iterable[float | None]) -> DateOrder:
    """The order of the parts in sample dates.

    A date that begins with its year is clear, and so is a part over 12. Where neither tells, the epoch of the
    record's unique id does; else the day comes first, as it does in Ukraine and Russia.
    """
    day_first = month_first = 0
    for text, epoch in zip(texts, epochs, strict=True):
        if _EPOCH.fullmatch(text):
            return DateOrder.EPOCH
        parts = _parts(text)
        if parts is None:
            continue
        first, second = int(parts[0]), int(parts[1])
        if len(parts[0]) == 4:
            return DateOrder.YMD
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif epoch is not None and first != second:
            near = [abs(local_seconds(text, order) - epoch) for order in (DateOrder.DMY, DateOrder.MDY)]
            day_first += near[0] < near[1]
            month_first += near[1] < near[0]
    return DateOrder.MDY if month_first > day_first else DateOrder.DMY


def local_seconds(text: str, order: DateOrder) -> float:
    """Seconds since 1970-01-01 00:00 on the clock that wrote the text; of UTC where it names its offset.

    Raises ValueError for what is no date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        if _EPOCH.fullmatch(text):
            return _epoch(text)
        raise ValueError(text)
    first, second, third, hours, minutes, seconds, fraction, half, offset = match.groups()
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    elif order is DateOrder.MDY:
        year, month, day = int(third), int(first), int(second)
    else:
        year, month, day = int(third), int(second), int(first)
    if year < 100 and len(first) < 3:
        year += 2000
    hour, minute, second_of = int(hours or 0), int(minutes or 0), int(seconds or 0)
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    if year not in _YEARS or hour > 23 or minute > 59 or second_of > 60:
        raise ValueError(text)
    whole = (date(year, month, day).toordinal() - _EPOCH_DAY) * DAY + hour * 3600 + minute * 60 + second_of
    return whole - _offset(offset) + (float(f"0.{fraction}") if fraction else 0.0)


def _offset(text: str | None) -> int:
    if text is None or text == "Z":
        return 0
    seconds = int(text[1:3]) * 3600 + int(text[-2:]) * 60
    return -seconds if text[0] == "-" else seconds


def _epoch(text: str) -> float:
    digits = len(text.partition(".")[0])
    value = float(text) / {13: 1e3, 12: 1e3, 16: 1e6, 15: 1e6}.get(digits, 1.0)
    if not _YEARS[0] <= 1970 + value / (365.2425 * DAY) < _YEARS[-1]:
        raise ValueError(text)
    return value
