"""The words of tasks, by which they are found: addresses and orders, each kept once, folded, with its tasks.

A million tasks have far fewer addresses, so a part of one is looked up in a small index (FTS5, trigrams).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from backend_client.model.text import fold

_FOUND = "SELECT id FROM task_text WHERE fold = ?"
_MADE = "INSERT INTO task_text (fold) VALUES (?) RETURNING id"


def enter_words(db: sqlite3.Connection, task: int, texts: Iterable[str]) -> None:
    """A task has these texts now."""
    for text in _folded(texts):
        found = db.execute(_FOUND, (text,)).fetchone()
        if found is None:
            [found] = db.execute(_MADE, (text,)).fetchall()
            db.execute("INSERT INTO task_search (rowid, fold) VALUES (?, ?)", (found[0], text))
        db.execute("INSERT OR IGNORE INTO task_word VALUES (?, ?)", (found[0], task))


def leave_words(db: sqlite3.Connection, task: int, texts: Iterable[str]) -> None:
    """A task has these texts no more; what no other task has is kept no longer."""
    for text in _folded(texts):
        found = db.execute(_FOUND, (text,)).fetchone()
        if found is None:
            continue
        db.execute("DELETE FROM task_word WHERE text_id = ? AND task_id = ?", (found[0], task))
        if db.execute("SELECT 1 FROM task_word WHERE text_id = ?", found).fetchone() is None:
            db.execute("INSERT INTO task_search (task_search, rowid, fold) VALUES ('delete', ?, ?)", (found[0], text))
            db.execute("DELETE FROM task_text WHERE id = ?", found)


def _folded(texts: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(filter(None, map(fold, texts)))
