"""`pult follow`: keep the store up to date with what an exchange writes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

import click

from backend_client.model.live import SourceState
from backend_client.model.permissions import Permission
from screens.language import _, number
from screens.words import problem_text
from tui import logs
from tui.invocation import Invocation, pass_invocation
from tui.usage import check_reading


@click.command(
    "follow",
    short_help=_("Keep the store up to date with what a telephone exchange writes."),
    help="\n\n".join(
        (
            _("Keep the store up to date with what a telephone exchange writes."),
            _(
                "A source is a file (Master.csv, queue_log, CEL, JSON lines), a database (FreePBX, MikoPBX), "
                "ami://user@host with the password in PULT_AMI_SECRET, or - for JSON lines on stdin. It goes on "
                "where it stopped; of several followers of one source one works and the others stand by."
            ),
            _(
                "Other machines: mysql://user@host/asteriskcdrdb with the password in PULT_MYSQL_SECRET, and "
                "mikopbx://host with the token in PULT_MIKOPBX_TOKEN."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult follow /var/log/asterisk/cdr-csv/Master.csv /var/log/asterisk/queue_log\n"
            "  pult follow ami://pult@127.0.0.1\n"
            "  pult follow --once mysql://pult@pbx/asteriskcdrdb\n"
            "  relay | pult follow -",
        )
    ),
)  # fmt: skip
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--format", "format_", metavar="NAME", default="", help=_("the format, if it is not recognised"))
@click.option("--timezone", metavar="ZONE", default="", help=_("where the records do not tell, such as Europe/Kyiv"))
@click.option("--system", metavar="NAME", default="main", help=_("the telephone exchange, if there are several"))
@click.option("--once", is_flag=True, help=_("read what there is, then end"))
@click.option("--quiet", is_flag=True, help=_("say only what goes wrong"))
@click.option("--with-stdin", is_flag=True, hidden=True)
@pass_invocation
def command(
    invocation: Invocation,
    sources: tuple[str, ...],
    format_: str,
    timezone: str,
    system: str,
    once: bool,
    quiet: bool,
    with_stdin: bool,
) -> None:
    """Follow until interrupted, or until stdin ends."""
    from backend_client.ingest.follow.follower import Follower
    from backend_client.ingest.follow.opening import open_followed
    from backend_client.ingest.local_store import LocalImportStore
    from backend_client.ingest.source import SourceOptions
    from backend_client.sqlite.facts import PutReport

    check_reading(format_, timezone)
    logs.begin("follower")
    log = logging.getLogger("pult.follow")

    def tell(state: SourceState, report: PutReport, rejected: dict[str, int]) -> None:
        if state.problem:
            log.warning("%s: %s", state.name, state.problem)
        if state.problem or not quiet or rejected:
            click.echo(_told(state, report.new, sum(rejected.values())), err=True)

    with invocation.writer(Permission.IMPORT) as writer:
        options = SourceOptions(timezone=timezone, settings=LocalImportStore(writer).settings())
        followed = [
            open_followed(source, options, system=system, environment=os.environ, format=format_) for source in sources
        ]
        follower = Follower(writer, followed, tell, system=system, once=once)
        if with_stdin:
            threading.Thread(target=_end_with_stdin, args=(follower.stop,), daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: follower.stop.set())
        follower.run()


def _end_with_stdin(stop: threading.Event) -> None:
    """Whoever started this has gone when stdin ends."""
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


def _told(state: SourceState, new: int, rejected: int) -> str:
    """One line of narration."""
    clock = time.strftime("%H:%M:%S", time.localtime(state.at))
    if state.problem:
        return f"{clock}  {problem_text(state)}"
    told = _("{source}: {new} new, {lag} s behind").format(source=state.name, new=number(new), lag=number(state.late))
    if rejected:
        told += ", " + _("{count} rejected").format(count=number(rejected))
    return f"{clock}  {told}"
