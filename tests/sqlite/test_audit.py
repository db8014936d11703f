"""The audit log cannot be changed through SQL, and what is changed past it shows."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.model.audit import Deed
from backend_client.model.permissions import Role, Session
from backend_client.sqlite.access.audit import first_broken, head, read_audit, record
from tests.sqlite.stores import Desk

VIRA = Session(employee_id=None, name="Vira", roles=(Role.HEAD,))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    with opened.writer.transaction() as transaction:
        for number in range(5):
            record(transaction, VIRA, Deed.LISTEN, 1000 + number, object_id=number, amount=10)
    yield opened
    opened.close()


def spoil(desk: Desk, statement: str) -> None:
    """What somebody with an editor can do to the file."""
    with desk.writer.transaction() as transaction:
        transaction.db.execute("DROP TRIGGER audit_is_not_changed")
        transaction.db.execute("DROP TRIGGER audit_is_not_shortened")
        transaction.db.execute(statement)


def test_any_number_of_people_and_deeds_is_asked_for(desk: Desk) -> None:
    assert len(read_audit(desk.db, VIRA, AuditRequest(deeds=(Deed.LISTEN,) * 300_000)).entries) == 5
    desk.db.rollback()
    assert read_audit(desk.db, VIRA, AuditRequest(employees=tuple(range(300_000)))).entries == ()


def test_lines_stand_as_written(desk: Desk) -> None:
    assert first_broken(desk.db) is None
    assert head(desk.db).startswith("5:")


@pytest.mark.parametrize("statement", ["UPDATE audit SET amount = 0", "DELETE FROM audit WHERE id = 5"])
def test_the_log_is_only_added_to(desk: Desk, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError), desk.writer.transaction() as transaction:
        transaction.db.execute(statement)
    assert first_broken(desk.db) is None


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit SET amount = 11 WHERE id = 2", 2),
        ("UPDATE audit SET employee_id = 1 WHERE id = 5", 5),
        ("DELETE FROM audit WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("UPDATE audit SET hash = zeroblob(32) WHERE id = 4", 4),
    ],
)
def test_a_changed_or_missing_line_shows(desk: Desk, statement: str, line: int) -> None:
    spoil(desk, statement)
    assert first_broken(desk.db) == line


def test_an_end_that_was_cut_off_shows_by_the_head_kept_elsewhere(desk: Desk) -> None:
    kept = head(desk.db)
    spoil(desk, "DELETE FROM audit WHERE id = 5")
    assert first_broken(desk.db) is None
    assert head(desk.db) != kept


def test_a_deed_that_is_undone_is_not_written_down(desk: Desk) -> None:
    before = head(desk.db)
    with desk.writer.transaction(keep=False) as transaction:
        record(transaction, VIRA, Deed.COMMENT, 2000)
        assert head(transaction.db) != before
    assert head(desk.db) == before
