"""What the console and the process that plays tell each other: msgpack behind a length of four bytes."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from audio.failure import Problem

LENGTH = struct.Struct("<I")
LONGEST = 16 << 20
_AT_ONCE = 200
"""Files in one message; Linux takes 253."""


class PartFile(msgspec.Struct, frozen=True, array_like=True):
    """A part of the recording, whose file was handed over before: how many bytes it will have."""

    size: int


class Load(msgspec.Struct, frozen=True, tag=True):
    """The first command: what is to be heard, and how."""

    parts: tuple[PartFile, ...]
    ways: tuple[str, ...]
    folder: str
    """For decoded sound, in a file without a name."""
    speed: float = 1.0
    volume: float = 1.0
    skip_silence: bool = False
    part: int = 0
    second: float = 0.0
    playing: bool = True
    columns: int = 1200
    """Width of the waveform asked for."""


class Play(msgspec.Struct, frozen=True, tag=True):
    pass


class Pause(msgspec.Struct, frozen=True, tag=True):
    pass


class Seek(msgspec.Struct, frozen=True, tag=True):
    part: int
    second: float


class Tune(msgspec.Struct, frozen=True, tag=True):
    """How it is heard."""

    speed: float
    volume: float
    skip_silence: bool


class Broken(msgspec.Struct, frozen=True, tag=True):
    """No more bytes of this part will come."""

    part: int


Command = Load | Play | Pause | Seek | Tune | Broken


class State(msgspec.Struct, frozen=True, tag=True):
    """What is heard at `at` on the monotonic clock, which both processes share; from there on it goes by itself."""

    playing: bool
    part: int
    second: float
    speed: float
    at: float
    way: str = ""
    waiting: bool = False
    """The recording is still on its way."""
    ended: bool = False


class Shape(msgspec.Struct, frozen=True, tag=True):
    """What a part looks like: `columns` × `channels` bytes of height, and each channel's turns in seconds."""

    part: int
    seconds: float
    final: bool
    channels: int = 1
    columns: bytes = b""
    lanes: tuple[tuple[tuple[float, float], ...], ...] = ()
    silence: float = 0.0
    """Seconds that skipping long silences saves."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """`part` −1: not of one part."""

    problem: Problem
    part: int = -1
    text: str = ""


Event = State | Shape | Failed

encode = msgspec.msgpack.Encoder().encode
decode_command = msgspec.msgpack.Decoder(Command).decode
decode_event = msgspec.msgpack.Decoder(Event).decode


def framed(message: Command | Event) -> bytes:
    """A message as it goes through the pipe."""
    body = encode(message)
    return LENGTH.pack(len(body)) + body


def hand_over(line: socket.socket, files: Sequence[int]) -> None:
    """Give open files to the process that plays, before anything else is said."""
    for first in range(0, len(files), _AT_ONCE):
        socket.send_fds(line, [b"+"], files[first : first + _AT_ONCE])
    line.sendall(b".")


def take_over(line: socket.socket) -> list[int] | None:
    """The files that the console hands over; None when it is gone."""
    files: list[int] = []
    while True:
        said, taken, _flags, _address = socket.recv_fds(line, 1, _AT_ONCE)
        files += taken
        if said != b"+":
            return files if said else None


def read_command(pipe: BinaryIO) -> Command | None:
    """The next command; None when the console is gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = pipe.read(length)
    return decode_command(body) if len(body) == length else None
