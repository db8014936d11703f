"""A field of a filter: how it is written, picked and taken away. Each kind of filter has a table of them."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from msgspec import Struct, structs

from backend_client.model.period import Preset
from backend_client.model.status import WireEnum

Filter = TypeVar("Filter", bound=Struct)
"""A frozen struct that asks nothing by default."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday n (Monday is 1) is WEEKDAYS[n - 1]."""


class FieldKind(Enum):
    """How a field is written and picked."""

    PERIOD = "period"
    FLAG = "flag"
    """`bool | None`: has it, has it not, not asked. Written `is:word` and `not:word`, or with/without."""
    SWITCH = "switch"
    """`bool` that is off until asked. Written `key:word`."""
    CHOICE = "choice"
    """Several of an enum."""
    IDS = "ids"
    """Several entries of a directory, by id."""
    TEXTS = "texts"
    NUMBERS = "numbers"
    """Several small integers between `low` and `high`."""
    SPAN = "span"
    """Two attributes, name_from and name_to: seconds, both ends included, None is open."""
    SEARCH = "search"


class FilterField(Struct, frozen=True, kw_only=True):
    """One field. `key` is its word in filter text, `word` the value that a flag or a switch has there."""

    name: str
    key: str
    kind: FieldKind
    title: str
    help: str
    word: str = ""
    negative: str = ""
    """Key of a flag that is denied: "not" or "without"."""
    enum: type[WireEnum] | None = None
    directory: str = ""
    """Attribute of `Directories` that its ids or texts belong to; blank where they stand in none (clients)."""
    low: int = 0
    high: int = 0

    @property
    def attributes(self) -> tuple[str, ...]:
        """Attributes of the filter that it covers."""
        if self.kind is FieldKind.SPAN:
            return (f"{self.name}_from", f"{self.name}_to")
        return (self.name,)

    @property
    def values(self) -> tuple[str, ...]:
        """The closed list of what may be written after the key; () where it is open."""
        if self.kind in (FieldKind.FLAG, FieldKind.SWITCH):
            return (self.word,)
        if self.enum is not None:
            return tuple(value.value for value in self.enum if value.value != "unknown")
        return WEEKDAYS if self.name == "weekdays" else ()

    @property
    def option(self) -> str:
        """Its long option of a command, without the dashes."""
        return self.word or self.key

    def is_set(self, filter: Struct) -> bool:
        """Whether the filter asks anything of this field."""
        return not self.same(filter, type(filter)())

    def same(self, filter: Struct, other: Struct) -> bool:
        """Whether both ask the same of this field."""
        return all(getattr(filter, a) == getattr(other, a) for a in self.attributes)

    def cleared(self, filter: Filter, home: Filter | None = None) -> Filter:
        """The filter with nothing asked of this field, or what `home` asks of it."""
        wanted = type(filter)() if home is None else home
        return structs.replace(filter, **{a: getattr(wanted, a) for a in self.attributes})


def flag(name: str, word: str, title: str, help: str, key: str = "is", negative: str = "not") -> FilterField:
    """A field that is there, is not there, or is not asked for."""
    return FilterField(name=name, key=key, negative=negative, word=word, kind=FieldKind.FLAG, title=title, help=help)


def choice(name: str, key: str, enum: type[WireEnum], title: str, help: str) -> FilterField:
    """Some values of an enum."""
    return FilterField(name=name, key=key, kind=FieldKind.CHOICE, enum=enum, title=title, help=help)


def ids(name: str, key: str, directory: str, title: str, help: str) -> FilterField:
    """Some entries of a directory."""
    return FilterField(name=name, key=key, kind=FieldKind.IDS, directory=directory, title=title, help=help)


def numbers(name: str, low: int, high: int, title: str, help: str) -> FilterField:
    """Some small integers."""
    return FilterField(name=name, key=name, kind=FieldKind.NUMBERS, low=low, high=high, title=title, help=help)


def switch(name: str, key: str, word: str, title: str, help: str) -> FilterField:
    """A field that is off until asked."""
    return FilterField(name=name, key=key, word=word, kind=FieldKind.SWITCH, title=title, help=help)


def texts(name: str, key: str, title: str, help: str, directory: str = "") -> FilterField:
    """Some texts."""
    return FilterField(name=name, key=key, kind=FieldKind.TEXTS, directory=directory, title=title, help=help)


def span(name: str, key: str, title: str, help: str) -> FilterField:
    """From so many seconds to so many."""
    return FilterField(name=name, key=key, kind=FieldKind.SPAN, title=title, help=help)


def period(name: str, key: str, title: str, help: str) -> FilterField:
    """Days in local time."""
    return FilterField(name=name, key=key, kind=FieldKind.PERIOD, enum=Preset, title=title, help=help)


def search(title: str, help: str) -> FilterField:
    """The text that is written without a key; the last of a table."""
    return FilterField(name="search", key="search", kind=FieldKind.SEARCH, title=title, help=help)
