"""Tables of other machines that are followed: a database server and MikoPBX's REST interface, each by a stand-in."""

from __future__ import annotations

import csv
import io
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from backend_client.errors import BackendError, Invalid, Unreachable
from backend_client.ingest import mysql as source
from backend_client.ingest.follow import follower, tables
from backend_client.ingest.follow.batch import Followed
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.follow.mikopbx_rest import FollowedMikoPbx
from backend_client.ingest.follow.mysql import FollowedMysql
from backend_client.ingest.follow.opening import open_followed
from backend_client.ingest.mysql import Address, Database
from backend_client.ingest.source import SourceOptions
from backend_client.ingest.tariff_list import read_tariff_file, write_tariff_file
from backend_client.sqlite.supervision.live import read_sources
from tests.ingest.test_follower import count, following, until
from tests.ingest.test_joining import LAB, TRUTH, calls, told
from tests.sqlite.stores import Desk

CDR = (
    "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration",
    "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did", "recordingfile", "cnum",
    "cnam", "linkedid", "peeraccount", "sequence",
)  # fmt: skip
MASTER = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "calldate",
    "answer", "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount",
    "linkedid", "sequence",
)  # fmt: skip
CEL = (
    "eventtype", "eventtime", "cid_name", "cid_num", "cid_ani", "cid_rdnis", "cid_dnid", "exten", "context",
    "channame", "appname", "appdata", "amaflags", "accountcode", "uniqueid", "linkedid", "peer", "userdeftype",
    "userfield", "extra",
)  # fmt: skip


class Failure(Exception):
    """What a driver raises: a number and a text."""


class Cursor:
    """Speaks to the stand-in as a driver's cursor does, with %s for values and texts for everything."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rows: list[tuple[object, ...]] = []
        self.description: Any = None

    def execute(self, query: str, values: Sequence[object]) -> None:
        self._server.queries.append(query)
        if self._server.failure is not None:
            raise self._server.failure
        with self._server.lock:
            try:
                answer = self._server.db.execute(query.replace("%s", "?"), values)
            except sqlite3.OperationalError as error:
                raise Failure(1146, str(error)) from error
            self.description, self._rows = answer.description, answer.fetchall()

    def fetchall(self) -> list[tuple[object, ...]]:
        return [tuple(None if v is None else str(v).encode() for v in row) for row in self._rows]

    def close(self) -> None:
        pass


class Server:
    """A database server: SQLite behind the face of a driver. `failure` is what every statement meets."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.lock = threading.Lock()
        """A follower that is told to stop leaves its source's thread behind, amid a statement if it was in one."""
        self.failure: Failure | None = None
        self.queries: list[str] = []
        self.opened = 0
        self.db.execute(f"CREATE TABLE cdr ({', '.join(CDR)})")
        self.db.execute(f"CREATE TABLE cel (id INTEGER PRIMARY KEY, {', '.join(CEL)})")

    def __call__(self, address: Address) -> Server:
        self.opened += 1
        if self.failure is not None:
            raise self.failure
        return self

    def cursor(self) -> Cursor:
        return Cursor(self)

    def close(self) -> None:
        pass

    def put(self, table: str, names: Sequence[str], row: Sequence[str]) -> None:
        asked = ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({asked})", row)


def laboratory_calls() -> list[list[str]]:
    """The laboratory's records in the columns of FreePBX."""
    rows = []
    with (LAB / "Master.csv").open(newline="") as file:
        for row in csv.reader(file):
            named = dict(zip(MASTER, row, strict=True))
            named["did"] = named["dst"] if named["dcontext"] == "from-trunk" else ""
            rows.append([named.get(name, "") for name in CDR])
    return rows


