"""A leg read: who stands on either side of it, when it truly began, was answered and ended, and whether people
talked on it. The raw material of a call and of its route."""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum

from msgspec import Struct

from backend_client.derive.channel import (
    dialled_endpoints,
    endpoint_of,
    is_channel,
    is_local,
    name_of,
    number_through,
)
from backend_client.derive.numbering import Numbering
from backend_client.derive.verdict import is_answered
from backend_client.model.leg import Leg
from backend_client.model.status import Status


class Side(IntEnum):
    """Who stands on one side of a leg."""

    INSIDE = 0
    """A phone of the call centre."""
    OUTSIDE = 1
    APPLICATION = 2
    """IVR, queue, voicemail: nobody's phone."""
    LOCAL = 3
    """A half of a Local channel: the dialplan itself."""


APPLICATIONS = frozenset({
    "answer", "background", "backgrounddetect", "busy", "congestion", "directory", "disa", "echo", "hangup",
    "milliwatt", "minivmgreet", "minivmrecord", "musiconhold", "noop", "playback", "playtones", "read",
    "receivefax", "record", "ringing", "saydigits", "saynumber", "sendfax", "voicemail", "voicemailmain",
    "wait", "waitexten", "waitmusiconhold",
})  # fmt: skip
"""A leg that ends in one of these is no talk between people, whatever it is billed (B3)."""


class Path(Struct):
    """One leg with its two sides. Instants are whole UTC epoch seconds, mended where the source's are impossible."""

    leg: Leg
    start: int
    answer: int | None
    end: int
    a: Side
    a_address: str
    b: Side
    b_address: str
    """Blank where nothing tells whose phone it is."""
    dials_out: bool
    """What was dialled is a number beyond the call centre."""
    reached: bool
    """The called channel came to be; a source without channels does not tell, and counts as yes."""
    talked: bool
    """Two people talked, from `answer` to `talk_end`."""
    talk_end: int
    overridden: Status | None = None
    """What the store's own table makes of this leg's cause on its trunk, where it says anything."""
    rings_own: bool = False
    """The exchange itself rang the phone of ours that then called out (click to call): nobody called it."""


def instants_of(leg: Leg) -> tuple[int, int | None, int]:
    """Start, answer and end in whole seconds, start ≤ answer ≤ end. An end before the start gives way to the
    duration, an answer outside the leg to what was billed."""
    start = int(leg.start)
    billed = max(leg.billsec, 0)
    end = start - 1 if leg.end is None else int(leg.end)
    if end < start:
        end = start + max(leg.duration, billed)
    answer = None if leg.answer is None else int(leg.answer)
    if answer is not None and not start <= answer <= end:
        answer = None
    if answer is None and billed:
        answer = max(start, end - billed)
    return start, answer, end


def read_legs(legs: list[Leg], numbering: Numbering, known_internal: Container[str]) -> list[Path]:
    """The legs of one call as paths, in the same order."""
    paths = _Reader(legs, numbering, known_internal).paths
    if len(paths) > 1 and paths[0].a is not Side.INSIDE:
        _turn_calls_placed_by_exchange(paths)
    return paths


def first_of(paths: list[Path]) -> Path:
    """The earliest leg on which somebody called: what direction a call has (decision 8)."""
    return next((path for path in paths if not path.rings_own), paths[0])


def _turn_calls_placed_by_exchange(paths: list[Path]) -> None:
    """Originate: the exchange rings our phone, on a leg that nobody calls, and then dials out for it, mostly through
    halves of a Local channel that show the number to be called as their caller. The phone is who called."""
    by_trunk = [path for path in paths if path.a is Side.OUTSIDE and not is_local(path.leg.channel)]
    dialled = [path for path in paths if path.b is Side.OUTSIDE and path.a is not Side.INSIDE]
    inside = [path for path in paths if path.b is Side.INSIDE and path.a is not Side.INSIDE]
    if by_trunk or not inside:
        return
    callers = {path.a_address for path in paths if path.a is Side.OUTSIDE}
    if dialled and callers <= {path.b_address for path in dialled}:
        ours = next((path for path in inside if path.talked), inside[0])
        for path in dialled:
            path.a, path.a_address = Side.INSIDE, ours.b_address
    elif callers or not any(path.a is Side.INSIDE and path.b is Side.OUTSIDE for path in paths):
        return
    out = next(path.start for path in paths if path.b is Side.OUTSIDE)
    for path in inside:
        if path.start <= out:
            path.a, path.a_address, path.talked, path.talk_end = Side.APPLICATION, "", False, path.start
            path.rings_own = True


