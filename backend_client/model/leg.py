"""Facts: what a telephony source said about a call, kept as the source last gave it."""

from __future__ import annotations

from msgspec import Struct


class Leg(Struct, frozen=True, omit_defaults=True, array_like=True, kw_only=True, gc=False):
    """One source record: one path from a party A to a party B (Asterisk CDR, or its like).

    Instants are UTC epoch seconds as floats (sub-seconds only order legs); texts are cleaned. Fields are only
    ever added at the end: stored legs are arrays. No leg can be part of a cycle: left alone by the garbage
    collector, an import is a quarter faster.
    """

    key: str
    """The record's identity inside its system; begins with its time, never a hash."""
    uniqueid: str
    linkedid: str
    """Blank in a source without it; then the uniqueid groups."""
    start: float
    answer: float | None = None
    end: float | None = None
    duration: int = 0
    billsec: int = 0
    disposition: str = ""
    """As spelt by the source, upper-case."""
    caller: str = ""
    """Number or address of party A as the source wrote it."""
    caller_name: str = ""
    callee: str = ""
    """What was dialled, as the source wrote it."""
    channel: str = ""
    dstchannel: str = ""
    context: str = ""
    app: str = ""
    appdata: str = ""
    did: str = ""
    sequence: str = ""
    cause: str = ""
    """Raw hang-up cause, Q.850 number or name, blank where the source has none."""
    hung_up_by: str = ""
    """"caller", "callee" or blank."""
    recording: str = ""
    price: int | None = None
    """Millionths of the currency, None where the source has none."""
    currency: str = ""
    account: str = ""
    userfield: str = ""
    note: str = ""
    """A comment that came with the record; kept whole whatever its length."""
    feed: str = ""
    """Which feed of the system gave the record, such as "asterisk-csv"."""
    direction: str = ""
    """"in", "out" or "internal" where the source says it itself; blank where numbers and channels tell."""


class CallEvent(Struct, frozen=True, omit_defaults=True, array_like=True, kw_only=True, gc=False):
    """One line of a log that enriches calls: queue_log or CEL. Issue-independent shape: a name and its data."""

    key: str
    at: float
    source: str
    name: str
    agent: str = ""
    queue: str = ""
    data: tuple[str, ...] = ()


class CallFacts(Struct, frozen=True, omit_defaults=True, array_like=True, kw_only=True, gc=False):
    """Everything the sources said about one call, in key order. The only input of derivation but settings."""

    system: str
    call_key: str
    """Linkedid, else uniqueid."""
    legs: tuple[Leg, ...] = ()
    events: tuple[CallEvent, ...] = ()
