"""Asking the exchange to call: its manager interface rings the person's own phone, and then the number."""

from __future__ import annotations

import socket
import time

from backend_client.errors import Invalid, Unauthorised, Unreachable
from backend_client.ingest.follow.ami import AmiAddress, Message, MessageReader, send
from backend_client.model.text import N_, clean

RING = 30
"""Seconds that the person's own phone rings before the exchange gives up."""


def originate(address: AmiAddress, secret: str, *, channel: str, context: str, number: str, timeout: float) -> None:
    """Have `channel` (the own phone, "PJSIP/201") rung and connected to `number` by the dialplan's `context`.

    Comes back once the exchange has taken the order, within `timeout` seconds. Raises Unreachable where it is away
    or silent, Unauthorised where it refuses user or password, Invalid where it refuses the call.
    """
    source = address.name
    try:
        with socket.create_connection((address.host, address.port), timeout) as connection:
            asked = _Asked(connection, source, time.monotonic() + timeout)
            answer = asked.ask("Login", Username=address.user, Secret=secret or address.secret, Events="off")
            if answer["Response"].lower() != "success":
                raise Unauthorised(
                    N_("{source} refuses the user or the password."), N_("Look at manager.conf."), source=source
                )
            answer = asked.ask(
                "Originate", Channel=channel, Context=context, Exten=number, Priority="1", Async="true",
                Timeout=str(RING * 1000), CallerID=number,
            )  # fmt: skip
            if answer["Response"].lower() != "success":
                raise Invalid(
                    N_("The exchange refuses the call: {why}."),
                    N_("Look at your phone's name and the context in the settings, and at manager.conf."),
                    why=clean(answer.get("Message", "")).rstrip(".") or "?",
                )
    except OSError as error:
        why = clean(error.strerror or str(error))
        raise Unreachable(N_("{source} is away: {why}."), "", source=source, why=why) from error


class _Asked:
    """One connection, and its answers to questions; events between them are passed over."""

    def __init__(self, connection: socket.socket, source: str, until: float) -> None:
        self._connection = connection
        self._source = source
        self._until = until
        self._reader = MessageReader()
        self._number = 0

    def ask(self, action: str, **fields: str) -> Message:
        """The answer to an action."""
        self._number += 1
        send(self._connection, action, ActionID=str(self._number), **fields)
        while True:
            left = self._until - time.monotonic()
            if left <= 0:
                raise Unreachable(N_("{source} is away: it does not answer."), "", source=self._source)
            self._connection.settimeout(left)
            try:
                data = self._connection.recv(65536)
            except TimeoutError:
                continue
            if not data:
                raise Unreachable(N_("{source} is away: it closed the connection."), "", source=self._source)
            for message in self._reader.feed(data):
                if "Response" in message and message.get("ActionID", str(self._number)) == str(self._number):
                    return message
