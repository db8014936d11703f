"""The missed-call queue over a real store: lines come, are claimed, put off and done, and vanish by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from backend_client.contract.changes import Kind
from backend_client.contract.missed_queue import ClaimMissed, MissedQueueRequest
from backend_client.errors import Unreachable
from backend_client.model.directory import Extension
from backend_client.model.missed_queue import QueuePart
from backend_client.model.permissions import Role
from backend_client.opening import open_store
from backend_client.sqlite.directory import add_employee
from screens.calls.drill_down import DrillDownScreen
from screens.feed import Unreached
from screens.supervision.alerts import desktop_sequence
from screens.supervision.missed_queue import MissedQueueScreen
from screens.supervision.queue_figures import FiguresDialog
from screens.supervision.queue_watch import QueueWatch
from screens.supervision.snooze_dialog import instant_of
from screens.widgets.queue_table import QueueTable
from tests.screens.store import NOON, incoming, settled, text
from tests.screens.test_pictures import outgoing
from tests.sqlite.stores import Desk
from tui import translations
from tui.app import PultApp
from tui.settings import Settings
from tui.thin_line.filter import LineFilter

MINUTE = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Four numbers wait; three rang 201, who is Olena, the third called twice; one rang 202, who is Ivan."""
    path = tmp_path / "store.db"
    desk = Desk(path)
    people = (("Olena", Role.OPERATOR, "201"), ("Ivan", Role.OPERATOR, "202"), ("Vira", Role.SUPERVISOR, "203"))
    with desk.writer.transaction() as transaction:
        for name, role, extension in people:
            extensions = [Extension(number=extension)]
            add_employee(transaction, name, login=name.lower(), roles=[role], extensions=extensions)
    desk.facts.put(
        [
            incoming("old", NOON - 300 * MINUTE, caller="0671111111", talk=0),
            incoming("ivan", NOON - 200 * MINUTE, caller="0672222222", talk=0, extension="202"),
            incoming("twice-1", NOON - 30 * MINUTE, caller="0673333333", talk=0),
            incoming("twice-2", NOON - 20 * MINUTE, caller="0673333333", talk=0),
            incoming("fresh", NOON - 5 * MINUTE, caller="0674444444", talk=0),
        ]
    )
    desk.link("+380671111111", "Kava Plus")
    desk.close()
    return path


@asynccontextmanager
async def queue_of(
    path: Path, name: str = "vira", size: tuple[int, int] = (120, 24), settings: Settings | None = None
) -> AsyncIterator[Pilot[None]]:
    backend = await open_store(path, acting_as=name, now=lambda: float(NOON))
    kind = type("Console", (PultApp,), {"DEFAULT_MODE": "missed"})
    app = kind(backend, settings, theme="dark", driver_class=None)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            yield pilot
    finally:
        await backend.close()


async def shown(pilot: Pilot[None], truth: Callable[[str], bool]) -> str:
    for _try in range(200):
        if truth(told := text(pilot)):
            return told
        await pilot.pause(0.02)
    raise AssertionError(text(pilot))


def numbers(pilot: Pilot[None]) -> list[str]:
    return [line.number for line in pilot.app.screen.query_one(QueueTable).cache.rows]


def ticks(screen: MissedQueueScreen) -> bool:
    assert screen._ticking is not None
    return screen._ticking._active.is_set()


def chosen(pilot: Pilot[None]) -> str:
    row = pilot.app.screen.query_one(QueueTable).row
    return row.number if row is not None else ""


async def test_one_line_a_number_oldest_first_with_its_goal(path: Path) -> None:
    async with queue_of(path) as pilot:
        assert numbers(pilot) == ["+380671111111", "+380672222222", "+380673333333", "+380674444444"]
        told = text(pilot).splitlines()
        assert "late" in told[2]
        assert "Kava Plus" in told[2]
        assert "2×" in told[4]
        assert "0:10:00 left" in told[5]
        assert "new caller" in told[5]
        assert "4 to call back" in text(pilot)


