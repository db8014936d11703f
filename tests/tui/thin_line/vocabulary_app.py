"""A program with all that a screen may hold, to record what Textual writes.

python vocabulary_app.py [stock|thin]; without a word, the driver that the environment names.
"""

from __future__ import annotations

import sys

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Label, ProgressBar, Static

from tui.thin_line.display import ThinDisplay
from tui.thin_line.driver import ThinDriver, driver_class

HOSTILE = (
    "[/foo] [@click=app.bell]x[/]",
    "a\u202etxt.exe",
    "zero\u200bwidth",
    "tab\tbed",
    "e\u0301\u0301\u0301e",
    "\ufeffbom",
)
CLIENTS = (
    "Olena Koval", "Іван Петренко", "山田太郎", "👩‍👩‍👧 family", "שלום עולם", "مرحبا",
    "❤️ heart ⚠️", "🇺🇦 Kyiv", "naïve café",
    "cafe\u0301", "한국어", "▶️ play ▶ play", "─│┌ box ✓✗", *HOSTILE,
)  # fmt: skip


class Dialog(ModalScreen[None]):
    """A translucent one, as Textual makes them."""

    DEFAULT_CSS = "Dialog { align: center middle; } Dialog Static { width: 40; height: 9; border: round green; }"
    BINDINGS = [("escape", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        yield Static(Content("A dialog 山田 over\nall else 👍 and\nשלום"))


class Everything(ThinDisplay[None]):
    """Table, field, bar, dialog, toast, themes."""

    CSS = "DataTable { height: 1fr; } #line { height: 3; }"
    BINDINGS = [
        ("f2", "push_screen('dialog')", "Dialog"),
        ("f3", "toast", "Toast"),
        ("f4", "theme", "Theme"),
        ("f5", "beep", "Bell"),
        ("f6", "line", "Line"),
        ("f8", "cursor", "Cursor"),
        Binding("f7", "suspend_process", "Suspend", priority=True),
        ("ctrl+l", "repaint", "Draw again"),
        ("f9", "quit", "Quit"),
    ]
    SCREENS = {"dialog": Dialog}

    def compose(self) -> ComposeResult:
        yield Label("vocabulary", id="title")
        yield Input(placeholder="search", id="field")
        yield DataTable[Content](cursor_type="row")
        yield ProgressBar(total=100, show_eta=False)
        yield Static(Content("ready"), id="line")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_blink = False
        table = self.query_one(DataTable)
        table.add_columns("when", "direction", "client", "employee", "line", "talk")
        for n in range(200):
            table.add_row(
                *(
                    Content(text)
                    for text in (
                        f"21.11 {n % 24:02}:{n % 60:02}", "←" if n % 3 else "→", CLIENTS[n % len(CLIENTS)],
                        "Марія Шевченко", "main", f"0:{n % 60:02}:{n % 59:02}",
                    )
                )
            )  # fmt: skip
        table.focus()

    def action_toast(self) -> None:
        self.notify("Saved 👍 山", title="Toast", markup=False, timeout=60)

    def action_theme(self) -> None:
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_beep(self) -> None:
        self.bell()
        self.copy_to_clipboard("copied")
        self.query_one(ProgressBar).advance(17)

    def action_line(self) -> None:
        link = Content.from_markup(
            "a [link='https://example.com/']link[/link] and [bold underline]more 山[/] of it\n"
            "[dim]dim[/] [ansi_red]red[/] [dim ansi_green on ansi_blue]both 山[/]"
        )
        self.query_one("#line", Static).update(link)

    def action_repaint(self) -> None:
        if isinstance(self._driver, ThinDriver):
            self._driver.forget()
        self.refresh()

    def action_cursor(self) -> None:
        table = self.query_one(DataTable)
        table.cursor_type = "cell" if table.cursor_type == "row" else "row"


if __name__ == "__main__":
    app = Everything(driver_class=driver_class(sys.argv[1]) if sys.argv[1:] else None)
    app.animation_level = "none"
    app.run()
