"""SGR: what a style sequence means, and the shortest sequence from one style to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
"""Attribute → the code that ends it. Others (double underline, frames) mean different things to terminals."""
_DRAWN = frozenset({"4", "7", "9"})
"""Attributes that show the foreground where there is no sign."""
_ENDED_BY = {code: {on for on, off in _OFF.items() if off == code} for code in _OFF.values()}
_ARGUMENTS = {"2": 3, "5": 1}
"""How many follow 38;X or 48;X: a true colour has three, one of a palette one."""
_FOREGROUNDS = {str(code) for code in (*range(30, 38), *range(90, 98))}
_BACKGROUNDS = {str(code) for code in (*range(40, 48), *range(100, 108))}


class Style(NamedTuple):
    """Attributes that are on, and the colours as SGR parameters ("" is the terminal's default)."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""


PLAIN = Style()


def on_blank(style: Style) -> Style:
    """What can be seen of a style where there is no sign: the background, and all of it under a line or reversed."""
    return style if style.attributes & _DRAWN else Style(background=style.background)


def after(style: Style | None, parameters: str) -> Style | None:
    """The style after an SGR sequence with these parameters; None when it cannot be told.

    What cannot be told stays so until a reset.
    """
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in {"", "0"}:
            style = PLAIN
        elif style is not None:
            style = _after_one(style, code, codes)
        elif code in {"38", "48"}:
            # A zero among its arguments is no reset.
            _colour_of(codes)
    return style


def _colour_of(following: Iterator[str]) -> list[str]:
    """The arguments of 38 or 48."""
    space = next(following, "")
    return [space, *(next(following, "") for _ in range(_ARGUMENTS.get(space, 0)))]


def _after_one(style: Style, code: str, following: Iterator[str]) -> Style | None:
    if code in _OFF:
        return style._replace(attributes=style.attributes | {code})
    if code in _ENDED_BY:
        return style._replace(attributes=style.attributes - _ENDED_BY[code])
    if code in {"38", "48"}:
        colour = _colour_of(following)
        if len(colour) == 1 or not all(part.isdigit() for part in colour):
            return None
        code = ";".join((code, *colour))
    if code in _FOREGROUNDS or code.startswith("38;"):
        return style._replace(foreground=code)
    if code in _BACKGROUNDS or code.startswith("48;"):
        return style._replace(background=code)
    if code == "39":
        return style._replace(foreground="")
    if code == "49":
        return style._replace(background="")
    return None


def change(old: Style | None, new: Style) -> str:
    """The shortest SGR sequence that makes `new` out of `old`; None is a style that is not known."""
    if old == new:
        return ""
    wanted = [*sorted(new.attributes), *filter(None, (new.foreground, new.background))]
    fresh = _sgr(["0", *wanted] if wanted else [])
    if old is None:
        return fresh
    ended = sorted({_OFF[code] for code in old.attributes - new.attributes})
    left = {code for code in old.attributes if _OFF[code] not in ended}
    steps = [*ended, *sorted(new.attributes - left)]
    if new.foreground != old.foreground:
        steps.append(new.foreground or "39")
    if new.background != old.background:
        steps.append(new.background or "49")
    return min(_sgr(steps), fresh, key=len)


def _sgr(parameters: list[str]) -> str:
    return f"\x1b[{';'.join(parameters)}m"
