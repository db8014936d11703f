"""Lists of call tasks out of CSV and XLSX files, as records for `Backend.import_tasks`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.ingest.dates import DAY, DateOrder, is_nothing, local_seconds, order_of
from backend_client.ingest.list_rows import HEADER_ROWS, ListRow, cell_text, meaning_of, rows_of
from backend_client.model.tariff import amount_of
from backend_client.model.task import TaskFate, TaskRecord, TaskRecordFate
from backend_client.model.task_fault import fault_of
from backend_client.model.text import N_, clean

TITLES: dict[str, tuple[str, ...]] = {
    "contact_date": ("contact date", "call date", "date of contact", "date of call", "contact", "date",
                     "дата контакту", "дата дзвінка", "дата обдзвону", "дата контакта", "дата звонка",
                     "дата обзвона", "дата"),
    "contact_time": ("contact time", "call time", "time", "час", "час контакту", "час дзвінка", "время",
                     "время контакта", "время звонка"),
    "plan_date": ("plan date", "planned date", "delivery date", "date of delivery", "delivery", "plan",
                  "дата плану", "дата доставки", "доставка", "план", "дата плана"),
    "last_delivery": ("last delivery", "last delivery date", "date of last delivery", "previous delivery",
                      "остання доставка", "дата останньої доставки", "последняя доставка",
                      "дата последней доставки"),
    "operator": ("operator", "agent", "caller", "оператор"),
    "manager": ("manager", "account manager", "responsible", "менеджер", "відповідальний", "ответственный"),
    "client": ("client", "customer", "client name", "customer name", "name", "company", "counterparty", "клієнт",
               "контрагент", "назва", "найменування", "піб", "компанія", "клиент", "название", "наименование",
               "фио", "компания"),
    "number": ("phone", "phone number", "number", "telephone", "mobile", "tel", "телефон", "номер", "номер телефону",
               "мобільний", "тел", "номер телефона", "мобильный"),
    "person": ("contact person", "person", "контактна особа", "контактное лицо"),
    "address": ("address", "delivery address", "адреса", "адреса доставки", "адрес", "адрес доставки"),
    "order": ("order", "order number", "order no", "замовлення", "номер замовлення", "заказ",
              "номер заказа", "заказа"),
    "amount": ("amount", "order amount", "sum", "total", "сума", "сума замовлення", "вартість", "сумма",
               "сумма заказа", "стоимость"),
    "currency": ("currency", "валюта"),
    "note": ("note", "notes", "comment", "remark", "примітка", "коментар", "нотатка", "примечание", "комментарий",
             "заметка"),
}  # fmt: skip
"""What a column is called."""
_DATES = ("contact_date", "plan_date", "last_delivery")
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)(?::\d\d)?")
_DATED = re.compile(r"\S+[T ] *(\d{1,2}:\d\d(?::\d\d)?)")
"""A date with its time."""
_PART_OF_DAY = re.compile(r"0[.,]\d+")
"""A time of spreadsheets that keep it as a number."""
_SERIAL = re.compile(r"[2-9]\d{4}")
_SERIAL_FROM = date(1899, 12, 30)
"""Day 0 of spreadsheets that keep a date as a number."""
_PARTED = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d")
"""A date that does not begin with its year."""


LONGEST_CELL = 20_000
"""Characters: as many as the longest that is kept, the note, may have."""
_SHOWN = 60
"""Characters of a cell that a reason repeats."""


class TaskFile(Struct, frozen=True, kw_only=True):
    """What a file holds: its records, the rows that can be none, what its columns mean, and those that mean nothing."""

    records: tuple[TaskRecord, ...] = ()
    refused: tuple[TaskRecordFate, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    """Titles with their fields, in the file's order."""
    ignored: tuple[str, ...] = ()


def read_task_file(path: Path) -> TaskFile:
    """The tasks of a file. Raises NotFound, and Invalid for a file that is no such list or too large."""
    rows = rows_of(path, TITLES)
    for number, row in enumerate(rows[:HEADER_ROWS], 1):
        fields = [meaning_of(cell_text(value), TITLES) for value in row.cells]
        if "contact_date" in fields and ("client" in fields or "number" in fields):
            return _read(rows[number:], [cell_text(value) for value in row.cells], fields)
    raise Invalid(
        N_("The columns of {path} are no list of tasks."),
        N_("Give them titles such as Contact date, Client, Phone, Operator, Plan date, Order."), path=clean(str(path)),
    )  # fmt: skip


