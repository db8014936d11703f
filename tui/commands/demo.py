"""`pult demo`: the console on a generated call centre."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click

from screens.language import _
from tui import places
from tui.cli import look_options
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine


@click.command(
    "demo",
    short_help=_("Open the console on a generated call centre."),
    help=_("Open the console on a generated call centre: three months of calls, clients and comments.")
    + "\n\n" + _("Nothing of it is real, and no network is used.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult demo\n  pult demo --fresh\n  pult demo --lang uk --theme light",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help=_("make the call centre anew, as of today"))
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context,
    invocation: Invocation,
    fresh: bool,
    acting_as: str | None,
    lang: str | None,
    theme: str | None,
    no_mouse: bool,
    driver: str | None,
) -> None:
    """Make the demo store where there is none of today, then open it."""
    from tui.console import open_console

    path = places.demo_store()
    if fresh or not _of_today(path):
        _make(path)
    name = acting_as or ctx.find_root().params["acting_as"]
    demo = invocation.demo(path, acting_as=name, theme=theme, no_mouse=no_mouse, driver=driver)
    hint = _("This is a demo. Your own records: pult import FILE, then pult")
    click.echo(hint, err=True)
    ctx.exit(open_console(demo, welcome=hint))


command.params.extend(look_options())


def _of_today(path: Path) -> bool:
    return path.exists() and date.fromtimestamp(path.stat().st_mtime) == date.today()


def _make(path: Path) -> None:
    from backend_client.demo.centre import build_demo
    from backend_client.sqlite.sessions import os_login

    places.make(path.parent)
    bar = ProgressLine()
    making = _("Making a call centre for you …")
    try:
        build_demo(path, int(time.time()), progress=lambda share: bar.show(f"{making} {share:4.0%}"), login=os_login())
    finally:
        bar.clear()
