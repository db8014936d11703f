"""Calling a number: by a command of the person's, by the desktop, by the exchange; and what is never dialled."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend_client.errors import BackendError, ErrorKind
from screens.dialling import diallable
from tui import own_program
from tui.dialling import Dialling
from tui.settings import Settings

HOSTILE = (
    "", "1", "+", "-v", "--help", "12; rm -rf /", "$(id)", "`id`", "12\n", "12\r\nAction: Command", "1" * 21, "+1+2",
    "１２３", "٠١٢", "sip:anna@example.org", "12 34", "tel:12", "12&34", "{number}", "12%0a", "\x1b[31m12",
)  # fmt: skip


def dialler(**settings: object) -> Dialling:
    chosen = Settings(**settings)  # type: ignore[arg-type]
    return Dialling(lambda: chosen, {"PULT_AMI_SECRET": "geheim", "DISPLAY": ":0"})


def program(folder: Path, text: str) -> str:
    path = folder / "phone"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("number", ["+380671234567", "0671234567", "101", "*21#", "##002#", "12", "1" * 20])
async def test_a_number_is_one_argument_of_the_command(tmp_path: Path, number: str) -> None:
    phone = program(tmp_path, f'printf "%s\\n" "$#" "$@" > {tmp_path}/dialled')
    told = await dialler(dial="command", dial_command=(phone, "--to", "{number}", "a b; $HOME")).dial(number)
    assert (tmp_path / "dialled").read_text().splitlines() == ["3", "--to", number, "a b; $HOME"]
    assert number in told


@pytest.mark.parametrize("number", HOSTILE)
@pytest.mark.parametrize("way", ["command", "tel", "ami"])
async def test_what_is_no_number_is_never_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str, way: str
) -> None:
    program(tmp_path, f"touch {tmp_path}/dialled")
    (tmp_path / "phone").rename(tmp_path / "xdg-open")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    one = dialler(
        dial=way, dial_command=("xdg-open", "{number}"), dial_ami="ami://pult@127.0.0.1:1", dial_channel="PJSIP/201"
    )
    assert not diallable(number)
    with pytest.raises(BackendError) as told:
        await one.dial(number)
    assert told.value.kind is ErrorKind.INVALID
    assert not (tmp_path / "dialled").exists()


async def test_the_desktop_gets_a_tel_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, f'printf "%s\\n" "$@" > {tmp_path}/dialled')
    (tmp_path / "phone").rename(tmp_path / "xdg-open")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    await dialler(dial="tel").dial("*21#")
    assert (tmp_path / "dialled").read_text() == "tel:*21%23\n"


async def test_a_failing_command_says_what_it_said(tmp_path: Path) -> None:
    phone = program(tmp_path, 'printf "no \\033[31mline\\n" >&2; exit 3')
    with pytest.raises(BackendError) as told:
        await dialler(dial="command", dial_command=(phone, "{number}")).dial("101")
    assert (told.value.fields["code"], told.value.fields["said"]) == (3, "no [31mline")


async def test_a_missing_command_is_named() -> None:
    with pytest.raises(BackendError) as told:
        await dialler(dial="command", dial_command=("/nowhere/phone", "{number}")).dial("101")
    assert told.value.kind is ErrorKind.NOT_FOUND


async def test_a_command_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_program, "TIMEOUT", 0.2)
    phone = program(tmp_path, f"echo $$ > {tmp_path}/pid; sleep 60")
    with pytest.raises(BackendError) as told:
        await dialler(dial="command", dial_command=(phone, "{number}")).dial("101")
    assert told.value.kind is ErrorKind.UNREACHABLE


async def test_what_a_command_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    phone = program(tmp_path, "sleep 3 &")
    assert await dialler(dial="command", dial_command=(phone, "{number}")).dial("101")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "calling is off"),
        ({"dial": "command"}, "no command is set"),
        ({"dial": "command", "dial_command": ("phone", "x{number}")}, "no command is set"),
        ({"dial": "command", "dial_command": ("phone", "{number}", "{number}")}, "no command is set"),
        ({"dial": "command", "dial_command": ("phone", "{number}")}, ""),
        ({"dial": "ami"}, "the exchange is not set"),
        ({"dial": "ami", "dial_ami": "ami://p@pbx", "dial_channel": "PJSIP/201"}, ""),
        ({"dial": "tel"}, ""),
    ],
)
def test_it_says_why_nothing_can_be_called(settings: dict[str, object], reason: str) -> None:
    why = dialler(**settings).why_not()
    assert reason in why
    assert bool(reason) == bool(why)


def test_without_a_desktop_there_is_no_tel() -> None:
    assert "no desktop" in Dialling(lambda: Settings(dial="tel"), {}).why_not()


class Exchange:
    """The far side of a manager interface: what it was asked, and what it answers."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[dict[str, str]] = []
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            connection, _address = self._listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"Asterisk Call Manager/9.0.0\r\n")
            fields: dict[str, str] = {}
            for line in lines:
                text = line.decode().rstrip("\r\n")
                if text:
                    name, _colon, value = text.partition(": ")
                    fields[name] = value
                    continue
                self.asked.append(fields)
                if not self._answers:
                    return
                answer = self._answers.pop(0)
                event = "Event: FullyBooted\r\n\r\n"
                connection.sendall(f"{event}Response: {answer}\r\nActionID: {fields['ActionID']}\r\n\r\n".encode())
                fields = {}

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)


