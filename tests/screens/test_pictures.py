"""Whole screens as text, at three widths and in three languages.

`python -m tests.screens.test_pictures` draws them anew.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from backend_client.model.leg import CallFacts, Leg
from screens.widgets.title_line import TitleLine
from tests.screens.plan_store import NOW as PLAN_NOW
from tests.screens.plan_store import fill_plan
from tests.screens.store import NOON, console, incoming, settled, text
from tests.sqlite.stores import Desk
from tui import translations

FOLDER = Path(__file__).with_name("pictures")


class Picture(NamedTuple):
    """A screen after some keys."""

    name: str
    size: tuple[int, int]
    mode: str
    keys: Sequence[str] = ()
    language: str = "en"
    login: str = ""
    """Whose screen it is, over the store with a plan."""


PICTURES = (
    Picture("today-80", (80, 24), "today"),
    Picture("journal-80-panel", (80, 24), "journal", ("down", "down", "p")),
    Picture("journal-110-details", (110, 34), "journal", ("down", "enter")),
    Picture("journal-150", (150, 24), "journal"),
    Picture("journal-150-panel", (150, 30), "journal", ("down", "p")),
    Picture("today-80-uk", (80, 24), "today", language="uk"),
    Picture("journal-110-details-uk", (110, 34), "journal", ("down", "enter"), "uk"),
    Picture("filter-80-uk", (80, 24), "journal", ("f",), "uk"),
    Picture("today-80-ru", (80, 24), "today", language="ru"),
    Picture("journal-110-details-ru", (110, 34), "journal", ("down", "enter"), "ru"),
    Picture("reports-110", (110, 24), "reports"),
    Picture("reports-110-uk", (110, 24), "reports", language="uk"),
    Picture("plan-80", (80, 24), "plan", ("down", "enter"), login="olena"),
    Picture("plan-80-uk", (80, 24), "plan", language="uk", login="olena"),
    Picture("plan-80-head-uk", (80, 24), "plan", language="uk", login="vira"),
    Picture("plan-120", (120, 30), "plan", ("down", "down"), login="vira"),
    Picture("plan-postpone-80", (80, 24), "plan", ("l", "w"), login="olena"),
    Picture("plan-report-110", (110, 24), "plan", ("t",), login="vira"),
)


def outgoing(key: str, start: int, callee: str, *, talk: int, disposition: str) -> CallFacts:
    leg = Leg(
        key=f"{start}|{key}",
        uniqueid=key,
        linkedid=key,
        start=start,
        answer=start + 9 if talk else None,
        end=start + 9 + talk,
        duration=9 + talk,
        billsec=talk,
        disposition=disposition,
        caller="202",
        callee=callee,
        channel="PJSIP/202-00000003",
        dstchannel="PJSIP/kyivstar-00000004",
        context="from-internal",
        app="Dial",
    )
    return CallFacts(system="main", call_key=key, legs=(leg,))


def fill(path: Path) -> None:
    """A morning of one small company."""
    desk = Desk(path)
    desk.facts.put(
        [
            incoming("1-lost", NOON - 86400 - 7200, caller="0931112233", talk=0),
            incoming("2-missed", NOON - 7200, talk=0, extension="202"),
            outgoing("3-back", NOON - 7000, "0671234567", talk=125, disposition="ANSWERED"),
            outgoing("4-busy", NOON - 6000, "0501234567", talk=0, disposition="BUSY"),
            outgoing("5-none", NOON - 5000, "0501234567", talk=0, disposition="NO ANSWER"),
            incoming("6-long", NOON - 4000, caller="0501234567", talk=4210, name="Товариство [link]"),
            incoming("7-new", NOON - 300, caller="+48512345678", talk=31),
        ]
    )
    desk.link("+380671234567", "Мир Магнітів, торговельна компанія з дуже довгою назвою")
    desk.close()


async def drawn(picture: Picture) -> str:
    translations.install(picture.language)
    try:
        return await _drawn(picture)
    finally:
        translations.install("en")


async def _drawn(picture: Picture) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        if picture.login:
            await fill_plan(path)
        else:
            fill(path)
        now = PLAN_NOW if picture.login else NOON + 60
        async with console(path, picture.size, mode=picture.mode, now=now, acting_as=picture.login) as pilot:
            title = pilot.app.screen.query_one(TitleLine)
            # The operating system's user, whoever runs the tests.
            title.who = "Olena"
            title.show()
            for key in picture.keys:
                await pilot.press(key)
                await settled(pilot)
            return text(pilot) + "\n"


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_the_screen_looks_as_it_did(picture: Picture) -> None:
    assert await drawn(picture) == (FOLDER / f"{picture.name}.txt").read_text()


if __name__ == "__main__":
    for one in PICTURES:
        (FOLDER / f"{one.name}.txt").write_text(asyncio.run(drawn(one)))