class _Reader:
    """What the legs of one call tell about each other: whose phone an endpoint is, which endpoints are trunks."""

    def __init__(self, legs: list[Leg], numbering: Numbering, known_internal: Container[str]) -> None:
        self._numbering = numbering
        self._known = known_internal
        self._ends = [(endpoint_of(leg.channel), endpoint_of(leg.dstchannel)) for leg in legs]
        self._aliases: dict[str, str] = {}
        self._trunks: set[str] = set()
        self._local_twins = {leg.channel.rpartition(";")[0] for leg in legs if is_local(leg.channel)}
        self._first_callee = legs[0].callee
        sides = [self._a_side(leg, a_end) for leg, (a_end, _) in zip(legs, self._ends, strict=True)]
        if len(legs) > 1 or sides[0][0] is not Side.OUTSIDE:
            self._learn(legs, [side for side, _ in sides])
        self.paths = [self._path(leg, *ends, *side) for leg, ends, side in zip(legs, self._ends, sides, strict=True)]

    def _is_inside(self, address: str) -> bool:
        return bool(address) and (self._numbering.is_internal(address) or address in self._known)

    def _is_outside(self, address: str) -> bool:
        return not self._is_inside(address) and self._numbering.is_outside(address)

    def _a_side(self, leg: Leg, a_end: str) -> tuple[Side, str]:
        if leg.direction:
            return (Side.OUTSIDE if leg.direction == "in" else Side.INSIDE), leg.caller
        if is_local(leg.channel):
            return (Side.OUTSIDE, leg.caller) if self._is_outside(leg.caller) else (Side.LOCAL, "")
        if self._numbering.is_inbound(leg.context):
            return Side.OUTSIDE, leg.caller
        if self._is_inside(leg.caller):
            return Side.INSIDE, leg.caller
        if self._is_inside(name_of(a_end)) and self._is_outside(leg.callee):
            # A phone that shows the company's number while it calls out; a trunk may bear a short number too.
            return Side.INSIDE, name_of(a_end)
        if not leg.caller and leg.app == "AppDial":
            # Asterisk itself placed the call (Originate): its A side is no caller but the phone that it rang.
            return Side.APPLICATION, ""
        return Side.OUTSIDE, leg.caller

    def _learn(self, legs: list[Leg], sides: list[Side]) -> None:
        """Endpoints by which the outside came or was dialled are trunks; an endpoint that called as 100 is 100,
        and so is, where it never called, the first that was dialled as 100."""
        dialled: dict[str, str] = {}
        for leg, (a_end, b_end), side in zip(legs, self._ends, sides, strict=True):
            if side is Side.OUTSIDE and not is_local(leg.channel):
                self._trunks.add(a_end)
            elif side is Side.INSIDE and self._is_inside(leg.caller):
                self._aliases.setdefault(a_end, leg.caller)
            if is_local(leg.dstchannel) or not b_end:
                continue
            if side is not Side.OUTSIDE and self._is_outside(leg.callee) and not self._is_inside(name_of(b_end)):
                self._trunks.add(b_end)
            elif leg.app in ("Dial", "") and self._is_inside(leg.callee):
                dialled.setdefault(b_end, leg.callee)
        for endpoint, address in dialled.items():
            self._aliases.setdefault(endpoint, address)

    def _path(self, leg: Leg, a_end: str, b_end: str, a: Side, a_address: str) -> Path:
        start, answer, end = instants_of(leg)
        b, b_address, reached = self._b_side(leg, a_end, b_end, a)
        talked = (
            reached
            and b <= Side.OUTSIDE
            and answer is not None
            and is_answered(leg)
            and leg.app.casefold() not in APPLICATIONS
        )
        talk_end = min(end, answer + leg.billsec) if talked and answer is not None else start
        return Path(
            leg, start, answer, end, a, a_address, b, b_address, self._is_outside(leg.callee), reached, talked,
            talk_end, self._numbering.status_of(leg.cause, a_end, b_end) if leg.cause else None,
        )  # fmt: skip

    def _b_side(self, leg: Leg, a_end: str, b_end: str, a: Side) -> tuple[Side, str, bool]:
        """Side B, its address, and whether a channel to it came to be."""
        if leg.direction:
            return (Side.OUTSIDE if leg.direction == "out" else Side.INSIDE), leg.callee, True
        if is_local(leg.dstchannel):
            return self._behind_local(leg.dstchannel)
        if a is Side.APPLICATION:
            return Side.INSIDE, self._whose(a_end), True
        if b_end:
            side, address = self._of_endpoint(leg, b_end, a)
            return side, address, True
        if leg.app not in ("Dial", ""):
            return Side.APPLICATION, "", False
        return self._of_number(leg, a)

    def _behind_local(self, channel: str) -> tuple[Side, str, bool]:
        """The other half has a leg of its own; where that leg is missing, the half names the extension."""
        stem = channel.rpartition(";")[0]
        extension = name_of(stem).partition("@")[0]
        if stem not in self._local_twins and self._is_inside(extension):
            return Side.INSIDE, extension, True
        return Side.LOCAL, "", False

    def _of_endpoint(self, leg: Leg, endpoint: str, a: Side) -> tuple[Side, str]:
        name = name_of(endpoint)
        if a is Side.INSIDE and leg.app in ("Dial", "") and self._is_outside(leg.callee):
            if endpoint not in self._aliases:
                # A trunk, even one whose account is a short number.
                return Side.OUTSIDE, leg.callee
        elif self._is_inside(name):
            return Side.INSIDE, name
        elif number := number_through(endpoint, leg.appdata):
            # Sent on through a trunk: a phone is dialled without a number behind it.
            if self._is_inside(number):
                return Side.INSIDE, number
            if self._is_outside(number):
                return Side.OUTSIDE, number
        if endpoint not in self._trunks and endpoint in self._aliases:
            return Side.INSIDE, self._aliases[endpoint]
        if leg.app in ("Dial", "") and self._is_inside(leg.callee):
            return Side.INSIDE, leg.callee
        if endpoint in self._trunks:
            return Side.OUTSIDE, leg.callee
        forwarded = a is not Side.OUTSIDE or (
            leg.callee != self._first_callee and not self._numbering.is_inbound(leg.context)
        )
        if forwarded and self._is_outside(leg.callee):
            return Side.OUTSIDE, leg.callee
        return Side.INSIDE, name

    def _of_number(self, leg: Leg, a: Side) -> tuple[Side, str, bool]:
        """No channel was called: the source names none, or none came to be and only the dialled number tells."""
        reached = not is_channel(leg.channel)
        if self._is_inside(leg.callee):
            return Side.INSIDE, leg.callee, reached
        if self._is_outside(leg.callee) and (a is not Side.OUTSIDE or leg.callee != self._first_callee):
            return Side.OUTSIDE, leg.callee, reached
        targets = dialled_endpoints(leg.appdata)
        if len(targets) == 1 and a is Side.OUTSIDE:
            return Side.INSIDE, self._whose(targets[0]), reached
        if targets or (reached and leg.callee):
            return Side.INSIDE, "", reached
        return Side.APPLICATION, "", False

    def _whose(self, endpoint: str) -> str:
        name = name_of(endpoint)
        return name if self._is_inside(name) else self._aliases.get(endpoint, name)
