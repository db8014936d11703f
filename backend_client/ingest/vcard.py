"""Clients out of vCards of any version (2.1, RFC 2426 and RFC 6350): name, organisation, telephones, note.

Somebody at an organisation becomes a contact person of it. Cards 2.1 are what older telephones write: quoted-printable
texts in a charset of their own, with a soft break at the end of a line where the text goes on.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator

from msgspec import Struct

from backend_client.model.call_filter import ClientKind
from backend_client.model.client import ClientFate, ClientRecord, RecordFate
from backend_client.model.text import N_, clean, fold

_ESCAPED = re.compile(r"\\([nN,;:\\])")
_PARTED = re.compile(r"(?<!\\);")


class _Property(Struct, frozen=True):
    """A line of a card: its name, what is said of it in parameters (as upper-case words), and its value."""

    name: str
    parameters: frozenset[str]
    value: str


def cards(text: str) -> Iterator[ClientRecord | RecordFate]:
    """The clients of a file, and what became of cards that are cut off; `row` is the line on which a card begins."""
    properties: list[_Property] = []
    first = 0
    for number, line in _lines(text):
        found = _property(line)
        if found.name == "BEGIN":
            if properties:
                yield _cut_off(first)
            properties, first = [], number
        elif found.name == "END":
            yield _record(first, properties)
            properties = []
        elif found.value.strip():
            properties.append(found)
    if properties:
        yield _cut_off(first)


def _cut_off(row: int) -> RecordFate:
    return RecordFate(row=max(row, 1), fate=ClientFate.REJECTED, reason=N_("The card that begins here never ends."))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first one: a line goes on in the next where that begins with a space, or
    after a soft break of a quoted-printable text."""
    whole, first = "", 0
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        quoted = "QUOTED-PRINTABLE" in whole.partition(":")[0].upper()
        if whole and quoted and whole.endswith("="):
            whole = whole[:-1] + line
        elif whole and line[:1] in (" ", "\t") and not quoted:
            whole += line[1:]
        else:
            if whole:
                yield first, whole
            whole, first = line, number
    if whole:
        yield first, whole


def _property(line: str) -> _Property:
    """Groups ("item1.TEL") are of no account; a colon in a quoted parameter is none."""
    parted = re.match(r'((?:"[^"]*"|[^":])*):(.*)', line)
    title, value = (parted[1], parted[2]) if parted else (line, "")
    name, *parameters = title.upper().split(";")
    said = frozenset(word.strip(' "') for parameter in parameters for word in re.split("[=,]", parameter))
    if "QUOTED-PRINTABLE" in said:
        charset = next((one.partition("=")[2] for one in parameters if one.startswith("CHARSET=")), "")
        value = _decoded(quopri.decodestring(value.encode("utf-8", "replace")), charset)
    return _Property(name.rpartition(".")[2].strip(), said, value)


def _decoded(body: bytes, charset: str) -> str:
    for name in (charset.strip(' "') or "utf-8", "utf-8", "cp1251"):
        try:
            return body.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("utf-8", "replace")


def _plain(value: str) -> str:
    text = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return clean(text, multiline=True)


def _parts(value: str) -> list[str]:
    """The parts of a value that semicolons part."""
    return [clean(_plain(part)) for part in _PARTED.split(value)]


def _record(row: int, properties: list[_Property]) -> ClientRecord:
    def values(name: str) -> list[str]:
        return [one.value for one in properties if one.name == name]

    organisation = ", ".join(filter(None, _parts(values("ORG")[0]))) if values("ORG") else ""
    name = clean(_plain(values("FN")[0])) if values("FN") else _given_name(values("N"))
    company = any(fold(kind) == "org" for kind in values("KIND")) or (bool(organisation) and organisation == name)
    texts = [value.strip().removeprefix("tel:").partition(";")[0] for value in values("TEL")]
    numbers = tuple(dict.fromkeys(filter(None, map(clean, texts))))
    note = "\n".join(filter(None, map(_plain, values("NOTE"))))
    if organisation and name and not company:
        return ClientRecord(
            row=row, name=organisation, kind=ClientKind.COMPANY, numbers=numbers, persons=(name,), note=note
        )
    kind = ClientKind.COMPANY if company or not name else ClientKind.PERSON
    return ClientRecord(row=row, name=name or organisation, kind=kind, numbers=numbers, note=note)


def _given_name(values: list[str]) -> str:
    """The name out of its parts: family, given and middle name."""
    parts = _parts(values[0]) if values else []
    return " ".join(filter(None, parts[:3]))
