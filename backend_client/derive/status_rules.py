"""The status of a call, chosen by named rules out of its legs (decision 4, B10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from backend_client.derive.path import Path, Side
from backend_client.derive.verdict import disposition_of, is_busy, is_cut_by_network, outcome_of
from backend_client.model import status_rule as rule
from backend_client.model.call import StatusReason
from backend_client.model.leg import CallEvent
from backend_client.model.status import Direction, Status


class Verdict(Struct, frozen=True):
    """A status and why."""

    status: Status
    reason: StatusReason
    busy: bool = False


_OUTGOING_RULES = {
    Status.UNAVAILABLE: rule.UNAVAILABLE,
    Status.REJECTED: rule.REJECTED,
    Status.NO_ANSWER: rule.NO_ANSWER,
    Status.CANCELLED: rule.CANCELLED,
    Status.NO_CHANNELS: rule.NO_CHANNELS,
    Status.ERROR: rule.FAILED,
}


def judge(direction: Direction, paths: Sequence[Path], talks: Sequence[Path], events: Iterable[CallEvent]) -> Verdict:
    """The status of an ended call: `paths` all its legs, `talks` those on which its caller talked with a person."""
    if talks:
        last = talks[-1]
        if is_cut_by_network(last.leg):
            return _verdict(Status.TALKED_THEN_DROPPED, rule.TALKED_THEN_DROPPED, last)
        return _verdict(Status.ANSWERED, rule.TALKED, talks[0])
    if direction is Direction.INCOMING:
        return _missed(paths, events)
    return _not_reached(paths)


def _outcome(path: Path) -> Status:
    return path.overridden or outcome_of(path.leg)


def did_ring(path: Path) -> bool:
    """Whether a person's phone rang (or was busy, which its owner chose): PT-991, a phone that is off never rang."""
    if path.b > Side.OUTSIDE or not (path.reached or is_busy(path.leg)):
        return False
    return path.talked or _outcome(path) in (Status.NO_ANSWER, Status.REJECTED, Status.CANCELLED)


def _is_offline(path: Path) -> bool:
    """The phone was known to be off, or no channel to it came to be although it was dialled."""
    outcome = _outcome(path)
    return outcome is Status.UNAVAILABLE or (
        not path.reached and outcome in (Status.NO_ANSWER, Status.ERROR, Status.CANCELLED)
    )


def _missed(paths: Sequence[Path], events: Iterable[CallEvent]) -> Verdict:
    called = [path for path in paths if path.b <= Side.OUTSIDE]
    rang = [path for path in called if did_ring(path)]
    if rang:
        return _verdict(Status.MISSED, rule.RANG, rang[-1])
    if called and all(_is_offline(path) for path in called):
        return _verdict(Status.MISSED_OFFLINE, rule.PHONE_OFFLINE, called[-1])
    if not called and any(event.name == "EXITEMPTY" for event in events):
        return _verdict(Status.MISSED_OFFLINE, rule.PHONE_OFFLINE, paths[-1])
    outcomes = {_outcome(path) for path in called or paths}
    if outcomes == {Status.NO_CHANNELS}:
        return _verdict(Status.NO_CHANNELS, rule.NO_CHANNELS, paths[-1])
    if outcomes <= {Status.ERROR, Status.NO_CHANNELS}:
        return _verdict(Status.ERROR, _error_rule(paths[-1]), paths[-1])
    return _verdict(Status.MISSED, rule.NOBODY_RANG, (called or paths)[-1])


def _not_reached(paths: Sequence[Path]) -> Verdict:
    """The last attempt at a person decides: a second trunk tried after a first that was full."""
    called = [path for path in paths if path.b is Side.OUTSIDE] or [path for path in paths if path.b is Side.INSIDE]
    if not called:
        last = paths[-1]
        outcome = _outcome(last)
        if outcome is Status.NO_ANSWER and last.leg.billsec > 0:
            return _verdict(Status.NO_ANSWER, rule.APPLICATION, last)
    else:
        last = called[-1]
        outcome = _outcome(last)
    if outcome is Status.REJECTED and last.overridden is None and is_busy(last.leg):
        return _verdict(outcome, rule.BUSY, last, busy=True)
    if outcome is Status.ERROR:
        return _verdict(outcome, _error_rule(last), last)
    if outcome is Status.NO_ANSWER and disposition_of(last.leg.disposition) == "ANSWERED":
        return _verdict(outcome, rule.NO_SECONDS if last.leg.billsec <= 0 else rule.APPLICATION, last)
    return _verdict(outcome, _OUTGOING_RULES[outcome], last)


def _error_rule(path: Path) -> str:
    return rule.FAILED if disposition_of(path.leg.disposition) == "FAILED" and not path.leg.cause else rule.UNKNOWN


def _verdict(status: Status, name: str, path: Path, *, busy: bool = False) -> Verdict:
    leg = path.leg
    facts = [("disposition", leg.disposition), ("billsec", str(leg.billsec))]
    facts += [
        (field, value)
        for field, value in (
            ("cause", leg.cause), ("hung_up_by", leg.hung_up_by), ("app", leg.app), ("context", leg.context),
            ("channel", leg.channel), ("dstchannel", leg.dstchannel), ("callee", leg.callee),
        )
        if value
    ]  # fmt: skip
    return Verdict(status, StatusReason(rule=name, facts=tuple(facts)), busy)
