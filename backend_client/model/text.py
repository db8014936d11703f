"""Text that came from outside: cleaned once at the boundary, folded for search, keyed for sorting."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LINE_BREAKS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
JOINERS = "\u200d\ufe0f"
"""Zero width joiner and variation selector: parts of emoji, kept where they join something."""

_APOSTROPHES = str.maketrans({c: "'" for c in "`´ʼʹ’‘ʻ′＇"})
_FOLDED_LETTERS = str.maketrans({"ё": "е", "ґ": "г"})
_ALPHABET = "абвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюя"
_SORTED_LETTERS = str.maketrans({letter: chr(0x430 + i) for i, letter in enumerate(_ALPHABET)})
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"})


def N_(text: str) -> str:
    """Mark a string for translation where it is written; whoever shows it translates it."""
    return text


@lru_cache(maxsize=4096)
def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _HIDDEN_CATEGORIES


def clean(text: str, *, multiline: bool = False) -> str:
    """Text from a telephone, a file or a person, made safe to keep and to draw.

    Removes C0, DEL, C1, bidi controls, zero-width characters, surrogates and private use; every kind of
    line break becomes "\\n" (multiline) or a space. Joiners stay between two visible characters. Leading and
    trailing white space goes.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").translate(LINE_BREAKS).replace("\t", " ")
    kept: list[str] = []
    for character in text:
        if character == "\n":
            kept.append("\n" if multiline else " ")
        elif character in JOINERS:
            if kept and kept[-1] not in " \n" and kept[-1] not in JOINERS[0]:
                kept.append(character)
        elif not _is_hidden(character):
            kept.append(character)
    return "".join(kept).strip().strip(JOINERS)


def fold(text: str) -> str:
    """The form in which names are compared and searched: NFKC, casefold, ё→е, ґ→г, one apostrophe, one space."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join(folded.translate(_FOLDED_LETTERS).split())


def sort_key(text: str) -> str:
    """One order for Ukrainian and Russian names: а б в г ґ д е ё є ж з и і ї й к … я, Latin before them."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    return " ".join(folded.translate(_SORTED_LETTERS).split())
