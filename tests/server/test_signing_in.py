"""Accounts, passwords and tokens: who comes in, for how long, and who does not."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.contract.calls import CallRequest, WindowRequest
from backend_client.errors import Busy, NotFound, Unauthorised
from backend_client.http.backend import connect, sign_in, sign_out
from backend_client.http.sign_in import SignIn
from backend_client.model.permissions import Permission
from backend_client.sqlite.access.accounts import (
    disable_account,
    employee_for,
    employee_of_login,
    hash_password,
    put_account,
)
from backend_client.sqlite.access.audit import first_broken
from server.throttle import FREE_GUESSES, Throttle
from tests.contract.conftest import NOW
from tests.server.serving import Served, asker, token_for
from tests.sqlite.stores import Desk

RIGHT = "correct horse battery"


@pytest.fixture
def account(server: Served) -> Desk:
    """Olena may sign in by password."""
    desk = Desk(server.path)
    with desk.writer.transaction() as transaction:
        put_account(transaction, employee_for(transaction, "olena", "", ()), hash_password(RIGHT), NOW)
    return desk


async def test_a_password_gives_a_token_until_it_is_given_back(server: Served, account: Desk) -> None:
    signed_in = await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    assert signed_in.session.name == "Olena"
    assert signed_in.expires > NOW
    backend = await connect(server.url, signed_in.token)
    assert backend.session == signed_in.session
    await sign_out(server.url, signed_in.token)
    with pytest.raises(Unauthorised):
        await backend.clock()
    await backend.close()


@pytest.mark.parametrize(
    ("login", "password"), [("olena", "wrong"), ("nobody", RIGHT), ("", RIGHT), ("olena", ""), ("vira", "")]
)
async def test_a_wrong_password_and_an_unknown_login_look_alike(
    server: Served, account: Desk, login: str, password: str
) -> None:
    with pytest.raises(Unauthorised) as refused:
        await sign_in(server.url, SignIn(login=login, password=password))
    assert str(refused.value) == "The login or the password is wrong."


async def test_guessing_is_slowed_down_even_for_the_right_password(server: Served, account: Desk) -> None:
    for _ in range(FREE_GUESSES):
        with pytest.raises(Unauthorised):
            await sign_in(server.url, SignIn(login="olena", password="wrong"))
    with pytest.raises(Busy) as slowed:
        await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    assert int(str(slowed.value.fields["seconds"])) > 0
    async with asker(server.url) as client:
        answer = await client.post("/v1/login", json={"login": "olena", "password": RIGHT})
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


async def test_guesses_that_come_at_once_are_slowed_down_as_well(server: Served, account: Desk) -> None:
    async with asker(server.url, timeout=60) as client:
        guesses = (client.post("/v1/login", json={"login": "olena", "password": f"{n}"}) for n in range(20))
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    # Two are tried at a time.
    assert statuses.count(401) <= FREE_GUESSES + 1
    assert statuses.count(401) + statuses.count(429) == 20


def test_an_address_that_guesses_waits_whatever_the_login_and_the_wait_doubles() -> None:
    now = 0.0
    throttle = Throttle(lambda: now)
    for guess in range(FREE_GUESSES):
        throttle.check(f"login {guess}", "192.0.2.1")
        throttle.failed(f"login {guess}", "192.0.2.1")
    with pytest.raises(Busy):
        throttle.check("another", "192.0.2.1")
    throttle.check("another", "192.0.2.2")
    now = 3.0
    throttle.check("another", "192.0.2.1")
    throttle.failed("another", "192.0.2.1")
    now = 6.0
    with pytest.raises(Busy):
        throttle.check("another", "192.0.2.1")


async def test_a_disabled_account_is_out_at_once(server: Served, account: Desk) -> None:
    signed_in = await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    backend = await connect(server.url, signed_in.token)
    with account.writer.transaction() as transaction:
        disable_account(transaction, employee_of_login(transaction.db, "olena"), NOW)
    with pytest.raises(Unauthorised):
        await backend.clock()
    with pytest.raises(Unauthorised):
        await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    await backend.close()


async def test_another_password_ends_the_tokens_of_the_old_one(server: Served, account: Desk) -> None:
    signed_in = await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    with account.writer.transaction() as transaction:
        put_account(transaction, employee_of_login(transaction.db, "olena"), hash_password("another " + RIGHT), NOW)
    with pytest.raises(Unauthorised):
        await connect(server.url, signed_in.token)


async def test_a_token_expires(server: Served) -> None:
    token = token_for(server.path, "vira", days=0.001)
    server.desk._now = lambda: NOW + 10_000_000
    with pytest.raises(Unauthorised):
        await connect(server.url, token)


async def test_a_narrowed_token_loses_what_it_does_not_name(server: Served) -> None:
    vira = await server.connect("vira")
    narrowed = await connect(server.url, token_for(server.path, "vira", only=(Permission.SEE_PRICE,)))
    calls = (await vira.window(WindowRequest())).rows
    assert calls
    assert (await narrowed.window(WindowRequest())).rows == ()
    with pytest.raises(NotFound):
        await narrowed.call(CallRequest(id=calls[0].id))
    for backend in (vira, narrowed):
        await backend.close()


def written(store: Path) -> bytes:
    return b"".join(file.read_bytes() for file in (store, *store.parent.glob(f"{store.name}-*")))


async def test_neither_passwords_nor_tokens_are_in_the_store(server: Served, account: Desk) -> None:
    signed_in = await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    account.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = written(server.path)
    assert b"Olena" in content
    assert RIGHT.encode() not in content
    assert signed_in.token.encode() not in content


async def test_signing_in_stands_in_the_audit_log(server: Served, account: Desk) -> None:
    await sign_in(server.url, SignIn(login="olena", password=RIGHT))
    with pytest.raises(Unauthorised):
        await sign_in(server.url, SignIn(login="olena", password="wrong"))
    with closing(account):
        deeds = [row[0] for row in account.db.execute("SELECT deed FROM audit ORDER BY id")]
        assert deeds == ["sign-in", "sign-in-refused"]
        assert first_broken(account.db) is None
