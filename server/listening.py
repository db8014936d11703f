"""Listening: loopback or TLS, or a Unix socket whose other end the system itself names; and a graceful end."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import resource
import socket
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from backend_client.errors import Invalid
from backend_client.model.text import N_
from server.app import application
from server.desk import Desk

log = logging.getLogger("pult.server")

PORT = 7878
FIRST_BYTES = 15.0
"""Seconds within which the head of a request must have come: of the first from the connection on, of another one from
its first byte on. An answered request must have come whole by then."""
LONGEST_HEAD = 32_768
LAST_ANSWERS = 5
"""Seconds for which a stopping server goes on with what it has begun."""
A_DAY = 86_400.0
MOST_AT_ONCE = 2000
"""Open connections; two a console."""
TOLD_SO = 100
"""Connections beyond that are told that there are too many; any further one is closed as it comes."""
OTHER_FILES = 300
"""Open files that are no connections: the store's, once a thread, and recordings."""


@dataclass(frozen=True)
class Address:
    """Where to listen: a host and a port, or a Unix socket."""

    host: str = "127.0.0.1"
    port: int = PORT
    unix: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    proxied: bool = False
    """A proxy in front does TLS, so that plain HTTP may leave the machine."""

    def check(self) -> None:
        """Raises Invalid where tokens would travel in the open, or a certificate is not whole."""
        if (self.certificate is None) != (self.key is None):
            raise Invalid(N_("TLS needs both a certificate and its key."), N_("Name both: --tls-cert and --tls-key"))
        for file in (self.certificate, self.key):
            if file is not None and not os.access(file, os.R_OK):
                raise Invalid(N_("The file {path} cannot be read."), path=str(file))
        if self.unix is None and self.certificate is None and not self.proxied and not is_loopback(self.host):
            raise Invalid(
                N_("Without TLS the server listens on this machine only, not on {host}."),
                N_("Give --tls-cert and --tls-key, or --behind-proxy where a proxy in front does TLS."),
                host=self.host,
            )


def is_loopback(host: str) -> bool:
    """Whether what is sent to a host stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Connection(H11Protocol):
    """A connection that must not dawdle with what it begins to say, and that over a Unix socket knows the user at the
    other end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience: asyncio.TimerHandle | None = None
        if len(self.connections) > (self.limit_concurrency or MOST_AT_ONCE) + TOLD_SO:
            # Without files left the store could not be opened either.
            transport.abort()
            return
        self._listen()
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family == socket.AF_UNIX:
            # The kernel tells pid, uid and gid of who connected; nothing that is sent can change it.
            told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            self.client = ("uid", struct.unpack("3i", told)[1])

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._listen()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_listening()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Where an answer has begun already there is no room for another one; and none follows this one."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()
        if self._answers:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    @property
    def _answers(self) -> bool:
        """Whether a request is being answered."""
        # Set with the first request only, whatever its annotation says.
        cycle = getattr(self, "cycle", None)
        return cycle is not None and not cycle.response_complete

    def _listen(self) -> None:
        """Wait for the rest of what has begun, but not for long: uvicorn waits for ever once a byte has come."""
        if self._answers:
            self._stop_listening()
        elif self._patience is None:
            self._patience = self.loop.call_later(FIRST_BYTES, self._close_silent)

    def _stop_listening(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _close_silent(self) -> None:
        if not self._answers:
            self.transport.close()


class _Server(uvicorn.Server):
    """Tells the desk before it waits for open answers to end."""

    def __init__(self, config: uvicorn.Config, desk: Desk, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._desk = desk
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Once: end gracefully. Twice: now. The signal is not raised again afterwards: the store has to be closed."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._desk.stopping.set()
        await super().shutdown(sockets)


def open_socket(address: Address) -> socket.socket:
    """A bound socket. Raises Invalid where the address is taken or cannot be had."""
    address.check()
    try:
        return _unix_socket(address.unix) if address.unix else _network_socket(address)
    except OSError as error:
        where = str(address.unix) if address.unix else f"{address.host}:{address.port}"
        raise Invalid(
            N_("The server cannot listen on {where}: {reason}"), N_("Choose another address or port."),
            where=where, reason=error.strerror or str(error),
        ) from error  # fmt: skip


def _network_socket(address: Address) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(place)
    return listening


def _unix_socket(path: Path) -> socket.socket:
    """Open to every user of the machine: each is who the system says, and sees what their roles allow."""
    if path.exists():
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise FileExistsError(17, "a file of this name is there, and no socket")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            if other.connect_ex(str(path)) == 0:
                raise OSError(98, "another server listens there")
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o666)
    return listening


def _room_for_connections() -> int:
    """How many connections may be open: the system's own limit on open files is raised for them where it can be."""
    wanted = MOST_AT_ONCE + TOLD_SO + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST_AT_ONCE if soft == resource.RLIM_INFINITY else min(MOST_AT_ONCE, soft - TOLD_SO - OTHER_FILES)


def server_for(
    desk: Desk, address: Address, version: str, started: Callable[[], None] = lambda: None
) -> uvicorn.Server:
    """A server that answers on the socket given to its `serve` until SIGTERM, SIGINT or `should_exit`."""
    config = uvicorn.Config(
        cast(Any, application(desk, version)),
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        limit_concurrency=_room_for_connections(),
        timeout_keep_alive=75,
        timeout_graceful_shutdown=LAST_ANSWERS,
        ssl_certfile=str(address.certificate) if address.certificate else None,
        ssl_keyfile=str(address.key) if address.key else None,
    )
    return _Server(config, desk, started)


def run(path: Path, address: Address, version: str, started: Callable[[str], None]) -> None:
    """Serve the store at `path` until asked to stop; `started` is told the address when it answers."""

    async def whole() -> None:
        desk = Desk(path)
        try:
            listening = open_socket(address)
            where = _told(address, listening)
            witness: list[asyncio.Task[None]] = []

            def answers() -> None:
                started(where)
                witness.append(asyncio.create_task(_tell_audit_head(desk)))

            await server_for(desk, address, version, answers).serve(sockets=[listening])
            for task in witness:
                task.cancel()
        finally:
            if address.unix is not None:
                address.unix.unlink(missing_ok=True)
            await desk.close()

    asyncio.run(whole())


async def _tell_audit_head(desk: Desk) -> None:
    """Put the newest hash of the audit log where the store's owner cannot change it: into the system's journal."""
    while True:
        log.info("audit head %s", desk.audit_head() or "-")
        await asyncio.sleep(A_DAY)


def _told(address: Address, listening: socket.socket) -> str:
    if address.unix is not None:
        return f"unix:{address.unix}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{'https' if address.certificate else 'http'}://{host}:{listening.getsockname()[1]}"
