"""The words under a report's title: what it counts. As much of them as leaves room for the table, or all."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

from screens.widgets.painted import fit

LEAST, PART = 3, 5
"""Lines that always stand there, and the part of the screen that more may take."""


class Definition(Static):
    """A text in lines. Where it is cut "…" and the key stand that shows all of it."""

    DEFAULT_CSS = """
    Definition { height: auto; max-height: 80%; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, key_of: str, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._key_of = key_of
        """The id of the binding that shows all."""
        self._text = self._shown = ""
        self._whole = False

    def tell(self, text: str) -> None:
        """Another text."""
        self._text = text
        self._show()

    def turn(self) -> None:
        """All of it, or as much as leaves room."""
        self._whole = not self._whole
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        shown = self._fitting(self.size.width) if self.size.width else self._text
        if shown != self._shown:
            self._shown = shown
            self.update(shown)

    def _fitting(self, width: int) -> str:
        lines = [line.plain.rstrip() for line in Text(self._text).wrap(self.app.console, width)]
        most = max(LEAST, self.screen.size.height // PART)
        if self._whole or len(lines) <= most:
            return "\n".join(lines)
        active = self.screen.active_bindings.values()
        key = next((self.app.get_key_display(one.binding) for one in active if one.binding.id == self._key_of), "")
        mark = f" … {key}".rstrip()
        last = fit(lines[most - 1], min(width - cell_len(mark), cell_len(lines[most - 1])))
        return "\n".join([*lines[: most - 1], last.rstrip(" …") + mark])
