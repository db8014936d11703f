"""Pastes, however the terminal cuts them into pieces."""

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from tui.pasting import Pastes

BEGIN, END = "\x1b[200~", "\x1b[201~"


def passed(*pieces: str) -> str:
    pastes = Pastes()
    return "".join(pastes.pass_on(piece) for piece in pieces)


def test_keys_pass_untouched_and_at_once() -> None:
    pastes = Pastes()
    for key in ("j", "\x1b", "\x1b[2", "4~", "\x1b[A", "\x1b[200", "\r", "\x1b[<35;1;1M"):
        assert pastes.pass_on(key) == key


def test_a_paste_keeps_its_lines_and_loses_what_commands() -> None:
    assert passed(f"{BEGIN}a\x1b[31mb\x07\x9bc\n\td\x7f{END}x") == f"{BEGIN}a[31mbc\n\td{END}x"


def test_what_is_pasted_arrives_as_text_and_not_as_keys() -> None:
    parser = XTermParser()
    pasted, key = parser.feed(passed(f"{BEGIN}zz\x1b[31mll\x1b{END}q"))
    assert isinstance(pasted, events.Paste)
    assert pasted.text == "zz[31mll"
    assert isinstance(key, events.Key)


@given(st.lists(st.sampled_from([BEGIN, END, "\x1b", "\x1b[20", "ж", "1~", "\r", "\x1b[31m"])), st.data())
def test_pieces_change_nothing(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, cut = passed(text), passed(*pieces)
    assert whole == cut
