"""Legs → one call (decisions 1, 4, 7, 8; B3): what the journal shows of a call, out of what sources said."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from backend_client.derive.channel import endpoint_of, is_local
from backend_client.derive.channel_events import told_by_channels
from backend_client.derive.collapsed import Collapsed
from backend_client.derive.feed import BY_HAND, one_feed
from backend_client.derive.numbering import numbering
from backend_client.derive.participants import application_of, is_name, participants_of, queue_of, seconds_of
from backend_client.derive.path import Path, Side, first_of, read_legs
from backend_client.derive.queue import queue_wait_of, who_hung_up
from backend_client.derive.recordings import recordings_of
from backend_client.derive.status_rules import judge
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts, Leg
from backend_client.model.status import Direction, HungUpBy


def collapse(facts: CallFacts, settings: DeriveSettings, known_internal: Container[str] = ()) -> Collapsed | None:
    """The call that these facts tell of; None where they hold no leg.

    Pure and deterministic: never of the clock, nor of the order of legs and events. `known_internal` holds the
    numbers and endpoint names of the employee list.
    """
    if not facts.legs:
        return None
    tests = numbering(settings)
    paths = read_legs(told_by_channels(one_feed(facts.legs), facts.events), tests, known_internal)
    direction = direction_of(first_of(paths))
    talks = talks_of(paths, direction)
    start, ended = min(path.start for path in paths), max(path.end for path in paths)
    answered = min((path.answer for path in talks if path.answer is not None), default=None)
    verdict = judge(direction, paths, talks, facts.events)
    outside, name = _outside_party(paths, direction)
    withheld = direction is Direction.INCOMING and tests.is_withheld(outside)
    legs = [path.leg for path in paths]
    people = participants_of(paths, direction, bool(talks), facts.events)
    by_hand = legs[0].feed == BY_HAND
    return Collapsed(
        start=start,
        answered=answered,
        ended=ended,
        direction=direction,
        status=verdict.status,
        busy=verdict.busy,
        outside="" if withheld else outside,
        withheld=withheld,
        outside_name=name if is_name(name) and not tests.is_withheld(name) else "",
        participants=people,
        application=application_of(paths, facts.events),
        queue=queue_of(paths, facts.events),
        line="" if by_hand else _line(paths, direction),
        did=_did(paths) if direction is Direction.INCOMING else "",
        wait=(ended if answered is None else answered) - start,
        queue_wait=queue_wait_of(facts.events, answered),
        talk=seconds_of([(path.answer or 0, path.talk_end) for path in talks]),
        hung_up_by=_hung_up_by(paths, talks, direction, facts),
        recordings=recordings_of(legs, facts.events),
        price=_price(legs),
        currency=next((leg.currency for leg in legs if leg.currency), ""),
        by_hand=by_hand,
        note="\n".join(dict.fromkeys(leg.note for leg in legs if leg.note)),
        reason=verdict.reason,
    )


_SAID = {"in": Direction.INCOMING, "out": Direction.OUTGOING, "internal": Direction.INTERNAL}


def direction_of(first: Path) -> Direction:
    """The direction of a call is its earliest leg's (decision 8); a source that says it is believed."""
    said = _SAID.get(first.leg.direction)
    if said is not None:
        return said
    if first.a is Side.OUTSIDE:
        return Direction.INCOMING
    if first.b is Side.OUTSIDE or (first.b is not Side.INSIDE and first.dials_out):
        return Direction.OUTGOING
    return Direction.INTERNAL


def talks_of(paths: list[Path], direction: Direction) -> list[Path]:
    """Legs on which the call's customer (of an internal call: its caller) talked with a person.

    A leg between two inside phones of an external call is a consultation, and so is one on which a phone called
    somebody else outside while a customer who called waited: it counts to those two, not to the customer. A leg whose
    A side is a Local half carries whoever stands behind the dialplan.
    """
    talked = [path for path in paths if path.talked]
    if direction is Direction.INCOMING:
        customer = first_of(paths).a_address
        return [path for path in talked if path.a is not Side.INSIDE or path.b_address == customer]
    if direction is not Direction.INTERNAL:
        return [path for path in talked if not (path.a is Side.INSIDE and path.b is Side.INSIDE)]
    caller = paths[0].a_address
    if not caller:
        return talked
    return [path for path in talked if path.a is Side.LOCAL or caller in (path.a_address, path.b_address)]


def _outside_party(paths: Sequence[Path], direction: Direction) -> tuple[str, str]:
    """The outside number as the source wrote it, and the name that came with it."""
    if direction is Direction.INCOMING:
        leg = paths[0].leg
        return leg.caller, leg.caller_name
    if direction is Direction.OUTGOING:
        return next((path.b_address for path in paths if path.b is Side.OUTSIDE), paths[0].leg.callee), ""
    return "", ""


def _line(paths: Sequence[Path], direction: Direction) -> str:
    """The trunk: the endpoint of the outside channel; of an outgoing call the one that was tried last."""
    if direction is Direction.INCOMING:
        channels = [path.leg.channel for path in paths if path.a is Side.OUTSIDE]
    elif direction is Direction.OUTGOING:
        channels = [path.leg.dstchannel for path in reversed(paths) if path.b is Side.OUTSIDE]
    else:
        return ""
    return next((endpoint_of(channel) for channel in channels if channel and not is_local(channel)), "")


def _did(paths: Sequence[Path]) -> str:
    """The DID that any leg names, else the number that was dialled from outside: on the first leg, as what later ones
    dial is where the call was sent on to."""
    named = next((path.leg.did for path in paths if path.leg.did), "")
    return named or (paths[0].leg.callee if paths[0].dials_out else "")


def _price(legs: Iterable[Leg]) -> int | None:
    prices = [leg.price for leg in legs if leg.price is not None]
    return sum(prices) if prices else None


def _hung_up_by(paths: Sequence[Path], talks: Sequence[Path], direction: Direction, facts: CallFacts) -> HungUpBy:
    """Who ended the call, where a source says so; a leg's caller may be the call's callee."""
    last = talks[-1] if talks else paths[-1]
    said = last.leg.hung_up_by
    if said not in ("caller", "callee"):
        return who_hung_up(facts.events)
    outside_called = last.a is Side.OUTSIDE or (last.a is not Side.INSIDE and last.b is Side.INSIDE)
    turned = (direction is Direction.INCOMING) != outside_called and direction is not Direction.INTERNAL
    return HungUpBy.CALLER if (said == "caller") != turned else HungUpBy.CALLEE
