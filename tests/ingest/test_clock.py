"""Which clock wrote a file: its dates' layout, its zone, and the nights on which the clock was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.errors import Invalid
from backend_client.ingest.source import SourceOptions, ZoneFrom
from backend_client.model.reason import Reason
from tests.ingest.lines import master, opened, read, read_text

START = 1795204051
KYIV = ZoneInfo("Europe/Kyiv")


def record(at: int, zone: ZoneInfo, ring: int = 5, talk: int = 60, since: int = 0) -> str:
    """A call that a PBX of this zone recorded; its channel was made `since` seconds before."""

    def local(instant: int) -> str:
        return datetime.fromtimestamp(instant, zone).strftime("%Y-%m-%d %H:%M:%S")

    name = f"{at - since}.{at % 1000}"
    return master(
        start=local(at), answer=local(at + ring), end=local(at + ring + talk), duration=ring + talk, billsec=talk,
        uniqueid=name, linkedid=name, sequence=at % 10_000_000,
    )  # fmt: skip


def without_ids(text: str) -> str:
    return text.replace("1795204051.44", "a-call")


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20 21:47:31", "2026-11-20T21:47:31", "2026/11/20 21:47:31", "20.11.2026 21:47:31",
        "20/11/2026 21:47:31", "11/20/2026 21:47:31", "20/11/26 21:47:31", "2026-11-20 21:47:31.482",
        "20-11-2026 21:47:31", "1795204051", "1795204051.482", "1795204051482", "2026-11-20T21:47:31+02:00",
        "2026-11-20T19:47:31Z", "11/20/2026 9:47:31 PM",
    ],
)  # fmt: skip
def test_every_layout_of_a_date(tmp_path: Path, written: str) -> None:
    [leg], rejections = read_text(tmp_path, master(start=written, answer="", end="", billsec=0, disposition="BUSY"))

    assert not rejections
    assert int(leg.start) == START


def test_fractions_of_a_second_are_kept(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(start="2026-11-20 21:47:31.482"))

    assert leg.start == pytest.approx(START + 0.482)


def test_a_day_and_a_month_that_could_be_either_are_told_by_the_unique_id(tmp_path: Path) -> None:
    at = int(datetime(2026, 3, 5, 10, 0, tzinfo=KYIV).timestamp())
    texts = {"start": "03/05/2026 10:00:00", "answer": "", "end": "", "billsec": 0, "disposition": "BUSY"}

    [leg], _ = read_text(tmp_path, master(**texts, uniqueid=f"{at}.1"))

    assert leg.start == at


def test_without_a_hint_the_day_comes_first(tmp_path: Path) -> None:
    texts = {"start": "03/05/2026 10:00:00", "answer": "", "end": "", "billsec": 0, "disposition": "BUSY"}

    [leg], _ = read_text(tmp_path, master(**texts, uniqueid="a-call"))

    assert datetime.fromtimestamp(leg.start, KYIV).strftime("%d %B") == "03 May"


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "UTC", "Asia/Kathmandu", "America/Chicago", "Asia/Vladivostok"])
def test_the_offset_is_read_off_the_unique_ids(tmp_path: Path, zone: str) -> None:
    path = tmp_path / "Master.csv"
    path.write_text("".join(record(START + n * 600, ZoneInfo(zone)) for n in range(20)))

    source = opened(path)

    assert [leg.start for portion in source.read() for leg in portion.legs][:2] == [START, START + 600]
    assert source.preview().zone_from is ZoneFrom.RECORDS


def test_ids_that_tell_nothing_leave_it_to_the_option_and_then_to_the_store(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(without_ids(master()))
    told = opened(path, SourceOptions(timezone="UTC"))

    assert read(path)[0][0].start == START
    assert opened(path).preview().zone_from is ZoneFrom.STORE
    assert next(iter(told.read())).legs[0].start == START + 2 * 3600
    assert told.preview().zone_from is ZoneFrom.OPTION


def test_records_are_believed_more_than_the_option(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(master())
    source = opened(path, SourceOptions(timezone="Asia/Tokyo"))

    assert next(iter(source.read())).legs[0].start == START
    assert source.preview().zone == "Europe/Kyiv"


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(master())

    with pytest.raises(Invalid, match="no time zone Europe/Atlantis"):
        opened(path, SourceOptions(timezone="Europe/Atlantis"))


AUTUMN = int(datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp())
"""04:00 becomes 03:00 in Kyiv."""
SPRING = int(datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp())
"""03:00 becomes 04:00 in Kyiv."""


@pytest.mark.parametrize("change", [AUTUMN, SPRING])
@pytest.mark.parametrize("store_zone", ["Europe/Kyiv", "America/Chicago"])
def test_every_instant_around_a_change_of_the_clock(tmp_path: Path, change: int, store_zone: str) -> None:
    """By the zone's rules where it is the store's, by the records alone where it is not."""
    instants = list(range(change - 3 * 86400, change - 7200, 3000))
    instants += list(range(change - 7200, change + 7200, 97))
    instants += list(range(change + 7200, change + 3 * 86400, 3000))
    path = tmp_path / "Master.csv"
    path.write_text("".join(record(at, KYIV, ring=20, talk=900) for at in instants))
    options = SourceOptions()
    options = SourceOptions(settings=type(options.settings)(zone=store_zone))

    legs, rejections = read(path, options)

    assert not rejections
    assert [leg.start for leg in legs] == instants
    assert [leg.answer for leg in legs] == [at + 20 for at in instants]
    assert [leg.end for leg in legs] == [at + 920 for at in instants]


def test_a_leg_long_after_its_channel_was_made_does_not_shift_the_zone(tmp_path: Path) -> None:
    text = "".join(record(START + n * 600, KYIV, since=0 if n % 6 else 3601) for n in range(30))
    path = tmp_path / "Master.csv"
    path.write_text(text)

    assert [leg.start for leg in read(path)[0]] == [START + n * 600 for n in range(30)]


def test_a_call_over_the_hour_that_came_twice_does_not_end_before_it_starts(tmp_path: Path) -> None:
    [leg], rejections = read_text(tmp_path, record(AUTUMN - 600, KYIV, ring=10, talk=1200))

    assert not rejections
    assert leg.end is not None
    assert leg.end - leg.start == 1210


def test_without_ids_a_call_over_that_hour_keeps_its_own_seconds(tmp_path: Path) -> None:
    text = master(
        start="2026-10-25 03:50:00", answer="2026-10-25 03:50:10", end="2026-10-25 03:10:10", duration=1210,
        billsec=1200, uniqueid="a-call", linkedid="a-call",
    )  # fmt: skip

    [leg], rejections = read_text(tmp_path, text)

    assert not rejections
    assert leg.end == leg.start + 1210


def test_a_key_does_not_depend_on_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(without_ids(master("uniqueid")))
    keys = [read(path, SourceOptions(timezone=zone))[0][0].key for zone in ("UTC", "Asia/Tokyo")]

    assert keys[0] == keys[1]
    assert timedelta(0) != ZoneInfo("Asia/Tokyo").utcoffset(datetime(2026, 1, 1))


def test_a_date_that_cannot_be_names_its_field(tmp_path: Path) -> None:
    _, [rejection] = read_text(tmp_path, master() + master(end="2013-04-13:12:08"))

    assert rejection.reason is Reason.BAD_DATE
    assert rejection.detail == "end: 2013-04-13:12:08"
