"""How fast this machine is beside the one on which the goals were set: the same plain work, timed on both.

python -m benchmarks.yardstick
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

GOALS_MACHINE = 288_000
"""Rows a second there, see docs/performance.md. The clock stops before COMMIT, there as here."""
ROWS, PART, NUMBERS = 1_000_000, 250_000, 2_000_000
_TABLE = """
CREATE TABLE call (
  id INTEGER PRIMARY KEY, start INTEGER NOT NULL, ended INTEGER NOT NULL, number TEXT, number_id INTEGER,
  employee_id INTEGER, direction INTEGER NOT NULL, status INTEGER NOT NULL, wait INTEGER NOT NULL,
  talk INTEGER NOT NULL, price INTEGER NOT NULL, hung_up INTEGER NOT NULL, first INTEGER NOT NULL,
  lost INTEGER NOT NULL, new INTEGER NOT NULL, region_id INTEGER, client_id INTEGER, line_id INTEGER,
  callback_id INTEGER, comment TEXT, recording TEXT
) STRICT
"""


def speed(folder: Path) -> float:
    """The speed of this machine, 1.0 for that of the goals: rows a second that one thread makes of columns and writes
    into a table without indexes and without a journal."""
    chance = np.random.default_rng(1)
    texts = [f"+380{id:09d}" for id in range(NUMBERS)]
    # Few call often.
    number = (NUMBERS * chance.random(ROWS) ** 2.5).astype(np.int64)
    start = np.sort(chance.integers(1_698_796_800, 1_793_491_200, ROWS))
    small = [chance.integers(0, most, ROWS) for most in (200, 3, 5, 60, 600, 900, 3, 2, 2, 2)]
    seldom = [chance.integers(-most // 3, most, ROWS) for most in (90, 300_000, 24, 10_000_000)]
    path = folder / "yardstick.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144", "locking_mode = EXCLUSIVE"):
            db.execute(f"PRAGMA {pragma}")
        db.execute(_TABLE)
        insert = f"INSERT INTO call VALUES ({', '.join('?' * 21)})"
        db.execute("BEGIN")
        began = time.perf_counter()
        for first in range(0, ROWS, PART):
            part, ids = slice(first, first + PART), range(first + 1, first + PART + 1)
            numbers = number[part].tolist()
            rows = zip(
                ids, start[part].tolist(), (start[part] + 90).tolist(), [texts[id] for id in numbers],
                [id + 1 for id in numbers], *(column[part].tolist() for column in small),
                *([id if id >= 0 else None for id in column[part].tolist()] for column in seldom),
                [f"asked to call back #{id % 1009}" if id % 20 == 0 else None for id in ids],
                [f"2026/11/30/{id:08d}.opus" if id % 3 else None for id in ids], strict=True,
            )  # fmt: skip
            db.executemany(insert, rows)
        seconds = time.perf_counter() - began
        db.execute("COMMIT")
    path.unlink()
    return ROWS / seconds / GOALS_MACHINE


def main() -> None:
    """The command."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"{speed(Path(folder)):.2f} × the machine of the goals")


if __name__ == "__main__":
    main()
