"""A real store with calls of known shape, and the console over it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from backend_client.contract.backend import Backend
from backend_client.model.leg import CallFacts, Leg
from backend_client.opening import open_store
from tests.sqlite.stores import Desk
from tui.app import PultApp
from tui.settings import Settings

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
"""14:00 in Kyiv."""


def incoming(
    key: str, start: int, *, caller: str = "0671234567", talk: int = 60, extension: str = "201", name: str = "",
    wait: int = 5,
) -> CallFacts:  # fmt: skip
    """A call from outside to an extension; without talk it is missed."""
    answered = start + wait if talk else None
    leg = Leg(
        key=f"{start}|{key}",
        uniqueid=key,
        linkedid=key,
        start=start,
        answer=answered,
        end=start + wait + talk,
        duration=wait + talk,
        billsec=talk,
        disposition="ANSWERED" if talk else "NO ANSWER",
        caller=caller,
        caller_name=name,
        callee=extension,
        channel="PJSIP/kyivstar-00000001",
        dstchannel=f"PJSIP/{extension}-00000002",
        context="from-trunk",
        app="Dial",
        did="380441112233",
    )
    return CallFacts(system="main", call_key=key, legs=(leg,))


def every_minute(count: int, newest: int = NOON) -> list[CallFacts]:
    """So many incoming calls, a minute apart, each from a number of its own; every third is missed."""
    return [
        incoming(
            f"call-{n}",
            newest - n * 60,
            caller=f"0671{n:06}",
            talk=0 if n % 3 == 0 else 60 + n,
            extension=f"{201 + n % 4}",
        )
        for n in range(count)
    ]


def fill(path: Path, facts: list[CallFacts]) -> None:
    """Write calls from a process's point of view of its own: another connection."""
    desk = Desk(path)
    desk.facts.put(facts)
    desk.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def console(
    path: Path,
    size: tuple[int, int] = (110, 24),
    *,
    mode: str = "journal",
    settings: Settings | None = None,
    now: int = NOON + 60,
    acting_as: str = "",
) -> AsyncIterator[Pilot[None]]:
    """The console over a store, at a fixed clock, with the first rows on screen."""
    backend: Backend = await open_store(path, acting_as=acting_as, now=lambda: float(now))
    kind = type("Console", (PultApp,), {"DEFAULT_MODE": mode})
    app: PultApp = kind(backend, settings, theme="dark", driver_class=None)
    try:
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            await settled(pilot)
            yield pilot
    finally:
        await backend.close()


async def settled(pilot: Pilot[None], *, longest: float = 5.0) -> None:
    """Wait until no question of a screen is open but the feed's."""
    waited = 0.0
    while waited < longest:
        await pilot.pause(0.03)
        waited += 0.03
        if all(worker.is_finished or worker.group == "feed" for worker in pilot.app.workers):
            await pilot.pause()
            return
    raise AssertionError("the screen never came to rest")


def lines(pilot: Pilot[None]) -> list[str]:
    """What is on screen, line by line."""
    screen = pilot.app.screen
    return ["".join(s.text for s in strip).rstrip() for strip in screen._compositor.render_strips()]


def text(pilot: Pilot[None]) -> str:
    return "\n".join(lines(pilot))


async def until(pilot: Pilot[None], ready: Callable[[], object], patience: float = 10.0) -> None:
    end = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < end, text(pilot)
        await pilot.pause(0.02)
