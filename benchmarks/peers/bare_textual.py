"""Textual with an empty screen: the least that a Textual program can cost."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One word on an empty screen."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("ready")


if __name__ == "__main__":
    Bare().run()
