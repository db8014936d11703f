"""What a queue's log adds to a call: how long the caller stood in it, whom it rang, who hung up (B4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backend_client.model.leg import CallEvent
from backend_client.model.status import HungUpBy

_WAIT_PLACE = {"CONNECT": 0, "ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "EXITWITHKEY": 3}
"""Where an event that ends a stay in a queue says how many seconds it lasted."""


def in_order(events: Iterable[CallEvent]) -> list[CallEvent]:
    """Events in time order, whatever the order in which they came."""
    return sorted(events, key=lambda event: (event.at, event.key))


def queue_wait_of(events: Sequence[CallEvent], answered: int | None) -> int | None:
    """Seconds in queues until the first answer, or until the caller gave up; None without a queue's word.

    An event without its seconds falls back on the time since its queue was entered.
    """
    if not events:
        return None
    total: int | None = None
    entered: float | None = None
    # Logs that were joined tell of one end twice.
    ends: set[tuple[float, str, str]] = set()
    for event in in_order(events):
        if event.name == "ENTERQUEUE":
            entered = event.at
        elif event.name in _WAIT_PLACE and (end := (event.at, event.queue, event.name)) not in ends:
            ends.add(end)
            place = _WAIT_PLACE[event.name]
            said = event.data[place] if place < len(event.data) else ""
            if said.isascii() and said.isdecimal() and len(said) < 10:
                seconds = int(said)
            elif entered is not None:
                seconds = max(0, int(event.at) - int(entered))
            else:
                continue
            total = (total or 0) + seconds
            entered = None
            if event.name == "CONNECT":
                break
    if total is None and entered is not None and answered is not None:
        return max(0, answered - int(entered))
    return total


def who_hung_up(events: Iterable[CallEvent]) -> HungUpBy:
    """COMPLETEAGENT and COMPLETECALLER say who ended the talk; ABANDON is the caller's."""
    said = HungUpBy.NOBODY_SAID
    for event in in_order(events):
        if event.name == "COMPLETEAGENT":
            said = HungUpBy.CALLEE
        elif event.name in ("COMPLETECALLER", "ABANDON"):
            said = HungUpBy.CALLER
    return said


def rung_agents(events: Iterable[CallEvent]) -> list[str]:
    """Agents whose phone a queue rang in vain, as it names them ("IAX2/201")."""
    return [event.agent for event in in_order(events) if event.name == "RINGNOANSWER" and event.agent]


def queue_named(events: Iterable[CallEvent]) -> str:
    """The last queue that the caller entered."""
    queues = [event.queue for event in in_order(events) if event.name == "ENTERQUEUE"]
    return queues[-1] if queues else ""
