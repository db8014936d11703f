"""The clock of a store into which a demo plays, kept in it: everybody who opens the store sees the same time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from backend_client.model.live import HEARTBEAT
from backend_client.model.played_clock import PlayedClock
from backend_client.sqlite.settings import read_setting, write_setting

if TYPE_CHECKING:
    from backend_client.sqlite.transaction import Transaction

NAME = "clock"


def read_played_clock(db: sqlite3.Connection) -> PlayedClock | None:
    """None in every store but a demo's."""
    text = read_setting(db, NAME)
    return None if text is None else msgspec.json.decode(text, type=PlayedClock)


def write_played_clock(transaction: Transaction, clock: PlayedClock) -> None:
    """From now on the store's time is this clock's, for whoever opens it."""
    write_setting(transaction, NAME, msgspec.json.encode(clock).decode())


def clock_of(db: sqlite3.Connection) -> Callable[[], float]:
    """The store's clock."""
    return read_played_clock(db) or time.time


def longest_silence(db: sqlite3.Connection) -> int:
    """Seconds of the store's clock in which a source says something, or looks dead."""
    clock = read_played_clock(db)
    return HEARTBEAT if clock is None else int(HEARTBEAT * max(1.0, clock.pace))
