"""What one leg says about its outcome: dispositions and causes of many spellings, as one small set (B2, B10)."""

from __future__ import annotations

from functools import lru_cache

from backend_client.model.leg import Leg
from backend_client.model.status import Status

_NUMBERED = {
    "0": "NO ANSWER", "1": "", "2": "FAILED", "4": "BUSY", "8": "ANSWERED", "16": "CONGESTION", "32": "CANCEL",
}  # fmt: skip
"""The bit values of Asterisk's cdr.h, as some database exports hold them."""
_SPELLINGS = {
    "NOANSWER": "NO ANSWER", "NO_ANSWER": "NO ANSWER", "ANSWER": "ANSWERED", "CANCELLED": "CANCEL",
    "CANCELED": "CANCEL",
}  # fmt: skip

_OF_DISPOSITION = {
    "": Status.NO_ANSWER,
    "NO ANSWER": Status.NO_ANSWER,
    "ANSWERED": Status.NO_ANSWER,
    "BUSY": Status.REJECTED,
    "CANCEL": Status.CANCELLED,
    "CONGESTION": Status.NO_CHANNELS,
    "CHANUNAVAIL": Status.UNAVAILABLE,
    "INVALIDARGS": Status.UNAVAILABLE,
}

_ERRORS = frozenset({"FAILED", "UNKNOWN", "ERROR"})

_Q850 = {
    **dict.fromkeys((1, 3, 18, 20, 22, 27, 28), Status.UNAVAILABLE),
    **dict.fromkeys((17, 21), Status.REJECTED),
    19: Status.NO_ANSWER,
    **dict.fromkeys((34, 42, 44, 58), Status.NO_CHANNELS),
}
_SIP = {
    **dict.fromkeys((404, 408, 410, 480, 484), Status.UNAVAILABLE),
    **dict.fromkeys((486, 600, 603), Status.REJECTED),
    487: Status.CANCELLED,
    503: Status.NO_CHANNELS,
}
_NORMAL = frozenset({16, 31, 200})
"""Normal clearing says nothing about why nobody answered."""
_BUSY_CODES = frozenset({17, 486, 600})
_NETWORK_CODES = frozenset({27, 38, 41, 102})
_NAMES = {
    "UNALLOCATED_NUMBER": 1, "UNALLOCATED": 1, "NO_ROUTE_DESTINATION": 3, "NORMAL_CLEARING": 16, "USER_BUSY": 17,
    "BUSY": 17, "NO_USER_RESPONSE": 18, "NO_ANSWER": 19, "NOANSWER": 19, "SUBSCRIBER_ABSENT": 20, "CHANUNAVAIL": 20,
    "CALL_REJECTED": 21, "NUMBER_CHANGED": 22, "DESTINATION_OUT_OF_ORDER": 27, "INVALID_NUMBER_FORMAT": 28,
    "INVALIDARGS": 28, "NORMAL_UNSPECIFIED": 31, "NORMAL": 31, "NORMAL_CIRCUIT_CONGESTION": 34, "CONGESTION": 34,
    "NETWORK_OUT_OF_ORDER": 38, "MEDIA_TIMEOUT": 38, "NORMAL_TEMPORARY_FAILURE": 41, "SWITCH_CONGESTION": 42,
    "REQUESTED_CHAN_UNAVAIL": 44, "BEARERCAPABILITY_NOTAVAIL": 58, "RECOVERY_ON_TIMER_EXPIRE": 102,
    "ORIGINATOR_CANCEL": 487, "CANCEL": 487,
}  # fmt: skip
_UNKNOWN_CODE = -1


@lru_cache(maxsize=1024)
def disposition_of(text: str) -> str:
    """A disposition in Asterisk's own spelling: numbers and other spellings of it become words."""
    upper = text.strip().upper()
    return _NUMBERED.get(upper, _SPELLINGS.get(upper, upper))


def is_known(text: str) -> bool:
    """Whether a disposition is one that says something here; any other is an error."""
    disposition = disposition_of(text)
    return disposition in _OF_DISPOSITION or disposition in _ERRORS


@lru_cache(maxsize=1024)
def _code_of(cause: str) -> int | None:
    """A cause as Q.850 (to 127) or SIP (from 300) number; None where there is none."""
    upper = cause.strip().upper().replace(" ", "_").removeprefix("SIP_").removeprefix("SIP:")
    if not upper:
        return None
    if upper.isascii() and upper.isdecimal() and len(upper) < 4:
        return int(upper)
    return _NAMES.get(upper, _UNKNOWN_CODE)


def is_answered(leg: Leg) -> bool:
    """Whether the source says that this leg was answered and lasted: ANSWERED (or a source without dispositions)
    and at least a second billed (B3)."""
    return leg.billsec > 0 and disposition_of(leg.disposition) in ("ANSWERED", "")


def outcome_of(leg: Leg) -> Status:
    """Why nobody talked on this leg, in the statuses of an outgoing call. The cause, where the source has one,
    is finer than the disposition; a cause that no rule knows yields to a disposition that says something."""
    disposition = disposition_of(leg.disposition)
    by_disposition = _OF_DISPOSITION.get(disposition, Status.ERROR)
    code = _code_of(leg.cause)
    if code is None or code in _NORMAL:
        if by_disposition is Status.NO_ANSWER and leg.hung_up_by == "caller":
            return Status.CANCELLED
        return by_disposition
    by_cause = _Q850.get(code) or _SIP.get(code)
    if by_cause is not None:
        return by_cause
    return Status.ERROR if by_disposition is Status.NO_ANSWER else by_disposition


def is_busy(leg: Leg) -> bool:
    """Whether a rejection was a busy line."""
    code = _code_of(leg.cause)
    if code is None or code in _NORMAL:
        return disposition_of(leg.disposition) == "BUSY"
    return code in _BUSY_CODES


def is_cut_by_network(leg: Leg) -> bool:
    """Whether the network ended a talk (B10, row 9)."""
    return _code_of(leg.cause) in _NETWORK_CODES
