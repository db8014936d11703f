"""Draws the pictures of the documentation: real screens over a demo store, the same on every machine and day.

python -m docs.screenshots
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from textual.pilot import Pilot

from backend_client.demo.centre import build_demo
from backend_client.opening import open_store

FOLDER = Path(__file__).parent / "screenshots"
NOW = int(datetime(2026, 11, 20, 13, 40, tzinfo=UTC).timestamp())
EMPLOYEE = "301"
"""The head of the demo's call centre, who sees all calls."""


@dataclass(frozen=True)
class Picture:
    """A screen after some keys."""

    name: str
    keys: Sequence[str]
    columns: int = 120
    rows: int = 30
    theme: str = "dark"
    language: str = "en"


PICTURES = (
    Picture("today", ("down", "down")),
    Picture("details", ("2", "down", "down", "down", "enter")),
    Picture("panel", ("2", "down", "p"), columns=150, rows=36),
    Picture("filter", ("2", "f")),
    Picture("report", ("4", "t")),
    Picture("leads", ("4", "r", "down", "down", "down", "down", "down", "down", "down", "enter")),
    Picture("client", ("3", "down", "enter")),
    Picture("plan", ("5", "down", "down")),
    Picture("plan-report", ("5", "t")),
    Picture("help", ("question_mark",)),
    Picture("light", ("2", "down"), theme="light"),
    Picture("ukrainian", ("2", "down"), language="uk"),
    Picture("small", (), columns=80, rows=24),
)


async def draw(store: Path, picture: Picture) -> str:
    """The SVG of a picture."""
    from tui import translations
    from tui.app import PultApp

    translations.install(picture.language)
    backend = await open_store(store, acting_as=EMPLOYEE, now=lambda: NOW)
    app = PultApp(backend, theme=picture.theme)
    try:
        async with app.run_test(size=(picture.columns, picture.rows)) as pilot:
            await settled(pilot)
            for key in picture.keys:
                await pilot.press(key)
                await settled(pilot)
            return portable(app.export_screenshot(title="Pult", simplify=True))
    finally:
        await backend.close()


def portable(svg: str) -> str:
    """The picture as every viewer draws it: with the font of the reader's own machine, and with all its spaces."""
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("<text ", '<text xml:space="preserve" ')


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no worker but the feed, which waits for changes, is at work."""
    for _ in range(100):
        await pilot.pause(0.03)
        if all(worker.is_finished or worker.group == "feed" for worker in pilot.app.workers):
            break
    await pilot.pause(0.05)


def main() -> None:
    """Draw all."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        store = Path(folder) / "demo.sqlite"
        build_demo(store, NOW)
        for picture in PICTURES:
            (FOLDER / f"{picture.name}.svg").write_text(asyncio.run(draw(store, picture)), encoding="utf-8")


if __name__ == "__main__":
    main()
