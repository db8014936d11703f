"""Deeds that are killed in the middle, and what must hold afterwards.

A deed goes on until it is killed and says which of its steps are confirmed, as a person would have been told. After
the kill everything confirmed must be there, and nothing may be half.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlite_utils import Database

from backend_client.contract.calls import CommentRequest
from backend_client.contract.tasks import AddTask, PostponeTask
from backend_client.derive.local_time import local_time
from backend_client.model.permissions import Role, Session
from backend_client.model.phone import number_key
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.body import ERASED
from backend_client.sqlite.comments import read_comment, save_comment
from backend_client.sqlite.file import APPLICATION_ID
from backend_client.sqlite.plan.checking import wrong_attempts
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.schema import store as schema
from backend_client.sqlite.settings import read_derive_settings, write_derive_settings
from backend_client.sqlite.upkeep.backup import back_up, restore
from backend_client.sqlite.upkeep.check import check_store, damage_of
from backend_client.sqlite.upkeep.erasure import forget
from backend_client.sqlite.upkeep.ledger import ledger_path, merged_ledgers
from backend_client.sqlite.upkeep.rebuild import rebuild, wrong_tallies
from backend_client.sqlite.upkeep.retention import Retention, retain, write_retention
from backend_client.sqlite.upkeep.upgrade import plan, upgrade
from tests.sqlite.busy_centre import BEGIN, busy_day
from tests.sqlite.stores import Desk

HEAD = Session(employee_id=None, name="head", roles=(Role.ADMINISTRATOR,))
NUMBERS = [f"06722200{n:02}" for n in range(12)]
ALL_CALLS = Scope(all_calls=True, employee_id=None)
CALLS = 12
Confirm = Callable[[str], None]


class Deed(ABC):
    """One kind of work. `prepare` and `verify` run in the parent, `work` in the process that is killed."""

    seconds = 0.15
    """The kill comes within so many."""

    def prepare(self, path: Path) -> None:
        """Change the fresh copy of the centre's store."""
        del path

    @abstractmethod
    def work(self, path: Path, confirm: Confirm) -> None: ...

    @abstractmethod
    def verify(self, desk: Desk, confirmed: list[str]) -> None: ...

    def recover(self, path: Path) -> None:
        """What a person does after the kill: nothing, or the same command again."""
        del path


