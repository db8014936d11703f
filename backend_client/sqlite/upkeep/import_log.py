"""The import log: what became of the records of each reading of a source."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from backend_client.sqlite.facts import PutReport
from backend_client.sqlite.transaction import Transaction


def begin_run(transaction: Transaction, at: int, source: str, format: str) -> int:
    """A run that counts what is still to come; its id."""
    row = transaction.db.execute(
        "INSERT INTO import_run (at, source, format, new, updated, unchanged, rejected, finished)"
        " VALUES (?, ?, ?, 0, 0, 0, 0, 1) RETURNING id",
        (at, source, format),
    ).fetchall()
    return int(row[0][0])


def add_to_run(
    transaction: Transaction, run: int, report: PutReport, rejected: Mapping[str, int], rejected_file: str = ""
) -> None:
    """Count more records of a run; `rejected` by reason, and where they lie."""
    db = transaction.db
    text = db.execute("SELECT reasons FROM import_run WHERE id = ?", (run,)).fetchone()[0]
    reasons = msgspec.json.decode(text, type=dict[str, int])
    for reason, count in rejected.items():
        reasons[reason] = reasons.get(reason, 0) + count
    db.execute(
        "UPDATE import_run SET new = new + ?, updated = updated + ?, unchanged = unchanged + ?,"
        " rejected = rejected + ?, reasons = ?, rejected_file = ? WHERE id = ?",
        (
            report.new, report.updated, report.unchanged, sum(rejected.values()),
            msgspec.json.encode(reasons).decode(), rejected_file, run,
        ),
    )  # fmt: skip
