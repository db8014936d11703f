"""Export of what is filtered: format, file, progress; Esc stops it and leaves nothing behind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from backend_client.contract.backend import Backend
from backend_client.errors import BackendError, Conflict
from backend_client.export.columns import Column, columns_named
from backend_client.export.file import count_request, export_list
from backend_client.export.writers import Format, cells
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter, ClientKind
from backend_client.model.client_filter import ClientFilter
from backend_client.model.status import Direction, HungUpBy, Status, WireEnum
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.filter_words import CLIENT_KINDS
from screens.language import _, counted, ngettext, number
from screens.widgets.choice_list import Choice, ChoiceList
from screens.words import DIRECTIONS, HUNG_UP_BY, STATUSES, error_text

FORMATS: dict[Format, str] = {
    Format.XLSX: N_("Workbook (XLSX)"),
    Format.CSV: N_("CSV, commas"),
    Format.CSV_SEMICOLON: N_("CSV, semicolons (for Excel)"),
    Format.JSON: N_("JSON"),
    Format.JSONL: N_("JSON, one row a line"),
}


class SpokenWording:
    """Titles and values in the language of the screen."""

    def title(self, column: Column) -> str:
        return _(column.title)

    def word(self, value: WireEnum) -> str:
        match value:
            case Direction():
                return DIRECTIONS[value].word
            case Status():
                return STATUSES[value].word
            case HungUpBy():
                return _(HUNG_UP_BY[value])
            case ClientKind():
                return _(CLIENT_KINDS[value])
            case _:
                return value.value

    def yes_no(self, value: bool) -> str:
        return _("yes") if value else _("no")


class ExportDialog(Dialog[str]):
    """Answers a sentence that says where the file is and how many rows it has."""

    DEFAULT_CSS = """
    ExportDialog ChoiceList { margin-bottom: 1; }
    ExportDialog Static { height: auto; }
    ExportDialog #progress { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", N_("Stop"), id="export.stop", tooltip=N_("Stop the export, or leave"), priority=True),
    ]

    def __init__(self, backend: Backend, filter: CallFilter | ClientFilter, folder: Path | None = None) -> None:
        super().__init__(_("Export"))
        self._backend = backend
        self._filter = filter
        self._folder = folder or default_folder()
        self.work: asyncio.Task[None] | None = None
        """The running export."""
        self._total = ""
        self._replace: Path | None = None
        """The existing file that another Enter replaces."""

    def body(self) -> list[Widget]:
        name = "clients" if isinstance(self._filter, ClientFilter) else "calls"
        path = Input(str(self._folder / f"{name}{Format.XLSX.suffix}"), id="path", select_on_focus=False)
        path.cursor_blink = False
        choices = [Choice(kind, _(word)) for kind, word in FORMATS.items()]
        return [
            ChoiceList(choices, typing=False),
            Label(_("File"), markup=False),
            path,
            Static(id="progress", markup=False),
        ]

    def hints(self) -> list[tuple[str, str]]:
        if self.work is not None:
            return [("Esc", _("stop"))]
        if self._replace is not None:
            return [("Enter", _("replace")), ("Esc", _("cancel"))]
        return [("↑ ↓", _("format")), ("Tab", _("file name")), ("Enter", _("write")), ("Esc", _("cancel"))]

    def on_mount(self) -> None:
        self.query_one(ChoiceList).focus()
        self.run_worker(self._count(), exit_on_error=False)

    def on_unmount(self) -> None:
        if self.work is not None:
            self.work.cancel()

    def on_choice_list_highlighted(self, event: ChoiceList.Highlighted) -> None:
        """The ending of the name follows the format."""
        field = self.query_one(Input)
        if event.line is not None and isinstance(event.line.value, Format):
            path = Path(field.value)
            if path.suffix in {kind.suffix for kind in Format}:
                field.value = str(path.with_suffix(event.line.value.suffix))

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        self._begin()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._replace is not None:
            self._replace = None
            self.complain()
            self.show_keys()

    def action_stop(self) -> None:
        """Stop a running export; else leave."""
        if self.work is None:
            self.dismiss(None)
        else:
            self.work.cancel()

    @property
    def _format(self) -> Format:
        line = self.query_one(ChoiceList).line
        assert line is not None
        assert isinstance(line.value, Format)
        return line.value

    def _begin(self) -> None:
        text = self.query_one(Input).value.strip()
        if self.work is not None or not text:
            return
        path = Path(text).expanduser()
        path = path.absolute()
        overwrite = path == self._replace
        self._replace = None
        self.complain()
        self.work = asyncio.create_task(self._export(path, overwrite=overwrite))
        self.show_keys()

    async def _export(self, path: Path, *, overwrite: bool) -> None:
        try:
            rows = await export_list(
                self._backend, self._filter, path, self._format,
                wording=SpokenWording(), overwrite=overwrite, progress=self._show_progress,
            )  # fmt: skip
        except asyncio.CancelledError:
            if self.is_mounted:
                self._say(_("Stopped. No file was written."))
        except Conflict as error:
            self._replace = path
            self.complain(error_text(error)[0])
        except BackendError as error:
            self.complain(" ".join(part for part in error_text(error) if part))
        else:
            self.dismiss(written_text(self._filter, rows, path))
            return
        finally:
            self.work = None
        if self.is_mounted:
            self.show_keys()

    async def _count(self) -> None:
        try:
            count = await self._backend.count(count_request(self._filter))
        except BackendError:
            return
        self._total = counted(count.number, count.exact)
        if self.work is None:
            said = ngettext("{count} row will be written.", "{count} rows will be written.", count.number)
            self._say(said.format(count=self._total))

    def _show_progress(self, rows: int) -> None:
        self._say(_("{count} of {total} rows …").format(count=number(rows), total=self._total or "?"))

    def _say(self, text: str) -> None:
        self.query_one("#progress", Static).update(text)


def written_text(filter: CallFilter | ClientFilter, rows: int, path: Path) -> str:
    """Where so many rows are now."""
    if isinstance(filter, ClientFilter):
        said = ngettext("{count} client is in {path}", "{count} clients are in {path}", rows)
    else:
        said = ngettext("{count} call is in {path}", "{count} calls are in {path}", rows)
    return said.format(count=number(rows), path=clean(str(path)))


def default_folder() -> Path:
    """The person's downloads where there are any, else where the console was started."""
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else Path.cwd()


def row_text(call: Call, zone: str) -> str:
    """One call as cells parted by tabs, in the language of the screen."""
    return "\t".join(cells(call, columns_named(_COPIED), ZoneInfo(zone), SpokenWording()))


_COPIED = ("start", "direction", "status", "client", "number", "employees", "line", "talk", "comment")
