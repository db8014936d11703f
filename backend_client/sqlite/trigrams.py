"""Trigram indexes (FTS5): what to ask them for, so that they answer soon.

A phrase costs what the longest of its trigrams' lists costs, and that of a country code names every number. So the
rarest trigrams of a text are asked for alone; whoever asks looks into what was found for the text itself.
"""

from __future__ import annotations

import re
import sqlite3

from msgspec import Struct

TRIGRAM = 3
"""Shorter texts are in no trigram index."""
_LONG, _TAIL = 7, 5
"""A number of so many digits is looked up by its last ones: its first ones, such as a country code, are common."""
_PROBED = 200
"""So many rows of a trigram are looked at to see how common it is, 0.05 ms."""
_COMMON, _VERY_COMMON = 0.04, 0.12
"""A trigram in a larger share of the rows is not asked for: its list costs more than it spares. Where only one is rarer
the next one is, too, up to the second share."""
_ASKED = 3
"""More trigrams hardly make fewer rows."""
_DIALLED = re.compile(r"[\d\s+()./-]+")
"""What reads as a number, however parted."""
_NO_DIGIT = re.compile(r"\D")


class Candidates(Struct, frozen=True):
    """Rows in which all of a text's rare trigrams stand, and so perhaps the text."""

    ids: str
    """As a JSON array."""
    count: int
    exact: bool
    """The text does stand in each of them."""


def dialled(text: str) -> str:
    """The digits of a folded text that reads as something dialled; blank for any other."""
    return _NO_DIGIT.sub("", text) if _DIALLED.fullmatch(text) else ""


def tail(digits: str) -> str:
    """What to look a number up by."""
    return digits[-_TAIL:] if len(digits) >= _LONG else digits


def phrase(text: str) -> str:
    """A text as one phrase of FTS5, which takes a NUL for its end."""
    return '"' + text.replace("\0", "").replace('"', '""') + '"'


def candidates(db: sqlite3.Connection, index: str, text: str, last: int, most: int) -> Candidates | None:
    """The rows of an index, of which `last` is the largest id, that may hold a text of three or more characters.
    None: they are more than `most`, or every trigram of the text is common."""
    shares = {at: _share(db, index, text[at : at + TRIGRAM], last) for at in range(len(text) - TRIGRAM + 1)}
    asked = _asked(shares)
    if not asked or (len(shares) == 1 and shares[0] * last > most):
        return None
    parts = _joined(text, asked)
    ids, count = db.execute(
        "SELECT json_group_array(rowid), count(*) FROM"
        f" (SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT {int(most) + 1})",
        (" ".join(map(phrase, parts)),),
    ).fetchone()
    return Candidates(ids, count, parts == [text]) if count <= most else None


def _asked(shares: dict[int, float]) -> list[int]:
    """The places of the trigrams to ask for, in order."""
    rarest = sorted(shares, key=shares.__getitem__)
    rare = [at for at in rarest if shares[at] <= _COMMON][:_ASKED]
    if len(rare) == 1:
        rare += [at for at in rarest[1:2] if shares[at] <= _VERY_COMMON]
    return sorted(rare)


def _joined(text: str, places: list[int]) -> list[str]:
    """The trigrams that begin at these places of a text; those that follow each other as one piece of it."""
    parts: list[str] = []
    for before, at in zip([-2, *places], places, strict=False):
        if at == before + 1:
            parts[-1] += text[at + TRIGRAM - 1]
        else:
            parts.append(text[at : at + TRIGRAM])
    return parts


def _share(db: sqlite3.Connection, index: str, part: str, last: int) -> float:
    """In how large a part of the rows it stands, by how soon the first ones come."""
    found, upto = db.execute(
        f"SELECT count(*), max(rowid) FROM (SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT {_PROBED})",
        (phrase(part),),
    ).fetchone()
    return float(found / (last + 1 if found < _PROBED else upto))
