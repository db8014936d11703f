"""`pult play`: hear the recording of a call, without the console."""

from __future__ import annotations

import asyncio
import sys

import click

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest
from screens.language import _
from screens.recordings.listening import Listening
from screens.recordings.playing_time import playing_time
from screens.recordings.recording_words import FILE, LINK
from screens.words import client_text, employees_text
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

_LOOK = 0.25


@click.command(
    "play",
    short_help=_("Play the recording of a call."),
    help=_("Play the recording of a call, all its parts one after another. Ctrl+C stops.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult play 1284\n  pult play 1284 --speed 1.5 --skip-silence",
)  # fmt: skip
@click.argument("id", type=int)
@click.option("--speed", type=click.FloatRange(0.5, 3.0), default=1.0, help=_("0.5 to 3, at the same pitch"))
@click.option("--skip-silence", is_flag=True, help=_("pass over long silences"))
@pass_invocation
def command(invocation: Invocation, id: int, speed: float, skip_silence: bool) -> None:
    """Play to the end, telling the position."""

    async def play(backend: Backend) -> str:
        call = (await backend.call(CallRequest(id=id))).call
        click.echo(f"{client_text(call)} : {employees_text(call)}", err=True)
        listening = Listening(backend, lambda: invocation.settings.sound)
        listening.speed, listening.skip_silence = speed, skip_silence
        try:
            await listening.open(call)
            return await _to_the_end(listening)
        finally:
            await listening.close()

    if invocation.settings.sound in (LINK, FILE):
        told = _("Your settings say that no sound plays here. Instead: pult recordings link {id}, or get {id}")
        click.echo(told.format(id=id), err=True)
        sys.exit(1)
    problem = invocation.ask(play)
    if problem:
        click.echo(problem, err=True)
        sys.exit(1)


async def _to_the_end(listening: Listening) -> str:
    """Tell the position until the recording is over; why it could not be heard, or blank."""
    bar = ProgressLine()
    try:
        while not listening.problem and not (listening.state and listening.state.ended):
            place, shape = listening.place, listening.shape
            end = playing_time(shape.seconds) if shape is not None else "…"
            bar.show(f"{playing_time(place.second)} / {end}")
            await asyncio.sleep(_LOOK)
    finally:
        bar.clear()
    return listening.problem
