"""Where an import goes: the local store, or nowhere (a dry run)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing

import msgspec

from backend_client.derive.collapsed import Basis
from backend_client.ingest.run import FileReport, PutCounts, with_patterns
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.sqlite.beforehand import Beforehand
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.settings import read_derive_settings, write_derive_settings
from backend_client.sqlite.writer import Writer


class LocalImportStore:
    """The local store as an import sees it. Every method raises BackendError kinds of the store."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._facts = FactWriter(writer)

    def settings(self) -> DeriveSettings:
        with closing(self._writer.file.reader()) as db:
            return read_derive_settings(db)

    def add_internal_patterns(self, patterns: Sequence[str]) -> None:
        with self._writer.transaction() as transaction:
            before = read_derive_settings(transaction.db)
            after = write_derive_settings(transaction, with_patterns(before, patterns))
        self._facts.forget()
        if after.version != before.version:
            self._derive_again()

    def _derive_again(self) -> None:
        """What stood in the store before its settings changed."""
        from backend_client.sqlite.upkeep.rebuild import rebuild

        rebuild(self._writer)

    def basis(self) -> Basis:
        with closing(self._writer.file.reader()) as db:
            return self._facts.basis(db)

    def put(self, batch: Sequence[CallFacts], beforehand: Beforehand | None = None) -> PutCounts:
        return self._facts.put(batch, beforehand)

    def begin_run(self, source: str, format: str) -> int:
        with self._writer.transaction(durable=False) as transaction:
            row = transaction.db.execute(
                "INSERT INTO import_run (at, source, format, new, updated, unchanged, rejected, finished)"
                " VALUES (?, ?, ?, 0, 0, 0, 0, 0) RETURNING id",
                (int(time.time()), source, format),
            ).fetchall()
        return int(row[0][0])

    def end_run(self, run: int, report: FileReport) -> None:
        with self._writer.transaction(durable=False) as transaction:
            transaction.db.execute(
                "UPDATE import_run SET new = ?, updated = ?, unchanged = ?, rejected = ?, finished = ?,"
                " reasons = ?, rejected_file = ? WHERE id = ?",
                (
                    report.new, report.updated, report.unchanged, sum(report.rejected.values()),
                    int(report.finished), msgspec.json.encode(report.rejected).decode(), report.rejected_file, run,
                ),
            )  # fmt: skip
