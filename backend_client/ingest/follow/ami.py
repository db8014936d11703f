"""Asterisk's manager interface (AMI): running calls as they ring, connect and talk, and who hung up.

Its protocol is lines of "Key: value" with a blank line behind each message: read here, since this follower has to
outlive any bytes and lost connections, and to stop at once.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from backend_client.errors import Invalid, Unauthorised, Unreachable
from backend_client.ingest.follow.ami_calls import AmiCalls
from backend_client.ingest.follow.batch import Batch
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.text import N_, clean

PORT = 5038
_TIMEOUT = 0.5
"""Seconds that a read waits: a stop is noticed after it, and what came meanwhile is written together."""
_CONNECT = 5.0
_PING = 10.0
"""Seconds of silence after which the exchange is asked whether it is there; after twice that it is away."""
LONGEST = 256 * 1024
"""Bytes of one message; Asterisk's are under 64 KB."""

Message = dict[str, str]


class MessageReader:
    """Bytes to messages. The banner and lines that are no "Key: value" are left out; of a key that comes twice the
    last stands."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes complete."""
        whole = (self._rest + data).replace(b"\r\n", b"\n")
        # A CR at the end may be half of a line end.
        *parts, rest = whole.split(b"\n\n")
        self._rest = rest if len(rest) <= LONGEST else b""
        return [message for message in map(_message, parts) if message]


def _message(part: bytes) -> Message:
    message: Message = {}
    for line in part[:LONGEST].decode("utf-8", "replace").split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            message[key.strip()] = clean(value)
    return message


class AmiAddress(NamedTuple):
    """Where a manager interface is, and who asks there."""

    host: str
    port: int
    user: str
    secret: str

    @property
    def name(self) -> str:
        """The address without its password."""
        return f"ami://{self.user}@{self.host}:{self.port}"

    @classmethod
    def of(cls, address: str) -> AmiAddress:
        """From ami://user:secret@host:port. Raises Invalid for another address, or one without a user."""
        try:
            parts = urlsplit(address)
            host, port, user = parts.hostname, parts.port or PORT, parts.username
        except ValueError:
            host = user = None
            port = PORT
        if not host or not user:
            raise Invalid(
                N_("{address} is no address of a manager interface."),
                N_("Write it as ami://user@host:5038, with the password in PULT_AMI_SECRET."),
                address=clean(address.rpartition("@")[2]),
            )
        return cls(host, port, user, parts.password or "")


class FollowedAmi:
    """One manager connection. It has no position: at each connect it asks what runs."""

    format = "ami"

    def __init__(self, address: AmiAddress, secret: str, settings: DeriveSettings, system: str) -> None:
        self.name = address.name
        self._address = (address.host, address.port)
        self._user, self._secret = address.user, secret
        self._settings = settings
        self._system = system

    @classmethod
    def of(cls, address: str, settings: DeriveSettings, system: str, secret: str) -> FollowedAmi:
        """From ami://user:secret@host:port. Raises Invalid for another address, or one without a user."""
        parsed = AmiAddress.of(address)
        return cls(parsed, secret or parsed.secret, settings, system)

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """Raises Unreachable where the exchange is away, Unauthorised where it refuses user or password."""
        try:
            with socket.create_connection(self._address, _CONNECT) as connection:
                connection.settimeout(_TIMEOUT)
                yield from self._listen(connection, stop)
        except OSError as error:
            raise self._away(error.strerror or str(error)) from error

    def _away(self, why: str) -> Unreachable:
        return Unreachable(
            N_("{source} is away: {why}."), N_("It is asked again every two seconds."), source=self.name,
            why=clean(why),
        )  # fmt: skip

    def _listen(self, connection: socket.socket, stop: threading.Event) -> Iterator[Batch]:
        reader = MessageReader()
        calls = AmiCalls(self._settings, self._system)
        send(connection, "Login", Username=self._user, Secret=self._secret, Events="call,agent,cdr,dialplan")
        heard = asked = time.monotonic()
        logged_in = False
        while not stop.is_set():
            try:
                data = connection.recv(65536)
            except TimeoutError:
                now = time.monotonic()
                if now - heard > 2 * _PING:
                    raise self._away("it says nothing any more") from None
                if now - heard > _PING and now - asked > _PING:
                    send(connection, "Ping")
                    asked = now
                if now - heard <= _PING:
                    yield Batch(live={})
                continue
            if not data:
                raise self._away("it closed the connection")
            heard = time.monotonic()
            for message in reader.feed(data):
                if not logged_in and "Response" in message:
                    if message["Response"].lower() != "success":
                        raise Unauthorised(
                            N_("{source} refuses the user or the password."), N_("Look at manager.conf."),
                            source=self.name,
                        )  # fmt: skip
                    logged_in = True
                    send(connection, "CoreShowChannels")
                    send(connection, "QueueStatus")
                calls.take(message)
            yield calls.batch()


def send(connection: socket.socket, action: str, **fields: str) -> None:
    """Send one action; a value stays on its line whatever it holds."""
    lines = [f"Action: {action}", *(f"{name}: {_one_line(value)}" for name, value in fields.items())]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())


def _one_line(value: str) -> str:
    return value.replace("\r", "").replace("\n", "")
