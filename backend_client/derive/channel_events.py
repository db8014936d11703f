"""What channel events (CEL, AMI) add to legs: the cause of each hang-up, and who hung up (B5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from backend_client.derive.queue import in_order
from backend_client.model.leg import CallEvent, Leg

HANGUP = "HANGUP"
"""An event whose data are: channel, cause, the channel that hung up, dial status."""
_SAYS_NOTHING = frozenset({"", "0"})
"""Cause 0 is Asterisk's "not defined": 142 of 860 hang-ups of a real office had it."""
_NOT_THE_CALLERS = frozenset({"NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION", "DONTCALL", "TORTURE", "INVALIDARGS"})
"""Dial had ended by itself before the caller hung up: that is no cancelling."""


class _Hangup(Struct, frozen=True):
    cause: str = ""
    by: str = ""
    dial_status: str = ""


def told_by_channels(legs: list[Leg], events: Sequence[CallEvent]) -> list[Leg]:
    """The legs with the gaps filled that hang-ups of their channels fill; a leg's own word wins."""
    ends = _hangups(events)
    return [_filled(leg, ends) for leg in legs] if ends else legs


def _hangups(events: Iterable[CallEvent]) -> dict[str, _Hangup]:
    """The last hang-up of each channel."""
    ends: dict[str, _Hangup] = {}
    for event in in_order(event for event in events if event.name == HANGUP):
        channel, cause, by, dial_status = (*event.data, "", "", "", "")[:4]
        before = ends.get(channel, _Hangup())
        ends[channel] = _Hangup(
            before.cause if cause in _SAYS_NOTHING else cause, by or before.by, dial_status or before.dial_status
        )
    return ends


def _filled(leg: Leg, ends: dict[str, _Hangup]) -> Leg:
    caller, callee = ends.get(leg.channel), ends.get(leg.dstchannel)
    cause, by = leg.cause, leg.hung_up_by
    if not cause:
        # Without a called channel only the caller's own end tells, such as congestion.
        told = callee or (None if leg.dstchannel else caller)
        cause = told.cause if told is not None else ""
    if not by:
        by = _who(leg, caller, callee)
    return leg if cause == leg.cause and by == leg.hung_up_by else structs.replace(leg, cause=cause, hung_up_by=by)


def _who(leg: Leg, caller: _Hangup | None, callee: _Hangup | None) -> str:
    for end in (callee, caller):
        if end is None or not end.by:
            continue
        if end.by == leg.dstchannel:
            return "callee"
        if end.by == leg.channel:
            waited = caller is not None and caller.dial_status in _NOT_THE_CALLERS
            return "" if waited and leg.billsec <= 0 else "caller"
    return ""