def laboratory_events() -> list[list[str]]:
    rows = []
    with (LAB / "cel.csv").open(newline="") as file:
        for row in csv.reader(file):
            at = datetime.fromtimestamp(float(row[1]), UTC)
            rows.append([row[0], at.strftime("%Y-%m-%d %H:%M:%S.%f"), *row[2:]])
    return rows


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "POLL", 0.1)
    monkeypatch.setattr(follower, "_AWAY", 0.1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    yield opened
    opened.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    opened = Server(tmp_path / "asterisk.db")
    yield opened
    with opened.lock:
        opened.db.close()


def mysql(server: Server) -> FollowedMysql:
    address = Address.of("mysql://pult@pbx/asteriskcdrdb", "s3cret")
    return FollowedMysql(address, SourceOptions(), "main", database=Database(address, server))


def test_calls_and_events_of_a_server_become_the_calls_that_were(desk: Desk, server: Server) -> None:
    with following(desk.path, mysql(server)):
        for row in laboratory_events():
            server.put("cel", CEL, row)
        until(lambda: count(desk, "facts") == 8)
        for row in laboratory_calls():
            server.put("cdr", CDR, row)
        until(lambda: count(desk) == 8)
    # The queue's own log was not read: nobody tells how long callers waited there, and that one gave up.
    expected = [structs.replace(one, queue_wait=None) for one in TRUTH]
    expected[4] = structs.replace(expected[4], hung_up_by="nobody-said")
    assert [told(one) for one, _ in calls(desk)] == expected


def test_a_late_record_of_a_long_call_comes_and_nothing_comes_twice(desk: Desk, server: Server) -> None:
    first, *rest = laboratory_calls()
    for row in rest:
        server.put("cdr", CDR, row)
    with following(desk.path, mysql(server)):
        until(lambda: count(desk) == 7)
        server.put("cdr", CDR, first)
        until(lambda: count(desk) == 8)
    with following(desk.path, mysql(server)):
        until(lambda: read_sources(desk.db)[0].at > 0)
    runs = desk.db.execute("SELECT sum(new), sum(updated), sum(unchanged) FROM import_run").fetchone()
    assert runs[:2] == (len(rest) + 1, 0)


def test_pages_of_equal_dates_lose_nothing(desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "PAGE", 100)
    row = laboratory_calls()[0]
    server.db.execute("BEGIN")
    for number in range(250):
        one = dict(zip(CDR, row, strict=True)) | {
            "uniqueid": f"1795211251.{number}",
            "linkedid": f"1795211251.{number}",
        }
        server.put("cdr", CDR, [one[name] for name in CDR])
    server.db.execute("COMMIT")
    with following(desk.path, mysql(server)):
        until(lambda: count(desk) == 250)
    assert all("LIMIT" in query for query in server.queries)


def test_once_ends_where_nothing_waits_and_says_why_nothing_can_be_read(desk: Desk, server: Server) -> None:
    for row in laboratory_calls():
        server.put("cdr", CDR, row)
    Follower(desk.writer, [mysql(server)], lambda *_: None, once=True).run()
    assert count(desk) == 8
    server.failure = Failure(2003, "Can't connect")
    with pytest.raises(Unreachable):
        Follower(desk.writer, [mysql(server)], lambda *_: None, once=True).run()


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (Failure(1045, "Access denied"), "refuses: Access denied"),
        (Failure(2003, "Can't connect"), "is away: Can't connect"),
        (Failure(), "is away"),
    ],
)
def test_a_server_that_refuses_or_is_away_is_told_and_asked_again(
    desk: Desk, server: Server, failure: Failure, problem: str
) -> None:
    server.failure = failure
    for row in laboratory_calls():
        server.put("cdr", CDR, row)
    with following(desk.path, mysql(server)):
        until(lambda: any(problem in one.problem for one in read_sources(desk.db)))
        server.failure = None
        until(lambda: count(desk) == 8)


def test_a_database_without_calls_is_told(desk: Desk, server: Server) -> None:
    server.db.execute("DROP TABLE cdr")
    with following(desk.path, mysql(server)):
        until(lambda: any("holds no table cdr" in one.problem for one in read_sources(desk.db)))


@pytest.mark.parametrize(
    "text", ["mysql://", "mysql://pbx", "mysql://u@h:x/db", "mikopbx://", "mikopbx://h:x", "ftp://h"]
)
def test_an_address_that_says_too_little_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        open_followed(text, SourceOptions(), system="main", environment={})


def test_no_secret_stands_in_a_name() -> None:
    for text in ("mysql://u:s3cret@h/db", "mikopbx://x:s3cret@h"):
        assert "s3cret" not in open_followed(text, SourceOptions(), system="main", environment={}).name


# MikoPBX


def a_leg(id: int, **fields: object) -> dict[str, object]:
    started = datetime.fromtimestamp(1795211251 + id * 60, UTC)
    at = started.strftime("%Y-%m-%d %H:%M:%S.000")
    values: dict[str, object] = {
        "id": id, "start": at, "endtime": at, "answer": "", "src_chan": f"PJSIP/trunk-{id}", "src_num": "380672220001",
        "dst_chan": f"PJSIP/201-{id}", "dst_num": "201", "UNIQUEID": f"mikopbx-{started.timestamp():.0f}.{id}_x",
        "linkedid": f"mikopbx-{started.timestamp():.0f}.{id}", "did": "380442000001", "disposition": "NOANSWER",
        "duration": 0, "billsec": 0, "work_completed": "1",
    }  # fmt: skip
    return values | fields


