"""Textual's own DataTable with 1,000 calls."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class Table(App[None]):
    """Eight columns of made-up calls."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("when", "direction", "status", "client", "employee", "line", "wait", "talk")
        for n in range(1000):
            table.add_row(
                f"21.11 {n % 24:02}:{n % 60:02}", "in", "answered", f"+38050000{n:04}", "Olena Koval", "main",
                str(n % 60), f"0:{n % 60:02}:{n % 59:02}",
            )  # fmt: skip


if __name__ == "__main__":
    Table().run()
