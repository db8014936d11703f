"""Real stores for tests, and their content without the ids that the order of arrival gave."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from backend_client.model.derive_settings import DeriveSettings
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.call_row import CallRow
from backend_client.sqlite.clients.registration import add_client, link_number, unlink_number
from backend_client.sqlite.codes import unpack_employees
from backend_client.sqlite.directory import add_employee, assign_extension
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.file import StoreFile, open_file
from backend_client.sqlite.settings import write_derive_settings
from backend_client.sqlite.upkeep.rebuild import rebuild
from backend_client.sqlite.writer import Writer
from tests.histories import Deed, GiveExtension, History, LinkNumber, Records


@cache
def empty_store() -> bytes:
    """The file of a fresh store: making one anew takes 0.3 s."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_file(path).close()
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


class Desk:
    """An open store and everything that writes to it."""

    def __init__(self, path: Path, settings: DeriveSettings | None = None) -> None:
        if not path.exists():
            path.write_bytes(empty_store())
        self.path = path
        self.file: StoreFile = open_file(path)
        self.writer = Writer(self.file)
        self.facts = FactWriter(self.writer)
        self.db = self.file.reader()
        self._people: dict[str, int] = {}
        if settings is not None:
            with self.writer.transaction() as transaction:
                write_derive_settings(transaction, settings)

    def close(self) -> None:
        self.db.close()
        self.writer.close()
        self.file.close()

    def client(self, name: str) -> int:
        if f"client {name}" not in self._people:
            with self.writer.transaction() as transaction:
                self._people[f"client {name}"] = add_client(transaction, name)
        return self._people[f"client {name}"]

    def employee(self, name: str) -> int:
        if name not in self._people:
            with self.writer.transaction() as transaction:
                self._people[name] = add_employee(transaction, name)
        return self._people[name]

    def link(self, number: str, client: str | None, since: int = 0) -> None:
        to = None if client is None else self.client(client)
        with self.writer.transaction() as transaction:
            if to is None:
                unlink_number(transaction, self.facts, number)
            else:
                link_number(transaction, self.facts, number, to, since)

    def do(self, deed: Deed) -> None:
        match deed:
            case Records():
                self.facts.put(deed.batch)
            case LinkNumber():
                self.link(deed.number, deed.client, deed.since)
            case GiveExtension():
                employee = self.employee(deed.employee)
                with self.writer.transaction() as transaction:
                    assign_extension(transaction, deed.extension, employee, deed.since)
                rebuild(self.writer, since=deed.since)

    def id_of(self, key: str) -> int:
        return int(self.db.execute("SELECT call_id FROM call_key WHERE key = ?", (key,)).fetchone()[0])

    def row(self, key: str) -> CallRow:
        names = ", ".join(CallRow.__struct_fields__)
        return CallRow(*self.db.execute(f"SELECT {names} FROM call WHERE id = ?", (self.id_of(key),)).fetchone())


@contextmanager
def open_desk(settings: DeriveSettings | None = None) -> Iterator[Desk]:
    """A store in a folder of its own, for examples of property tests, which share a tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="pult-test-"))
    desk = Desk(folder / "store.db", settings)
    try:
        yield desk
    finally:
        desk.close()
        shutil.rmtree(folder)


def store_of(history: History) -> dict[str, object]:
    """The content of a store into which a history arrived."""
    with open_desk(history.settings) as desk:
        for deed in history.deeds:
            desk.do(deed)
        return content(desk.db)


def _names(db: sqlite3.Connection, table: str, column: str) -> dict[int | None, str]:
    names: dict[int | None, str] = dict(db.execute(f"SELECT id, {column} FROM {table}").fetchall())
    names[None] = ""
    return names


def content(db: sqlite3.Connection) -> dict[str, object]:
    """All that the store says, with names in place of ids. A number that has no call any more, since a late leg
    gave its call another outside party, says nothing."""
    number, region = _names(db, "number", "key"), _names(db, "region", "key")
    line, channel, client = _names(db, "line", "code"), _names(db, "channel", "did"), _names(db, "client", "name")
    employee = {
        id: (name, tuple(db.execute("SELECT number, since, until FROM extension WHERE employee_id = ?", (id,))))
        for id, name in db.execute("SELECT id, name FROM employee").fetchall()
    }
    facts = read_facts(db, [id for (id,) in db.execute("SELECT call_id FROM facts")])
    key: dict[int | None, str] = {id: document.call_key for id, document in facts.items()}
    key[None] = ""

    def call(row: CallRow) -> object:
        named = {name: getattr(row, name) for name in CallRow.__struct_fields__ if not name.endswith("id")}
        named |= {
            "number": number[row.number_id], "region": region[row.region_id], "line": line[row.line_id],
            "channel": channel[row.channel_id], "settled_by": key[row.settled_by],
            "employees": [(employee[id], ext, talk) for id, ext, talk in unpack_employees(row.employees)],
        }  # fmt: skip
        return named

    directories: dict[int, Mapping[Any, object]] = {1: employee, 2: line, 3: channel, 4: region, 13: employee}

    def cell(dimension: int, at: int) -> object:
        names = directories.get(dimension)
        return at if names is None or at == 0 else names[at]

    def tallies(table: str) -> dict[object, int]:
        return {
            (dimension, cell(dimension, at), *rest): n
            for dimension, at, *rest, n in db.execute(f"SELECT * FROM {table}").fetchall()
        }

    return {
        "calls": {
            key[values[0]]: call(CallRow(*values))
            for values in db.execute(f"SELECT {', '.join(CallRow.__struct_fields__)} FROM call").fetchall()
        },
        "taking part": sorted(
            (employee[id], start, key[call_id], talk)
            for id, start, call_id, talk in db.execute("SELECT * FROM call_employee").fetchall()
        ),
        "numbers": {
            text: (forms, region[at], client[to], since, last)
            for text, forms, at, to, since, last in db.execute(
                "SELECT key, forms, region_id, client_id, known_since, last_start FROM number"
                " WHERE last_start <> 0 OR client_id IS NOT NULL"
            ).fetchall()
        },
        "keys": sorted((k, key[id]) for k, id in db.execute("SELECT key, call_id FROM call_key").fetchall()),
        "facts": {document.call_key: document for document in facts.values()},
        "tallies": tallies("tally"),
        "months": tallies("tally_month"),
        "clients": {
            (client.get(to, to), period): counts
            for to, period, *counts in db.execute("SELECT * FROM client_tally").fetchall()
        },
    }
