"""Periods: presets by the backend's clock, absolute local dates, daylight saving."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend_client.model.period import Period, Preset, Span, months_back, preset_days, resolve

KYIV = ZoneInfo("Europe/Kyiv")
SATURDAY = date(2026, 11, 21)


def epoch(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        (Preset.TODAY, date(2026, 11, 21), date(2026, 11, 21)),
        (Preset.YESTERDAY, date(2026, 11, 20), date(2026, 11, 20)),
        (Preset.LAST_7_DAYS, date(2026, 11, 15), date(2026, 11, 21)),
        (Preset.LAST_30_DAYS, date(2026, 10, 23), date(2026, 11, 21)),
        (Preset.THIS_WEEK, date(2026, 11, 16), date(2026, 11, 21)),
        (Preset.LAST_WEEK, date(2026, 11, 9), date(2026, 11, 15)),
        (Preset.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 21)),
        (Preset.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Preset.LAST_QUARTER, date(2026, 8, 22), date(2026, 11, 21)),
        (Preset.LAST_YEAR, date(2025, 11, 22), date(2026, 11, 21)),
    ],
)
def test_a_preset_names_its_days(preset: Preset, first: date, last: date) -> None:
    assert preset_days(preset, SATURDAY) == (first, last)


def test_every_preset_can_be_resolved() -> None:
    for preset in set(Preset) - {Preset.UNKNOWN}:
        first, last = preset_days(preset, SATURDAY)
        assert first <= last <= SATURDAY


def test_months_back_stops_at_the_last_day() -> None:
    assert months_back(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_back(date(2026, 1, 31), 2) == date(2025, 11, 30)


def test_a_day_is_local_and_as_long_as_it_is() -> None:
    day_of_25_hours = Period(start="2026-10-25", end="2026-10-25")
    assert resolve(day_of_25_hours, 0, KYIV) == Span(epoch(2026, 10, 24, 21), epoch(2026, 10, 25, 22))


def test_a_minute_as_end_is_excluded_and_a_blank_is_open() -> None:
    assert resolve(Period(start="2026-11-21T09:30", end="2026-11-21T10:00"), 0, KYIV) == Span(
        epoch(2026, 11, 21, 7, 30), epoch(2026, 11, 21, 8)
    )
    assert resolve(Period(start="2026-11-21"), 0, KYIV) == Span(epoch(2026, 11, 20, 22), None)


@pytest.mark.parametrize("period", [Period(start="2026-11-22", end="2026-11-20"), Period(start="21.11.2026")])
def test_an_impossible_period_is_an_error(period: Period) -> None:
    with pytest.raises(ValueError):
        resolve(period, 0, KYIV)
