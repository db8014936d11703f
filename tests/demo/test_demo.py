"""The demo call centre: believable, whole, the same again, and nobody's."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from backend_client.demo import centre
from backend_client.demo.centre import build_demo
from backend_client.demo.days import call_times
from backend_client.demo.history import DAYS, History
from backend_client.demo.people import WORKERS, Numbers, make_clients
from backend_client.model.call import Mark
from backend_client.model.leg import CallFacts
from backend_client.sqlite.codes import direction_and_status
from backend_client.sqlite.file import open_file
from backend_client.sqlite.upkeep.rebuild import check
from backend_client.sqlite.writer import Writer

KYIV = ZoneInfo("Europe/Kyiv")
NOW = int(datetime(2026, 11, 20, 15, 40, tzinfo=KYIV).timestamp())
"""A Friday afternoon."""


def history(seed: int = 1, now: int = NOW) -> tuple[History, list[CallFacts]]:
    random = Random(seed)
    numbers = Numbers(random)
    played = History(random, make_clients(random, numbers), numbers, now, KYIV)
    return played, list(played.calls())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    told: list[float] = []
    build_demo(place, NOW, progress=told.append, login="operator")
    assert told == sorted(told)
    assert told[-1] == 1.0
    return place


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as opened:
        yield opened


def test_three_months_of_calls_up_to_now(db: sqlite3.Connection) -> None:
    calls, first, last = db.execute("SELECT count(*), min(start), max(ended) FROM call").fetchone()

    assert 10_000 < calls < 14_000
    assert 90 <= (NOW - first) / 86400 <= 93
    assert NOW - 1800 < last <= NOW


def test_every_stored_status_and_mark_is_there_to_be_seen(db: sqlite3.Connection) -> None:
    seen = {direction_and_status(kind) for (kind,) in db.execute("SELECT DISTINCT kind FROM call")}
    marks = {
        mark
        for mark in Mark
        for (n,) in [db.execute("SELECT count(*) FROM call WHERE marks & ?", (mark,)).fetchone()]
        if n
    }

    assert {status.value for direction, status in seen if direction.value == "in"} == {
        "answered", "missed", "talked-then-dropped", "missed-offline",
    }  # fmt: skip
    assert {status.value for direction, status in seen if direction.value == "out"} == {
        "answered", "unavailable", "rejected", "no-answer", "cancelled", "no-channels", "error",
    }  # fmt: skip
    assert marks == set(Mark) - {Mark.BY_HAND}


def test_what_stands_around_the_calls(db: sqlite3.Connection) -> None:
    def count(what: str) -> int:
        return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    assert count("employee") == len(WORKERS)
    assert count("client") == 700
    assert count("comment") > 200
    assert count("call WHERE result_id IS NOT NULL") > 1000
    assert count("call WHERE price > 0 AND currency = 'UAH'") > 1000
    assert count("call WHERE queue_wait IS NOT NULL") > 3000
    assert count("call WHERE employees LIKE '%,%' AND kind < 16") > 100
    assert count("call WHERE application <> ''") > 100
    assert count("channel WHERE name = ''") == 1
    assert count("call WHERE number_id IN (SELECT id FROM number WHERE client_id IS NULL)") > 1000


def test_somebody_sits_at_an_operators_desk(db: sqlite3.Connection) -> None:
    [(name, roles)] = db.execute("SELECT name, roles FROM employee WHERE login = 'operator'").fetchall()

    assert name == WORKERS[0].name
    assert roles == '["operator"]'


def test_the_store_is_what_its_facts_say(path: Path) -> None:
    file = open_file(path)
    writer = Writer(file)

    assert check(writer).sound

    writer.close()
    file.close()


def test_nobody_has_these_numbers(db: sqlite3.Connection) -> None:
    made_up = re.compile(r"\+380\d\d000\d{4}|\+1212555\d{4}|\+44207946\d{4}")

    assert [key for (key,) in db.execute("SELECT key FROM number") if not made_up.fullmatch(key)] == []


def test_the_same_seed_and_now_give_the_same_calls() -> None:
    (one, calls), (again, calls_again) = history(seed=7), history(seed=7)

    assert calls == calls_again
    assert one.remarks == again.remarks
    assert history(seed=8)[1] != calls


def test_no_call_begins_or_ends_after_now() -> None:
    _, calls = history()

    assert max(leg.end or 0 for facts in calls for leg in facts.legs) <= NOW
    assert all(leg.answer is None or leg.start <= leg.answer <= (leg.end or 0) for facts in calls for leg in facts.legs)


@pytest.mark.parametrize("hour", [3, 6, 9, 15, 23])
def test_today_has_calls_however_early_it_is(hour: int) -> None:
    midnight = datetime(2026, 11, 20, tzinfo=KYIV)
    now = int(midnight.replace(hour=hour).timestamp())

    times = call_times(Random(1), now, KYIV, DAYS)

    assert times == sorted(times)
    assert sum(time >= midnight.timestamp() for time in times) >= 20
    assert times[-1] < now


def test_just_after_midnight_it_does_not_ring_without_end() -> None:
    midnight = datetime(2026, 11, 20, tzinfo=KYIV).timestamp()

    times = call_times(Random(1), int(midnight) + 300, KYIV, DAYS)

    assert sum(time >= midnight for time in times) <= 4


def test_a_demo_that_cannot_be_finished_leaves_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(centre, "_add_remarks", fail)
    monkeypatch.setattr(centre, "History", lambda *_: history_of_nothing())
    with pytest.raises(RuntimeError):
        build_demo(path, NOW)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir() if ".new" in file.name] == []


def history_of_nothing() -> object:
    class Nothing:
        remarks: tuple[object, ...] = ()
        results: tuple[object, ...] = ()

        def calls(self) -> Iterator[CallFacts]:
            return iter(())

    return Nothing()
