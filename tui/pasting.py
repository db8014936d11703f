"""Pasted text on its way from the terminal: what stands between the marks of a paste is text, never a key."""

from __future__ import annotations

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_CONTROLS = {code: None for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(code) not in "\t\n\r"}


class Pastes:
    """Takes control characters out of pastes. Textual reads an escape sequence inside one as keys, and the keys of a
    console do things: a copied line of colours would delete a comment."""

    def __init__(self) -> None:
        self._inside = False
        self._before = ""
        """The end of what was passed on, in which a mark may have begun; inside a paste it is held back."""

    def pass_on(self, text: str) -> str:
        """What the parser may read of the next piece of input."""
        passed = []
        while text:
            if self._inside:
                text = self._before + text
                pasted, mark, text = text.partition(_END)
                self._before = "" if mark else _beginning(pasted, _END)
                passed.append(pasted.removesuffix(self._before).translate(_CONTROLS) + mark)
                self._inside = not mark
            else:
                # A key waits for nothing, so that what may become a mark is passed on at once.
                known = len(self._before)
                typed, mark, after = (self._before + text).partition(_BEGIN)
                passed.append((typed + mark)[known:])
                self._before = "" if mark else typed[-len(_BEGIN) + 1 :]
                self._inside, text = bool(mark), after
        return "".join(passed)


def _beginning(text: str, mark: str) -> str:
    """The longest end of the text with which the mark may begin."""
    return next((mark[:size] for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), "")
