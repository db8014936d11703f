"""Days and hours of a zone against the standard library, wherever clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.derive.local_time import LocalTime, local_time, weekday

ZONES = (
    "Europe/Kyiv",
    "UTC",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
EPOCH = date(1970, 1, 1)


@given(st.sampled_from(ZONES), st.integers(0, 4_000_000_000))
def test_day_hour_and_weekday_are_those_of_the_zone(zone: str, at: int) -> None:
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    day, hour = local_time(zone).day_and_hour(at)
    assert (day, hour) == ((local.date() - EPOCH).days, local.hour)
    assert weekday(day) == local.isoweekday()
    assert local_time(zone).day(at) == day


@given(st.sampled_from(ZONES), st.integers(0, 40_000))
def test_a_day_begins_with_its_first_second(zone: str, day: int) -> None:
    clock = local_time(zone)
    begins = clock.midnight(day)
    assert clock.day(begins) >= day
    assert clock.day(begins - 1) < day


def test_days_of_changing_clocks_have_23_and_25_hours() -> None:
    clock = LocalTime("Europe/Kyiv")
    spring, autumn = (date(2026, 3, 29) - EPOCH).days, (date(2026, 10, 25) - EPOCH).days
    assert clock.midnight(spring + 1) - clock.midnight(spring) == 23 * 3600
    assert clock.midnight(autumn + 1) - clock.midnight(autumn) == 25 * 3600


@pytest.mark.parametrize("at", [-(10**15), 10**15])
def test_instants_that_no_calendar_holds_have_a_day_all_the_same(at: int) -> None:
    day, hour = local_time("Europe/Kyiv").day_and_hour(at)
    assert day == at // 86_400
    assert 0 <= hour < 24
