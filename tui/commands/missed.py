"""`pult missed`: the missed-call queue as data, and what is done to its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.changes import Clock
from backend_client.contract.missed_queue import (
    ClaimMissed,
    FinishMissed,
    MissedQueue,
    MissedQueueRequest,
    QueueChange,
    QueueDeed,
    ReleaseMissed,
    SnoozeMissed,
)
from backend_client.errors import Invalid
from backend_client.model.missed_queue import CallBackFigures, MissedLine, QueuePart
from backend_client.model.phone import format_number, number_key
from backend_client.model.text import N_, clean
from screens.language import NO_VALUE, _, age, ngettext, number
from screens.supervision.now_words import instant, trust_of
from tui.invocation import Invocation, pass_invocation

as_json = click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))


@click.group(
    "missed",
    invoke_without_command=True,
    short_help=_("Show the missed-call queue, claim and finish its lines."),
    help=_("Show the numbers that called in vain and were not spoken with since, the oldest first.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult missed\n"
    "  pult missed --figures --json\n"
    "  pult missed claim 0672220002\n"
    "  pult missed snooze 0672220002 14:30\n"
    '  pult missed done 0672220002 "wrong number"',
)  # fmt: skip
@click.option("--snoozed", "part", flag_value=QueuePart.SNOOZED.value, help=_("those put off"))
@click.option("--done", "part", flag_value=QueuePart.DONE.value, help=_("those taken off, with the reason"))
@click.option("--mine", is_flag=True, help=_("those that you claimed"))
@click.option("--figures", is_flag=True, help=_("with what was called back today, by the team and by operator"))
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True)
@as_json
@pass_invocation
@click.pass_context
def command(
    ctx: click.Context,
    invocation: Invocation,
    part: str | None,
    mine: bool,
    figures: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Print the queue, unless a deed follows."""
    if ctx.invoked_subcommand is not None:
        return
    request = MissedQueueRequest(part=QueuePart(part or QueuePart.OPEN), mine=mine, limit=limit, figures=figures)

    async def ask(backend: Backend) -> tuple[MissedQueue, Clock]:
        return await backend.missed_queue(request), await backend.clock()

    queue, clock = invocation.ask(ask)
    if as_json:
        click.echo(msgspec.json.encode(queue))
        return
    _show(queue, clock)


def _show(queue: MissedQueue, clock: Clock) -> None:
    zone = ZoneInfo(clock.zone)
    for line in queue.lines:
        click.echo(_line(line, queue.now, clock, zone))
    if queue.more:
        click.echo("…")
    counts = _("open {open}, put off {snoozed}, done {done}, of the last {days} days").format(
        open=number(queue.open), snoozed=number(queue.snoozed), done=number(queue.done), days=queue.days
    )
    click.echo(f"{counts} ({trust_of(queue.record_source, queue.now, queue.pace, zone).note})", err=True)
    if queue.team is not None:
        click.echo(_figures(_("all together"), queue.team, queue.now))
    for one in queue.operators:
        click.echo(_figures(clean(one.name), one, queue.now))


def _line(line: MissedLine, now: int, clock: Clock, zone: ZoneInfo) -> str:
    attempts = ngettext("{count} call", "{count} calls", line.attempts).format(count=number(line.attempts))
    times = instant(line.last, now, zone)
    if line.attempts > 1:
        times = f"{instant(line.first, now, zone)} – {times}"
    goal = _("past the goal by {age}") if line.late(now) else _("goal in {age}")
    told = [
        f"{format_number(line.number, clock.home_country):<18}", f"{clean(line.client):<24}", f"{attempts:<8}", times,
        goal.format(age=age(abs(line.due - now))),
    ]  # fmt: skip
    if line.claimer:
        told.append(_("claimed by {name}").format(name=clean(line.claimer)))
    if line.snoozed_until is not None:
        told.append(_("put off until {when}").format(when=instant(line.snoozed_until, now, zone)))
    if line.done_at is not None:
        reason = ": ".join(filter(None, (clean(line.done_by), clean(line.reason))))
        when = instant(line.done_at, now, zone)
        told.append(
            _("done {when}, {reason}").format(when=when, reason=reason)
            if reason
            else _("done {when}").format(when=when)
        )
    return "  ".join(told)


