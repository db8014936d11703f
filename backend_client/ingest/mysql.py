"""FreePBX's asteriskcdrdb in a MariaDB or MySQL server, read through the driver of the extra `mysql` (B7).

Nothing is ever written there: the session is read-only, and no statement takes more than a page of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backend_client.errors import BackendError, Invalid, Unauthorised, Unreachable
from backend_client.ingest.record_table import Numbered
from backend_client.model.text import N_, clean

SCHEME = "mysql://"
PORT = 3306
PAGE = 2000
_CONNECT = 5
_READ = 30
_SAMPLE = 1000
_DENIED = frozenset({1044, 1045, 1142, 1143, 1227, 1698})
_NO_SUCH = frozenset({1049, 1054, 1146})

Connect = Callable[["Address"], Any]
"""Opens a connection of Python's database interface, with `%s` for values; raises what its driver raises."""


class Address(Struct, frozen=True, kw_only=True):
    """Where a server is, and as whom to read which database."""

    host: str
    port: int = PORT
    user: str
    secret: str = ""
    database: str = "asteriskcdrdb"

    @classmethod
    def of(cls, text: str, secret: str) -> Address:
        """From mysql://user:secret@host:port/database; a secret given beside it wins. Raises Invalid."""
        try:
            parts = urlsplit(text)
            host, user, port = parts.hostname, parts.username, parts.port or PORT
        except ValueError:
            host = user = None
            port = PORT
        if not host or not user:
            raise Invalid(
                N_("{address} is no address of a database server."),
                N_("Write it as mysql://user@host/asteriskcdrdb, with the password in PULT_MYSQL_SECRET."),
                address=clean(text.rpartition("@")[2]),
            )
        database = parts.path.strip("/") or "asteriskcdrdb"
        return cls(
            host=host, port=port, user=unquote(user), secret=secret or unquote(parts.password or ""), database=database
        )

    @property
    def name(self) -> str:
        """Without the secret."""
        return clean(f"{SCHEME}{self.user}@{self.host}:{self.port}/{self.database}")


def connect(address: Address) -> Any:
    """A connection by PyMySQL. Raises Invalid where it is not installed."""
    try:
        import pymysql
    except ImportError as error:
        raise Invalid(
            N_("To read MariaDB or MySQL Pult needs the driver PyMySQL."),
            N_("Install it: pipx install 'pult[mysql]', or pip install pymysql where Pult is."),
        ) from error
    # Without conversions every value comes as the server writes it; a date of zeros is no date, and no error either.
    opened = pymysql.connect(
        host=address.host, port=address.port, user=address.user, password=address.secret, database=address.database,
        charset="utf8mb4", connect_timeout=_CONNECT, read_timeout=_READ, write_timeout=_READ, autocommit=True, conv={},
    )  # fmt: skip
    # Servers before MySQL 5.6 do not know it; nothing but SELECT is sent anyway.
    with suppress(pymysql.err.ProgrammingError), opened.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
    return opened


class Database:
    """One server's database; the connection is made anew after any failure."""

    def __init__(self, address: Address, connect: Connect = connect) -> None:
        self.name = address.name
        self._address = address
        self._connect = connect
        self._open: Any = None

    def rows(self, query: str, values: Sequence[object] = ()) -> list[list[str]]:
        """The rows of a query as texts. Raises Unreachable, Unauthorised, Invalid."""
        return self._ask(query, values)[0]

    def columns(self, table: str) -> tuple[str, ...]:
        """Names of a table's columns; empty where there is no such table."""
        try:
            return self._ask(f"SELECT * FROM {_quoted(table)} LIMIT 0", ())[1]
        except Invalid:
            return ()

    def _ask(self, query: str, values: Sequence[object]) -> tuple[list[list[str]], tuple[str, ...]]:
        try:
            if self._open is None:
                self._open = self._connect(self._address)
            cursor = self._open.cursor()
            try:
                cursor.execute(query, tuple(values))
                return [_texts(row) for row in cursor.fetchall()], tuple(str(one[0]) for one in cursor.description)
            finally:
                cursor.close()
        except BackendError:
            raise
        except Exception as error:
            # A driver is anybody's code: whatever it raises, the next look begins with a new connection.
            self.close()
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> BackendError:
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        why = clean(str(error.args[1] if len(error.args) > 1 else error))
        if code in _DENIED:
            return Unauthorised(
                N_("{source} refuses: {why}."), N_("Give the user SELECT on the tables cdr and cel."),
                source=self.name, why=why,
            )  # fmt: skip
        if code in _NO_SUCH:
            return Invalid(N_("{source}: {why}."), source=self.name, why=why)
        return Unreachable(
            N_("{source} is away: {why}."), N_("It is asked again every two seconds."), source=self.name, why=why
        )

    def close(self) -> None:
        """End the connection."""
        opened, self._open = self._open, None
        if opened is not None:
            with suppress(Exception):
                opened.close()


class ServerRows:
    """The rows of a table in the order of one column: whole numbers, or dates, whose digits are the position."""

    encoding = "utf-8"
    size = 0

    def __init__(self, database: Database, table: str, titles: Sequence[str], by: str) -> None:
        self.name = database.name
        self.titles = titles
        self._database = database
        self._by = _quoted(by)
        self._place = list(titles).index(by)
        self._select = f"SELECT {', '.join(map(_quoted, titles))} FROM {_quoted(table)}"

    def sample(self) -> list[list[str]]:
        """The newest rows."""
        return self._database.rows(f"{self._select} ORDER BY {self._by} DESC LIMIT {_SAMPLE}")

    def read(self, after: int = 0) -> Iterator[Numbered]:
        """All rows from `after` on, that place included: several calls begin in one second."""
        place, passed, number = _as_value(after), 0, 0
        while True:
            # A page goes on at the last place of the one before, behind the rows of that place that came already.
            rows = self._database.rows(
                f"{self._select} WHERE {self._by} >= %s ORDER BY {self._by} LIMIT {PAGE} OFFSET {passed}", (place,)
            )
            if not rows:
                return
            last = rows[-1][self._place]
            position = _as_position(last)
            yield Numbered(rows, range(number + 1, number + len(rows) + 1), position, [])
            number += len(rows)
            if len(rows) < PAGE:
                return
            same = sum(row[self._place] == last for row in rows)
            passed, place = (passed + len(rows) if last == place else same), last


def _as_position(value: str) -> int:
    """2026-11-21 08:30:00 is 20261121083000; of a number the number itself. What is neither is the beginning."""
    digits = "".join(filter(str.isdigit, value.partition(".")[0]))
    return int(digits) if digits else 0


def _as_value(position: int) -> str:
    """The value that a position stands for, as the server compares it."""
    text = str(position)
    if len(text) != 14:
        return text
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _texts(row: Sequence[object]) -> list[str]:
    return ["" if value is None else _text(value) for value in row]


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