@contextmanager
def exchange(*answers: str) -> Iterator[tuple[Exchange, Dialling]]:
    there = Exchange(*answers)
    try:
        yield there, dialler(dial="ami", dial_ami=f"ami://pult@127.0.0.1:{there.port}", dial_channel="PJSIP/201")
    finally:
        there.close()


async def test_the_exchange_rings_the_own_phone_and_calls_the_number() -> None:
    with exchange("Success", "Success\r\nMessage: Originate successfully queued") as (there, one):
        told = await one.dial("+380671234567")
    login, order = there.asked
    assert (login["Action"], login["Username"], login["Secret"]) == ("Login", "pult", "geheim")
    assert order["Action"] == "Originate"
    assert (order["Channel"], order["Exten"], order["Context"]) == ("PJSIP/201", "+380671234567", "from-internal")
    assert "+380671234567" in told


@pytest.mark.parametrize(
    ("answers", "kind", "named"),
    [
        (("Error\r\nMessage: Authentication failed",), ErrorKind.UNAUTHORISED, ""),
        (("Success", "Error\r\nMessage: Extension does not exist."), ErrorKind.INVALID, "Extension does not exist"),
        (("Success",), ErrorKind.UNREACHABLE, ""),
        ((), ErrorKind.UNREACHABLE, ""),
    ],
)
async def test_what_the_exchange_refuses_is_told(answers: tuple[str, ...], kind: ErrorKind, named: str) -> None:
    with exchange(*answers) as (_there, one), pytest.raises(BackendError) as told:
        await one.dial("101")
    assert told.value.kind is kind
    assert named in str(told.value.fields.get("why", ""))
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize(("answers", "text"), [((), "closed the connection"), (("Success",), "closed the connection")])
async def test_why_an_exchange_is_away_is_said_in_a_sentence_that_is_translated(
    answers: tuple[str, ...], text: str
) -> None:
    with exchange(*answers) as (_there, one), pytest.raises(BackendError) as told:
        await one.dial("101")
    assert text in told.value.text
    assert "why" not in told.value.fields


async def test_an_exchange_that_is_away_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(BackendError) as told:
        await dialler(dial="ami", dial_ami=f"ami://pult@127.0.0.1:{port}", dial_channel="PJSIP/201").dial("101")
    assert told.value.kind is ErrorKind.UNREACHABLE
