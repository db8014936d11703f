"""The doctor's look at sources and data: what was read, what was rejected and why, and what does not fit together."""

from __future__ import annotations

from collections.abc import Iterator

from backend_client.contract.sources import Sources
from backend_client.model.live import SourceState
from backend_client.model.quality import ImportRun
from screens.upkeep.source_words import State, Told, told_of
from tui.finding import Finding, Verdict

RUNS = 5
_VERDICTS = {State.FINE: Verdict.FINE, State.NOTE: Verdict.NOTE, State.WRONG: Verdict.WRONG}


def findings(sources: Sources) -> Iterator[Finding]:
    """Lines of the doctor's report."""
    for told in told_of(sources):
        text = f"{told.what}: {told.how}" if told.how else told.what
        when = f"{told.when}  " if isinstance(told.about, ImportRun) else ""
        yield Finding(_part(told), _VERDICTS[told.state], when + text, "; ".join(told.hints))


def _part(told: Told) -> str:
    match told.about:
        case SourceState():
            return "sources"
        case ImportRun():
            return "imports"
        case _:
            return "data"