def _read(rows: Sequence[ListRow], titles: list[str], fields: list[str]) -> TaskFile:
    order = _date_order(rows, fields)
    records: list[TaskRecord] = []
    refused: list[TaskRecordFate] = []
    for row in rows:
        cells = _cells(row.cells, fields)
        if row.broken:
            refused.append(_refused(row.line, "", row.broken, {}))
        elif cells:
            try:
                records.append(_record(row.line, cells, order))
            except Invalid as error:
                refused.append(_refused(row.line, cells.get("client", ""), error.text, error.fields))
    pairs = list(zip(titles, fields, strict=True))
    return TaskFile(
        records=tuple(records), refused=tuple(refused), columns=tuple(pair for pair in pairs if pair[1]),
        ignored=tuple(title for title, field in pairs if title and not field),
    )  # fmt: skip


def _refused(row: int, client: str, reason: str, fields: Mapping[str, object]) -> TaskRecordFate:
    told = {key: _shown(str(value)) for key, value in fields.items()}
    return TaskRecordFate(
        row=row, fate=TaskFate.REJECTED, fault=fault_of(reason), client=_shown(client), reason=reason, fields=told
    )  # fmt: skip


def _date_order(rows: Sequence[ListRow], fields: Sequence[str]) -> DateOrder:
    """Whether the day or the month comes first: one person wrote the file, so all its dates tell it together, but those
    that begin with the year, which are clear by themselves."""
    places = [place for place, one in enumerate(fields) if one in _DATES]
    texts = [cell_text(row.cells[place]) for row in rows for place in places if place < len(row.cells)]
    texts = [text for text in texts if _PARTED.match(text)]
    return order_of(texts, [None] * len(texts))


def _cells(values: Sequence[Any], fields: Sequence[str]) -> dict[str, str]:
    """The row by field; several columns of one field are joined, but for a date only the first counts."""
    cells: dict[str, str] = {}
    for field, value in zip(fields, values, strict=False):
        text = cell_text(value) if field else ""
        if field == "contact_date" and isinstance(value, datetime) and value.time() != time():
            cells["dated_time"] = f"{value:%H:%M}"
        if text and field in cells and field not in _DATES:
            cells[field] = f"{cells[field]} {text}"
        elif text:
            cells.setdefault(field, text)
    return cells


def _record(row: int, cells: dict[str, str], order: DateOrder) -> TaskRecord:
    """Raises Invalid for a cell that cannot be read."""
    longest = max(map(len, cells.values()))
    if longest > LONGEST_CELL:
        raise Invalid(N_("A cell has {length} characters; {limit} fit."), length=longest, limit=LONGEST_CELL)
    days = {field: _day(cells.get(field, ""), order) for field in _DATES}
    text = cells.get("amount", "")
    amount = amount_of(text) if text else None
    if text and amount is None:
        raise Invalid(N_("{text} is no amount."), text=text)
    return TaskRecord(
        row=row, contact_date=days["contact_date"], plan_date=days["plan_date"], last_delivery=days["last_delivery"],
        contact_time=_time(cells.get("contact_time", "")) or _time_beside(cells), amount=amount,
        **{
            field: cells.get(field, "")
            for field in ("operator", "manager", "client", "number", "person", "address", "order", "currency", "note")
        },
    )  # fmt: skip


def _day(text: str, order: DateOrder) -> str:
    """The ISO date of a cell; blank for none. Raises Invalid for what is no date."""
    if is_nothing(text):
        return ""
    if _SERIAL.fullmatch(text):
        return (_SERIAL_FROM + timedelta(days=int(text))).isoformat()
    try:
        days = int(local_seconds(text, order)) // DAY
    except ValueError as error:
        raise Invalid(N_("{text} is no date."), text=text) from error
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def _shown(text: str) -> str:
    """One short line of a cell."""
    text = clean(text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _time(text: str) -> str:
    """09:30 of a cell; blank for none. Raises Invalid for what is no time."""
    if not text:
        return ""
    if _PART_OF_DAY.fullmatch(text):
        minutes = round(float(text.replace(",", ".")) * 1440) % 1440
        return f"{minutes // 60:02}:{minutes % 60:02}"
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise Invalid(N_("{text} is no time."), text=text)
    return f"{int(match[1]):02}:{match[2]}"


def _time_beside(cells: dict[str, str]) -> str:
    """The time that stands with the contact date; midnight is none."""
    match = _DATED.fullmatch(cells.get("contact_date", ""))
    found = cells.get("dated_time") or (_time(match[1]) if match else "")
    return "" if found == "00:00" else found


def fates_in_order(fates: Iterable[TaskRecordFate]) -> list[TaskRecordFate]:
    """By row."""
    return sorted(fates, key=lambda fate: fate.row)
