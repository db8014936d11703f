"""Toasts: the outcome of the last deed, never a pile over the rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from tests.screens.store import console, fill, settled, text


async def tell(pilot: Pilot[None], *told: tuple[str, str]) -> None:
    for message, severity in told:
        pilot.app.notify(message, severity=severity, timeout=60, markup=False)  # type: ignore[arg-type]
        await pilot.pause()
    await settled(pilot)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "store.db", [])
    return tmp_path / "store.db"


async def test_what_a_deed_came_to_replaces_what_the_one_before_came_to(path: Path) -> None:
    async with console(path, (80, 24)) as pilot:
        await tell(pilot, *((f"Saved {count}", "information") for count in range(5)))
        told = text(pilot)
        assert "Saved 4" in told
        assert not any(f"Saved {count}" in told for count in range(4))
        await tell(pilot, ("Claimed by Olena", "warning"), ("t takes it over", "information"), ("Lost", "error"))
        told = text(pilot)
        assert "t takes it over" in told
        assert "Lost" in told
        assert len(pilot.app.screen.query(Toast)) == 2


async def test_a_long_toast_leaves_most_of_a_small_screen(path: Path) -> None:
    async with console(path, (30, 8)) as pilot:
        await tell(pilot, ("Nothing was saved, since somebody else wrote meanwhile. " * 4, "error"))
        assert max(toast.region.bottom for toast in pilot.app.screen.query(Toast)) <= 4


async def test_a_toast_covers_the_end_of_the_title_line(path: Path) -> None:
    async with console(path, (80, 24)) as pilot:
        await tell(pilot, ("Sent to the terminal: +380610007441", "information"))
        assert max(toast.region.right for toast in pilot.app.screen.query(Toast)) == 80
