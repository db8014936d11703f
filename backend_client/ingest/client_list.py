"""Lists of clients out of CSV, XLSX and vCard files, as records for `Backend.import_clients`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.ingest.list_rows import HEADER_ROWS, ListRow, cell_text, check_list, meaning_of, rows_of
from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientFate, ClientRecord, RecordFate
from backend_client.model.text import N_, fold

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
    """What a file holds: its records, the lines that can be none, and the titles of columns that mean nothing to us."""

    records: tuple[ClientRecord, ...]
    refused: tuple[RecordFate, ...] = ()
    ignored: tuple[str, ...] = ()


def read_client_file(path: Path, zone: ZoneInfo) -> ClientFile:
    """The clients of a file; days are those of `zone`.

    Raises NotFound, and Invalid for a file that is no such list or too large.
    """
    check_list(path)
    if path.suffix.casefold() in (".vcf", ".vcard"):
        return _cards(path)
    return _records(rows_of(path, _TITLES), zone, path)


def _cards(path: Path) -> ClientFile:
    from backend_client.ingest.vcard import cards

    found = list(cards(decoded(path.read_bytes())))
    if not found:
        raise Invalid(N_("There is no card in {path}."), N_("A card begins with BEGIN:VCARD."), path=str(path))
    return ClientFile(
        records=tuple(one for one in found if isinstance(one, ClientRecord)),
        refused=tuple(one for one in found if isinstance(one, RecordFate)),
    )


def decoded(body: bytes) -> str:
    """Text of a file whose encoding nobody tells: by its mark, else UTF-8, else what Windows writes in Cyrillic."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1251", "replace")


def _records(rows: Sequence[ListRow], zone: ZoneInfo, path: Path) -> ClientFile:
    for number, row in enumerate(rows[:HEADER_ROWS], 1):
        columns = [meaning_of(cell_text(value), _TITLES) for value in row.cells]
        if "name" in columns:
            titles = [cell_text(value) for value in row.cells]
            broken = [one for one in rows[number:] if one.broken]
            found = (_record(one.line, one.cells, columns, zone) for one in rows[number:])
            return ClientFile(
                records=tuple(one for one in found if one is not None),
                refused=tuple(
                    RecordFate(row=one.line, fate=ClientFate.REJECTED, reason=one.broken) for one in broken
                ),
                ignored=tuple(title for title, field in zip(titles, columns, strict=True) if title and not field),
            )  # fmt: skip
    raise Invalid(
        N_("No column of {path} is a name."), N_("Give the columns titles such as Name, Phone, Note, Known since."),
        path=str(path),
    )  # fmt: skip


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
