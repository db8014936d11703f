"""A real server on a loopback port, in the loop of the test."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from backend_client.contract.backend import Backend
from backend_client.errors import NotFound
from backend_client.http.backend import connect
from backend_client.model.permissions import Permission
from backend_client.sqlite.access.accounts import employee_of_login, issue_token, put_account
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer
from server.desk import Desk
from server.listening import Address, open_socket, server_for


def token_for(
    path: Path,
    login: str,
    *,
    days: float = 3650,
    only: tuple[Permission, ...] | None = None,
    now: int | None = None,
) -> str:
    """A token of an employee, who gets an account where there is none."""
    file = open_file(path)
    writer = Writer(file)
    now = int(time.time()) if now is None else now
    try:
        with writer.transaction() as transaction:
            try:
                employee = employee_of_login(transaction.db, login)
            except NotFound:
                row = transaction.db.execute("SELECT id FROM employee WHERE login = ?", (login,)).fetchone()
                employee = int(row[0])
                put_account(transaction, employee, None, now)
            return issue_token(transaction, employee, now, days=days, only=only)
    finally:
        writer.close()
        file.close()


def asker(url: str, token: str = "", *, timeout: float = 30.0) -> httpx.AsyncClient:
    """Asks a server over HTTP, with a token or as a stranger."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # Reading the known authorities takes 20 ms, and a line without encryption asks none of them.
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, verify=False)


class Served:
    """A store behind a server."""

    def __init__(self, path: Path, desk: Desk, url: str) -> None:
        self.path = path
        self.desk = desk
        self.url = url

    async def connect(self, login: str) -> Backend:
        """A console's backend, as an employee."""
        return await connect(self.url, token_for(self.path, login))


@asynccontextmanager
async def served(
    path: Path, *, now: Callable[[], float] = time.time, unix: Path | None = None, port: int = 0
) -> AsyncIterator[Served]:
    """Serve a store until the end of the block."""
    desk = Desk(path, now=now)
    address = Address(port=port, unix=unix)
    listening = open_socket(address)
    server = server_for(desk, address, "0")
    # The socket listens before the first request asks: nothing has to be waited for.
    listening.listen()
    url = f"unix:{unix}" if unix else f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield Served(path, desk, url)
    finally:
        server.should_exit = True
        await serving
        await desk.close()
