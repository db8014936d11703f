"""A day that is played: believable, in order, the same for the same seed, and followed like any source."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.contract.now import NowRequest
from backend_client.demo.centre import build_demo
from backend_client.demo.live_day import LiveDay
from backend_client.ingest.follow.follower import Follower
from backend_client.model.agent_event import Presence
from backend_client.model.live import LiveCall
from backend_client.model.now import AgentState
from backend_client.model.played_clock import PlayedClock
from backend_client.model.status import Direction, Status
from backend_client.opening import open_store
from backend_client.sqlite.file import open_file
from backend_client.sqlite.supervision.played_clock import read_played_clock
from backend_client.sqlite.writer import Writer

MORNING = 1_795_154_400
"""Friday 2026-11-20 08:00 in Kyiv."""
DAY = 86_400


def day() -> LiveDay:
    return LiveDay(lambda: 0.0, MORNING, "Europe/Kyiv")


def looks(played: LiveDay, until: int, step: int) -> Iterator[tuple[int, dict[str, LiveCall | None], int]]:
    for at in range(MORNING, until, step):
        batch = played.until(at)
        yield at, batch.live or {}, len(batch.agents)


def test_a_day_has_all_that_a_dashboard_shows() -> None:
    running: dict[str, LiveCall] = {}
    seen: Counter[object] = Counter()
    busiest = 0
    for at, live, agents in looks(day(), MORNING + DAY, 5):
        for key, call in live.items():
            if call is None:
                running.pop(key, None)
                seen["ended"] += 1
            else:
                running[key] = call
                seen[call.status, call.direction] += 1
                assert call.start <= call.since <= at
                # Who was answered rings again only where they are put through.
                assert call.answered is not None or call.status is not Status.TALKING
                if call.status is Status.CONNECTING and not call.inside:
                    seen["waits"] += 1
        seen["agents"] += agents
        talking = [one for call in running.values() if call.status is Status.TALKING for one in call.inside]
        busiest = max(busiest, len(talking))
    assert seen["ended"] > 400
    assert seen["waits"] > 50
    assert seen[Status.TALKING, Direction.INCOMING] > seen[Status.TALKING, Direction.OUTGOING] > 50
    assert seen["agents"] > 40
    assert busiest > 3


def test_nobody_has_two_calls_who_could_have_one() -> None:
    running: dict[str, LiveCall] = {}
    twice = 0
    looked = 0
    for _, live, _ in looks(day(), MORNING + 12 * 3600, 5):
        for key, call in live.items():
            if call is None:
                running.pop(key, None)
            else:
                running[key] = call
        talks = Counter(one for call in running.values() if call.status is Status.TALKING for one in call.inside)
        looked += sum(talks.values())
        twice += sum(count - 1 for count in talks.values())
    assert twice * 50 < looked


def test_employees_come_pause_and_go() -> None:
    events = day().until(MORNING + DAY).agents
    assert [event.at for event in events] == sorted(event.at for event in events)
    reasons = {event.reason for event in events if event.presence is Presence.PAUSED}
    assert reasons == {"Обід", "Перерва"}
    assert {Presence.IN, Presence.OUT} <= {event.presence for event in events}


def test_the_same_seed_plays_the_same_however_often_it_is_looked_at() -> None:
    once = day().until(MORNING + 6 * 3600)
    many = day()
    facts = {}
    for at in range(MORNING, MORNING + 6 * 3600 + 1, 60):
        for one in many.until(at).facts:
            facts[one.call_key] = one
    assert {one.call_key: one for one in once.facts if one.legs} == {key: one for key, one in facts.items() if one.legs}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    build_demo(path, MORNING, pace=600.0, days=8, density=1.0)
    return path


async def test_the_store_moves_by_its_own_clock(played: Path) -> None:
    with closing(open_file(played)) as file, closing(Writer(file)) as writer:
        with closing(file.reader()) as db:
            clock = read_played_clock(db)
        assert clock is not None
        assert clock.pace == 600.0
        # From here on an hour has passed, whatever this machine is busy with.
        hour = iter(range(MORNING, MORNING + 3600, 20))
        follower: Follower

        def now() -> float:
            try:
                return next(hour)
            except StopIteration:
                follower.stop.set()
                return MORNING + 3600

        source = LiveDay(now, MORNING, "Europe/Kyiv")
        follower = Follower(writer, [source], lambda *_: None, now=lambda: MORNING + 3600.0)
        follower.stop = _Hasty()
        follower.run()
    backend = await open_store(played)
    try:
        assert (await backend.clock()).pace == 600.0
    finally:
        await backend.close()
    backend = await open_store(played, now=PlayedClock(real=0.0, shown=MORNING + 3600.0, pace=0.0))
    try:
        seen = await backend.now(NowRequest())
        assert seen.today.incoming > 5
        assert not seen.live_source.dead(seen.now)
        assert {AgentState.FREE, AgentState.OFF} & {agent.state for agent in seen.agents}
    finally:
        await backend.close()


class _Hasty(threading.Event):
    """A stop that nobody waits for."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()