class Pbx(httpx.BaseTransport):
    """MikoPBX's answers out of a list of legs; `wrapped` as the interface wraps everything it says."""

    def __init__(self) -> None:
        self.legs: list[dict[str, object]] = []
        self.token = "t0ken"
        self.year_only = False
        self.descending = False
        self.asked: list[dict[str, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        self.asked.append(asked)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return httpx.Response(401, json={"result": False, "messages": {"error": ["Unauthorized"]}})
        if self.year_only and "idFrom" in asked and asked["idFrom"] == "0":
            return httpx.Response(422, json={"result": False})
        legs = [leg for leg in self.legs if int(str(leg["id"])) > int(asked.get("idFrom", "0"))]
        legs.sort(key=lambda leg: int(str(leg["id"])), reverse=self.descending)
        limit, offset = int(asked["limit"]), int(asked.get("offset", "0"))
        page = legs[offset : offset + limit]
        pages = {"total": len(legs), "limit": limit, "offset": offset, "hasMore": offset + limit < len(legs)}
        return httpx.Response(200, json={"result": True, "data": {"records": page, "pagination": pages}})


@pytest.fixture
def pbx() -> Pbx:
    return Pbx()


def mikopbx(pbx: Pbx, token: str = "t0ken") -> Followed:
    return FollowedMikoPbx("mikopbx://pbx", SourceOptions(), "main", token=token, transport=pbx)


@pytest.mark.parametrize("descending", [False, True])
def test_all_pages_are_read_and_new_legs_follow(desk: Desk, pbx: Pbx, descending: bool) -> None:
    pbx.descending = descending
    pbx.legs = [a_leg(number) for number in range(1, 2301)]
    with following(desk.path, mikopbx(pbx)):
        until(lambda: count(desk) == 2300)
        pbx.legs.append(a_leg(2301))
        until(lambda: count(desk) == 2301)
    assert {int(asked["limit"]) for asked in pbx.asked} == {1000}
    assert pbx.asked[-1]["idFrom"] == str(2300 - 500)


def test_a_leg_that_is_not_finished_waits_and_a_later_one_replaces_it(desk: Desk, pbx: Pbx) -> None:
    pbx.legs = [a_leg(1), a_leg(2, endtime="", work_completed="0")]
    with following(desk.path, mikopbx(pbx)):
        until(lambda: count(desk) == 1)
        pbx.legs[1] = a_leg(2)
        until(lambda: count(desk) == 2)
    assert desk.db.execute("SELECT sum(rejected) FROM import_run").fetchone() == (0,)


def test_what_reaches_too_far_back_is_asked_by_dates(desk: Desk, pbx: Pbx) -> None:
    pbx.year_only = True
    pbx.legs = [a_leg(number) for number in range(1, 4)]
    with following(desk.path, mikopbx(pbx)):
        until(lambda: count(desk) == 3)
    assert any("dateFrom" in asked for asked in pbx.asked)


def test_a_wrong_token_and_an_answer_that_is_none_are_told(desk: Desk, pbx: Pbx) -> None:
    with following(desk.path, mikopbx(pbx, "wrong")):
        until(lambda: any("refuses the token" in one.problem for one in read_sources(desk.db)))

    def nonsense(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"<html>")

    away = FollowedMikoPbx("mikopbx://pbx", SourceOptions(), "main", transport=httpx.MockTransport(nonsense))
    with following(desk.path, away):
        until(lambda: any("is away" in one.problem for one in read_sources(desk.db)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.sampled_from(
        ["data", "records", "pagination", "hasMore", "id", "start", "UNIQUEID", "linkedid", "src_num", "endtime"]
    ), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@example(b'{"records": true}')
@given(st.one_of(JSON.map(lambda said: msgspec.json.encode(said)), st.binary(max_size=60)))
def test_whatever_an_exchange_answers_is_read_or_refused(answer: bytes) -> None:
    served = [answer]

    def say(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=served.pop() if served else b"{}")

    pbx = FollowedMikoPbx("mikopbx://pbx", SourceOptions(), "main", transport=httpx.MockTransport(say))
    stop = threading.Event()
    try:
        for _batch in pbx.batches("", stop):
            stop.set()
    except BackendError:
        pass


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("prefix;price;step\n" + text).encode()))
def test_whatever_a_price_list_holds_is_read_or_refused(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.csv"
        path.write_bytes(body)
        try:
            tariffs = read_tariff_file(path, "UAH")
        except Invalid:
            return
        out = io.StringIO()
        write_tariff_file(tariffs, out)
        path.write_text(out.getvalue())
        assert read_tariff_file(path) == tariffs
