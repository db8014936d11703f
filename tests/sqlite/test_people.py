"""What people write: comments, views, drafts, who they are, and how others hear of it."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_client.contract.calls import CommentRequest
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.contract.views import SaveState, State, StateKind, ViewRequest
from backend_client.errors import Conflict, Invalid, NotFound
from backend_client.model.call import Mark
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Permission, Role, Session
from backend_client.sqlite.access.sessions import os_login, session_for
from backend_client.sqlite.changes import ChangeWatch, changes_since
from backend_client.sqlite.comments import read_comment, read_history, save_comment
from backend_client.sqlite.directory import DirectoryCache, add_employee
from backend_client.sqlite.pool import ReadPool
from backend_client.sqlite.states import read_states, read_views, save_state, save_view
from backend_client.sqlite.upkeep.rebuild import CheckReport, check
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOON = 1_795_255_200
OLENA = Session(employee_id=1, name="Olena", roles=(Role.OPERATOR,))
IVAN = Session(employee_id=2, name="Ivan", roles=(Role.OPERATOR,))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    opened.facts.put([call(leg("1.1", at=NOON))])
    yield opened
    opened.close()


def comment(desk: Desk, text: str, revision: int, session: Session = OLENA) -> int:
    request = CommentRequest(call_id=desk.id_of("1.1"), text=text, revision=revision)
    with desk.writer.transaction() as transaction:
        return save_comment(transaction, session, request, NOON).revision


def test_a_comment_is_marked_changed_and_deleted_with_its_history(desk: Desk) -> None:
    assert comment(desk, "call \u202eback\x1b[2J\nafter lunch ", 0) == 1
    assert desk.row("1.1").marks & Mark.COMMENT
    assert read_comment(desk.db, desk.id_of("1.1")).text == "call back[2J\nafter lunch"
    assert comment(desk, "", 1) == 2
    assert not desk.row("1.1").marks & Mark.COMMENT
    assert [version.text for version in read_history(desk.db, desk.id_of("1.1"))] == ["call back[2J\nafter lunch"]
    assert check(desk.writer) == CheckReport()


def test_two_people_who_write_at_once_both_keep_their_text(desk: Desk) -> None:
    comment(desk, "from Ivan", 0, IVAN)
    with pytest.raises(Conflict) as conflict:
        comment(desk, "from Olena", 0)
    assert conflict.value.fields == {"text": "from Ivan", "author": "Ivan", "at": NOON, "revision": 1}
    assert comment(desk, "from Olena", 1) == 2


def test_two_hundred_code_points_fit_and_no_more(desk: Desk) -> None:
    assert comment(desk, "ї" * 200 + " ", 0) == 1
    with pytest.raises(Invalid, match="201"):
        comment(desk, "x" * 201, 1)


@pytest.mark.parametrize("text", ["   ", "\n", "\u200b"])
def test_only_an_empty_text_deletes_a_comment(desk: Desk, text: str) -> None:
    comment(desk, "call back", 0)
    with pytest.raises(Invalid, match="nothing that can be read"):
        comment(desk, text, 1)
    assert read_comment(desk.db, desk.id_of("1.1")).text == "call back"


def test_a_comment_on_no_call_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound), desk.writer.transaction() as transaction:
        save_comment(transaction, OLENA, CommentRequest(call_id=99, text="x", revision=0), NOON)


def test_a_comment_stays_when_the_call_is_derived_again(desk: Desk) -> None:
    comment(desk, "mine", 0)
    desk.facts.put([call(leg("1.1", at=NOON, talk=5))])
    assert desk.row("1.1").marks & Mark.COMMENT
    assert check(desk.writer) == CheckReport()


def test_views_and_drafts_belong_to_one_employee(desk: Desk) -> None:
    with desk.writer.transaction() as transaction:
        save_view(transaction, OLENA, ViewRequest(name="lost ones", filter=CallFilter(lost=True)))
        save_state(transaction, OLENA, SaveState(kind=StateKind.DRAFT, name="comment 1", text="half a sen"))
    assert [view.filter for view in read_views(desk.db, OLENA).views] == [CallFilter(lost=True)]
    assert read_views(desk.db, IVAN).views == ()
    assert read_states(desk.db, OLENA, StateKind.DRAFT).states == (State(name="comment 1", text="half a sen"),)
    assert read_states(desk.db, IVAN, StateKind.DRAFT).states == ()
    with desk.writer.transaction() as transaction:
        assert save_view(transaction, OLENA, ViewRequest(name="lost ones")).views == ()


def test_the_owner_is_administrator_and_others_are_what_their_record_says(desk: Desk) -> None:
    assert session_for(desk.db, desk.path).may(Permission.ADMINISTER)
    with desk.writer.transaction() as transaction:
        head = add_employee(transaction, "Ганна", login="hanna", roles=[Role.HEAD])
        add_employee(transaction, "Петро")
    hanna = session_for(desk.db, desk.path, "hanna")
    assert (hanna.employee_id, hanna.roles) == (head, (Role.HEAD,))
    assert session_for(desk.db, desk.path, "ПЕТРО").roles == (Role.OPERATOR,)
    assert session_for(desk.db, desk.path, "201").name == "201"
    with pytest.raises(NotFound, match="nobody"):
        session_for(desk.db, desk.path, "nobody")
    with desk.writer.transaction() as transaction:
        transaction.db.execute("UPDATE employee SET login = ? WHERE id = ?", (os_login(), head))
    mine = session_for(desk.db, desk.path)
    assert (mine.employee_id, set(mine.roles)) == (head, {Role.HEAD, Role.ADMINISTRATOR})


def test_directories_are_read_again_only_when_they_changed(desk: Desk) -> None:
    cache = DirectoryCache()
    first = cache.read(desk.db)
    assert [employee.name for employee in first.employees] == ["201"]
    comment(desk, "no directory", 0)
    assert cache.read(desk.db) is first
    desk.facts.put([call(leg("2.1", at=NOON, phone="202"))])
    assert [employee.name for employee in cache.read(desk.db).employees] == ["201", "202"]


def test_a_change_names_its_days_and_kinds(desk: Desk) -> None:
    before = changes_since(desk.db, 0).change
    desk.facts.put([call(leg("2.1", at=NOON + 86_400))])
    found = changes_since(desk.db, before)
    assert found.days == ((NOON + 86_400) // 86_400,)
    assert changes_since(desk.db, found.change).days == ()
    desk.link("0672220001", "Stroysnab")
    assert Kind.CLIENTS in changes_since(desk.db, found.change).kinds


async def test_a_waiting_console_hears_of_another_writer(desk: Desk) -> None:
    watch = ChangeWatch(desk.file)
    now = (await watch.changes(ChangeRequest())).change
    assert (await watch.changes(ChangeRequest(since=now, wait=0.01))).change == now
    waiting = asyncio.ensure_future(watch.changes(ChangeRequest(since=now, wait=60)))
    await asyncio.sleep(0)
    comment(desk, "new", 0)
    assert (await waiting).days == (NOON // 86_400,)
    watch.close()


async def test_a_query_that_nobody_waits_for_is_interrupted(desk: Desk) -> None:
    pool = ReadPool(desk.file)
    began, ended = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(db: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(began.set)
        try:
            db.execute("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                loop.call_soon_threadsafe(ended.set)
            raise

    running = asyncio.ensure_future(pool.run(endless))
    await began.wait()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(running, 0.05)
    await ended.wait()
    assert await pool.run(lambda db: db.execute("SELECT count(*) FROM call").fetchone()) == (1,)
    pool.close()


async def test_one_after_another_is_read_by_one_thread_and_many_at_once_by_a_few(desk: Desk) -> None:
    pool = ReadPool(desk.file)
    together = threading.Barrier(4)

    def meet(_db: sqlite3.Connection) -> int:
        together.wait(20)
        return threading.get_ident()

    assert len(set(await asyncio.gather(*(pool.run(meet) for _query in range(4))))) == 4
    one_by_one = [await pool.run(lambda _db: threading.get_ident()) for _query in range(5)]
    assert len(set(one_by_one)) == 1
    many = await asyncio.gather(*(pool.run(lambda _db: threading.get_ident()) for _query in range(50)))
    assert len(set(many)) <= 4
    pool.close()


def test_an_unfinished_query_keeps_no_process_alive(desk: Desk) -> None:
    code = f"""
import asyncio
from pathlib import Path
from backend_client.sqlite.file import open_file
from backend_client.sqlite.pool import ReadPool
sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
async def main():
    pool = ReadPool(open_file(Path({str(desk.path)!r})))
    asyncio.ensure_future(pool.run(lambda db: db.execute(sql).fetchone()))
    await asyncio.sleep(0.05)
    raise SystemExit(7)
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60, capture_output=True)
    assert done.returncode == 7, done.stderr
