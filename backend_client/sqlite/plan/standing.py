"""Whether a text stands in the address or the order of a task, however it was written there.

SQLite folds Latin letters only. Its patterns take every spelling of a letter for 1 to 3 µs a
task; what is spelled with rarer signs, or with wide gaps, is folded as the index of words has it, for 7 µs.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from backend_client.model.text import fold

_ORDINARY = " -~Ѐ-ґ’"
"""Signs each of which folds to one, as a class of a pattern."""
_SIGNS = [chr(code) for code in (*range(0x20, 0x7F), *range(0x400, 0x492), 0x2019)]
_COLUMNS = ("t.address", "t.order_number")


def standing(db: sqlite3.Connection, folded: str, values: dict[str, int | str]) -> str:
    """The condition, with its parameters put into `values`."""
    db.create_function("fold", 1, fold, deterministic=True)
    values["folded"] = folded
    values["spelled"] = "*" + "".join(_spellings().get(sign, sign) for sign in folded) + "*"
    values["rare"] = f"*[^{_ORDINARY}]*"
    spelled = [f"{column} GLOB :spelled" for column in _COLUMNS]
    rare = [
        f"(({column} GLOB :rare OR instr({column}, '  ')) AND instr(fold({column}), :folded))" for column in _COLUMNS
    ]
    return " OR ".join([*spelled, *rare])


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    """Folded sign → the class of the signs that fold to it."""
    signs: dict[str, str] = {}
    for sign in _SIGNS:
        folded = fold(f"x{sign}x")[1:-1]
        signs[folded] = signs.get(folded, "") + sign
    return {folded: f"[{same}]" for folded, same in signs.items() if len(same) > 1 or same in "*?["}
