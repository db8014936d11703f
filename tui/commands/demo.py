"""`pult demo`: the console on a generated call centre."""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from screens.language import _
from tui import places
from tui.cli import look_options
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

FASTEST = 600.0
_MORNING = "08:00"


@click.command(
    "demo",
    short_help=_("Open the console on a generated call centre."),
    help="\n\n".join(
        (
            _("Open the console on a generated call centre: three months of calls, clients and comments."),
            _("Nothing of it is real, and no network is used."),
            _(
                "With --live a working day is played: calls ring, are answered or missed, and end, and employees take "
                "breaks. Its clock runs as fast as --speed says; at 600 a day passes in two and a half minutes."
            ),
            "\b\n" + _("Examples:") + "\n  pult demo\n  pult demo --fresh\n  pult demo --lang uk --theme light\n"
            "  pult demo --live\n  pult demo --live --speed 300 --from 09:30\n"
            "  pult demo --live --no-console",
        )
    ),
)  # fmt: skip
@click.option("--fresh", is_flag=True, help=_("make the call centre anew, as of today"))
@click.option("--live", is_flag=True, help=_("play a working day into it"))
@click.option(
    "--speed", type=click.FloatRange(1.0, FASTEST), default=60.0, show_default=True,
    help=_("seconds of the played day that pass in one"),
)  # fmt: skip
@click.option(
    "--from", "begin", type=click.DateTime(["%H:%M"]), metavar="HH:MM",
    help=_("when the played day begins; otherwise at 08:00, or at speed 1 now"),
)  # fmt: skip
@click.option("--no-console", is_flag=True, help=_("play until interrupted; open consoles on it yourself"))
@click.option("--into", type=click.Path(path_type=Path), hidden=True)
@click.option("--with-stdin", is_flag=True, hidden=True)
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context,
    invocation: Invocation,
    fresh: bool,
    live: bool,
    speed: float,
    begin: datetime | None,
    no_console: bool,
    into: Path | None,
    with_stdin: bool,
    acting_as: str | None,
    lang: str | None,
    theme: str | None,
    no_mouse: bool,
    driver: str | None,
    low_bandwidth: bool,
) -> None:
    """Make the demo store where there is none of today, then open it; or a store that is played into."""
    from tui import playing
    from tui.console import open_console

    if into is not None:
        playing.play(into, with_stdin=with_stdin)
        return
    path = places.live_demo_store() if live else places.demo_store()
    joins = live and playing.is_played(path)
    if live and not joins:
        _make_live(path, speed, begin)
    elif not live and (fresh or not _of_today(path)):
        _make(path, int(time.time()))
    if no_console:
        _play(path, joins)
        return
    name = acting_as or ctx.find_root().params["acting_as"]
    demo = invocation.demo(
        path, acting_as=name, theme=theme, no_mouse=no_mouse, driver=driver, low_bandwidth=low_bandwidth
    )
    hint = _("This is a demo. Your own records: pult import FILE, then pult")
    click.echo(hint, err=True)
    with playing.played(path) if live and not joins else nullcontext():
        code = open_console(demo, welcome=hint)
    ctx.exit(code)


command.params.extend(look_options())


def _of_today(path: Path) -> bool:
    return path.exists() and date.fromtimestamp(path.stat().st_mtime) == date.today()


def _play(path: Path, joins: bool) -> None:
    from tui.playing import play

    told = _("A day is being played. Look at it: pult --store {path}").format(path=path)
    click.echo(told, err=True)
    if not joins:
        play(path)


def _make_live(path: Path, speed: float, begin: datetime | None) -> None:
    """A store up to the moment at which the day begins, with a clock of that speed."""
    from backend_client.demo.live_day import PLAYED_DAYS, PLAYED_DENSITY

    now = int(time.time())
    if begin is None and speed > 1:
        begin = datetime.strptime(_MORNING, "%H:%M")
    if begin is not None:
        now = _today_at(begin)
    _make(path, now, pace=speed, days=PLAYED_DAYS, density=PLAYED_DENSITY)


def _today_at(begin: datetime) -> int:
    from backend_client.model.derive_settings import DeriveSettings

    today = datetime.now(ZoneInfo(DeriveSettings().zone))
    return int(today.replace(hour=begin.hour, minute=begin.minute, second=0, microsecond=0).timestamp())


def _make(path: Path, now: int, *, pace: float | None = None, days: int = 0, density: float = 1.0) -> None:
    from backend_client.demo.centre import build_demo
    from backend_client.demo.history import DAYS
    from backend_client.sqlite.access.sessions import os_login

    places.make(path.parent)
    bar = ProgressLine()
    making = _("Making a call centre for you …")
    try:
        build_demo(
            path, now, progress=lambda share: bar.show(f"{making} {share:4.0%}"), login=os_login(),
            pace=pace, days=days or DAYS, density=density,
        )  # fmt: skip
    finally:
        bar.clear()
