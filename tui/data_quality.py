"""The doctor's look at sources and data: what was read, what was rejected and why, and what does not fit together."""

from __future__ import annotations

import time
from collections.abc import Iterator

from backend_client.ingest.source import REASON_TEXT, Reason
from backend_client.sqlite.quality import ImportRun, Quality
from screens.language import _, ngettext, number
from tui.finding import Finding, Verdict

SILENT = 600
"""Seconds after which a followed source that nobody looked at is worth a word."""


def findings(quality: Quality, now: float) -> Iterator[Finding]:
    """Lines of the doctor's report."""
    for source in quality.sources:
        if source.problem:
            yield Finding("sources", Verdict.WRONG, f"{source.name}: {source.problem}")
        elif now - source.at > SILENT:
            hint = _("If it should be followed, start: pult follow {source}").format(source=source.name)
            yield Finding("sources", Verdict.NOTE, _("{source}: not followed now").format(source=source.name), hint)
        else:
            text = _("{source}: followed, {lag} s behind").format(source=source.name, lag=number(round(source.lag)))
            yield Finding("sources", Verdict.FINE, text)
    for run in quality.runs:
        yield _run(run)
    yield from _misfits(quality)


def _run(run: ImportRun) -> Finding:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.at))
    text = _("{when}  {source} ({format}): {new} new, {updated} updated, {unchanged} unchanged, {rejected} rejected")
    told = text.format(
        when=when, source=run.source, format=run.format, new=number(run.new), updated=number(run.updated),
        unchanged=number(run.unchanged), rejected=number(run.rejected),
    )  # fmt: skip
    why = "; ".join(f"{number(count)} × {_(REASON_TEXT[Reason(reason)])}" for reason, count in run.reasons.items())
    if not run.finished:
        why = "; ".join(filter(None, (why, _("stopped before the end: import it again"))))
    return Finding("imports", Verdict.FINE if run.finished and not run.rejected else Verdict.NOTE, told, why)


def _misfits(quality: Quality) -> Iterator[Finding]:
    count, examples = quality.nameless_extensions
    if count:
        text = ngettext(
            "{count} internal number has no employee: {examples}",
            "{count} internal numbers have no employee: {examples}", count,
        )  # fmt: skip
        yield Finding(
            "data", Verdict.NOTE, text.format(count=number(count), examples=_few(count, examples)),
            _("Enter them in the directory of employees, so that calls show names."),
        )  # fmt: skip
    count, examples = quality.nameless_lines
    if count:
        text = ngettext("{count} line has no name: {examples}", "{count} lines have no name: {examples}", count)
        yield Finding(
            "data", Verdict.NOTE, text.format(count=number(count), examples=_few(count, examples)),
            _("Name them in the directory of lines, so that calls show names."),
        )  # fmt: skip
    if quality.events_without_call:
        count = quality.events_without_call
        text = ngettext(
            "{count} call is known from queue_log or channel events only",
            "{count} calls are known from queue_log or channel events only", count,
        )  # fmt: skip
        yield Finding(
            "data",
            Verdict.NOTE,
            text.format(count=number(count)),
            _("Import or follow the call records of the same exchange too."),
        )
    if quality.endless_calls:
        count = quality.endless_calls
        text = ngettext(
            "{count} call lasted more than twelve hours", "{count} calls lasted more than twelve hours", count
        )
        yield Finding(
            "data", Verdict.NOTE, text.format(count=number(count)), _("Look whether the clock of the exchange jumped.")
        )


def _few(count: int, examples: tuple[str, ...]) -> str:
    return ", ".join(examples) + (" …" if count > len(examples) else "")
