"""Filters ↔ text: the one grammar of the search line, of commands, URLs, saved views and drill-downs.

    family:missed employee:olena period:last-7-days talk:10..60 petrenko

`key:value,value` narrows by a field (filter_options has them all); values of a field are alternatives, fields
narrow each other. Whatever has no key is the search, as typed; a search that is one quoted text may hold
anything, with \\u{hex} for what cannot be printed. An unknown key or value is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.filter_field import WEEKDAYS, FieldKind, Filter, FilterField
from backend_client.model.filter_options import NAMED_STATUSES, fields_by_key, fields_of
from backend_client.model.filter_token import KeyToken, Value, WordToken, bare_or_quoted, quote, tokens
from backend_client.model.filter_value import (
    ids_of,
    numbers_of,
    period_of,
    period_text,
    span_of,
    span_text,
    text_of,
    value_error,
)
from backend_client.model.status import Direction, Family, Name
from backend_client.model.text import N_, clean


def to_text(filter: Struct) -> str:
    """The canonical text of a filter: one printable line, equal for equal filters; `from_text` reads it."""
    return " ".join(_field_text(filter, field) for field in fields_of(type(filter)) if field.is_set(filter))


def from_text(text: str, directories: Directories | None = None) -> CallFilter:
    """Read a filter of calls, as `read_filter` does."""
    return read_filter(CallFilter, text, directories)


def read_filter(kind: type[Filter], text: str, directories: Directories | None = None) -> Filter:
    """Read a filter. Names of employees, lines, channels, regions, results are looked up in `directories`.

    Raises Invalid that names the key or value, its place and what may stand there: for what it does not know,
    a name that means nobody or several, a range that ends before it begins, a field asked for and denied.
    """
    parts = tokens(clean(text))
    found: dict[str, Any] = {}
    for token in parts:
        if isinstance(token, KeyToken):
            _read(kind, token, found, directories)
    found["search"] = search_of([token for token in parts if isinstance(token, WordToken)])
    return kind(**found)


def search_of(words: Sequence[WordToken]) -> str:
    """The search that words make: as typed, but one quoted text is what it quotes."""
    if len(words) == 1 and words[0].quoted:
        return words[0].text
    return " ".join(word.raw for word in words)


def _field_text(filter: Struct, field: FilterField) -> str:
    value = getattr(filter, field.attributes[0])
    match field.kind:
        case FieldKind.PERIOD:
            return f"{field.key}:{period_text(value)}"
        case FieldKind.FLAG:
            return f"{field.key if value else field.negative}:{field.word}"
        case FieldKind.SWITCH:
            return f"{field.key}:{field.word}"
        case FieldKind.CHOICE:
            return f"{field.key}:{','.join(value)}"
        case FieldKind.IDS:
            return f"{field.key}:{','.join(f'#{number}' for number in value)}"
        case FieldKind.TEXTS:
            return f"{field.key}:{','.join(bare_or_quoted(text) for text in value)}"
        case FieldKind.NUMBERS:
            return f"{field.key}:{_runs(value, WEEKDAYS if field.name == 'weekdays' else ())}"
        case FieldKind.SPAN:
            low, high = (getattr(filter, attribute) for attribute in field.attributes)
            return f"{field.key}:{span_text(low, high)}"
        case FieldKind.SEARCH:
            return _search_text(value)


def _search_text(search: str) -> str:
    if search.isprintable() and ":" not in search:
        try:
            words = [token for token in tokens(search) if isinstance(token, WordToken)]
        except Invalid:
            return quote(search)
        if search_of(words) == search:
            return search
    return quote(search)


def _runs(numbers: Sequence[int], names: Sequence[str]) -> str:
    """1,2,3,4,7 as 1..4,7: only three or more that follow each other are worth a range."""
    parts: list[str] = []
    place = 0
    while place < len(numbers):
        end = place
        while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
            end += 1
        run = [names[number - 1] if names else str(number) for number in numbers[place : end + 1]]
        parts += [f"{run[0]}..{run[-1]}"] if len(run) > 2 else run
        place = end + 1
    return ",".join(parts)


def _read(kind: type[Struct], token: KeyToken, found: dict[str, Any], directories: Directories | None) -> None:
    fields = fields_by_key(kind).get(token.key)
    if fields is None:
        raise Invalid(
            N_("There is no filter field “{key}” (character {at})."),
            N_("Fields: {allowed}. To search for it as text, put it in quotes."),
            key=token.key,
            at=token.at,
            allowed=", ".join(fields_by_key(kind)),
        )
    if any(field.kind in (FieldKind.FLAG, FieldKind.SWITCH) for field in fields):
        shorthands = _SHORTHANDS if kind is CallFilter and token.key == "is" else {}
        for value in token.values:
            _read_word(token, value, fields, found, shorthands)
        return
    field = fields[0]
    if field.kind is FieldKind.PERIOD or field.kind is FieldKind.SPAN:
        if len(token.values) > 1 or any(attribute in found for attribute in field.attributes):
            raise Invalid(
                N_("“{key}” takes one value and is given several (character {at})."),
                key=token.key,
                at=token.at,
            )
        if field.kind is FieldKind.PERIOD:
            found[field.name] = period_of(token.values[0])
        else:
            found.update(zip(field.attributes, span_of(token.values[0], field), strict=True))
        return
    values = found.get(field.name, ())
    found[field.name] = values + tuple(
        member for value in token.values for member in _members(field, value, directories)
    )


def _members(field: FilterField, value: Value, directories: Directories | None) -> tuple[Any, ...]:
    match field.kind:
        case FieldKind.CHOICE:
            assert field.enum is not None
            word = value.text.casefold()
            if word not in field.values:
                raise value_error(field.key, value, field.values)
            return (field.enum(word),)
        case FieldKind.IDS:
            return ids_of(value, field, directories)
        case FieldKind.NUMBERS:
            return numbers_of(value, field)
        case _:
            return (text_of(value, field, directories),)


_SHORTHANDS: dict[str, CallFilter] = {
    **{name.value: asked for name, asked in NAMED_STATUSES.items() if name is not Name.LOST},
    **{family.value: CallFilter(families=(family,)) for family in Family if family is not Family.UNKNOWN},
    **{way.value: CallFilter(directions=(way,)) for way in Direction if way is not Direction.UNKNOWN},
}
"""What `is:` takes beside flags: `is:missed` is family:missed, `is:in` direction:in, `is:no-reply` a name of S4."""


def _read_word(
    token: KeyToken,
    value: Value,
    fields: tuple[FilterField, ...],
    found: dict[str, Any],
    shorthands: dict[str, CallFilter],
) -> None:
    word = value.text.casefold()
    if word in shorthands:
        for name in ("directions", "families", "statuses"):
            members = (*found.get(name, ()), *getattr(shorthands[word], name))
            found[name] = tuple(dict.fromkeys(members))
        lost = shorthands[word].lost
        if lost is not None and found.setdefault("lost", lost) is not lost:
            raise _denied(word, value)
        return
    field = next((field for field in fields if field.word == word), None)
    if field is None:
        allowed = [field.word for field in fields] + list(shorthands)
        raise value_error(token.key, value, allowed)
    asked = token.key == field.key
    if found.setdefault(field.name, asked) is not asked:
        raise _denied(word, value)


def _denied(word: str, value: Value) -> Invalid:
    return Invalid(
        N_("“{word}” is asked for and denied at once (character {at})."),
        N_("Keep one of the two."),
        word=word,
        at=value.at,
    )
