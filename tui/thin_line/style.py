"""SGR: what a style sequence means, and the shortest sequence from one style to another."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_SWITCHES_OFF = {code: {on for on, off in _OFF.items() if off == code} for code in _OFF.values()}
_WITH_ARGUMENTS = {"2": 3, "5": 1}
"""Arguments after 38;X or 48;X: a true colour has three, an indexed one has one."""


class Style(NamedTuple):
    """Attributes that are on, and the colours as SGR parameters ("" is the terminal's default)."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""


PLAIN = Style()


@lru_cache(maxsize=4096)
def after(style: Style, parameters: str) -> Style | None:
    """The style after an SGR sequence with these parameters; None when it says something unknown here."""
    attributes, foreground, background = set(style.attributes), style.foreground, style.background
    codes = iter(parameters.split(";"))
    for code in codes:
        if code in {"", "0"}:
            attributes, foreground, background = set(), "", ""
        elif code in _OFF:
            attributes.add(code)
        elif code in _SWITCHES_OFF:
            attributes -= _SWITCHES_OFF[code]
        elif code in {"38", "48"}:
            space = next(codes, "")
            if space not in _WITH_ARGUMENTS:
                return None
            colour = ";".join([code, space, *(next(codes, "") for _ in range(_WITH_ARGUMENTS[space]))])
            foreground, background = (colour, background) if code == "38" else (foreground, colour)
        elif code == "39":
            foreground = ""
        elif code == "49":
            background = ""
        elif code.isdigit() and (30 <= int(code) <= 37 or 90 <= int(code) <= 97):
            foreground = code
        elif code.isdigit() and (40 <= int(code) <= 47 or 100 <= int(code) <= 107):
            background = code
        else:
            return None
    return Style(frozenset(attributes), foreground, background)


def _sgr(parameters: list[str]) -> str:
    return f"\x1b[{';'.join(parameters)}m"


@lru_cache(maxsize=4096)
def change(old: Style | None, new: Style) -> str:
    """The shortest SGR sequence that makes `new` out of `old`; None is an unknown style."""
    if old == new:
        return ""
    wanted = [*sorted(new.attributes), *filter(None, (new.foreground, new.background))]
    # "\x1b[0;…m" may not be shortened to "\x1b[;…m": some terminals read the blank as nothing.
    fresh = _sgr(["0", *wanted]) if wanted else "\x1b[m"
    if old is None:
        return fresh
    gone = sorted({_OFF[code] for code in old.attributes - new.attributes})
    kept = {on for on in old.attributes if _OFF[on] not in gone}
    steps = [*gone, *sorted(new.attributes - kept)]
    if new.foreground != old.foreground:
        steps.append(new.foreground or "39")
    if new.background != old.background:
        steps.append(new.background or "49")
    return min(_sgr(steps), fresh, key=len)
