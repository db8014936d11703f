"""Telling a person of something while they look elsewhere: the bell, or a notification that their terminal shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backend_client.model.text import clean

if TYPE_CHECKING:
    from textual.app import App

LONGEST = 200
"""Characters of a notification; terminals cut long ones off in their own ways."""
_URXVT_WAY = ("foot", "rxvt", "contour", "konsole")


def ring(app: App[Any]) -> None:
    """The terminal's bell."""
    app.bell()


def notify_desktop(app: App[Any], title: str, text: str, environment: Mapping[str, str]) -> None:
    """Have the terminal show a notification, wherever its window is; and ring, for those that show none."""
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(desktop_sequence(title, text, environment))
    app.bell()


def desktop_sequence(title: str, text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence by which a terminal shows a notification, by what it says of itself.

    OSC 99 is kitty's (its documentation, "Desktop notifications"), OSC 777 urxvt's and that of terminals built on
    VTE, OSC 9 iTerm2's, which most others take, too. tmux hands a wrapped sequence through where
    `allow-passthrough` is on. A terminal that knows none of them ignores it.
    """
    title, text = _payload(title), _payload(text)
    names = " ".join(environment.get(name, "") for name in ("TERM", "TERM_PROGRAM", "LC_TERMINAL")).casefold()
    if "kitty" in names or environment.get("KITTY_WINDOW_ID"):
        written = f"\x1b]99;i=pult:d=0;{title}\x1b\\\x1b]99;i=pult:d=1:p=body;{text}\x1b\\"
    elif any(name in names for name in _URXVT_WAY) or environment.get("VTE_VERSION"):
        written = f"\x1b]777;notify;{title};{text}\x1b\\"
    else:
        written = f"\x1b]9;{title}: {text}\x1b\\"
    if environment.get("TMUX"):
        return "\x1bPtmux;" + written.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return written


def _payload(text: str) -> str:
    """Text that ends no sequence and parts no fields."""
    return clean(text).replace("\n", " ").replace(";", ",")[:LONGEST]
