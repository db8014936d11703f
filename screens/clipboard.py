"""Copying by OSC 52: the terminal is sent the text and never answers, so nobody can say that it arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.language import _, file_size

if TYPE_CHECKING:
    from textual.app import App

LIMIT = 74_994
"""Bytes: what fits the 100,000 that terminals take, in base64."""


def copy(app: App[object], text: str) -> None:
    """Send text to the terminal's clipboard, and say so; refuse what terminals would cut off."""
    size = len(text.encode("utf-8", "replace"))
    if size > LIMIT:
        app.notify(
            _("{size} is too much for a terminal's clipboard: export it to a file.").format(size=file_size(size)),
            severity="warning", markup=False,
        )  # fmt: skip
        return
    app.copy_to_clipboard(text)
    app.notify(
        _("Sent to the terminal: {text}").format(text=text if len(text) <= 40 else text[:39] + "…"), markup=False
    )
