"""The employees of a call and their own talk (decision 7); the application of a call that reached nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend_client.derive.channel import name_of
from backend_client.derive.collapsed import Participant
from backend_client.derive.path import Path, Side
from backend_client.derive.queue import queue_named, rung_agents
from backend_client.derive.status_rules import did_ring
from backend_client.model.leg import CallEvent, Leg
from backend_client.model.queue import QUEUE
from backend_client.model.status import Direction

Interval = tuple[int, int]

_SILENT = frozenset({
    "", "answer", "appdial", "busy", "congestion", "dial", "goto", "hangup", "macro", "noop", "queue", "set", "wait",
})  # fmt: skip
"""Applications that a caller never hears as such; a queue is shown by its name."""


def seconds_of(intervals: Iterable[Interval]) -> int:
    """The length of the union of intervals."""
    total, covered = 0, None
    for start, end in sorted(intervals):
        if covered is None or start > covered:
            total += end - start
            covered = end
        elif end > covered:
            total += end - covered
            covered = end
    return total


def participants_of(
    paths: Sequence[Path], direction: Direction, answered: bool, events: Sequence[CallEvent]
) -> tuple[Participant, ...]:
    """Outgoing and internal: the caller first, answered or not, then those who talked (internal and unanswered:
    those called). Incoming: those who talked, in order; unanswered: those whose phone rang, else the one dialled
    directly while offline."""
    talks = _own_talks(paths)
    order: list[str] = []
    if direction is not Direction.INCOMING:
        order.append(next((path.a_address for path in paths if path.a is Side.INSIDE), ""))
    order += sorted(talks, key=lambda address: min(talks[address]))
    if direction is Direction.INTERNAL and not answered:
        order += [path.b_address for path in paths if path.b is Side.INSIDE]
    if direction is Direction.INCOMING and not answered:
        order += _rung(paths, events)
    # A phone that shows another number shows the name that goes with that one.
    names = {
        path.a_address: path.leg.caller_name
        for path in reversed(paths)
        if path.a is Side.INSIDE and path.leg.caller in ("", path.a_address) and is_name(path.leg.caller_name)
    }
    return tuple(
        Participant(address, names.get(address, ""), seconds_of(talks.get(address, ())))
        for address in dict.fromkeys(order)
        if address
    )


def is_name(text: str) -> bool:
    """Whether a caller id names somebody; many exchanges repeat the number there."""
    return any(character.isalpha() for character in text)


def _own_talks(paths: Sequence[Path]) -> dict[str, list[Interval]]:
    """Talk intervals of each inside address, in the order of its legs."""
    talks: dict[str, list[Interval]] = {}
    for path in paths:
        if path.talked and path.answer is not None:
            if path.a is Side.INSIDE:
                talks.setdefault(path.a_address, []).append((path.answer, path.talk_end))
            if path.b is Side.INSIDE and path.b_address != path.a_address:
                talks.setdefault(path.b_address, []).append((path.answer, path.talk_end))
    return talks


def _rung(paths: Sequence[Path], events: Sequence[CallEvent]) -> list[str]:
    called = [path for path in paths if path.b is Side.INSIDE]
    rung = [path.b_address for path in called if did_ring(path)]
    rung += [name_of(agent) or agent for agent in rung_agents(events)]
    if any(rung):
        return rung
    offline = list(dict.fromkeys(path.b_address for path in called))
    return offline if len(offline) == 1 else []


def application_of(paths: Sequence[Path], events: Sequence[CallEvent]) -> str:
    """What a caller heard where nobody's phone rang: "Queue sales", "BackGround"; blank where one did."""
    if any(path.b <= Side.OUTSIDE for path in paths) or rung_agents(events):
        return ""
    queue = queue_of(paths, events)
    if queue:
        return f"{QUEUE} {queue}"
    apps = [path.leg.app for path in paths if path.leg.app]
    return next((app for app in reversed(apps) if app.casefold() not in _SILENT), apps[-1] if apps else "")


def queue_of(paths: Sequence[Path], events: Sequence[CallEvent]) -> str:
    """The last queue in which the caller stood, by its number or the name that the exchange gives it."""
    return queue_named(events) or next((name for path in reversed(paths) if (name := _queue_of_leg(path.leg))), "")


def application_name(leg: Leg) -> str:
    """The application of a leg; a queue with its name."""
    queue = _queue_of_leg(leg)
    return f"{QUEUE} {queue}" if queue else leg.app


def _queue_of_leg(leg: Leg) -> str:
    return leg.appdata.partition(",")[0].partition("|")[0].rstrip() if leg.app.casefold() == "queue" else ""