def _figures(name: str, figures: CallBackFigures, now: int) -> str:
    told = _("today settled {settled}, in time {in_time}, within the goal {within_goal}, median {median}").format(
        settled=number(figures.settled), in_time=number(figures.in_time), within_goal=number(figures.within_goal),
        median=NO_VALUE if figures.median is None else age(figures.median),
    )  # fmt: skip
    oldest = NO_VALUE if figures.oldest is None else age(now - figures.oldest)
    return f"{name:<24}  {told}; " + _("open {open}, the oldest {oldest}").format(
        open=number(figures.open), oldest=oldest
    )


@command.command("claim", short_help=_("Say that you call this number."), help=_("Say that you call this number."))
@click.argument("number")
@click.option("--take", is_flag=True, help=_("even if somebody else claimed it"))
@as_json
@pass_invocation
def claim(invocation: Invocation, number: str, take: bool, as_json: bool) -> None:
    """Claim a line."""
    _do(invocation, number, lambda key, clock: ClaimMissed(number=key, take=take), as_json)


@command.command("release", short_help=_("Take a claim back."), help=_("Take a claim back."))
@click.argument("number")
@as_json
@pass_invocation
def release(invocation: Invocation, number: str, as_json: bool) -> None:
    """Release a line."""
    _do(invocation, number, lambda key, clock: ReleaseMissed(number=key), as_json)


@command.command(
    "snooze",
    short_help=_("Put a line off until a time."),
    help=_("Put a line off until a time, such as 14:30, 2h, 45m or 2026-11-23T09:00; “off” puts it back."),
)
@click.argument("number")
@click.argument("until")
@as_json
@pass_invocation
def snooze(invocation: Invocation, number: str, until: str, as_json: bool) -> None:
    """Snooze a line."""
    _do(invocation, number, lambda key, clock: SnoozeMissed(number=key, until=_instant(until, clock)), as_json)


@command.command(
    "done",
    short_help=_("Take a line off, with the reason."),
    help=_("Take a line off, with the reason. It comes back when the number calls in vain again."),
)
@click.argument("number")
@click.argument("reason", required=False)
@click.option("--undo", is_flag=True, help=_("put it back"))
@as_json
@pass_invocation
def done(invocation: Invocation, number: str, reason: str | None, undo: bool, as_json: bool) -> None:
    """Finish a line."""
    if undo == (reason is not None):
        raise click.UsageError(_("Give a reason, or --undo."))
    _do(invocation, number, lambda key, clock: FinishMissed(number=key, reason=reason), as_json)


def _do(invocation: Invocation, text: str, deed: Callable[[str, Clock], QueueDeed], as_json: bool) -> None:
    """Do it to the line of a number as anybody writes it, and say how the line stands."""

    async def ask(backend: Backend) -> tuple[QueueChange, Clock]:
        clock = await backend.clock()
        key = number_key(text, clock.home_country).key
        return await backend.change_queue(deed(key, clock)), clock

    change, clock = invocation.ask(ask)
    if as_json:
        click.echo(msgspec.json.encode(change))
    else:
        click.echo(_line(change.line, clock.now, clock, ZoneInfo(clock.zone)))


def _instant(text: str, clock: Clock) -> int | None:
    """A time of today or tomorrow, whichever is to come, a span from now, or a date and a time."""
    if text == "off":
        return None
    now = datetime.fromtimestamp(clock.now, ZoneInfo(clock.zone))
    try:
        if text[-1:] in "hm" and text[:-1].isdecimal():
            span = timedelta(hours=int(text[:-1])) if text[-1] == "h" else timedelta(minutes=int(text[:-1]))
            return clock.now + int(span.total_seconds())
        if "T" in text or " " in text:
            return int(datetime.fromisoformat(text).replace(tzinfo=now.tzinfo).timestamp())
        at = datetime.combine(now.date(), datetime.strptime(text, "%H:%M").time(), now.tzinfo)
        return int((at if at > now else datetime.combine(now.date() + timedelta(days=1), at.timetz())).timestamp())
    except ValueError as error:
        raise Invalid(
            N_("“{value}” is no time."), N_("Write it like 14:30, 2h, 45m or 2026-11-23T09:00."), value=text
        ) from error
