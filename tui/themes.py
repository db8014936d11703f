"""The five themes: a colour for each role of screens/words.py, under the names that Textual gives such colours.

Glyph and word carry the meaning alone: mono loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.theme import Theme


class _Palette(NamedTuple):
    """Colours of the roles; screens write $text-success for good, $text-error for bad, and so on."""

    good: str
    bad: str
    warning: str
    accent: str
    muted: str
    title: str

    def variables(self) -> dict[str, str]:
        return {
            # Named one by one: Textual would tint them towards the contrast colour.
            "text-success": self.good,
            "text-error": self.bad,
            "text-warning": self.warning,
            "text-accent": self.accent,
            "text-muted": self.muted,
            "text-primary": self.title,
            "footer-key-foreground": self.accent,
            "input-cursor-text-style": "none",
            # Textual's own screen reads these two; its 16-colour palette lacks them.
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
        }


def _theme(name: str, palette: _Palette, *, ansi: bool = False, **more: str | bool | dict[str, str]) -> Theme:
    variables = more.pop("variables", {})
    assert isinstance(variables, dict)
    return Theme(
        name,
        success=palette.good,
        error=palette.bad,
        warning=palette.warning,
        accent=palette.accent,
        ansi=ansi,
        variables=palette.variables() | variables,
        **more,  # type: ignore[arg-type]
    )


DARK = _theme(
    "dark",
    _Palette(good="#7fc98b", bad="#f2807a", warning="#e5b567", accent="#7fb4e6", muted="#8b95a1", title="#b9cde3"),
    background="#11151a", surface="#171c22", panel="#20262e", foreground="#d5dae0",
    primary="#2f5d8c", secondary="#3c4855",
)  # fmt: skip

LIGHT = _theme(
    "light",
    _Palette(good="#1d6b2c", bad="#b0201c", warning="#8a5200", accent="#0b5394", muted="#5f6771", title="#24415e"),
    dark=False, background="#fbfbf8", surface="#f1f1ec", panel="#e6e6df", foreground="#20242a",
    primary="#a9c8ea", secondary="#c7cdd4",
)  # fmt: skip

# The palette that Okabe and Ito chose to be told apart with every kind of colour blindness.
COLOUR_BLIND = _theme(
    "colour-blind",
    _Palette(good="#56b4e9", bad="#ee7733", warning="#f0e442", accent="#cc79a7", muted="#9aa1a9", title="#d5dae0"),
    background="#11151a", surface="#171c22", panel="#20262e", foreground="#e2e6ea",
    primary="#0b5c8f", secondary="#3c4855",
)  # fmt: skip

# The 16 colours of the terminal, as its owner has set them.
ANSI = _theme(
    "ansi",
    _Palette(
        good="ansi_green", bad="ansi_red", warning="ansi_yellow", accent="ansi_cyan", muted="ansi_bright_black",
        title="ansi_bright_blue",
    ),
    ansi=True,
    primary="ansi_blue", secondary="ansi_cyan",
    variables={"block-cursor-foreground": "ansi_bright_white", "block-cursor-background": "ansi_blue"},
)  # fmt: skip

_NONE = "ansi_default"
MONO = _theme(
    "mono",
    _Palette(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE),
    ansi=True,
    primary=_NONE, secondary=_NONE,
    variables={
        "block-cursor-foreground": _NONE, "block-cursor-background": _NONE, "block-cursor-text-style": "reverse",
        "border": _NONE, "border-blurred": _NONE, "scrollbar": _NONE, "scrollbar-hover": _NONE,
        "scrollbar-active": _NONE, "scrollbar-background": _NONE, "input-selection-background": _NONE,
    },
)  # fmt: skip

THEMES = {theme.name: theme for theme in (DARK, LIGHT, ANSI, COLOUR_BLIND, MONO)}


def choose(wish: str, environment: Mapping[str, str]) -> str:
    """The theme asked for, else mono where NO_COLOR is set (no-color.org), else dark."""
    return wish or ("mono" if environment.get("NO_COLOR") else "dark")
