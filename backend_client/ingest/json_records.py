"""Call records as JSON objects: fields by name to rows of one layout, for JSON lines and for amoCRM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from backend_client.errors import Invalid
from backend_client.ingest.layouts import field_of_title
from backend_client.ingest.profile import FIELDS
from backend_client.ingest.rows import CHUNK, LINE_LIMIT, read_head
from backend_client.model.text import N_, clean

_decoder = msgspec.json.Decoder()
NAMES = {
    "id": "uniqueid", "from": "src", "to": "dst", "from_name": "cnam", "recording": "recordingfile", "talk": "billsec",
    "linked_id": "linkedid", "hung_up_by": "hungup", "line": "channel",
}  # fmt: skip
"""Shorter names for fields, as a webhook's relay would write them."""


def field_of(name: str) -> str:
    """The field that an object's member fills; blank where none."""
    return NAMES.get(name.lower()) or field_of_title(name)


def decode(data: bytes | str) -> object:
    """A JSON value. Raises ValueError for what is none."""
    try:
        value: object = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    return value


def row_of(record: dict[str, object]) -> list[str]:
    """The record's values in the order of `FIELDS`; what is no text or number says nothing."""
    values = dict.fromkeys(FIELDS, "")
    for name, value in record.items():
        field = field_of(name)
        if field and not values[field]:
            values[field] = text_of(value)
    return list(values.values())


def text_of(value: object) -> str:
    """A member's value as text; blank for lists, objects and null."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def lines_of(path: Path) -> Iterator[tuple[int, bytes | None, int, bool]]:
    """(number, line, bytes read, whether it has its end) of a text of lines; None for one that is too long."""
    read_head(path)
    position = number = 0
    with path.open("rb", buffering=CHUNK) as file:
        while line := file.readline(LINE_LIMIT + 1):
            number += 1
            whole = line.endswith(b"\n")
            position += len(line)
            if len(line) > LINE_LIMIT and not whole:
                while (rest := file.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                    position += len(rest)
                position += len(rest)
                yield number, None, position, True
                continue
            yield number, line, position, whole


def read_document(path: Path, limit: int) -> object:
    """The whole of a JSON file. Raises Invalid for one over `limit` bytes, or that is no JSON."""
    name = clean(str(path))
    read_head(path)
    if path.stat().st_size > limit:
        raise Invalid(
            N_("{path} is too large to be read as one JSON document ({limit} MB at most)."),
            N_("Write it as JSON lines, one call a line."),
            path=name, limit=limit // 1_000_000,
        )  # fmt: skip
    try:
        return decode(path.read_bytes())
    except ValueError as error:
        raise Invalid(N_("{path} is no valid JSON: {why}."), path=name, why=clean(str(error))) from error


def objects_of(value: object) -> Iterable[object]:
    """The list of calls in a document: the list itself, or inside _embedded or calls, as amoCRM's answers have it."""
    if isinstance(value, dict):
        inner = value.get("_embedded", value)
        if isinstance(inner, dict):
            inner = inner.get("calls", [value])
        value = inner
    return value if isinstance(value, list) else []
