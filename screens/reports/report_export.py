"""The dialog that writes a report to a file: format, name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.contract.backend import Backend
from backend_client.errors import BackendError, Conflict
from backend_client.export.file import permit_export
from backend_client.model.directory import Directories
from backend_client.model.report import Report
from backend_client.model.text import N_, clean
from screens.calls.export_dialog import default_folder
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.reports.report_file import ReportFormat, whole_report, write_report
from screens.reports.report_state import Asked
from screens.widgets.choice_list import Choice, ChoiceList
from screens.words import error_text

FORMATS = {
    ReportFormat.XLSX: N_("Workbook with a chart (XLSX)"),
    ReportFormat.CSV: N_("CSV"),
    ReportFormat.JSON: N_("JSON, each cell with its filter"),
    ReportFormat.TEXT: N_("Text, for a printer"),
    ReportFormat.SVG: N_("Picture of the chart (SVG)"),
    ReportFormat.PNG: N_("Picture of the chart (PNG)"),
}


WriteReport = Callable[[Path, ReportFormat, bool], Awaitable[None]]
"""Writes to this file in this format; the last says whether one that is there may be replaced. Raises Conflict where
it is there and may not, and other BackendError kinds."""


def report_writer(backend: Backend, report: Report, asked: Asked, directories: Directories) -> WriteReport:
    """Writes a report as it is asked for, asked anew with everything that takes long."""

    async def write(path: Path, format: ReportFormat, overwrite: bool) -> None:
        result = await whole_report(backend, asked.request(report.id, None))
        await permit_export(backend, result.base, None)
        await asyncio.to_thread(write_report, result, path, format, directories, asked.chart, overwrite=overwrite)

    return write


class ReportExportDialog(Dialog[str]):
    """Answers a sentence that says where the file is. `name`: of the file, without its ending."""

    DEFAULT_CSS = """
    ReportExportDialog ChoiceList { margin-bottom: 1; }
    """

    def __init__(self, name: str, write: WriteReport, folder: Path | None = None) -> None:
        super().__init__(_("Export"))
        self._file_name = name
        self._write_to = write
        self._folder = folder or default_folder()
        self._replace: Path | None = None
        """The existing file that another Enter replaces."""
        self._busy = False

    def body(self) -> list[Widget]:
        name = f"{self._file_name}{ReportFormat.XLSX.value}"
        path = Input(str(self._folder / name), id="path", select_on_focus=False)
        path.cursor_blink = False
        choices = [Choice(kind, _(word)) for kind, word in FORMATS.items()]
        return [ChoiceList(choices, typing=False), Label(_("File"), markup=False), path]

    def hints(self) -> list[tuple[str, str]]:
        if self._replace is not None:
            return [("Enter", _("replace")), ("Esc", _("cancel"))]
        return [("↑ ↓", _("format")), ("Tab", _("file name")), ("Enter", _("write")), ("Esc", _("cancel"))]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(ChoiceList).focus()

    def on_choice_list_highlighted(self, event: ChoiceList.Highlighted) -> None:
        """The ending of the name follows the format."""
        field = self.query_one(Input)
        path = Path(field.value)
        if event.line is not None and path.suffix in {kind.value for kind in ReportFormat}:
            assert isinstance(event.line.value, ReportFormat)
            field.value = str(path.with_suffix(event.line.value.value))

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        self._begin()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        if self._replace is not None:
            self._replace = None
            self.complain()
            self.show_keys()

    def _begin(self) -> None:
        text = self.query_one(Input).value.strip()
        line = self.query_one(ChoiceList).line
        if self._busy or not text or line is None or not isinstance(line.value, ReportFormat):
            return
        path = Path(text).expanduser().absolute()
        overwrite = path == self._replace
        self._replace, self._busy = None, True
        self.complain()
        self.run_worker(self._write(path, line.value, overwrite=overwrite), exit_on_error=False)

    async def _write(self, path: Path, format: ReportFormat, *, overwrite: bool) -> None:
        try:
            await self._write_to(path, format, overwrite)
        except Conflict as error:
            self._replace = path
            self.complain(error_text(error)[0])
        except BackendError as error:
            self.complain(" ".join(part for part in error_text(error) if part))
        else:
            self.dismiss(_("The report is in {path}.").format(path=clean(str(path))))
        finally:
            self._busy = False
            if self.is_mounted:
                self.show_keys()
