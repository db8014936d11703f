"""The tokens of filter text: `key:value,"other value"` and bare or quoted words, each with its place."""

from __future__ import annotations

import re

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model.text import N_

_KEY = re.compile(r"([^\W\d_][\w-]*):")
_BARE = re.compile(r"\S+")
_BARE_VALUE = re.compile(r'[^\s,"\\]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
_ADDRESS_SCHEMES = frozenset({"sip", "sips", "tel"})
"""`sip:olena@pbx` is an address to look for, not a field."""


class Value(Struct, frozen=True):
    """One value after a key; `quoted` says that it is text and no keyword."""

    text: str
    quoted: bool
    at: int


class KeyToken(Struct, frozen=True):
    """`key:value,value`; `at` counts characters from 1, `raw` is the whole as written."""

    key: str
    values: tuple[Value, ...]
    at: int
    raw: str


class WordToken(Struct, frozen=True):
    """A word of the search: `raw` as written, `text` without quotes."""

    raw: str
    text: str
    quoted: bool
    at: int


def quote(text: str) -> str:
    """Text in quotes, everything unprintable as \\u{hex}: what `tokens` reads back unchanged on one line."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def bare_or_quoted(text: str) -> str:
    """A value as it may stand after a key."""
    return text if text.isprintable() and _BARE_VALUE.fullmatch(text) else quote(text)


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def _unescape(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def tokens(text: str) -> list[KeyToken | WordToken]:
    """Split filter text. Raises Invalid for a key without value or a quote that is never closed."""
    found: list[KeyToken | WordToken] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        key = _KEY.match(text, place)
        if key is not None and key[1].casefold() not in _ADDRESS_SCHEMES:
            values, end = _values(text, key.end(), key[1])
            found.append(KeyToken(key[1].casefold(), values, place + 1, text[place:end]))
        else:
            word, end = _word(text, place)
            found.append(word)
        place = end
    return found


def _word(text: str, place: int) -> tuple[WordToken, int]:
    quoted = _QUOTED.match(text, place)
    if quoted is not None and (quoted.end() == len(text) or text[quoted.end()].isspace()):
        word = WordToken(quoted[0], _ESCAPE.sub(_unescape, quoted[1]), True, place + 1)
        return word, quoted.end()
    bare = _BARE.match(text, place)
    assert bare is not None
    return WordToken(bare[0], bare[0], False, place + 1), bare.end()


def _values(text: str, place: int, key: str) -> tuple[tuple[Value, ...], int]:
    found: list[Value] = []
    while True:
        quoted = _QUOTED.match(text, place)
        bare = _BARE_VALUE.match(text, place)
        if quoted is not None:
            found.append(Value(_ESCAPE.sub(_unescape, quoted[1]), True, place + 1))
            place = quoted.end()
        elif bare is not None:
            found.append(Value(bare[0], False, place + 1))
            place = bare.end()
        elif place < len(text) and text[place] == '"':
            raise Invalid(
                N_("The quote at character {at} is never closed."),
                N_('End the text with “"”.'),
                at=place + 1,
            )
        else:
            raise Invalid(
                N_("“{key}:” lacks a value at character {at}."),
                N_("Write the value right after the colon; to search for it as text, put it in quotes."),
                key=key,
                at=place + 1,
            )
        if place == len(text) or text[place].isspace():
            return tuple(found), place
        if text[place] != ",":
            raise Invalid(
                N_("“{sign}” at character {at} is out of place."),
                N_("Separate values by commas, and put a value with other signs in quotes."),
                sign=text[place],
                at=place + 1,
            )
        place += 1
