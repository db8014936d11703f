"""Keys: the same places on Latin, Russian and Ukrainian keyboards, and a person's own map."""

from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from tui import keymap
from tui.keymap import BoundKey


@pytest.mark.parametrize(
    ("pressed", "meant"),
    [
        ("ы", "s"), ("і", "s"), ("Ы", "S"), ("І", "S"), ("э", "apostrophe"), ("є", "apostrophe"),
        ("ъ", "right_square_bracket"), ("ї", "right_square_bracket"), ("ё", "grave_accent"), ("ґ", "backslash"),
        ("й", "q"), ("ctrl+ф", "ctrl+a"), ("cyrillic_small_letter_io", "grave_accent"), ("full_stop", "slash"),
    ],
)  # fmt: skip
def test_a_key_of_a_cyrillic_layout_is_the_latin_one_in_its_place(pressed: str, meant: str) -> None:
    assert keymap.latin_key(pressed) == meant


@pytest.mark.parametrize("key", ["s", "enter", "ctrl+p", "f5", "question_mark", "down", "7"])
def test_other_keys_stand_for_nothing_else(key: str) -> None:
    assert keymap.latin_key(key) is None


def test_every_letter_is_reached_from_both_layouts() -> None:
    for layout in ("йцукенгшщзхъфывапролджэячсмитьбю", "йцукенгшщзхїфівапролджєячсмитьбю"):
        assert {keymap.latin_key(letter) for letter in layout} >= set("abcdefghijklmnopqrstuvwxyz")


class Console(App[None]):
    pass


class Dialog(Screen[None]):
    pass


class Other(Screen[None]):
    pass


def bindings(**keys: str) -> dict[str, BoundKey]:
    return {name: BoundKey(Console, Binding(key, name, name, id=name)) for name, key in keys.items()}


def test_own_keys_replace_those_of_an_action() -> None:
    known = bindings(search="slash", quit="q")
    own = keymap.check({"search": ["f", "ctrl+f"]}, known)
    assert not own.problems
    assert keymap.effective(own.keys, known)["search"].keys == ("f", "ctrl+f")
    assert keymap.effective(own.keys, known)["quit"].keys == ("q",)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"serach": "f"}, "serach: there is no such action"),
        ({"search": "ctrl+nonsense"}, "search: there is no key ctrl+nonsense"),
        ({"search": "hypr+f"}, "search: there is no key hypr+f"),
        ({"search": 7}, "search: a key or a list of keys is wanted"),
        ({"search": []}, "search: a key or a list of keys is wanted"),
        ({"search": "q"}, "q is bound to both search and quit"),
    ],
)
def test_what_is_wrong_in_a_keymap_is_named(written: dict[str, object], told: str) -> None:
    assert keymap.check(written, bindings(search="slash", quit="q")).problems == (told,)


def test_a_screen_may_shadow_a_key_but_a_person_is_told() -> None:
    dialog = BoundKey(Dialog, Binding("q", "close", "close", id="close"))
    known = {**bindings(quit="q"), "close": dialog}
    assert not list(keymap.duplicates(known))
    assert keymap.check({"close": "q"}, known).problems == ("q is bound to both quit and close",)
    assert not keymap.check({"close": "w"}, known).problems


def test_two_screens_may_use_the_same_key() -> None:
    one, other = (BoundKey(place, Binding("w", "x", "x", id=place.__name__)) for place in (Dialog, Other))
    assert not list(keymap.duplicates({"Dialog": one, "Other": other}, {"Dialog"}))


def test_two_screens_that_a_third_is_made_of_may_not() -> None:
    class Both(Dialog, Other):
        pass

    known = {place.__name__: BoundKey(place, Binding("w", "x", "x", id=place.__name__)) for place in (Dialog, Other)}
    assert list(keymap.duplicates(known, {"Dialog"})) == [("Dialog", "Other", "w")], Both
    period = keymap.check({"call.comment": "d"}, keymap.all_bindings()).problems
    assert "d is bound to both call.comment and filter.period" in period


def test_a_file_that_is_no_toml_is_told_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "keymap.toml"
    file.write_text("search = [")
    own = keymap.load(file)
    assert not own.keys
    assert str(file) in own.problems[0]


def test_every_binding_of_the_console_can_be_named_and_explains_itself() -> None:
    for identifier, bound in keymap.all_bindings().items():
        assert bound.binding.description, identifier
        assert bound.binding.tooltip, identifier
    assert not [bound for bound in keymap.bound_keys() if not bound.binding.id and not bound.binding.system]


def test_no_key_has_two_meanings_in_one_place() -> None:
    assert not list(keymap.duplicates(keymap.all_bindings()))


def test_no_action_hangs_on_a_key_that_some_terminals_keep_for_themselves() -> None:
    kept = {f"f{number}" for number in range(1, 13)} | {f"ctrl+{letter}" for letter in "jsbohim"}
    for identifier, bound in keymap.all_bindings().items():
        assert [key for key in bound.keys if key not in kept and "alt+" not in key], identifier
