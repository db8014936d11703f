"""Messages with fields."""

from __future__ import annotations

from typing import Any, ClassVar, dataclass_transform

from textual.message import Message


@dataclass_transform()
class FieldMessage(Message):
    """A message whose annotations are its fields, as those of a dataclass are. Making a dataclass takes up to a
    millisecond, and a start makes some thirty kinds of messages."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._fields = (*cls._fields, *cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()
        self.__dict__.update(zip(self._fields, values, strict=False), **named)
