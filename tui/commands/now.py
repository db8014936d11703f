"""`pult now`: what the supervisor's dashboard shows, at this instant."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec

from backend_client.contract.backend import Backend
from backend_client.contract.now import Now, NowRequest
from backend_client.model.call import Call
from backend_client.model.now import AgentNow, AgentState, DayFigures
from backend_client.model.text import clean
from screens import words
from screens.language import NO_VALUE, _, age, decimal, duration, ngettext, number
from screens.supervision.dashboard_view import View
from screens.supervision.now_words import AGENT_STATES, KEPT, MISSED_GOAL, instant
from tui.invocation import Invocation, pass_invocation

_BAR = 40


@click.command(
    "now",
    short_help=_("Show what goes on now: calls, agents, today against other days."),
    help=_("Show what goes on now: calls in progress, agents, today until this minute against other days.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult now\n  pult now --json\n  pult --remote https://pult.example now",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@pass_invocation
def command(invocation: Invocation, as_json: bool) -> None:
    """Print the dashboard once."""

    async def ask(backend: Backend) -> tuple[Now, str]:
        return await backend.now(NowRequest()), (await backend.clock()).home_country

    answer, home = invocation.ask(ask)
    if as_json:
        click.echo(msgspec.json.encode(answer))
        return
    for line in _lines(View(answer, answer.now, home)):
        click.echo(line.rstrip())


def _lines(view: View) -> Iterator[str]:
    answer, live, records = view.answer, view.live.note, view.records.note
    running = [call for call in answer.calls if call.ended is None]
    waiting = view.waiting
    count = number(len(running)) if view.told else NO_VALUE
    yield _("Calls in progress: {count} ({trust})").format(count=count, trust=live)
    for call in running:
        yield "  " + _call(call, view)
    if view.told:
        longest = view.seconds(waiting[0].start) if waiting else 0
        yield _("Callers waiting: {count}, the longest {age}").format(count=number(len(waiting)), age=age(longest))
    else:
        yield _("Callers waiting: {value}, no source tells of them").format(value=NO_VALUE)
    yield _("Agents ({trust})").format(trust=live)
    for agent in sorted(answer.agents, key=lambda one: list(AGENT_STATES).index(one.state)):
        yield "  " + _agent(agent, view)
    yield _("Today until this minute ({trust})").format(trust=records)
    yield from _days(answer)
    yield from _attention(view)
    yield from _hours(answer)


def _call(call: Call, view: View) -> str:
    spent = view.seconds(call.start if call.answered is None else call.answered)
    sign = words.status_sign(call)
    sides = f"{words.party_text(call.caller, view.home)} → {words.party_text(call.callee, view.home)}"
    return "  ".join(filter(None, (_(sign.word), sides, call.line, duration(spent))))


def _agent(agent: AgentNow, view: View) -> str:
    sign = AGENT_STATES[agent.state]
    spent = "" if agent.since is None or agent.state is AgentState.FREE else duration(view.seconds(agent.since))
    counts = _("in {accepted}, missed {missed}, out {outgoing}, talk {talk}").format(
        accepted=number(agent.accepted), missed=number(agent.missed), outgoing=number(agent.outgoing),
        talk=duration(agent.talk),
    )  # fmt: skip
    state = " ".join(filter(None, (_(sign.word), spent, clean(agent.reason))))
    return f"{state:<28} {clean(agent.name):<32} {counts}"


def _days(answer: Now) -> Iterator[str]:
    week_ago = _("the same day last week")
    titles = ((_("today"), answer.today), (_("yesterday"), answer.yesterday), (week_ago, answer.week_ago))
    width = max(len(title) for title, _day in titles)
    for title, day in titles:
        yield f"  {title:<{width}}  {_figures(day)}"


def _figures(day: DayFigures | None) -> str:
    if day is None:
        return NO_VALUE
    return _("incoming {incoming} (accepted {accepted}, missed {missed}), outgoing {outgoing}").format(
        incoming=number(day.incoming), accepted=number(day.accepted), missed=number(day.missed),
        outgoing=number(day.outgoing),
    )  # fmt: skip


def _attention(view: View) -> Iterator[str]:
    answer, service = view.answer, view.answer.service
    goal = _("{percent} % in {seconds} s").format(percent=service.goal.percent, seconds=service.goal.seconds)
    if service.percent is None:
        yield _("Service level: {value}, goal {goal}").format(value=NO_VALUE, goal=goal)
    else:
        sign = KEPT if service.kept else MISSED_GOAL
        value = f"{decimal(service.percent)} % ({number(service.in_time)}/{number(service.offered)})"
        if not (service.kept and view.records.dead):
            value += f", {_(sign.word)}"
        yield _("Service level: {value}, goal {goal}").format(value=value, goal=goal)
    yield _("Missed calls that need attention: {count}, lost leads: {lost}").format(
        count=number(answer.attention), lost=number(answer.lost)
    )
    if answer.queue_open is not None:
        oldest = NO_VALUE if answer.queue_oldest is None else instant(answer.queue_oldest, answer.now, view.zone)
        yield _("Missed-call queue: {count} open, {late} past the goal, the oldest of {oldest}").format(
            count=number(answer.queue_open), late=number(answer.queue_late or 0), oldest=oldest
        )
    if answer.plan is not None:
        yield _(
            "Plan: {planned} planned, {done} done, {failed} failed, {postponed} postponed, {overdue} overdue"
        ).format(**{name: number(getattr(answer.plan, name)) for name in answer.plan.__struct_fields__})


def _hours(answer: Now) -> Iterator[str]:
    worked = [hour for hour in answer.hours if hour.accepted or hour.missed or hour.expected_incoming or hour.outgoing]
    if not worked:
        return
    days = answer.expected_days
    if days:
        text = ngettext(
            "By hour, and the average of {count} earlier day of this weekday",
            "By hour, and the average of {count} earlier days of this weekday", days,
        )  # fmt: skip
        yield text.format(count=number(days))
    else:
        yield _("By the hour")
    most = max(hour.accepted + hour.missed for hour in worked)
    for hour in worked:
        came, expected = hour.accepted + hour.missed, hour.expected_incoming
        bar = "#" * -(-came * _BAR // most) if most else ""
        told = NO_VALUE if expected is None else decimal(expected)
        day = _("{hour:02}  in {incoming} (expected {expected}), out {outgoing}").format(
            hour=hour.hour, incoming=number(came), expected=told, outgoing=number(hour.outgoing)
        )
        yield f"  {day:<44} {bar}"
