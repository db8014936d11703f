"""Sources followed into a real store: as they are written, restarted, away, and by several followers."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_client.contract.live import Live
from backend_client.ingest.follow import follower
from backend_client.ingest.follow.ami import FollowedAmi, MessageReader
from backend_client.ingest.follow.ami_calls import AmiCalls
from backend_client.ingest.follow.batch import Batch, Followed
from backend_client.ingest.follow.database import FollowedDatabase
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.source import SourceOptions
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.status import Status
from backend_client.opening import open_store
from backend_client.sqlite.supervision.live import read_sources
from tests.ingest.lines import EXTRA, MASTER, master
from tests.ingest.test_formats import record, table
from tests.ingest.test_joining import LAB, TRUTH, calls, told
from tests.sqlite.stores import Desk

PATIENCE = 20.0
_SHIFT = time.time() - 1795211330


def laboratory() -> float:
    """A clock that goes on from the minute in which the laboratory's calls were made."""
    return time.time() - _SHIFT


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    yield opened
    opened.close()


def until(truth: Callable[[], object]) -> None:
    """Wait for what must come; the test fails where it never does."""
    deadline = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@contextmanager
def following(path: Path, *sources: Followed) -> Iterator[Follower]:
    desk = Desk(path)
    follower = Follower(desk.writer, sources, lambda *_: None, now=laboratory)
    thread = threading.Thread(target=follower.run)
    thread.start()
    try:
        yield follower
    finally:
        follower.stop.set()
        thread.join()
        desk.close()


def file(path: Path) -> FollowedFile:
    return FollowedFile(path, SourceOptions(), "main")


