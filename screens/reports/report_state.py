"""How reports were left: kept for the person, so that each opens so again in any console."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from backend_client.contract.backend import Backend
from backend_client.contract.views import SaveState, StateKind, StatesRequest
from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from backend_client.model.report import By, Chart, Measure, Report, ReportRequest, ServiceGoal
from backend_client.model.reports import REPORTS

_OPEN = ""
"""The name under which the report that was open is kept."""


class Asked(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a report is asked and shown."""

    by: By
    measure: Measure
    filter: CallFilter = CallFilter()
    compared: bool = False
    all_rows: bool = False
    hide_empty: bool = False
    columns: tuple[str, ...] = ()
    goal: ServiceGoal = ServiceGoal()
    sorted_by: int | None = None
    descending: bool = True
    chart: Chart | None = None
    """How it is drawn; None is the table."""

    def request(self, report: str, within: float | None) -> ReportRequest:
        """The question."""
        return ReportRequest(
            report=report, filter=self.filter, by=self.by, measure=self.measure, compared=self.compared,
            top=0 if self.all_rows else None, hide_empty=self.hide_empty, columns=self.columns, goal=self.goal,
            within=within,
        )  # fmt: skip


class ReportStates:
    """The reports of one person. A store that cannot be written costs the memory, never the report."""

    def __init__(self) -> None:
        self._left: dict[str, Asked] = {}
        self._kept: dict[str, str] = {}
        """What the store holds, by name."""
        self.open = next(iter(REPORTS))

    def of(self, report: Report) -> Asked:
        """How a report was left; as it is declared where it never was."""
        return self._left.get(report.id) or Asked(by=report.bys[0], measure=report.measures[0])

    def put(self, report: Report, asked: Asked) -> None:
        """Remember it while the console runs."""
        self._left[report.id] = asked

    async def load(self, backend: Backend) -> None:
        """What was kept. What a newer console kept, and this one cannot read, is left out."""
        try:
            kept = await backend.states(StatesRequest(kind=StateKind.REPORT))
        except BackendError:
            return
        for state in kept.states:
            self._kept[state.name] = state.text
            if state.name == _OPEN and state.text in REPORTS:
                self.open = state.text
            elif (report := REPORTS.get(state.name)) is not None and report.id not in self._left:
                asked = _read(state.text)
                if asked is not None and asked.by in report.bys and asked.measure in report.measures:
                    self._left[report.id] = asked

    async def save(self, backend: Backend, report: Report) -> None:
        """Keep how a report is asked now, and that it is the one that is open."""
        texts = {_OPEN: report.id}
        if report.id in self._left:
            texts[report.id] = msgspec.json.encode(self._left[report.id]).decode()
        try:
            for name, text in texts.items():
                if self._kept.get(name) != text:
                    await backend.save_state(SaveState(kind=StateKind.REPORT, name=name, text=text))
                    self._kept[name] = text
        except BackendError:
            return


def _read(text: str) -> Asked | None:
    try:
        return msgspec.json.decode(text, type=Asked)
    except msgspec.ValidationError:
        return None
