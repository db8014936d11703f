"""What a console lives through: a server that goes and comes back, a socket of the same machine, a lost answer."""

import asyncio
import os
import socket
import tempfile
from pathlib import Path

import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CommentRequest, WindowRequest
from backend_client.contract.changes import ChangeRequest
from backend_client.errors import BackendError, Invalid, NotFound, Unauthorised, Unreachable
from backend_client.http.backend import connect
from backend_client.http.line import check_address
from backend_client.http.problem import error_of, problem_of
from backend_client.model.permissions import Role
from server.listening import Address
from tests.contract.conftest import NOW, fill
from tests.server.serving import Served, served, token_for


@pytest.fixture
def store(tmp_path: Path) -> Path:
    fill(tmp_path / "store.db")
    return tmp_path / "store.db"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


async def test_a_console_outlives_its_server(store: Path) -> None:
    port, token = free_port(), token_for(store, "vira")
    async with served(store, now=lambda: NOW, port=port) as server:
        backend = await connect(server.url, token)
        before = await backend.window(WindowRequest())
        waiting = asyncio.create_task(backend.changes(ChangeRequest(since=before.change, wait=25)))
        await backend.clock()
    assert (await waiting).change == before.change
    with pytest.raises(Unreachable):
        await backend.window(WindowRequest())
    async with served(store, now=lambda: NOW, port=port):
        assert (await backend.window(WindowRequest())).rows == before.rows
    await backend.close()


async def test_a_write_whose_answer_is_lost_is_answered_again(store: Path) -> None:
    async with served(store, now=lambda: NOW) as server, Cut(server) as cut:
        backend = await connect(cut.url, token_for(store, "vira"))
        call = (await backend.window(WindowRequest())).rows[0]
        cut.next_answer_is_lost()
        saved = await backend.comment(CommentRequest(call_id=call.id, text="heard", revision=0))
        assert (saved.text, saved.revision) == ("heard", 1)
        assert cut.lost
        await backend.close()


class Cut:
    """A line to a server that breaks when told to, after the question and before the answer."""

    def __init__(self, server: Served) -> None:
        self._port = int(server.url.rpartition(":")[2])
        self._lose = False
        self.lost = False
        self.url = ""

    def next_answer_is_lost(self) -> None:
        self._lose = True

    async def __aenter__(self) -> "Cut":
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._listening.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", self._port)

        async def questions() -> None:
            while data := await reader.read(65536):
                to.write(data)
            to.close()

        sending = asyncio.create_task(questions())
        while data := await there.read(65536):
            if self._lose:
                self._lose, self.lost = False, True
                break
            writer.write(data)
        sending.cancel()
        to.close()
        writer.close()


async def test_on_a_unix_socket_the_system_says_who_asks(store: Path, tmp_path: Path) -> None:
    async with served(store, now=lambda: NOW, unix=tmp_path / "pult.sock") as server:
        backend = await connect(server.url)
        assert Role.ADMINISTRATOR in backend.session.roles
        assert len((await backend.window(WindowRequest())).rows) == 4
        await backend.close()
        with pytest.raises(Unauthorised):
            await connect(server.url, "pult_made_up")


def ask_as(uid: int, path: Path) -> bytes:
    """What the server tells a process of this user about its session."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setuid(uid)
        with socket.socket(socket.AF_UNIX) as line, os.fdopen(writing, "wb") as out:
            line.connect(str(path))
            line.sendall(b"GET /v1/session HTTP/1.1\r\nhost: pult\r\nconnection: close\r\n\r\n")
            while data := line.recv(4096):
                out.write(data)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer = told.read()
    os.waitpid(child, 0)
    return answer


async def test_a_user_of_the_machine_is_who_the_system_says(store: Path) -> None:
    mine = os.geteuid()
    # The superuser can be somebody else: then it is an operator who asks, and not the store's owner.
    uid, role = (65534, b"operator") if mine == 0 else (mine, b"administrator")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        async with served(store, now=lambda: NOW, unix=Path(folder) / "pult.sock"):
            told = await asyncio.to_thread(ask_as, uid, Path(folder) / "pult.sock")
    assert b'"roles":["%b"]' % role in told


@pytest.mark.parametrize(
    "url", ["http://pult.example.org", "ftp://example.org", "https://", "https://a:b@c", "http://192.0.2.1:80", "::"]
)
def test_an_address_that_would_tell_the_token_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_address(url)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("pult.example.org", "https://pult.example.org"),
        ("https://pult.example.org:8443/calls/", "https://pult.example.org:8443/calls"),
        ("http://localhost:7878", "http://localhost:7878"),
        ("http://[::1]:7878", "http://[::1]:7878"),
        ("unix:/run/pult.sock", "unix:/run/pult.sock"),
    ],
)
def test_an_address_is_kept_in_one_form(url: str, kept: str) -> None:
    assert check_address(url) == kept


def test_a_server_without_tls_stays_on_its_machine() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::"):
        with pytest.raises(Invalid):
            Address(host=host).check()
        Address(host=host, proxied=True).check()
    Address(host="::1").check()


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"", b'{"kind": 5}', b'{"type": "x"}'])
def test_a_refusal_that_is_not_ours_still_says_something(body: bytes) -> None:
    assert "502" in str(error_of(502, body))
    assert isinstance(error_of(502, body), Unreachable)


def test_a_refusal_comes_back_as_it_was() -> None:
    import msgspec

    error = NotFound("No {thing} here.", "Look in {path}.", thing="call", path="/srv/pult/store.db")
    again = error_of(404, msgspec.json.encode(problem_of(error)))
    assert (type(again), str(again)) == (NotFound, "No call here. Look in store.db.")


def test_a_sentence_of_a_newer_server_is_shown_as_it_is() -> None:
    told = b'{"type":"t","title":"t","status":400,"kind":"newer","text":"a {b} \\u001b[31m{","fields":{}}'
    error = error_of(400, told)
    assert isinstance(error, BackendError)
    assert str(error) == "a {b} [31m{"


async def test_what_is_no_pult_server_is_told_so(store: Path) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")
        writer.close()

    async with await asyncio.start_server(page, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable) as told:
            await connect(f"http://127.0.0.1:{port}", "t")
    assert "does not speak" in str(told.value)


async def test_an_old_kept_connection_is_no_failure(store: Path) -> None:
    port, token = free_port(), token_for(store, "vira")
    async with served(store, now=lambda: NOW, port=port) as server:
        backend: Backend = await connect(server.url, token)
    async with served(store, now=lambda: NOW, port=port):
        assert (await backend.clock()).now == NOW
    await backend.close()
