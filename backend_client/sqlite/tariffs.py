"""The table of tariffs: read and edited by people, and asked for what a call costs.

Prices by tariff are not stored with calls: they are looked up when a call is read, so another tariff holds at once.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

from backend_client.contract.changes import Kind
from backend_client.contract.tariffs import MOST_TARIFFS, ChangeTariffs, Tariffs
from backend_client.errors import Forbidden, Invalid
from backend_client.model.permissions import Permission, Session
from backend_client.model.tariff import MILLION, Tariff, prefixes_of
from backend_client.model.text import N_, clean

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

LONGEST_PREFIX = 15
"""Digits of E.164."""
_LONGEST_NAME = 200
_MOST_PER_MINUTE = 1_000_000 * MILLION


def read_tariffs(db: sqlite3.Connection, session: Session) -> Tariffs:
    """All of them by prefix. Raises Forbidden without the right to directories; who may not see prices sees none."""
    _need(session)
    masked = not session.may(Permission.SEE_PRICE)
    change = db.execute("SELECT number FROM change").fetchone()[0]
    rows = db.execute("SELECT prefix, name, per_minute, step, currency FROM tariff ORDER BY prefix").fetchall()
    return Tariffs(
        change=change,
        tariffs=tuple(
            Tariff(prefix=prefix, name=name, per_minute=None if masked else amount, step=step, currency=currency)
            for prefix, name, amount, step, currency in rows
        ),
    )


def tariff_of(db: sqlite3.Connection, number: str) -> Tariff | None:
    """The tariff of the longest prefix of a number key; None where none fits."""
    found = db.execute(
        "SELECT prefix, name, per_minute, step, currency FROM tariff WHERE prefix IN (SELECT value FROM json_each(?))"
        " ORDER BY length(prefix) DESC LIMIT 1",
        (msgspec.json.encode(prefixes_of(number)).decode(),),
    ).fetchone()
    if found is None:
        return None
    prefix, name, amount, step, currency = found
    return Tariff(prefix=prefix, name=name, per_minute=amount, step=step, currency=currency)


def change_tariffs(transaction: Transaction, session: Session, request: ChangeTariffs) -> None:
    """Raises Forbidden, Invalid."""
    _need(session)
    if not session.may(Permission.SEE_PRICE):
        raise Forbidden(N_("Your role may not see prices."), N_("Ask a supervisor or the administrator."))
    db, put = transaction.db, [_checked(tariff) for tariff in request.put]
    if request.replace:
        db.execute("DELETE FROM tariff")
    db.executemany("DELETE FROM tariff WHERE prefix = ?", [(_digits(prefix),) for prefix in request.remove])
    db.executemany(
        "INSERT INTO tariff VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name,"
        " per_minute = excluded.per_minute, step = excluded.step, currency = excluded.currency",
        [(one.prefix, one.name, one.per_minute, one.step, one.currency) for one in put],
    )
    if db.execute("SELECT count(*) FROM tariff").fetchone()[0] > MOST_TARIFFS:
        raise Invalid(N_("At most {limit} tariffs fit."), limit=MOST_TARIFFS)
    transaction.touch(Kind.DIRECTORIES)


def _need(session: Session) -> None:
    if not session.may(Permission.DIRECTORIES):
        raise Forbidden(N_("Your role may not see tariffs."), N_("Ask a supervisor or the administrator."))


def _digits(prefix: str) -> str:
    """A prefix as people write it: +38 (067), 0038067."""
    text = clean(prefix)
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    return digits.removeprefix("00") if not text.startswith("+") else digits


def _checked(tariff: Tariff) -> Tariff:
    prefix, currency = _digits(tariff.prefix), clean(tariff.currency).upper()
    if not 0 < len(prefix) <= LONGEST_PREFIX:
        raise Invalid(N_("“{prefix}” is no prefix of a number."), prefix=clean(tariff.prefix)[:60])
    if tariff.per_minute is None or not 0 <= tariff.per_minute <= _MOST_PER_MINUTE:
        raise Invalid(N_("The price of {prefix} is no amount."), prefix=prefix)
    if not 0 < tariff.step <= 3600:
        raise Invalid(N_("The step of {prefix} is from 1 to 3600 seconds."), prefix=prefix)
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Invalid(N_("The currency of {prefix} is written as three letters, such as UAH."), prefix=prefix)
    name = clean(tariff.name)[:_LONGEST_NAME]
    return Tariff(prefix=prefix, name=name, per_minute=tariff.per_minute, step=tariff.step, currency=currency)
