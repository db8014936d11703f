"""Text in the cells of files that spreadsheets open."""

from __future__ import annotations

import re

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A spreadsheet of an East Asian locale takes the full-width ones for the others."""
_PLAIN_NUMBER = re.compile(r"\+?[0-9]+")


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: it gets an apostrophe before it, unless it is a plain number."""
    if text.startswith(_FORMULA_SIGNS) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def meant(text: str) -> str:
    """The text that `defused` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text
