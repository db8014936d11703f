"""The pieces of a terminal's byte stream, as far as Textual writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_PIECE = re.compile(
    r"\x1b\[(?P<parameters>[0-9;]*)(?P<plain>[@-~])"  # CSI with plain parameters
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?P<newline>\r?\n)"
    r"|(?P<mark>\x1b\[\?2026[hl])"
    r"|(?P<unseen>\x1b\[[<-?][0-?]*[ -/]*[@-~]"  # private modes and questions
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, APC, PM, SOS
    r"|\x07)"
    r"|(?P<unknown>\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f-\x9f])",
    re.DOTALL,
)


class Piece(NamedTuple):
    """`kind` is text, newline, mark (synchronised output), unseen (changes no cell), unknown, or the final
    letter of a plain CSI sequence with its parameters in `value`."""

    kind: str
    value: str
    raw: str


def pieces(data: str) -> Iterator[Piece]:
    """All of `data`, in order; nothing is lost, whatever it holds."""
    for match in _PIECE.finditer(data):
        kind = match.lastgroup or "unknown"
        if kind == "plain":
            yield Piece(match["plain"], match["parameters"], match[0])
        else:
            yield Piece(kind, match[0], match[0])
