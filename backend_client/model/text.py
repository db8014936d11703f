"""Text that came from outside: cleaned once at the boundary, folded for search, keyed for sorting."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LINE_BREAKS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})
_JOINER = "\u200d"
"""Zero width joiner: part of many emoji, kept only between two visible characters."""
_STRAY_JOINER = re.compile(r"(?<![^\s\u200d])\u200d|\u200d(?=[\s\u200d]|$)")

_APOSTROPHES = str.maketrans({c: "'" for c in "`´ʼʹ’‘ʻ′＇"})
_FOLDED_LETTERS = str.maketrans({"ё": "е", "ґ": "г"})
_ALPHABET = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_SORTED_LETTERS = str.maketrans({letter: chr(0x430 + i) for i, letter in enumerate(_ALPHABET)})
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def N_(text: str) -> str:
    """Mark a string for translation where it is written; whoever shows it translates it."""
    return text


@lru_cache(maxsize=4096)
def _is_hidden(character: str) -> bool:
    return character != _JOINER and unicodedata.category(character) in _HIDDEN_CATEGORIES


def clean(text: str, *, multiline: bool = False) -> str:
    """Text from a telephone, a file or a person, made safe to keep and to draw.

    Removes C0, DEL, C1, bidi controls, zero-width characters and surrogates; every kind of line break becomes
    "\\n" (multiline) or a space, a tab a space. Joiners inside emoji stay. Leading and trailing white space goes.
    Cleaning what is clean changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").translate(_LINE_BREAKS)
    if not multiline:
        text = text.replace("\n", " ")
    kept = "".join(c for c in text if c == "\n" or not _is_hidden(c)).strip()
    if _JOINER in kept:
        kept = _STRAY_JOINER.sub("", kept).strip()
    return kept


def fold(text: str) -> str:
    """The form in which names are compared and searched: NFKC, casefold, ё→е, ґ→г, one apostrophe, one space."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join(folded.translate(_FOLDED_LETTERS).split())


def sort_key(text: str) -> str:
    """One order for Ukrainian and Russian names: а б в г ґ д е ё є ж з и і ї й к … я, Latin before them."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join(folded.translate(_SORTED_LETTERS).split())
