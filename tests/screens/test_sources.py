"""The screen of sources: what is followed, what is doubtful, what was imported, and the calls behind it."""

from __future__ import annotations

from backend_client.errors import Forbidden
from backend_client.model.call_filter import CallFilter
from backend_client.model.live import SourceState
from backend_client.model.quality import Doubt, ImportRun, Misfit, RejectedRow
from screens.calls.details import DetailsScreen
from screens.calls.drill_down import DrillDownScreen
from tests.screens.conftest import NOON, ListBackend
from tests.screens.test_live import shown
from tests.screens.test_states import over

RUN = ImportRun(
    at=NOON - 3600, source="/home/vira/Master.csv", format="asterisk-csv", new=120, rejected=3,
    reasons={"bad-date": 3}, rejected_file="/home/vira/Master.csv.rejected.csv",
    examples=(RejectedRow(line=13, reason="bad-date: start: [/x]", text="201,yesterday"),),
)  # fmt: skip


async def test_everything_is_listed_and_a_run_tells_why_records_were_rejected(backend: ListBackend) -> None:
    backend.followed = [
        SourceState(name="/var/log/queue_log", at=NOON - 1, event_at=NOON - 90, lag=1.0),
        SourceState(name="ami://pult@pbx:5038", at=NOON - 1, problem="ami://pult@pbx:5038 is away: refused."),
    ]
    backend.runs = (RUN,)
    async with over(backend) as pilot:
        await pilot.press("8")
        told = await shown(pilot, lambda told: "Master.csv" in told)
        assert "queue_log" in told
        assert "is away: refused" in told
        assert "3 rejected, 120 new" in told
        await pilot.press("end", "enter")
        told = await shown(pilot, lambda told: "bad date" in told or "3 × a date" in told)
        assert "/home/vira/Master.csv.rejected.csv" in told
        assert "line 13 · a date or time that cannot be read: start: [/x] · 201,yesterday" in told
        await pilot.press("escape")
        await shown(pilot, lambda told: "3 × a date" not in told)


async def test_enter_on_a_doubt_opens_its_calls(backend: ListBackend) -> None:
    backend.doubts = (
        Doubt(kind=Misfit.NAMELESS_LINE, count=1, examples=("SIP/[/x]",), filter=CallFilter(lines=(4,))),
        Doubt(kind=Misfit.ENDLESS, count=2, calls=tuple(call.id for call in backend.calls[:2])),
        Doubt(kind=Misfit.NO_RECORD, count=7),
    )
    async with over(backend) as pilot:
        await pilot.press("8")
        await shown(pilot, lambda told: "SIP/[/x]" in told)
        await pilot.press("enter")
        await pilot.pause(0.1)
        opened = pilot.app.screen
        assert isinstance(opened, DrillDownScreen)
        assert opened.filter == CallFilter(lines=(4,))
        await pilot.press("escape", "down", "enter")
        await shown(pilot, lambda told: "1 of 2" in told)
        assert type(pilot.app.screen) is DetailsScreen
        await pilot.press("escape", "down", "enter")
        await shown(pilot, lambda told: "Import or follow the call records" in told)


async def test_who_may_not_import_is_told_so(backend: ListBackend) -> None:
    async with over(backend) as pilot:

        async def refuse(request: object) -> None:
            raise Forbidden("Your role may not see the import log.", "Ask a supervisor or the administrator.")

        backend.sources = refuse  # type: ignore[method-assign, assignment]
        await pilot.press("8")
        await shown(pilot, lambda told: "Your role may not see the import log." in told and "Ask a" in told)
