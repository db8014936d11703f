"""Sources, the import log and doubtful data in a person's words: for the screen of sources and for the doctor."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from zoneinfo import ZoneInfo

from msgspec import Struct

from backend_client.contract.sources import Sources
from backend_client.model.live import SourceState
from backend_client.model.quality import Doubt, ImportRun, Misfit, RejectedRow
from backend_client.model.reason import REASON_TEXT, Reason
from backend_client.model.text import N_
from screens.language import _, age, clock_time, moment, ngettext, number, short_date
from screens.words import problem_text

SILENT = 600
"""Seconds after which a followed source that nobody looked at is followed no more."""


class State(Enum):
    """How well something is."""

    FINE = auto()
    NOTE = auto()
    WRONG = auto()


class Told(Struct, frozen=True):
    """One source, doubt or run: how well it is, when it was, what it is, how it is, and what to do or why."""

    about: SourceState | Doubt | ImportRun
    state: State
    when: str
    what: str
    how: str
    hints: tuple[str, ...] = ()


def told_of(sources: Sources) -> Iterator[Told]:
    """Everything, in the order in which it is shown."""
    zone = ZoneInfo(sources.zone)
    for source in sources.sources:
        yield _source(source, sources.now)
    yield from map(_doubt, sources.doubts)
    yield from (_run(run, zone) for run in sources.runs)


def _source(source: SourceState, now: int) -> Told:
    since = age(max(0, now - source.event_at)) if source.event_at else ""
    if source.problem:
        return Told(
            source, State.WRONG, since, source.name, problem_text(source).removeprefix(source.name).lstrip(": ")
        )
    if now - source.at > SILENT:
        hint = _("If it should be followed, start: pult follow {source}").format(source=source.name)
        return Told(source, State.NOTE, since, source.name, _("not followed now"), (hint,))
    how = _("followed, {lag} s behind").format(lag=number(source.late))
    return Told(source, State.FINE, since, source.name, how)


def _run(run: ImportRun, zone: ZoneInfo) -> Told:
    at = moment(run.at, zone)
    counts = (
        (run.rejected, _("{count} rejected")),
        (run.new, _("{count} new")),
        (run.updated, _("{count} updated")),
        (run.unchanged, _("{count} unchanged")),
    )
    how = ", ".join(text.format(count=number(count)) for count, text in counts if count) or _("nothing")
    hints = [f"{number(count)} × {_(REASON_TEXT[Reason(reason)])}" for reason, count in run.reasons.items()]
    if run.rejected_file:
        hints.append(_("The rejected rows are in {path}").format(path=run.rejected_file))
    if not run.finished:
        hints.append(_("stopped before the end: import it again"))
    state = State.FINE if run.finished and not run.rejected else State.NOTE
    return Told(run, state, f"{short_date(at.date())} {clock_time(at)}", run.source, how, tuple(hints))


def rejected_text(row: RejectedRow) -> str:
    """A rejected record: its line, why, what of it, and how it begins."""
    reason, _colon, detail = row.reason.partition(": ")
    why = ": ".join(filter(None, (_(REASON_TEXT[Reason(reason)]), detail)))
    where = _("line {line}").format(line=number(row.line)) if row.line else ""
    return " · ".join(filter(None, (where, why, row.text)))


_HINTS = {
    Misfit.NAMELESS_EXTENSION: N_("Fill in the directory of employees, so that calls show names."),
    Misfit.NAMELESS_LINE: N_("Fill in the directory of lines, so that calls show names."),
    Misfit.NO_RECORD: N_("Import or follow the call records of the same exchange too."),
    Misfit.ENDLESS: N_("Look whether the clock of the exchange jumped."),
    Misfit.FUTURE: N_("Look whether the clock of the exchange jumped."),
    Misfit.NO_RECORDING: N_("Look where recordings lie: pult recordings"),
}


def _doubt(doubt: Doubt) -> Told:
    how = ", ".join(doubt.examples) + (" …" if doubt.count > len(doubt.examples) > 0 else "")
    hints = [_(_HINTS[doubt.kind])] if doubt.kind in _HINTS else []
    if doubt.looked_at:
        looked = ngettext(
            "The newest call was looked at.", "The newest {count} calls were looked at.", doubt.looked_at
        )  # fmt: skip
        hints.append(looked.format(count=number(doubt.looked_at)))
    return Told(doubt, State.NOTE, "", _misfit(doubt.kind, doubt.count), how, tuple(hints))


def _misfit(kind: Misfit, count: int) -> str:
    match kind:
        case Misfit.NAMELESS_EXTENSION:
            text = ngettext(
                "{count} internal number has no employee", "{count} internal numbers have no employee", count
            )
        case Misfit.NAMELESS_LINE:
            text = ngettext("{count} line has no name", "{count} lines have no name", count)
        case Misfit.NO_RECORD:
            text = ngettext(
                "{count} call is known from queue_log or channel events only",
                "{count} calls are known from queue_log or channel events only", count,
            )  # fmt: skip
        case Misfit.ENDLESS:
            text = ngettext(
                "{count} call lasted more than twelve hours", "{count} calls lasted more than twelve hours", count
            )
        case Misfit.FUTURE:
            text = ngettext("{count} call lies in the future", "{count} calls lie in the future", count)
        case Misfit.NO_RECORDING:
            text = ngettext("{count} call has lost its recording", "{count} calls have lost their recordings", count)
        case Misfit.UNKNOWN:
            text = "? × {count}"
    return text.format(count=number(count))
