"""Keys: what is bound to what, the person's own keymap file, and the same keys in Cyrillic layouts."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character
from textual.screen import Screen

from screens.language import _
from tui import places

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?~"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбю.ёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё"
_UKRAINIAN = "йцукенгшщзхїфівапролджєячсмитьбю.'ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮ,₴"
_ELSEWHERE = {"ґ": "\\", "Ґ": "|"}
"""On a Ukrainian keyboard beside Enter."""

_LATIN_OF = {
    cyrillic: latin for layout in (_RUSSIAN, _UKRAINIAN) for cyrillic, latin in zip(layout, _LATIN, strict=True)
} | _ELSEWHERE


def latin_key(key: str) -> str | None:
    """The key of a Latin keyboard that stands where this one stands in a Russian or Ukrainian layout.

    "ы" and "і" are both "s", "ctrl+ф" is "ctrl+a"; None where nothing differs. The bindings ask for the key
    itself first, so a sign that both layouts have somewhere ("." or ",") is never taken from its own binding.
    """
    *modifiers, last = key.split("+")
    character = last if len(last) == 1 else key_to_character(last)
    latin = _LATIN_OF.get(character or "")
    return None if latin is None else "+".join((*modifiers, key_name(latin)))


def key_name(key: str) -> str:
    """Textual's name of a key that may be written as its character ("?" is "question_mark")."""
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else KEY_NAME_REPLACEMENTS.get(key, key)


class BoundKey(NamedTuple):
    """A binding as it stands in the code, and the class that has it."""

    owner: type[DOMNode]
    binding: Binding

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of the binding, by Textual's names."""
        return tuple(key_name(key.strip()) for key in self.binding.key.split(","))


def all_bindings() -> dict[str, BoundKey]:
    """The bindings of the console by their ids."""
    return {bound.binding.id: bound for bound in bound_keys() if bound.binding.id}


def bound_keys() -> Iterator[BoundKey]:
    """Every binding of the console. Imports all screens: not for the way to the first paint."""
    import importlib
    import pkgutil

    import screens
    from tui.app import PultApp

    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)
    ours = [node for node in _subclasses(DOMNode) if node is PultApp or node.__module__.startswith("screens.")]
    for owner in sorted(ours, key=lambda node: (node is not PultApp, node.__module__, node.__name__)):
        for binding in vars(owner).get("BINDINGS", ()):
            yield BoundKey(owner, binding if isinstance(binding, Binding) else Binding(*binding))


def _subclasses(base: type[DOMNode]) -> set[type[DOMNode]]:
    children = set(base.__subclasses__())
    return children.union(*(_subclasses(child) for child in children))


class Keymap(NamedTuple):
    """The person's own keys by binding id, and what is wrong with them."""

    keys: Mapping[str, str]
    problems: tuple[str, ...] = ()


def load(path: Path | None = None) -> Keymap:
    """Read the keymap file, a TOML table of binding id → key or list of keys; none is an empty one.

    What is wrong is told, and left out; the rest holds.
    """
    path = path or places.keymap_file()
    try:
        import tomllib

        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Keymap({})
    except (OSError, ValueError) as error:
        return Keymap({}, (_("{path} cannot be read: {reason}").format(path=path, reason=error),))
    return check(written, all_bindings())


def check(written: Mapping[str, object], known: Mapping[str, BoundKey]) -> Keymap:
    """What of a keymap file holds: known ids, known keys, and no key twice in one place."""
    keys: dict[str, str] = {}
    problems = []
    for identifier, value in written.items():
        wished = [value] if isinstance(value, str) else value
        if identifier not in known:
            problems.append(_("{id}: there is no such action").format(id=identifier))
        elif not isinstance(wished, list) or not all(isinstance(key, str) for key in wished) or not wished:
            problems.append(_("{id}: a key or a list of keys is wanted").format(id=identifier))
        elif unknown := [key for key in wished if not _is_key(key)]:
            problems.append(_("{id}: there is no key {key}").format(id=identifier, key=", ".join(unknown)))
        else:
            keys[identifier] = ",".join(key_name(key) for key in wished)
    doubles = duplicates(effective(keys, known), keys)
    for first, second, key in doubles:
        problems.append(_("{key} is bound to both {first} and {second}").format(key=key, first=first, second=second))
    return Keymap(keys, tuple(problems))


def effective(keys: Mapping[str, str], known: Mapping[str, BoundKey]) -> dict[str, BoundKey]:
    """The bindings with the person's keys in place of the code's."""
    return {
        identifier: bound._replace(binding=bound.binding.with_key(keys.get(identifier, bound.binding.key)))
        for identifier, bound in known.items()
    }


def duplicates(bindings: Mapping[str, BoundKey], changed: Container[str] = ()) -> Iterator[tuple[str, str, str]]:
    """Pairs of ids, with the key, that are pressed in the same place.

    The code's own keys clash within one class only: a screen that shadows its base or the application means it.
    A key that a person `changed` clashes with whatever may be on the screen at the same time, too.
    """
    seen: list[tuple[str, str, type[DOMNode]]] = []
    for identifier, bound in bindings.items():
        for key in bound.keys:
            for other, other_key, owner in seen:
                if key != other_key or other == identifier:
                    continue
                by_person = identifier in changed or other in changed
                if owner is bound.owner or (by_person and _meet(owner, bound.owner)):
                    yield other, identifier, key
            seen.append((identifier, key, bound.owner))


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Whether keys of both may be in force at once: the application's, a widget's, or those that a screen inherits."""
    if not (issubclass(one, Screen) and issubclass(other, Screen)):
        return True
    return any(issubclass(screen, other) for screen in (one, *_subclasses(one)))


def _is_key(key: str) -> bool:
    """A character, or a name that Textual gives a key, with any modifiers before it."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not set(modifiers) <= {"ctrl", "shift", "alt", "super", "hyper", "meta"}:
        return False
    if len(last) == 1:
        return last.isprintable()
    return last in _NAMED_KEYS or key_to_character(last) is not None


_NAMED_KEYS: frozenset[str] = frozenset(str(key.value) for key in Keys)


def sheet(bindings: Iterable[BoundKey]) -> list[tuple[str, str, str]]:
    """Rows of the sheet of keys: id, keys as they are shown, what they do."""
    from textual.keys import format_key

    return [
        (
            bound.binding.id or "",
            " ".join(bound.binding.key_display or format_key(key) for key in bound.keys),
            _(bound.binding.description),
        )
        for bound in bindings
    ]
