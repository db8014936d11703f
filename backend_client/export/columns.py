"""The columns of an export: what each is called, of what type it is, and where it stands in a row.

The dialog and `pult calls` share them. The price stands in a call's details only, so no export can leak a masked one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct

from backend_client.errors import Invalid
from backend_client.model.call import Call, Mark, Party
from backend_client.model.status import HungUpBy, WireEnum
from backend_client.model.text import N_

Value = str | int | bool | WireEnum | tuple[str, ...] | None


class ColumnType(Enum):
    """How a format writes it."""

    TEXT = "text"
    WORD = "word"
    """A value of an enum: its code, or its word in the reader's language."""
    TEXTS = "texts"
    INTEGER = "integer"
    INSTANT = "instant"
    """UTC epoch seconds, written as local time of the call centre."""
    SPAN = "span"
    """Seconds."""
    YES_NO = "yes-no"


class Column(Struct, frozen=True):
    """`id` is its name in JSON and `--columns`, `title` an English msgid."""

    id: str
    title: str
    type: ColumnType
    value: Callable[[Any], Value]


def _marked(mark: Mark) -> Callable[[Call], bool]:
    return lambda call: bool(call.marks & mark)


def _party(party: Party) -> str:
    """Name and number or address of one side of a call."""
    if party.name and party.address and party.name != party.address:
        return f"{party.name} ({party.address})"
    return party.name or party.address


def _hung_up_by(call: Call) -> Value:
    said = (HungUpBy.CALLER, HungUpBy.CALLEE)
    return call.hung_up_by if call.hung_up_by in said else None


T = ColumnType
COLUMNS: dict[str, Column] = {
    column.id: column
    for column in (
        Column("id", N_("Id"), T.INTEGER, lambda call: call.id),
        Column("start", N_("Start"), T.INSTANT, lambda call: call.start),
        Column("answered", N_("Answered at"), T.INSTANT, lambda call: call.answered),
        Column("ended", N_("End"), T.INSTANT, lambda call: call.ended),
        Column("direction", N_("Direction"), T.WORD, lambda call: call.direction),
        Column("status", N_("Status"), T.WORD, lambda call: call.shown_status),
        Column("client", N_("Client"), T.TEXT, lambda call: call.client),
        Column("number", N_("Number"), T.TEXT, lambda call: call.number),
        Column("from", N_("From"), T.TEXT, lambda call: _party(call.caller)),
        Column("to", N_("To"), T.TEXT, lambda call: _party(call.callee)),
        Column("employees", N_("Employees"), T.TEXTS, lambda call: tuple(e.name for e in call.employees)),
        Column("application", N_("Application"), T.TEXT, lambda call: call.application),
        Column("line", N_("Line"), T.TEXT, lambda call: call.line),
        Column("channel", N_("Channel"), T.TEXT, lambda call: call.channel),
        Column("wait", N_("Wait"), T.SPAN, lambda call: call.wait),
        Column("queue_wait", N_("Wait in queue"), T.SPAN, lambda call: call.queue_wait),
        Column("talk", N_("Talk"), T.SPAN, lambda call: call.talk),
        Column("total", N_("Total"), T.SPAN, lambda call: call.total),
        Column("hung_up_by", N_("Hung up by"), T.WORD, _hung_up_by),
        Column("result", N_("Call result"), T.TEXT, lambda call: call.result),
        Column("comment", N_("Comment"), T.TEXT, lambda call: call.comment),
        Column("new", N_("New number"), T.YES_NO, _marked(Mark.NEW)),
        Column("first_contact", N_("First contact"), T.YES_NO, _marked(Mark.FIRST_CONTACT)),
        Column("lost", N_("Lost"), T.YES_NO, _marked(Mark.LOST)),
        Column("attention", N_("Needs attention"), T.YES_NO, _marked(Mark.ATTENTION)),
        Column("settles", N_("Call-back"), T.YES_NO, _marked(Mark.SETTLES)),
        Column("settled_by", N_("Called back by call"), T.INTEGER, lambda call: call.settled_by or None),
        Column("recording", N_("Recording"), T.YES_NO, _marked(Mark.RECORDING)),
        Column("by_hand", N_("By hand"), T.YES_NO, _marked(Mark.BY_HAND)),
    )
}
"""In the order in which they are written."""


def columns_named(names: Iterable[str], columns: Mapping[str, Column] = COLUMNS) -> tuple[Column, ...]:
    """The columns of these ids, in their order; none asks for all. Raises Invalid for an id that is none."""
    wanted = tuple(names)
    for name in wanted:
        if name not in columns:
            raise Invalid(
                N_("There is no column “{column}”."),
                N_("Columns: {allowed}."),
                column=name,
                allowed=", ".join(columns),
            )
    return tuple(columns[name] for name in wanted or columns)