async def test_a_claim_is_seen_by_others_and_given_back(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("down", "c")
        await shown(pilot, lambda told: "you" in told.splitlines()[3])
        other = await open_store(path, acting_as="ivan", now=lambda: float(NOON))
        line = (await other.missed_queue(MissedQueueRequest())).lines[0]
        assert (line.number, line.claimer) == ("+380672222222", "Vira")
        await other.close()
        await pilot.press("c")
        await shown(pilot, lambda told: "you" not in told.splitlines()[3])


async def test_what_another_claimed_is_told_and_taken_over(path: Path) -> None:
    ivan = await open_store(path, acting_as="ivan", now=lambda: float(NOON))
    await ivan.change_queue(ClaimMissed(number="+380672222222"))
    await ivan.close()
    async with queue_of(path) as pilot:
        assert "Ivan" in text(pilot).splitlines()[3]
        await pilot.press("down", "c")
        await shown(pilot, lambda told: "t takes it over" in told)
        await pilot.press("t")
        await shown(pilot, lambda told: "you" in told.splitlines()[3])


async def test_an_operator_may_not_take_over(path: Path) -> None:
    async with queue_of(path, "olena") as pilot:
        await pilot.press("t")
        await shown(pilot, lambda told: "may not take over" in told)


async def test_a_line_is_left_out_and_put_back(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("s", "down", "enter")
        await shown(pilot, lambda told: "3 to call back, 1 left out" in told)
        assert "+380671111111" not in numbers(pilot)
        await pilot.press("p")
        await shown(pilot, lambda told: "left out for a while" in told and "Kava Plus" in told)
        await pilot.press("s")
        await shown(pilot, lambda told: "4 to call back" in told)


async def test_another_time_is_typed(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("s", "end", "enter", *"late", "enter")
        await shown(pilot, lambda told: "Write minutes" in told)
        for _letter in "late":
            await pilot.press("backspace")
        await pilot.press(*"90", "enter")
        await shown(pilot, lambda told: "1 left out" in told)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("90", 5400), ("14:30", 1800), ("14:00", 86400), ("25:00", None), ("soon", None), ("0", None)],
)
def test_minutes_or_a_time_of_day(typed: str, seconds: int | None) -> None:
    found = instant_of(typed, NOON, ZoneInfo("Europe/Kyiv"))
    assert (None if found is None else found - NOON) == seconds


async def test_done_wants_a_reason(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("x", "enter")
        await shown(pilot, lambda told: "A reason is needed." in told)
        await pilot.press(*"came to the office", "enter")
        await shown(pilot, lambda told: "3 to call back, 1 done" in told)
        await pilot.press("p", "p")
        await shown(pilot, lambda told: "came to the office" in told)
        await pilot.press("x")
        await shown(pilot, lambda told: "4 to call back" in told)


async def test_a_contact_takes_the_line_off_and_the_cursor_stays_on_its_number(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("down", "down")
        assert chosen(pilot) == "+380673333333"
        desk = Desk(path)
        desk.facts.put([outgoing("back", NOON - 60, "0671111111", talk=30, disposition="ANSWERED")])
        desk.close()
        await shown(pilot, lambda told: "3 to call back" in told and "Kava" not in told)
        assert chosen(pilot) == "+380673333333"
        assert "Today: 1 settled" in text(pilot)


async def test_the_figures_of_all_are_told_in_full(path: Path) -> None:
    desk = Desk(path)
    desk.facts.put([outgoing("back", NOON - 60, "0672222222", talk=30, disposition="ANSWERED")])
    desk.close()
    async with queue_of(path) as pilot:
        await pilot.press("F")
        told = await shown(pilot, lambda told: "All together" in told)
        rows = [line.strip(" │►").split() for line in told.splitlines()]
        assert ["All", "together", "1", "1", "0", "3", "h", "3", "5", "h"] in rows
        assert any(row[:2] == ["Ivan", "1"] for row in rows)
        await pilot.press("enter")
        await shown(pilot, lambda told: "3 to call back" in told)


@pytest.mark.parametrize("language", ["en", "uk", "ru"])
async def test_the_heads_of_the_figures_stand_apart(path: Path, language: str) -> None:
    async with queue_of(path, size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, PultApp)
        translations.install(language)
        try:
            queue = await app.backend.missed_queue(MissedQueueRequest(figures=True))
            dialog = FiguresDialog(queue)
            await app.push_screen(dialog)
            await settled(pilot)
            heads = next(line for line in text(pilot).splitlines() if dialog._heads[0] in line)
            assert all(f" {head}" in heads for head in dialog._heads)
            row = next(line for line in text(pilot).splitlines() if line.strip(" │").startswith("►"))
            assert "…" not in row
        finally:
            translations.install("en")


async def test_a_new_line_comes_by_itself(path: Path) -> None:
    async with queue_of(path) as pilot:
        desk = Desk(path)
        desk.facts.put([incoming("new", NOON - 30, caller="0675555555", talk=0)])
        desk.close()
        await shown(pilot, lambda told: "067 555 55 55" in told)


async def test_a_long_queue_is_read_as_far_as_one_looks(path: Path) -> None:
    desk = Desk(path)
    desk.facts.put([incoming(f"n{n}", NOON - 3600 - 60 * n, caller=f"0670{n:06}", talk=0) for n in range(700)])
    desk.close()
    async with queue_of(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, MissedQueueScreen)
        assert screen.queue is not None
        assert len(screen.queue.lines) == 200
        assert "704 to call back" in text(pilot)
        for _page in range(12):
            await pilot.press("pagedown")
        await settled(pilot)
        assert 200 < len(screen.queue.lines) < 704
        await pilot.press("end")
        await settled(pilot)
        await shown(pilot, lambda told: "067 444 44 44" in told)
        assert chosen(pilot) == "+380674444444"
        await pilot.press("home")
        await settled(pilot)
        assert chosen(pilot) == "+380670000699"


async def test_timers_tick_only_while_one_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr("screens.supervision.missed_queue.monotonic", lambda: seconds[0])
    async with queue_of(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, MissedQueueScreen)
        assert ticks(screen)
        seconds[0] += 9
        screen.tick()
        await pilot.pause()
        assert "0:09:51 left" in text(pilot)
        seconds[0] += 700
        screen.tick()
        await pilot.pause()
        assert "left" not in text(pilot).splitlines()[5]
        assert not ticks(screen)


async def test_enter_opens_the_calls_of_a_number(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, DrillDownScreen)
        assert "2 calls" in text(pilot)


async def test_an_operator_sees_the_shared_lines_and_no_way_into_them(path: Path) -> None:
    desk = Desk(path)
    group = incoming("group", NOON - 2 * MINUTE, caller="0676666666", talk=0, extension="")
    desk.facts.put([group])
    desk.close()
    async with queue_of(path, "ivan") as pilot:
        assert numbers(pilot) == ["+380672222222", "+380676666666"]
        await pilot.press("end", "enter")
        await shown(pilot, lambda told: "may see this line, not its calls" in told)
        assert isinstance(pilot.app.screen, MissedQueueScreen)


async def test_calling_without_a_telephone_copies_and_claims(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("H")
        await shown(pilot, lambda told: "you" in told.splitlines()[2] and "+380671111111" in told)


async def test_the_client_is_registered_from_the_line(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("end", "f7")
        await settled(pilot)
        await pilot.press(*"Novyi Klient", "enter")
        await shown(pilot, lambda told: "Novyi Klient" in told and "067 444 44 44" in told)


async def test_new_lines_are_told_once_on_any_screen(path: Path) -> None:
    async with queue_of(path) as pilot:
        said: list[str] = []

        async def tell(what: str) -> None:
            said.append(what)

        assert isinstance(pilot.app, PultApp)
        watch = QueueWatch(pilot.app, pilot.app.backend, tell)
        watch.start()
        await pilot.pause(0.3)
        desk = Desk(path)
        desk.facts.put([incoming("new", NOON - 30, caller="0675555555", talk=0)])
        for _try in range(100):
            if said:
                break
            await asyncio.sleep(0.03)
        # The call-back of another number changes the queue, and is nothing new.
        desk.facts.put([outgoing("back", NOON - 60, "0671111111", talk=30, disposition="ANSWERED")])
        desk.close()
        await pilot.pause(0.6)
        watch.stop()
        assert said == ["Missed call: 067 555 55 55"]


@pytest.mark.parametrize(
    ("environment", "begins"),
    [
        ({"TERM": "xterm-kitty"}, "\x1b]99;i=pult:d=0;Pult"),
        ({"TERM": "foot"}, "\x1b]777;notify;Pult;"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\x1b]777;notify;Pult;"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "\x1b]9;Pult: "),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x", "LC_TERMINAL": "iTerm2"}, "\x1bPtmux;\x1b\x1b]9;Pult: "),
    ],
)
def test_each_terminal_is_told_in_its_own_way(environment: dict[str, str], begins: str) -> None:
    sequence = desktop_sequence("Pult", "Missed call: \x1b]52;c;evil\x07;x\n[b]", environment)
    assert sequence.startswith(begins)
    assert "]52;" not in sequence
    assert "\x07" not in sequence
    # The output filter hands it on, and still knows the screen afterwards.
    line = LineFilter(80, 24)
    drawn = "\x1b[0m\x1b[1;1Hshown"
    line.feed(drawn)
    assert line.feed(sequence) == sequence
    assert "shown" not in line.feed(drawn)


async def test_no_right_no_queue(path: Path) -> None:
    desk = Desk(path)
    with desk.writer.transaction() as transaction:
        add_employee(transaction, "Oksana", login="oksana", roles=[Role.ACCOUNTANT])
    desk.close()
    async with queue_of(path, "oksana") as pilot:
        assert "Your role may not see the missed-call queue." in text(pilot)
        for key in ("c", "s", "x", "p", "enter"):
            await pilot.press(key)
        assert isinstance(pilot.app.screen, MissedQueueScreen)


def test_the_parts_are_named() -> None:
    from screens.supervision.missed_queue import PARTS

    assert set(PARTS) == set(QueuePart) - {QueuePart.UNKNOWN}


@pytest.mark.parametrize("size", [(40, 10), (30, 8)])
async def test_the_narrowest_queue_shows_whom_to_call_and_by_when(path: Path, size: tuple[int, int]) -> None:
    async with queue_of(path, size=size) as pilot:
        told = text(pilot)
        assert "067 111 11 11" in told
        assert "late" in told


async def test_an_operator_is_told_at_once_that_a_line_is_another_s(path: Path) -> None:
    async with queue_of(path, "ivan") as ivan:
        number = chosen(ivan)
        await ivan.press("c")
        await shown(ivan, lambda told: "you" in told)
        with closing(Desk(path)) as desk, desk.writer.transaction() as transaction:
            other = transaction.db.execute("SELECT id FROM employee WHERE login = 'olena'").fetchone()[0]
            transaction.db.execute("UPDATE queue_state SET claimer_id = ?, claimer = 'Olena'", (other,))
            transaction.touch(Kind.QUEUE)
        await shown(ivan, lambda told: "Olena" in told)
        for key in ("x", "s"):
            await ivan.press(key)
            await shown(ivan, lambda told: "Olena has claimed this line" in told)
            assert isinstance(ivan.app.screen, MissedQueueScreen)
        assert chosen(ivan) == number


async def test_a_queue_that_cannot_be_asked_tells_one_age(path: Path) -> None:
    async with queue_of(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, MissedQueueScreen)
        assert "no source" in text(pilot)
        screen.post_message(Unreached(Unreachable("The server does not answer."), 21))
        told = await shown(pilot, lambda told: "no connection" in told)
        assert "no source" not in told
        assert "< " not in told.splitlines()[0]


async def test_where_no_way_to_dial_is_set_h_says_so_and_copies(path: Path) -> None:
    async with queue_of(path) as pilot:
        await pilot.press("H")
        told = " ".join(toast.message for toast in pilot.app._notifications)
        assert "Sent to the terminal: +380671111111" in told
        assert "calling is off" in told
        assert any(toast.severity == "warning" for toast in pilot.app._notifications)
