"""True colours as the nearest of a terminal's 256: their sequences are half as long."""

from __future__ import annotations

from functools import lru_cache

from tui.thin_line.style import Style

_LEVELS = (0, 95, 135, 175, 215, 255)
"""Of red, green and blue in the cube that begins at colour 16."""
_GREYS = tuple(range(8, 239, 10))
"""The greys that begin at colour 232."""


def reduced(style: Style) -> Style:
    """The style with colours of the palette."""
    return style._replace(foreground=_reduced(style.foreground), background=_reduced(style.background))


@lru_cache(maxsize=1024)
def _reduced(colour: str) -> str:
    """SGR parameters of a colour; those of a true colour become those of the nearest one of 256."""
    kind, space, *parts = [*colour.split(";"), ""][:5]
    if space != "2":
        return colour
    red, green, blue = (int(part) for part in parts[:3])
    return f"{kind};5;{nearest(red, green, blue)}"


def nearest(red: int, green: int, blue: int) -> int:
    """The colour of the cube or the grey that is nearest, 16 to 255."""
    wanted = (red, green, blue)
    steps = [_nearest(_LEVELS, part) for part in wanted]
    cube = tuple(_LEVELS[step] for step in steps)
    grey = _nearest(_GREYS, sum(wanted) // 3)
    if _distance(wanted, (_GREYS[grey],) * 3) < _distance(wanted, cube):
        return 232 + grey
    return 16 + 36 * steps[0] + 6 * steps[1] + steps[2]


def _nearest(levels: tuple[int, ...], wanted: int) -> int:
    return min(range(len(levels)), key=[abs(level - wanted) for level in levels].__getitem__)


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
