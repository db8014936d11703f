"""The audit log on the screen: newest first, narrowed by keys, and only for who may read it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from backend_client.model.audit import Deed
from backend_client.model.permissions import Permission, Role, Session
from backend_client.opening import open_store
from backend_client.sqlite.access.audit import record
from backend_client.sqlite.directory import add_employee
from screens.me import PERMISSIONS
from screens.upkeep.audit_words import DEEDS
from tests.screens.store import NOON, fill, incoming, lines, settled, text
from tests.screens.test_registration import press
from tests.sqlite.stores import Desk
from tui.app import PultApp


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Vira the head and Ivan the operator; a call; 300 deeds, every tenth an export of Ivan's."""
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300)])
    with closing(Desk(path)) as desk, desk.writer.transaction() as transaction:
        ids = [
            add_employee(transaction, name, login=name.lower(), roles=(role,))
            for name, role in (("Vira", Role.HEAD), ("Ivan", Role.OPERATOR))
        ]
        for number in range(1, 301):
            every_tenth = number % 10 == 0
            session = Session(employee_id=ids[every_tenth], name="", roles=())
            deed = Deed.EXPORT if every_tenth else Deed.LISTEN
            record(transaction, session, deed, NOON + number, object_id=None if every_tenth else 1, amount=number)
    return path


@asynccontextmanager
async def log(path: Path, login: str, size: tuple[int, int] = (100, 24)) -> AsyncIterator[Pilot[None]]:
    backend = await open_store(path, acting_as=login, now=lambda: NOON + 400.0)
    app = PultApp(backend, None, theme="dark", driver_class=None)
    try:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await settled(pilot)
            await press(pilot, "0")
            yield pilot
    finally:
        await backend.close()


async def test_the_newest_deed_stands_on_top_and_the_chain_is_told(store: Path) -> None:
    async with log(store, "vira") as pilot:
        shown = lines(pilot)
        assert "Audit log" in shown[0]
        assert "chain whole, head 300:" in shown[0]
        assert shown[2].split()[:2] == ["►", "300"]
        assert ("Ivan" in shown[2], "exported" in shown[2], "300 calls" in shown[2]) == (True, True, True)
        assert ("Vira" in shown[3], "listened" in shown[3], "call 1" in shown[3], "0:04:59" in shown[3]) == (True,) * 4


async def test_pages_follow_the_cursor_to_the_first_line_and_back(store: Path) -> None:
    async with log(store, "vira") as pilot:
        await press(pilot, "end")
        assert lines(pilot)[22].split()[:2] == ["►", "1"]
        await press(pilot, "home")
        assert lines(pilot)[2].split()[:2] == ["►", "300"]
        await press(pilot, *["pagedown"] * 12)
        assert any(line.split()[:1] == ["40"] for line in lines(pilot))


async def test_one_employee_and_one_deed_are_picked_out(store: Path) -> None:
    async with log(store, "vira") as pilot:
        await press(pilot, "e", "typed:Ivan", "enter")
        assert "30 lines" in text(pilot)
        assert "Vira" not in "\n".join(lines(pilot)[1:])
        await press(pilot, "d", "typed:listened", "enter")
        assert "No line of the log is like this." in text(pilot)
        await press(pilot, "x")
        assert lines(pilot)[3].split()[0] == "299"


async def test_enter_opens_the_call_of_a_line(store: Path) -> None:
    async with log(store, "vira") as pilot:
        await press(pilot, "enter")
        assert "this line is about no call" in text(pilot)
        await press(pilot, "down", "enter")
        assert lines(pilot)[0].split()[0] == "Call"
        await press(pilot, "escape")
        assert "Audit log" in lines(pilot)[0]


async def test_a_changed_line_shows(store: Path) -> None:
    with closing(Desk(store)) as desk, desk.writer.transaction() as transaction:
        transaction.db.execute("DROP TRIGGER audit_is_not_changed")
        transaction.db.execute("UPDATE audit SET amount = 1 WHERE id = 7")
    async with log(store, "vira") as pilot:
        assert "line 7 is not what was written" in lines(pilot)[0]


async def test_others_are_told_why_they_see_nothing(store: Path) -> None:
    async with log(store, "ivan") as pilot:
        assert "You may not read the audit log." in text(pilot)
        assert "The head and the administrator may." in text(pilot)
        assert "listened" not in text(pilot)


def test_every_deed_and_every_permission_has_a_word() -> None:
    assert set(DEEDS) == set(Deed) - {Deed.UNKNOWN}
    assert set(PERMISSIONS) == set(Permission) - {Permission.UNKNOWN}


async def test_f2_tells_who_one_is_and_what_one_may(store: Path) -> None:
    async with log(store, "ivan", (80, 24)) as pilot:
        await press(pilot, "1", "f2")
        shown = text(pilot)
        assert "Ivan: operator" in shown
        assert "✓ listen to recordings" in shown
        assert "– read the audit log" in shown or "– see the calls of everybody" in shown
