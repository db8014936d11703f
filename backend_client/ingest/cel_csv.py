"""Channel events as CSV: cel_custom's Master.csv, and exports of FreePBX's cel table (B5)."""

from __future__ import annotations

import csv
from pathlib import Path

from backend_client.ingest.cel import COLUMNS, EVENTS, CelReader, CelTable, cel_columns
from backend_client.ingest.csv_rows import CsvRows
from backend_client.ingest.rows import CsvFile, is_binary
from backend_client.ingest.source import Source, SourceOptions


class CelCsv:
    """The format: recognised by event names in the first or second column, or by titles."""

    name = "cel-csv"

    def detect(self, head: bytes, filename: str) -> float:
        if is_binary(head):
            return 0.0
        lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.count('"') % 2 == 0][:50]
        rows = [row for row in csv.reader(lines) if row]
        if rows and cel_columns(rows[0]) is not None:
            return 1.0
        named = sum(bool({text.strip() for text in row[:2]} & EVENTS) and len(row) >= 19 for row in rows)
        return 1.0 if rows and named * 10 >= len(rows) * 9 else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Titles as the first row says them, else the usual order; with an id before it in a database's export."""
        first = CsvFile(path).first_row()
        if cel_columns(first) is not None:
            titles: tuple[str, ...] = tuple(text.strip().lower() for text in first)
        elif first and first[0].strip() in EVENTS:
            titles = COLUMNS[: len(first)]
        else:
            titles = ("id", *COLUMNS)
        titles = (*titles, *[""] * (len(first) - len(titles)))
        return CelTable(self.name, CsvRows(path, titles, options.profile), CelReader(titles, options))
