"""Lists of clients out of CSV, XLSX and vCard files, as records for `Backend.import_clients`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.errors import Invalid, NotFound
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientRecord
from backend_client.model.ordinary_file import check_source
from backend_client.model.text import N_, clean, fold

LARGEST = 100 << 20
"""Bytes of a file that is read."""
HEADER_ROWS = 20
"""The titles stand in one of so many first rows."""
_TITLES: dict[str, tuple[str, ...]] = {
    "name": ("name", "client", "customer", "full name", "company", "company name", "назва", "найменування",
             "імʼя", "ім'я", "клієнт", "контрагент", "піб", "компанія", "название", "наименование", "имя", "клиент",
             "фио", "компания"),
    "numbers": ("phone", "phones", "number", "numbers", "telephone", "mobile", "tel", "телефон", "телефони", "номер",
                "номери", "мобільний", "моб", "телефоны", "номера", "мобильный", "тел"),
    "kind": ("kind", "type", "entity", "вид", "тип"),
    "persons": ("contact", "contact person", "contacts", "контактна особа", "контакт", "контактное лицо"),
    "responsible": ("responsible", "manager", "owner", "відповідальний", "менеджер", "ответственный"),
    "note": ("note", "notes", "comment", "примітка", "коментар", "нотатка", "примечание", "комментарий", "заметка"),
    "known_since": ("known since", "since", "registered", "created", "date", "відомий з", "дата", "створено",
                    "дата реєстрації", "известен с", "создан", "дата регистрации"),
}  # fmt: skip
"""What a column is called."""
_COMPANY = frozenset(
    {
        "company", "legal", "компанія", "юр. особа", "юрособа", "організація", "компания", "юр. лицо", "юрлицо",
        "организация",
    }
)  # fmt: skip
_COMPANY_FORMS = re.compile(r"^(тов|ооо|пп|чп|ат|оао|зао|пат|прат|llc|ltd|inc|gmbh)\b|\b(llc|ltd|inc|gmbh)\.?$")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y.%m.%d", "%d.%m.%y")


class ClientFile(Struct, frozen=True, kw_only=True):
    """What a file holds: its records, and the titles of columns that mean nothing to us."""

    records: tuple[ClientRecord, ...]
    ignored: tuple[str, ...] = ()


def read_client_file(path: Path, zone: ZoneInfo) -> ClientFile:
    """The clients of a file; days are those of `zone`.

    Raises NotFound, and Invalid for a file that is no such list or too large.
    """
    _check(path)
    if path.suffix.casefold() in (".vcf", ".vcard"):
        from backend_client.ingest.vcard import cards

        return ClientFile(records=tuple(cards(decoded(path.read_bytes()))))
    return _records(rows_of(path), zone, path)


def rows_of(path: Path) -> list[Sequence[Any]]:
    """The rows of a list in a CSV or XLSX file. Raises NotFound, and Invalid for one that is no such file."""
    _check(path)
    return _sheet(path) if path.suffix.casefold() in (".xlsx", ".xlsm") else _csv(_text_of(path))


def _check(path: Path) -> None:
    check_source(path)
    if not path.is_file():
        raise NotFound(N_("There is no file {path}."), path=str(path))
    if path.stat().st_size > LARGEST:
        raise Invalid(N_("The file {path} is too large for such a list."), path=str(path))


def _text_of(path: Path) -> str:
    return decoded(path.read_bytes())


def decoded(body: bytes) -> str:
    """Text of a file whose encoding nobody tells: by its mark, else UTF-8, else what Windows writes in Cyrillic."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1251", "replace")


def _csv(text: str) -> list[Sequence[Any]]:
    head = text[:4096]
    delimiter = max(";,\t|", key=head.count)
    # Its own refusal would lose the whole file: a cell too long is its row's affair.
    csv.field_size_limit(LARGEST)
    try:
        return list(csv.reader(text.replace("\x00", "").splitlines(keepends=True), delimiter=delimiter))
    except csv.Error as error:
        raise Invalid(N_("The file is no list that can be read: {reason}"), reason=str(error)) from error


def _sheet(path: Path) -> list[Sequence[Any]]:
    # 150 ms, and only an import needs it.
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid(N_("The file is no list that can be read: {reason}"), reason=str(error)) from error
    try:
        sheet = book.active
        return [] if sheet is None else [list(row) for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()


def _records(rows: Sequence[Sequence[Any]], zone: ZoneInfo, path: Path) -> ClientFile:
    for number, row in enumerate(rows[:HEADER_ROWS]):
        columns = [meaning_of(cell_text(value), _TITLES) for value in row]
        if "name" in columns:
            ignored = [
                cell_text(value)
                for value, meaning in zip(row, columns, strict=True)
                if not meaning and cell_text(value)
            ]
            body = enumerate(rows[number + 1 :], number + 2)
            found = (_record(place, values, columns, zone) for place, values in body)
            return ClientFile(records=tuple(one for one in found if one is not None), ignored=tuple(ignored))
    raise Invalid(
        N_("No column of {path} is a name."), N_("Give the columns titles such as Name, Phone, Note, Known since."),
        path=str(path),
    )  # fmt: skip


def meaning_of(title: str, known: Mapping[str, Iterable[str]]) -> str:
    """The field whose column is called so, in any of the languages; blank where it means nothing. `known`: how the
    column of each field may be called; a number after it ("phone 2") makes no difference."""
    # The numero sign goes first: folding makes letters of it.
    text = re.sub(r"[\s#:.*]*\d*$", "", fold(title.replace("№", " ")))
    return next((field for field, titles in known.items() if text in map(fold, titles)), "")


def cell_text(value: object) -> str:
    """A cell as text; a number that a spreadsheet keeps as one stays whole."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return clean(str(value), multiline=True)


def _record(row: int, values: Sequence[Any], columns: Sequence[str], zone: ZoneInfo) -> ClientRecord | None:
    """A row's client; None for a blank row."""
    cells: dict[str, list[str]] = {}
    for meaning, value in zip(columns, values, strict=False):
        if meaning and (text := cell_text(value)):
            cells.setdefault(meaning, []).append(text)
    if not cells:
        return None
    name = " ".join(cells.get("name", ()))
    return ClientRecord(
        row=row, name=name, kind=_kind(cells.get("kind", ()), name), numbers=_parted(cells.get("numbers", ())),
        persons=_parted(cells.get("persons", ())), responsible=" ".join(cells.get("responsible", ())),
        note="\n".join(cells.get("note", ())), known_since=_day(cells.get("known_since", ()), zone),
    )  # fmt: skip


def _parted(texts: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip() for text in texts for part in re.split(r"[,;\n|]", text))
    return tuple(dict.fromkeys(filter(None, parts)))


def _kind(texts: Iterable[str], name: str) -> ClientKind:
    said = [fold(text) for text in texts]
    if said:
        return ClientKind.COMPANY if said[0] in _COMPANY else ClientKind.PERSON
    return ClientKind.COMPANY if _COMPANY_FORMS.search(fold(name)) else ClientKind.PERSON


def _day(texts: Sequence[str], zone: ZoneInfo) -> int | None:
    """Local midnight of a day in any usual way of writing; None where there is none that can be read."""
    for text in texts:
        for pattern in _DATES:
            try:
                day = datetime.strptime(text.split(" ")[0].split("T")[0], pattern).date()
                return max(0, int(datetime.combine(day, time(), zone).timestamp()))
            except (ValueError, OverflowError):
                continue
    return None
