"""JSON for programs: every field stands in it. On the wire those at their default are left out."""

from __future__ import annotations

import msgspec


def whole_json(value: object) -> bytes:
    """A struct, or a sequence of structs, with all its fields."""
    return msgspec.json.encode(_whole(value))


def _whole(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        return {name: _whole(getattr(value, field)) for name, field in names}
    if isinstance(value, tuple | list):
        return [_whole(one) for one in value]
    return value
