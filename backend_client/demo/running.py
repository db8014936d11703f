"""A call of the demo while it runs: what a live source would say of it, moment by moment."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, structs

from backend_client.demo.exchange import Call
from backend_client.derive.channel import endpoint_of, name_of
from backend_client.model.leg import Leg
from backend_client.model.live import LiveCall
from backend_client.model.status import Direction, Status


class Moment(Struct, frozen=True):
    """From `at` (UTC epoch seconds) on the call is so; None: it has ended."""

    at: int
    live: LiveCall | None


def moments(call: Call) -> list[Moment]:
    """Begin, each ring and each talk, and the end, in order."""
    first = _first(call)
    found = [Moment(call.start, first)]
    found += [
        Moment(int(event.at), _now(first, int(event.at), Status.CONNECTING, (), event.queue))
        for event in call.events
        if event.name == "ENTERQUEUE"
    ]
    for leg in sorted(call.legs, key=lambda one: one.start):
        found += _of_leg(first, leg)
    found.sort(key=lambda moment: moment.at)
    return [*_with_answer(found), Moment(call.end, None)]


def _first(call: Call) -> LiveCall:
    leg = call.legs[0]
    there, own = endpoint_of(leg.dstchannel), endpoint_of(call.channel)
    if call.did:
        return LiveCall(
            start=call.start, direction=Direction.INCOMING, status=Status.RINGING, since=call.start,
            outside=call.caller, caller=call.caller, line=own, did=call.did, withheld=not call.caller.isdigit(),
        )  # fmt: skip
    if name_of(there).isdigit():
        inside = (call.caller, name_of(there))
        return LiveCall(
            start=call.start, direction=Direction.INTERNAL, status=Status.RINGING, since=call.start,
            caller=call.caller, inside=inside,
        )  # fmt: skip
    return LiveCall(
        start=call.start, direction=Direction.OUTGOING, status=Status.RINGING, since=call.start,
        outside=leg.callee, caller=call.caller, inside=(call.caller,), line=there,
    )  # fmt: skip


def _of_leg(first: LiveCall, leg: Leg) -> Iterator[Moment]:
    """It rings, and perhaps somebody answers. A menu is no telephone."""
    telephone = name_of(endpoint_of(leg.dstchannel))
    if first.direction is not Direction.INCOMING:
        if leg.answer is not None:
            yield Moment(int(leg.answer), _now(first, int(leg.answer), Status.TALKING, first.inside, ""))
        return
    if not telephone:
        return
    queue = leg.appdata.partition(",")[0] if leg.app == "Queue" else ""
    rings = Status.CONNECTING if queue else Status.RINGING
    yield Moment(int(leg.start), _now(first, int(leg.start), rings, (telephone,), queue))
    if leg.answer is not None:
        yield Moment(int(leg.answer), _now(first, int(leg.answer), Status.TALKING, (telephone,), queue))


def _now(first: LiveCall, at: int, status: Status, inside: tuple[str, ...], queue: str) -> LiveCall:
    return structs.replace(first, status=status, since=at, inside=inside, queue=queue)


def _with_answer(found: list[Moment]) -> Iterator[Moment]:
    """Every moment knows when the first talk began."""
    answered: int | None = None
    for moment in found:
        if moment.live is None:
            continue
        if moment.live.status is Status.TALKING and answered is None:
            answered = moment.at
        yield Moment(moment.at, structs.replace(moment.live, answered=answered))
