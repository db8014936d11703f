"""Whatever people do to clients, in whatever order: what follows is what deriving all again would say, and undoing it
restores the store exactly."""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.contract.clients import (
    ArchiveClient,
    ClientDeed,
    EditClient,
    EditPerson,
    ImportClients,
    MergeClients,
    RegisterClient,
    UndoClientDeed,
    UnlinkNumber,
)
from backend_client.errors import BackendError
from backend_client.model.client import ClientRecord
from backend_client.model.permissions import Role, Session
from backend_client.sqlite.access.scope import scope_of
from backend_client.sqlite.clients.client_changes import change_client
from backend_client.sqlite.clients.client_import import import_clients
from backend_client.sqlite.upkeep.rebuild import CheckReport, check, rebuild
from tests.histories import SPELLINGS, Records, histories
from tests.sqlite.stores import Desk, content, open_desk

STORES = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
BOSS = Session(employee_id=None, name="boss", roles=(Role.ADMINISTRATOR,))
NAMES = ("Олена", "[/foo]", "я" * 500, "👩‍👩‍👧", "שלום", "O'Brien")
FIRST = 1_774_746_000
"""The histories' calls are of the year after it."""

numbers = st.sampled_from([spellings[0] for spellings in SPELLINGS])
ids = st.integers(1, 4)
names = st.sampled_from(NAMES)
instants = st.integers(FIRST, FIRST + 20_000_000)


def deeds() -> st.SearchStrategy[ClientDeed | ImportClients]:
    some = st.lists(numbers, max_size=2).map(tuple)
    record = st.builds(
        ClientRecord, row=st.just(1), name=names, numbers=some,
        persons=st.lists(names, max_size=1).map(tuple), known_since=st.none() | instants,
    )  # fmt: skip
    return st.one_of(
        st.builds(RegisterClient, numbers=some, name=names, person=st.just("") | names),
        st.builds(RegisterClient, numbers=some, client_id=ids, move=st.booleans()),
        st.builds(EditClient, id=ids, revision=st.integers(0, 2), name=names, note=names),
        st.builds(EditPerson, id=ids, name=st.just("") | names),
        st.builds(UnlinkNumber, number=numbers),
        st.builds(MergeClients, id=ids, other=ids),
        st.builds(ArchiveClient, id=ids, archived=st.booleans()),
        st.builds(ImportClients, records=st.lists(record, min_size=1, max_size=2).map(tuple)),
    )  # fmt: skip


def do(desk: Desk, deed: ClientDeed | ImportClients, now: int) -> bool:
    """Whether it was done, and not refused."""
    try:
        with desk.writer.transaction() as transaction:
            if isinstance(deed, ImportClients):
                before = _deeds(transaction.db)
                import_clients(transaction, desk.facts, BOSS, deed, now)
                return _deeds(transaction.db) != before
            change_client(transaction, desk.facts, BOSS, scope_of(BOSS), deed, now)
    except BackendError:
        return False
    return True


def _deeds(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM client_deed").fetchone()[0])


def everything(db: sqlite3.Connection) -> dict[str, Any]:
    """What the store says, and the rows of clients to the last column. Numbers that nobody ever called or has stay."""
    rows: dict[str, Any] = {
        table: db.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in ("client", "person")
    }
    rows["links"] = db.execute(
        "SELECT key, client_id, known_since, person_id FROM number WHERE client_id IS NOT NULL ORDER BY key"
    ).fetchall()
    return rows | content(db)


@STORES
@given(histories(), st.lists(st.tuples(deeds(), instants), min_size=1, max_size=8))
def test_deeds_derive_what_all_again_would_and_undoing_restores_exactly(history: Any, done: list[Any]) -> None:
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            if isinstance(deed, Records):
                desk.do(deed)
        states = [everything(desk.db)]
        # Numbers of one client settle each other's missed calls: without this few examples have such.
        first, *others = (spellings[0] for spellings in SPELLINGS)
        begun = [RegisterClient(numbers=(first,), name="First")]
        begun += [RegisterClient(numbers=(number,), client_id=1) for number in others]
        for deed, now in (*((deed, FIRST) for deed in begun), *done):
            if do(desk, deed, now):
                states.append(everything(desk.db))
        assert check(desk.writer) == CheckReport()
        assert rebuild(desk.writer) == 0
        while len(states) > 1:
            assert everything(desk.db) == states.pop()
            assert do(desk, UndoClientDeed(), FIRST)
        assert everything(desk.db) == states[0]
        with desk.writer.transaction(keep=False) as transaction:
            for index in ("client_search", "person_search"):
                transaction.db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