class Import(Deed):
    """Records come."""

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            for place in count(1_000, 100):
                desk.facts.put(busy_day(NUMBERS[place // 100 % 12], 25, first=place))
                confirm(str(place))

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        for place in map(int, confirmed):
            for facts in busy_day(NUMBERS[place // 100 % 12], 25, first=place):
                assert desk.row(facts.call_key).id


class Comment(Deed):
    """Somebody comments on calls, one after another and again."""

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            revisions: dict[int, int] = {}
            for number in count():
                call = number % 40 + 1
                text = f"text {number}"
                with desk.writer.transaction() as transaction:
                    request = CommentRequest(call_id=call, text=text, revision=revisions.get(call, 0))
                    revisions[call] = save_comment(transaction, HEAD, request, number).revision
                confirm(f"{call}:{revisions[call]}:{text}")

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        last = {line.split(":")[0]: line for line in confirmed}
        for line in last.values():
            call, revision, text = line.split(":")
            found = read_comment(desk.db, int(call))
            # One more may have been written and not confirmed any more.
            assert found.revision >= int(revision)
            assert found.revision > int(revision) or found.text == text


class Register(Deed):
    """Clients are made and numbers linked to them."""

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            for number in count():
                desk.link(NUMBERS[number % 12], f"Client {number}")
                confirm(f"Client {number}")

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        names = {name for (name,) in desk.db.execute("SELECT name FROM client")}
        assert names.issuperset(confirmed)


class Plan(Deed):
    """Calls are planned and postponed; each task is called at once."""

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            author = Author(HEAD, BEGIN, local_time("Europe/Kyiv"))
            today, later = iso_of(author.today), iso_of(author.today + 1)
            for place in count():
                with desk.writer.transaction() as transaction:
                    deed = AddTask(contact_date=today, number=NUMBERS[place % 12], order=str(place))
                    task = change_task(transaction, author, ALL_CALLS, deed).task
                assert task is not None
                with desk.writer.transaction() as transaction:
                    move = PostponeTask(id=task.id, revision=0, contact_date=later, text="later")
                    change_task(transaction, author, ALL_CALLS, move)
                confirm(str(place))

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        moved = desk.db.execute("SELECT order_number FROM task WHERE postponed = 1").fetchall()
        assert {order for (order,) in moved}.issuperset(confirmed)
        half = (
            "SELECT count(*) FROM task t WHERE"
            " (SELECT count(*) FROM task_history h WHERE h.task_id = t.id) <> t.revision + 1"
            " OR (SELECT count(*) FROM task_away w WHERE w.task_id = t.id) <> t.postponed"
        )
        assert desk.db.execute(half).fetchone() == (0,)
        assert wrong_attempts(desk.db, None) == 0


class Backup(Deed):
    """The store is copied again and again over the same file."""

    def work(self, path: Path, confirm: Confirm) -> None:
        while True:
            back_up(path, path.with_name("copy.db"))
            confirm("copied")

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        copy = desk.path.with_name("copy.db")
        assert copy.exists() or not confirmed
        if copy.exists():
            with closing(sqlite3.connect(copy)) as db:
                assert damage_of(db) == ()
                assert db.execute("SELECT count(*) FROM call").fetchone() == (12 * CALLS,)


class Restore(Deed):
    """A copy is made a store."""

    def prepare(self, path: Path) -> None:
        back_up(path, path.with_name("copy.db"))

    def work(self, path: Path, confirm: Confirm) -> None:
        for number in count():
            restore(path.with_name("copy.db"), path.with_name(f"new-{number}.db"))
            confirm(f"new-{number}.db")

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        there = list(desk.path.parent.glob("new-*.db"))
        assert {new.name for new in there}.issuperset(confirmed)
        for new in there:
            with closing(Desk(new)) as restored:
                assert check_store(restored.writer).sound


class Upgrade(Deed):
    """A store of the first release is brought up to date."""

    seconds = 0.1

    def prepare(self, path: Path) -> None:
        old = path.with_name("old.db")
        with closing(sqlite3.connect(old, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            schema.apply(Database(db), stop_before="add_client_deeds")
            fill_old(db, path)
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute("PRAGMA user_version=1")
        for beside in path.parent.glob(f"{path.name}*"):
            beside.unlink()
        old.rename(path)

    def work(self, path: Path, confirm: Confirm) -> None:
        upgrade(plan(path))
        confirm("upgraded")

    def recover(self, path: Path) -> None:
        version = plan(path).version
        assert version in (1, plan(path).to)
        upgrade(plan(path))

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (12 * CALLS,)


class Rebuild(Deed):
    """All calls are derived again under another zone."""

    def prepare(self, path: Path) -> None:
        with closing(Desk(path)) as desk, desk.writer.transaction() as transaction:
            from msgspec.structs import replace

            settings = read_derive_settings(transaction.db)
            write_derive_settings(transaction, replace(settings, zone="Asia/Tokyo"))

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            rebuild(desk.writer)
            confirm("rebuilt")

    def recover(self, path: Path) -> None:
        with closing(Desk(path)) as desk:
            assert wrong_tallies(desk.db) == 0
            rebuild(desk.writer)

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        assert desk.db.execute("SELECT count(*) FROM setting WHERE name = 'rebuild'").fetchone() == (0,)


class Forget(Deed):
    """People are forgotten, one after another."""

    seconds = 0.3

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            for number in NUMBERS:
                forget(desk.writer, HEAD, [number_key(number, "UA").key], [], now=1)
                confirm(number)

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        known = merged_ledgers([ledger_path(desk.path)])
        for number in NUMBERS:
            key = number_key(number, "UA").key
            there = desk.db.execute("SELECT 1 FROM number WHERE key = ?", (key,)).fetchone() is not None
            assert not (there and number in confirmed)
            assert there or known.find(key) is not None
        _nothing_half_erased(desk)


class Retain(Deed):
    """Old calls become nameless."""

    def prepare(self, path: Path) -> None:
        with closing(Desk(path)) as desk, desk.writer.transaction() as transaction:
            write_retention(transaction, Retention(calls_months=1))

    def work(self, path: Path, confirm: Confirm) -> None:
        with closing(Desk(path)) as desk:
            retain(desk.writer, HEAD, path, BEGIN + 400 * 86_400)
            confirm("retained")

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        named = desk.db.execute(
            "SELECT count(*) FROM call JOIN number ON number.id = number_id WHERE key LIKE '+%'"
        ).fetchone()[0]
        assert named == 0 or not confirmed
        assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (12 * CALLS,)
        _nothing_half_erased(desk)


DEEDS: tuple[Deed, ...] = (
    Import(), Comment(), Register(), Plan(), Backup(), Restore(), Upgrade(), Rebuild(), Forget(), Retain(),
)  # fmt: skip


def _nothing_half_erased(desk: Desk) -> None:
    """A nameless number has no record left, and a named one has all."""
    half = desk.db.execute(
        "SELECT count(*) FROM call JOIN number ON number.id = number_id JOIN facts ON call_id = call.id"
        " WHERE (key LIKE 'erased-%') <> (body = ?)",
        (ERASED,),
    ).fetchone()
    assert half == (0,)


def fill_old(db: sqlite3.Connection, present: Path) -> None:
    """Put the centre's calls into a store of the first release: what it had of each table."""
    db.execute("ATTACH ? AS present", (str(present),))
    tables = db.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts5%'"
        " AND name NOT LIKE '%_search_%' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    ).fetchall()
    db.execute("BEGIN")
    for (name,) in tables:
        columns = ", ".join(row[1] for row in db.execute(f'PRAGMA main.table_info("{name}")'))
        db.execute(f"DELETE FROM main.{name}")
        db.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM present.{name}")
    # Totals and marks that the first release did not know.
    db.execute("UPDATE call SET marks = marks & 1023")
    for table in ("tally", "tally_month"):
        db.execute(f"DELETE FROM {table} WHERE dimension > 7 OR dimension = 6 AND key > 512")
    for index in ("number_search", "client_search", "person_search"):
        db.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    db.execute("COMMIT")
    db.execute("DETACH present")
