"""The pieces of what a program writes to a terminal, by what they do to the screen.

run       style sequences and characters that take one cell each
text      other printable characters, and all text and style sequences that follow: widths are the terminal's
place     CUP; the parameters
newline, return
update    a mark of synchronised output
mode      private modes on or off
link      an OSC 8 hyperlink, on or off
question  asks where the cursor is
quiet     changes neither a cell nor the cursor
stir      moves the cursor or changes cells, once
strange   may change what later pieces mean
"""

from __future__ import annotations

import re
import unicodedata

from rich.cells import get_character_cell_size

# Without what Unicode lists as emoji, which some terminals draw two cells wide, and without right-to-left scripts.
SURE = (
    "\u0020-\u007e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038e-\u03a1"
    "\u03a3-\u0482\u048a-\u052f\u0531-\u0556\u2010-\u2027\u2030-\u203b\u203d-\u2048\u204a-\u205e\u20a0-\u20bf"
    "\u2116\u2190-\u2193\u219a-\u21a8\u21ab-\u21ff\u2200-\u2319\u231c-\u2327\u232b-\u23ce\u2500-\u25a9\u25ac-\u25b5"
    "\u25b7-\u25bf\u25c1-\u25fa\u25ff\u2605-\u260d\u260f\u2610\u2612\u2613\u2669-\u267a\u270e\u2710\u2711\u2713\u2715\u2717-\u271c"
    "\u2768-\u2793\u2800-\u28ff"
)
"""Characters of one cell in every terminal, as the inside of a regular expression's set."""
IS_SURE = re.compile(f"[{SURE}]*+").fullmatch
_SGR = r"\x1b\[[0-9;]*m"
_PRINTABLE = r"[^\x00-\x1f\x7f-\x9f]"
_QUIET_OSC = "(?:0|1|2|4|7|9|1[0-9]|22|50|52|99|10[45]|11[0-9]|133|777)"
_STRING = r"[^\x07\x1b\x9c]*(?:\x07|\x1b\\)"

PIECE = re.compile(
    rf"(?P<run>(?:{_SGR}|[{SURE}]++)++)"
    r"|(?P<place>\x1b\[[0-9]*(?:;[0-9]*)?H)"
    r"|(?P<newline>\r?\n)"
    r"|(?P<return>\r)"
    r"|(?P<update>\x1b\[\?2026[hl])"
    rf"|(?P<text>{_PRINTABLE}++(?:{_SGR}|{_PRINTABLE}++)*+)"
    r"|(?P<mode>\x1b\[\?[0-9;]+[hl])"
    rf"|(?P<link>\x1b\]8;{_STRING})"
    r"|(?P<question>\x1b\[\??[0-9;]*n)"
    rf"|(?P<quiet>[\x00\x07]|\x1b\]{_QUIET_OSC}(?:;{_STRING}|\x07|\x1b\\)"
    r"|\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*+\x1b\\"
    r"|\x1b\[[<=>][0-?]*[ -/]*[@-~]|\x1b\[\?[0-9;]*(?:\$p|[mu])|\x1b\[[0-9;]*(?:[ct]| q)|\x1b[=>])"
    # A style with colons is more than some terminals can read.
    r"|(?P<stir>\x1b\[[0-9;:]*m|\x1b\[\??[0-9;]*[@-GI-MPSTXZ`abdefg]|[\x01-\x06\x08\t\x0b\x0c\x10-\x1a\x1c-\x1f\x7f]"
    rf"|\x1b[DEM]|\x1b[\]P_^X]{_STRING})"
    r"|(?P<strange>.)",
    re.DOTALL,
)
"""Matches anywhere, so nothing is lost. An unfinished sequence is strange."""

QUIET_MODES = frozenset(map(str, [1, 9, 12, *range(1000, 1008), 1015, 1016, 1034, 1036, 1039, 2004, 2031, 2048, 9001]))
"""Private modes of keys, mouse, focus and reports."""
SCREEN_MODES = frozenset({"47", "1047", "1049"})
"""Private modes that change to another screen."""


def may_join(character: str) -> bool:
    """Whether a terminal may draw a character into the cell before it: a mark, a joiner, a shade of skin."""
    category = unicodedata.category(character)
    return category[0] in "MC" or category == "Sk" or get_character_cell_size(character) == 0