def count(desk: Desk, what: str = "call") -> int:
    return int(desk.db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


def call(n: int) -> str:
    return master(uniqueid=f"{1795204051 + n}.{n}", linkedid=f"{1795204051 + n}.{n}", sequence=n)


def test_calls_come_as_they_are_written_through_rotation_and_restart(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(call(1))
    with following(desk.path, file(path)):
        until(lambda: count(desk) == 1)
        with path.open("a") as out:
            out.write(call(2) + call(3)[:30])
        until(lambda: count(desk) == 2)
        with path.open("a") as out:
            out.write(call(3)[30:])
        until(lambda: count(desk) == 3)
    path.rename(tmp_path / "Master.csv.1")
    path.write_text(call(4))
    with following(desk.path, file(path)):
        until(lambda: count(desk) == 4)
    [state] = read_sources(desk.db)
    assert state.format == "asterisk-csv"
    assert desk.db.execute("SELECT sum(new), sum(rejected) FROM import_run").fetchone() == (4, 0)


def test_the_laboratory_followed_from_three_files_is_the_truth(desk: Desk) -> None:
    with following(desk.path, *[file(LAB / name) for name in ("cel.csv", "queue_log", "Master.csv")]):
        until(lambda: count(desk) == 8)
        until(lambda: [told(one) for one, _ in calls(desk)] == TRUTH)


def test_a_file_that_comes_later_is_waited_for_and_its_absence_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    with following(desk.path, file(path)):
        until(lambda: any("There is no file" in state.problem for state in read_sources(desk.db)))
        path.write_text(call(1))
        until(lambda: count(desk) == 1)
        until(lambda: [state.problem for state in read_sources(desk.db)] == [""])


def test_a_second_follower_stands_by_and_takes_over(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(call(1))
    with following(desk.path, file(path)) as first:
        until(lambda: count(desk) == 1)
        with following(desk.path, file(path)):
            first.stop.set()
            with path.open("a") as out:
                out.write(call(2))
            until(lambda: count(desk) == 2)
    assert desk.db.execute("SELECT sum(new), sum(unchanged) FROM import_run").fetchone() == (2, 0)


def test_a_database_is_polled_and_what_changed_in_it_replaces(desk: Desk, tmp_path: Path) -> None:
    path = table(tmp_path / "cdr.db", (*MASTER, *EXTRA), record())
    with following(desk.path, FollowedDatabase(path, SourceOptions(), "main")):
        until(lambda: count(desk) == 1)
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE cdr SET disposition = 'BUSY', billsec = 0")
            db.commit()
        until(lambda: desk.db.execute("SELECT sum(updated) FROM import_run").fetchone() == (1,))


class Exchange:
    """A scripted manager interface: logs in whoever has the password, then says what it is told to say."""

    def __init__(self, secret: str = "s3cret") -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._secret = secret
        self.line: socket.socket | None = None

    def answer(self) -> None:
        self.line, _ = self._server.accept()
        self.line.sendall(b"Asterisk Call Manager/13.0.0\r\n")
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += self.line.recv(4096)
        fits = f"Secret: {self._secret}\r\n".encode() in asked
        self.line.sendall(f"Response: {'Success' if fits else 'Error'}\r\nMessage: x\r\n\r\n".encode())
        if fits:
            self.line.sendall(b"Event: CoreShowChannelsComplete\r\nListItems: 0\r\n\r\n")

    def say(self, text: str) -> None:
        assert self.line is not None
        self.line.sendall(text.replace("\n", "\r\n").encode())

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
        self._server.close()


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    opened = Exchange()
    yield opened
    opened.close()


def stream() -> list[str]:
    """The messages of the laboratory's stream, without the banner."""
    return [part + "\n\n" for part in (LAB / "ami.txt").read_text().split("\n\n")[1:] if part.strip()]


async def ask_live(path: Path, now: float) -> Live:
    backend = await open_store(path, now=lambda: now)
    try:
        return await backend.live()
    finally:
        await backend.close()


def live(desk: Desk, now: float = 0.0) -> Live:
    import asyncio

    return asyncio.run(ask_live(desk.path, now or laboratory()))


def ami(exchange: Exchange, secret: str = "s3cret") -> FollowedAmi:
    return FollowedAmi.of(f"ami://pult@127.0.0.1:{exchange.port}", DeriveSettings(), "main", secret)


def test_running_calls_ring_talk_end_and_become_the_calls_of_the_records(desk: Desk, exchange: Exchange) -> None:
    messages = stream()
    bridged = [n for n, text in enumerate(messages) if text.startswith("Event: BridgeEnter")]
    with following(desk.path, ami(exchange)):
        exchange.answer()
        exchange.say("".join(messages[: bridged[0]]))
        until(lambda: [one.status for one in live(desk).calls] == [Status.RINGING])
        [ringing] = live(desk).calls
        assert ringing.number == "+380672220001"
        assert ringing.line == "IAX2/provider"
        exchange.say("".join(messages[bridged[0] : bridged[1] + 1]))
        until(lambda: [one.status for one in live(desk).calls] == [Status.TALKING])
        [talking] = live(desk).calls
        assert [one.extension for one in talking.employees] == ["201"]
        assert talking.answered is not None
        assert talking.id == ringing.id
        exchange.say("".join(messages[bridged[1] + 1 :]))
        until(lambda: count(desk, "facts") == 8 and not live(desk).calls)
    with following(desk.path, file(LAB / "Master.csv"), file(LAB / "queue_log")):
        until(lambda: count(desk) == 8)
        until(lambda: [told(one) for one, _ in calls(desk)] == TRUTH)
    assert min(one.id for one, _ in calls(desk)) == ringing.id


def test_a_caller_in_a_queue_is_connecting(desk: Desk, exchange: Exchange) -> None:
    messages = stream()
    joined = next(n for n, text in enumerate(messages) if text.startswith("Event: QueueCallerJoin"))
    with following(desk.path, ami(exchange)):
        exchange.answer()
        exchange.say("".join(messages[: joined + 1]))
        until(lambda: [one.status for one in live(desk).calls] == [Status.CONNECTING])


def test_a_wrong_password_and_a_dead_exchange_are_told(desk: Desk, exchange: Exchange) -> None:
    with following(desk.path, ami(exchange, "wrong")):
        exchange.answer()
        until(lambda: any("refuses the user" in state.problem for state in read_sources(desk.db)))
    exchange.close()
    with following(desk.path, ami(exchange)):
        until(lambda: any("is away" in state.problem for state in read_sources(desk.db)))


def test_a_running_call_whose_source_died_is_an_error_whose_end_was_not_seen(desk: Desk, exchange: Exchange) -> None:
    messages = stream()
    bridged = next(n for n, text in enumerate(messages) if text.startswith("Event: BridgeEnter"))
    with following(desk.path, ami(exchange)):
        exchange.answer()
        exchange.say("".join(messages[:bridged]))
        until(lambda: live(desk).calls)
    soon, late = live(desk), live(desk, laboratory() + 700)
    assert [one.status for one in late.calls] == [Status.ERROR]
    assert [one.ended is None for one in late.calls] == [False]
    assert (soon.stale, late.stale) == (False, True)
    assert count(desk) == 0


def test_a_reconnect_forgets_calls_that_ended_meanwhile(desk: Desk, exchange: Exchange) -> None:
    messages = stream()
    bridged = next(n for n, text in enumerate(messages) if text.startswith("Event: BridgeEnter"))
    with following(desk.path, ami(exchange)):
        exchange.answer()
        exchange.say("".join(messages[:bridged]))
        until(lambda: live(desk).calls)
        assert exchange.line is not None
        exchange.line.close()
        exchange.answer()
        until(lambda: not live(desk).calls)


@given(st.lists(st.binary(max_size=200), max_size=6), st.integers(1, 2000))
def test_any_bytes_of_a_manager_interface(pieces: list[bytes], cut: int) -> None:
    reader, state = MessageReader(), AmiCalls(DeriveSettings(), "main", lambda: 1795211251.0)
    sample = "".join(stream()[:40]).encode()
    for piece in (*pieces, sample[:cut], *pieces, sample[cut:]):
        for message in reader.feed(piece):
            state.take(message)
        state.batch()


def test_rejected_lines_are_kept_beside_the_store(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(call(1))
    with following(desk.path, file(path)):
        until(lambda: count(desk) == 1)
        with path.open("a") as out:
            out.write(master(end="2026-11-20 21:00:00", sequence=58) + call(2))
        until(lambda: count(desk) == 2)
    [(rejected, kept)] = desk.db.execute("SELECT rejected, rejected_file FROM import_run WHERE rejected").fetchall()
    assert rejected == 1
    assert Path(kept).parent == tmp_path / "rejected-of-store.db"
    assert "ends-before-start" in Path(kept).read_text()
    assert "2026-11-20 21:00:00" in Path(kept).read_text()


class Broken:
    """A source that meets what nobody expected."""

    name = "/dev/broken"
    format = "asterisk-csv"

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        yield Batch()
        if self._errors:
            raise self._errors.pop(0)
        stop.wait()


def test_a_file_that_cannot_be_read_for_now_is_told_and_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "_AWAY", 0.1)
    with following(desk.path, Broken(PermissionError(13, "Permission denied"))):
        until(lambda: any("cannot be read: Permission denied" in one.problem for one in read_sources(desk.db)))
        until(lambda: all(not one.problem for one in read_sources(desk.db)))


def test_a_mistake_of_our_own_ends_the_follower(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        Follower(desk.writer, [Broken(ZeroDivisionError())], lambda *_: None).run()


def test_a_clock_that_is_set_back_leaves_no_source_silent(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(call(1))
    times = [2_000_000_000.0]
    running = Follower(desk.writer, [file(path)], lambda *_: None, now=lambda: times[0])
    thread = threading.Thread(target=running.run)
    thread.start()
    until(lambda: count(desk) == 1)
    times[0] -= 3600
    until(lambda: read_sources(desk.db)[0].at == 2_000_000_000 - 3600)
    running.stop.set()
    thread.join()


def test_lines_that_went_before_they_were_read_are_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(call(1) + call(2))
    with following(desk.path, file(path)):
        until(lambda: count(desk) == 2)
    path.write_text(call(3))
    with following(desk.path, file(path)):
        until(lambda: count(desk) == 3)
    [(reasons,)] = desk.db.execute("SELECT reasons FROM import_run WHERE rejected").fetchall()
    assert reasons == '{"gap":1}'
