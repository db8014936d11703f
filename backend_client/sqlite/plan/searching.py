"""Tasks by a text: part of the client, the number, the address or the order.

A text that few tasks have is looked up first, and the tasks are a set of ids; one that many have is soonest found by
asking each task in its order. A bounded look-up says which of them it is.
"""

from __future__ import annotations

import sqlite3

from msgspec import Struct

from backend_client.contract.calls import COUNT_EXACTLY_TO
from backend_client.model.text import clean, fold
from backend_client.sqlite.clients.client_search import matching
from backend_client.sqlite.plan.standing import standing
from backend_client.sqlite.trigrams import TRIGRAM, dialled, phrase, tail

MATCHING_CLIENTS = 500
MANY = 40_000
"""Tasks that are no longer gathered: 1 µs each, and in a plan of a million every 25th is one of them."""
MORE_THAN_FEW = 2_000
MANY_NUMBERS = 8_000
_WORDS = (
    "SELECT w.task_id FROM task_search s CROSS JOIN task_word w ON w.text_id = s.rowid WHERE task_search MATCH :words"
)
_NUMBERS = (
    "SELECT a.id FROM number_search s CROSS JOIN number n ON n.id = s.rowid"
    " CROSS JOIN task a INDEXED BY task_number ON a.number_id = n.id"
    " WHERE number_search MATCH :tail AND instr(n.forms, :digits)"
)
_FORMS = "t.number_id IN (SELECT id FROM number WHERE id = t.number_id AND instr(forms, :digits))"


class Searched(Struct, frozen=True):
    """A condition over tasks `t`; `few` and `many`: it is known that only few meet it, which are found at once, or more
    than are counted exactly."""

    text: str
    few: bool = False
    many: bool = False


def searched(db: sqlite3.Connection, text: str, values: dict[str, int | str], *, few: bool) -> Searched:
    """The condition of a search text, with its parameters put into `values`; `few`: other conditions leave the tasks of
    one operator or client, which are asked sooner than many are looked up."""
    typed = clean(text)
    if typed.startswith("#") and typed[1:].isascii() and typed[1:].isdigit():
        return Searched(f"t.id = {int(typed[1:][:18])}", few=True)
    folded = fold(typed)
    digits = dialled(folded)
    clients = ",".join(map(str, sorted(matching(db, folded, MATCHING_CLIENTS))))
    if len(folded) < TRIGRAM:
        return Searched(f"(t.client_id IN ({clients}) OR {standing(db, folded, values)})")
    values["words"] = phrase(folded)
    words = _counted(db, _WORDS, values, MANY)
    sets, tests = [_WORDS], []
    if clients.count(",") == MATCHING_CLIENTS - 1:
        tests.append("t.client_id IN (SELECT rowid FROM client_search WHERE client_search MATCH :words)")
    if clients:
        sets.append(f"SELECT id FROM task WHERE client_id IN ({clients})")
    if len(digits) >= TRIGRAM:
        values["digits"], values["tail"] = digits, phrase(tail(digits))
        numbers = "SELECT 1 FROM number_search WHERE number_search MATCH :tail"
        if _counted(db, numbers, values, MANY_NUMBERS) > MANY_NUMBERS:
            tests.append(_FORMS)
        else:
            sets.append(_NUMBERS)
    if words > MANY:
        sets.remove(_WORDS)
        tests.insert(0, standing(db, folded, values))
    column = "+t.id" if few and words > MORE_THAN_FEW else "t.id"
    gathered = [f"{column} IN ({' UNION ALL '.join(sets)})"] if sets else []
    return Searched(
        f"({' OR '.join([*gathered, *tests])})",
        few=words <= MORE_THAN_FEW and not tests,
        # A task has two texts at most.
        many=words > 2 * COUNT_EXACTLY_TO,
    )


def _counted(db: sqlite3.Connection, query: str, values: dict[str, int | str], most: int) -> int:
    """How many rows there are, counted to one more than `most`."""
    return int(db.execute(f"SELECT count(*) FROM ({query} LIMIT {most + 1})", values).fetchone()[0])
