"""`pult check`: whether the store is whole; for people and for monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from backend_client.model.permissions import Permission
from screens.language import _, ngettext, number
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

if TYPE_CHECKING:
    from backend_client.sqlite.upkeep.check import CheckReport


@click.command(
    "check",
    short_help=_("Check that the store is whole."),
    help="\n\n".join(
        (
            _("Check that the store is whole: the file, the search index, the totals, and a sample of the calls."),
            _("With --deep every call is derived again and every total counted. Nothing is changed, and consoles may "
              "stay open."),
            "\b\n" + _("Examples:") + "\n  pult check\n  pult check --deep\n  pult check --json",
        )
    ),
)  # fmt: skip
@click.option("--deep", is_flag=True, help=_("everything; at 10 million calls about an hour"))
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@click.pass_context
@pass_invocation
def command(invocation: Invocation, ctx: click.Context, deep: bool, as_json: bool) -> None:
    """Check and tell; exit code 1 where something is wrong."""
    from backend_client.sqlite.upkeep.check import check_store

    invocation.need_store()
    bar = ProgressLine()
    names = {"totals": _("totals"), "search": _("search index"), "calls": _("calls"), "file": _("file")}
    with invocation.writer(Permission.ADMINISTER) as writer:
        try:
            report = check_store(writer, deep=deep, progress=lambda what, done: bar.show(f"{names[what]}  {done:3} %"))
        finally:
            bar.clear()
    if as_json:
        found = msgspec.to_builtins(report) | {"sound": report.sound}
        click.echo(msgspec.json.format(msgspec.json.encode(found)))
    else:
        for line in told(report):
            click.echo(line)
    ctx.exit(0 if report.sound else 1)


def told(report: CheckReport) -> Iterator[str]:
    """The report in lines: what is wrong with what to do, then what is worth knowing."""
    yield from _wrong(report)
    if report.sound:
        text = ngettext(
            "The store is sound; {count} call was derived again.",
            "The store is sound; {count} calls were derived again.", report.derived,
        )  # fmt: skip
        yield text.format(count=number(report.derived))
    yield _("{size} MB, log {wal} MB, free on the disk {free} MB").format(
        size=number(report.size // 1_000_000), wal=number(report.wal // 1_000_000),
        free=number(report.free // 1_000_000),
    )  # fmt: skip
    for reader in report.readers:
        yield _("Process {process} ({name}) reads, {behind} pages behind.").format(
            process=reader.process, name=reader.name, behind=number(reader.behind)
        )
    yield from _worth_knowing(report)


def _wrong(report: CheckReport) -> Iterator[str]:
    for line in report.damage:
        yield _("The file is damaged: {line}").format(line=line)
    if report.damage:
        yield _("Copy the file away, then restore a backup: pult restore BACKUP")
    if report.foreign_keys:
        text = ngettext(
            "{count} row refers to something that is not there.",
            "{count} rows refer to something that is not there.", report.foreign_keys,
        )  # fmt: skip
        yield text.format(count=number(report.foreign_keys))
    for name in report.search:
        yield _("The search index {name} is not in step.").format(name=name)
    if report.records:
        text = ngettext("{count} call has no records.", "{count} calls have no records.", report.records)
        yield text.format(count=number(report.records))
    if report.tallies or report.calls:
        yield _("{calls} calls and {cells} totals differ from what the records say.").format(
            calls=number(report.calls), cells=number(report.tallies)
        )
        yield _("Mend them with: pult rebuild")
    if report.attempts:
        yield ngettext(
            "{count} task of the plan has other calls attached than belong to it.",
            "{count} tasks of the plan have other calls attached than belong to them.",
            report.attempts,
        ).format(count=report.attempts)
    if report.audit:
        yield _("The audit log was changed by hand at line {line}.").format(line=report.audit)


def _worth_knowing(report: CheckReport) -> Iterator[str]:
    from backend_client.sqlite.upkeep.check import LARGE_WAL, LEAST_FREE_SHARE

    if report.wal > LARGE_WAL:
        yield _("The log is long: some process never stops reading. Close the oldest one.")
    if report.free < LEAST_FREE_SHARE * report.size:
        yield _("A backup or an upgrade needs room for a copy, and there is less.")
