"""Folders and web servers, honest and hostile."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from backend_client.errors import NotFound, Unreachable
from backend_client.model.recording import Missing
from backend_client.recordings.block_cache import BlockCache
from backend_client.recordings.place import Found, Named, Roots, make_roots

SOUND = bytes(range(256)) * 20


def named(text: str, seconds: float = 3.0) -> Named:
    started = datetime(2026, 11, 21, 14, tzinfo=UTC)
    return Named(text=text, start=int(started.timestamp()), started=started, seconds=seconds)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "monitor"
    (folder / "2026/11/21").mkdir(parents=True)
    (folder / "2026/11/21/call.wav").write_bytes(SOUND)
    return folder


def roots_of(root: Path | str, tmp_path: Path) -> Roots:
    return make_roots([str(root)], tmp_path / "cache")


def test_a_recording_is_found_and_read_by_range(root: Path, tmp_path: Path) -> None:
    roots = roots_of(root, tmp_path)
    found = roots.find(named("call.wav"))
    assert found == Found(root=0, place="2026/11/21/call.wav", size=len(SOUND))
    assert roots.read(found, 100, 50) == SOUND[100:150]
    assert roots.read(found, len(SOUND) - 5, 50) == SOUND[-5:]


def test_a_whole_path_of_the_exchange_is_found_under_another_root(root: Path, tmp_path: Path) -> None:
    assert isinstance(roots_of(root, tmp_path).find(named("/var/spool/monitor/2026/11/21/call.wav")), Found)
    assert isinstance(roots_of(root, tmp_path).find(named(f"{root}/2026/11/21/call.wav")), Found)


def test_a_converted_recording_is_found(root: Path, tmp_path: Path) -> None:
    (root / "2026/11/21/call.wav").rename(root / "2026/11/21/call.mp3")
    assert isinstance(roots_of(root, tmp_path).find(named("call.wav")), Found)


def test_what_is_not_there_says_why(root: Path, tmp_path: Path) -> None:
    roots = roots_of(root, tmp_path)
    (root / "empty.wav").write_bytes(bytes(44))
    assert roots.find(named("other.wav")) is Missing.GONE
    assert roots.find(named("empty.wav")) is Missing.EMPTY
    assert roots.find(named("../secret.wav")) is Missing.OUTSIDE
    assert roots.find(named("https://example.org/call.wav")) is Missing.GONE
    assert make_roots([], tmp_path).find(named("call.wav")) is Missing.NO_ROOT
    assert roots_of(tmp_path / "unmounted", tmp_path).find(named("call.wav")) is Missing.UNREACHABLE


def test_a_link_out_of_the_root_is_refused(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(SOUND)
    (root / "link.wav").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    roots = roots_of(root, tmp_path)
    assert roots.find(named("link.wav")) is Missing.OUTSIDE
    assert roots.find(named("folder/secret.wav")) is Missing.OUTSIDE
    with pytest.raises(NotFound):
        roots.read(Found(root=0, place="link.wav", size=9), 0, 9)
    (root / "inside.wav").symlink_to(root / "2026/11/21/call.wav")
    assert isinstance(roots.find(named("inside.wav")), Found)


def test_a_pipe_in_the_folder_holds_nobody_up(root: Path, tmp_path: Path) -> None:
    os.mkfifo(root / "pipe.wav")
    roots = roots_of(root, tmp_path)
    assert roots.find(named("pipe.wav")) is Missing.GONE
    with pytest.raises(NotFound):
        roots.read(Found(root=0, place="pipe.wav", size=9), 0, 9)


class Shelf(BaseHTTPRequestHandler):
    """A web server with one recording, and a few bad habits."""

    habits: ClassVar[set[str]] = set()
    asked: ClassVar[list[str]] = []
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("Range", ""))
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        known = self.path in ("/rec/call.wav", "/rec/2026/11/21/call.wav")
        if not known or "redirects" in self.habits:
            self.send_response(302 if known else 404)
            self.send_header("Location", "http://127.0.0.1:1/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        first, last = 0, len(SOUND) - 1
        partial = "Range" in self.headers and "ignores ranges" not in self.habits
        if partial:
            first, last = (int(part) for part in self.headers["Range"].removeprefix("bytes=").split("-"))
        data = SOUND[first : last + 1]
        self.send_response(206 if partial else 200)
        told = len(SOUND) * 100 if "lies" in self.habits and not body else len(data)
        self.send_header("Content-Length", str(told))
        self.end_headers()
        if body and "stalls" in self.habits:
            self.wfile.write(data[:100])
            self.wfile.flush()
            time.sleep(1.5)
        elif body:
            self.wfile.write(data)


@pytest.fixture
def shelf() -> Iterator[str]:
    Shelf.habits, Shelf.asked = set(), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/rec"
    server.shutdown()
    server.server_close()


def test_a_recording_on_the_web_is_read_by_range_and_kept(shelf: str, tmp_path: Path) -> None:
    roots = roots_of(shelf, tmp_path)
    found = roots.find(named("call.wav"))
    assert isinstance(found, Found)
    assert found.size == len(SOUND)
    assert roots.read(found, 1000, 500) == SOUND[1000:1500]
    assert roots.read(found, 0, len(SOUND)) == SOUND
    assert Shelf.asked == [f"bytes=0-{len(SOUND) - 1}"]
    assert isinstance(roots.find(named(f"{shelf}/call.wav")), Found)


def test_a_server_that_ignores_ranges_gives_the_right_bytes(shelf: str, tmp_path: Path) -> None:
    Shelf.habits = {"ignores ranges"}
    roots = roots_of(shelf, tmp_path)
    found = roots.find(named("call.wav"))
    assert isinstance(found, Found)
    assert roots.read(found, 1000, 500) == SOUND[1000:1500]


def test_a_server_that_lies_about_the_length_ends_where_the_bytes_end(shelf: str, tmp_path: Path) -> None:
    Shelf.habits = {"lies"}
    roots = roots_of(shelf, tmp_path)
    found = roots.find(named("call.wav"))
    assert isinstance(found, Found)
    assert roots.read(found, 0, 100_000) == SOUND


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/rec/call.wav", "{shelf}/../secret.wav", "{shelf}/%2e%2e/secret.wav", "{shelf}evil/x"],
)
def test_an_address_outside_the_root_is_never_asked(shelf: str, tmp_path: Path, address: str) -> None:
    assert roots_of(shelf, tmp_path).find(named(address.format(shelf=shelf))) is Missing.OUTSIDE


def test_a_redirection_is_not_followed(shelf: str, tmp_path: Path) -> None:
    Shelf.habits = {"redirects"}
    assert roots_of(shelf, tmp_path).find(named("call.wav")) is Missing.GONE


def test_a_server_that_is_away_says_so(tmp_path: Path) -> None:
    roots = roots_of("http://127.0.0.1:1/rec", tmp_path)
    assert roots.find(named("call.wav")) is Missing.UNREACHABLE
    with pytest.raises(Unreachable):
        roots.read(Found(root=0, place="call.wav", size=9), 0, 9)


def test_a_server_that_says_nothing_is_given_up_and_left_alone_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_client.recordings.web.PATIENCE", 0.2)
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def take() -> None:
            with suppress(OSError):
                while True:
                    asked.append(silent.accept())

        threading.Thread(target=take, daemon=True).start()
        roots = roots_of(f"http://127.0.0.1:{silent.getsockname()[1]}/rec", tmp_path)
        assert roots.find(named("call.wav")) is Missing.UNREACHABLE
        assert roots.find(named("other.wav")) is Missing.UNREACHABLE
        assert len(asked) == 1
        with pytest.raises(Unreachable):
            roots.read(Found(root=0, place="call.wav", size=9), 0, 9)


def test_a_server_that_stalls_in_the_middle_is_given_up(
    shelf: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend_client.recordings.web.PATIENCE", 0.2)
    Shelf.habits = {"stalls"}
    roots = roots_of(shelf, tmp_path)
    found = roots.find(named("call.wav"))
    assert isinstance(found, Found)
    with pytest.raises(Unreachable):
        roots.read(found, 0, len(SOUND))


def test_the_cache_keeps_to_its_limit_and_the_newest(tmp_path: Path) -> None:
    cache = BlockCache(tmp_path / "blocks", limit=10_000)
    for number in range(20):
        cache.put(str(number), bytes(1000))
        os.utime(max((tmp_path / "blocks").iterdir(), key=lambda file: file.stat().st_mtime_ns), (number, number))
    assert sum(file.stat().st_size for file in (tmp_path / "blocks").iterdir()) <= 10_000
    assert cache.get("19") == bytes(1000)
    assert cache.get("0") is None


def test_the_demo_s_recording_lasts_as_long_as_its_talk(tmp_path: Path) -> None:
    from audio.decoder import open_sound
    from audio.growing import GrowingFile

    roots = make_roots(["demo:"], tmp_path)
    found = roots.find(named("external-201-1.wav", seconds=20))
    assert isinstance(found, Found)
    data = roots.read(found, 0, found.size + 1)
    assert len(data) == found.size
    assert roots.read(found, 0, found.size) == data
    (tmp_path / "made.wav").write_bytes(data)
    fd = os.open(tmp_path / "made.wav", os.O_RDONLY)
    sound = open_sound(GrowingFile(fd, found.size), str(tmp_path))
    assert (sound.channels, sound.rate, sound.seconds) == (2, 8000, 20)
    assert abs(sound.read(0, 160_000)).max() > 3000
