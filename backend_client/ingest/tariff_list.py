"""Price lists out of CSV and XLSX files: prefix, name, price of a minute, step, currency; and back into CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

from backend_client.errors import Invalid
from backend_client.ingest.list_rows import HEADER_ROWS, ListRow, rows_of
from backend_client.model.cell import defused, meant
from backend_client.model.tariff import Tariff, amount_of, amount_text
from backend_client.model.text import N_, clean, fold

COLUMNS = ("prefix", "name", "per_minute", "step", "currency")
_TITLES: dict[str, tuple[str, ...]] = {
    "prefix": ("prefix", "code", "dial code", "префікс", "код", "префикс"),
    "name": ("name", "destination", "назва", "напрямок", "направление", "название"),
    "per_minute": ("per_minute", "per minute", "price", "rate", "тариф", "ціна", "вартість", "цена", "стоимость"),
    "step": ("step", "increment", "billing increment", "крок", "шаг"),
    "currency": ("currency", "валюта"),
}  # fmt: skip
"""What a column is called, folded."""


def read_tariff_file(path: Path, currency: str = "", step: int = 1) -> tuple[Tariff, ...]:
    """The tariffs of a file; `currency` and `step` where it has no such column. A cell may hold several prefixes,
    parted by commas or semicolons. Raises NotFound, and Invalid with the row that cannot be read: a price list is
    taken whole or not at all."""
    rows = rows_of(path, _TITLES)
    for number, row in enumerate(rows[:HEADER_ROWS], 1):
        places = _places(row.cells)
        if {"prefix", "per_minute"} <= places.keys():
            found: dict[str, Tariff] = {}
            for one in rows[number:]:
                for tariff in _tariffs(one, places, currency, step):
                    found[tariff.prefix] = tariff
            return tuple(found.values())
    raise Invalid(
        N_("{path} names no columns of a price list."),
        N_("The first row names them: prefix, name, per_minute, step, currency."),
        path=clean(str(path)),
    )


def _places(row: Sequence[Any]) -> dict[str, int]:
    known = {title: field for field, titles in _TITLES.items() for title in titles}
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        field = known.get(fold(clean(str(cell or ""))))
        if field is not None:
            places.setdefault(field, place)
    return places


def _tariffs(row: ListRow, places: dict[str, int], currency: str, step: int) -> Iterable[Tariff]:
    cells = row.cells
    if row.broken:
        raise Invalid(
            N_("Row {row} cannot be read: a quotation mark stays open, or it is too long."),
            N_("Nothing was read. Mend the row and try again."), row=row.line,
        )  # fmt: skip

    def text(field: str) -> str:
        place = places.get(field, len(cells))
        return clean(_plain(cells[place])) if place < len(cells) else ""

    prefixes = [part for part in text("prefix").replace(";", ",").split(",") if part.strip()]
    if not prefixes and not text("per_minute"):
        return
    amount, steps = amount_of(text("per_minute")), text("step") or str(step)
    if not prefixes or amount is None or not (steps.isascii() and steps.isdigit()):
        raise Invalid(
            N_("Row {row} is no tariff: {text}"), N_("Nothing was read. Mend the row and try again."),
            row=row.line, text=" | ".join(clean(_plain(cell)) for cell in cells)[:200],
        )  # fmt: skip
    for prefix in prefixes:
        yield Tariff(
            prefix="".join(filter(str.isdigit, prefix)), name=meant(text("name")), per_minute=amount, step=int(steps),
            currency=(text("currency") or currency).upper(),
        )  # fmt: skip


def _plain(cell: Any) -> str:
    """A cell's text; spreadsheets make numbers of prefixes."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def write_tariff_file(tariffs: Iterable[Tariff], out: TextIO) -> None:
    """CSV that `read_tariff_file` reads; a price that the reader may not see stays blank."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in tariffs:
        price = "" if one.per_minute is None else amount_text(one.per_minute)
        writer.writerow([one.prefix, defused(one.name), price, one.step, one.currency])
