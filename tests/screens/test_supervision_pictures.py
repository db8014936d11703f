"""The dashboard and the missed-call queue as text, at the sizes they are made for.

`python -m tests.screens.test_supervision_pictures` draws them anew.
"""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from backend_client.model.now import Freshness
from screens.widgets.title_line import TitleLine
from tests.screens.conftest import NOON, a_call
from tests.screens.store import console, settled, text
from tests.screens.supervision import SupervisedBackend
from tests.screens.test_pictures import fill
from tui import translations
from tui.app import PultApp
from tui.settings import Settings

FOLDER = Path(__file__).with_name("pictures")


class Picture(NamedTuple):
    """A screen after some keys."""

    name: str
    size: tuple[int, int]
    keys: Sequence[str] = ()
    language: str = "en"
    wall: bool = False
    theme: str = "dark"
    dead: bool = False


DASHBOARDS = (
    Picture("dashboard-80", (80, 24)),
    Picture("dashboard-120", (120, 40)),
    Picture("dashboard-200", (200, 50)),
    Picture("dashboard-80-uk", (80, 24), language="uk"),
    Picture("dashboard-80-dead", (80, 24), dead=True),
    Picture("dashboard-80-wall", (80, 24), wall=True),
    Picture("dashboard-120-wall", (120, 40), wall=True),
    Picture("dashboard-200-wall-uk", (200, 50), wall=True, language="uk"),
    Picture("dashboard-blocks", (80, 24), ("b", "down", "plus")),
)
QUEUES = (
    Picture("missed-80", (80, 24)),
    Picture("missed-120-uk", (120, 24), language="uk"),
    Picture("missed-snooze", (80, 24), ("s",)),
)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Time stands, and one language is spoken."""
    translations.install(language)
    try:
        with (
            patch("screens.supervision.dashboard.monotonic", lambda: 0.0),
            patch("screens.supervision.missed_queue.monotonic", lambda: 0.0),
        ):
            yield
    finally:
        translations.install("en")


async def dashboard(picture: Picture) -> str:
    backend = SupervisedBackend([a_call(1, NOON - 60)])
    if picture.dead:
        silent = Freshness(followed=True, at=NOON - 1900, source="ami://pult@pbx:5038")
        backend.state = replace(backend.state, live_source=silent)
    kind = type("Console", (PultApp,), {"DEFAULT_MODE": "dashboard"})
    app = kind(backend, Settings(wall=picture.wall), theme=picture.theme, driver_class=None)
    with spoken(picture.language):
        async with app.run_test(size=picture.size, notifications=True) as pilot:
            await settled(pilot)
            for key in picture.keys:
                await pilot.press(key)
                await settled(pilot)
            return text(pilot) + "\n"


async def queue(picture: Picture) -> str:
    with spoken(picture.language), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        fill(path)
        async with console(path, picture.size, mode="missed") as pilot:
            title = pilot.app.screen.query_one(TitleLine)
            # The operating system's user, whoever runs the tests.
            title.who = "Olena"
            title.show()
            for key in picture.keys:
                await pilot.press(key)
                await settled(pilot)
            return text(pilot) + "\n"


@pytest.mark.parametrize("picture", DASHBOARDS, ids=lambda picture: picture.name)
async def test_the_dashboard_looks_as_it_did(picture: Picture) -> None:
    assert await dashboard(picture) == (FOLDER / f"{picture.name}.txt").read_text()


@pytest.mark.parametrize("picture", QUEUES, ids=lambda picture: picture.name)
async def test_the_queue_looks_as_it_did(picture: Picture) -> None:
    assert await queue(picture) == (FOLDER / f"{picture.name}.txt").read_text()


async def test_without_colour_nothing_is_lost() -> None:
    coloured = await dashboard(Picture("", (120, 40)))
    assert await dashboard(Picture("", (120, 40), theme="mono")) == coloured


if __name__ == "__main__":
    for one in DASHBOARDS:
        (FOLDER / f"{one.name}.txt").write_text(asyncio.run(dashboard(one)))
    for one in QUEUES:
        (FOLDER / f"{one.name}.txt").write_text(asyncio.run(queue(one)))
