"""Messages with fields, as screens and widgets send them."""

from __future__ import annotations

from screens.message import FieldMessage


class Placed(FieldMessage):
    row: int
    last: bool = False


class Named(Placed):
    name: str = ""


def test_fields_are_given_by_place_or_by_name_or_left_as_they_are() -> None:
    assert [(m.row, m.last) for m in (Placed(1), Placed(2, True), Placed(row=3, last=True))] == [
        (1, False), (2, True), (3, True),
    ]  # fmt: skip
    more = Named(4, False, "Olena")
    assert (more.row, more.last, more.name) == (4, False, "Olena")


def test_each_is_told_to_its_own_handler() -> None:
    assert (Placed.handler_name, Named.handler_name) == ("on_placed", "on_named")
