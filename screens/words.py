"""Words, glyphs and colours for the values of the model: what a status is called and how it looks.

Every glyph is one cell wide in every terminal: none may be drawn as an emoji, and each has an ASCII stand-in.
A colour is a role that the theme fills; a value is never told by colour alone.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from backend_client.errors import BackendError, ErrorKind
from backend_client.model.call import Call, Mark, Party, PartyKind, Price, PriceState, RecordingState
from backend_client.model.live import SourceState
from backend_client.model.phone import format_number
from backend_client.model.queue import queue_in
from backend_client.model.status import RUNNING, Direction, Family, HungUpBy, Name, Status, name_of
from backend_client.model.text import N_, clean
from screens.language import NO_VALUE, _, money


class Role(StrEnum):
    """Colour roles of a piece of text; PLAIN is the colour of what it stands in."""

    PLAIN = ""
    GOOD = "good"
    BAD = "bad"
    WARNING = "warning"
    ACCENT = "accent"
    MUTED = "muted"
    DIM = "dim"
    """What is not possible now."""
    TITLE = "title"


class Sign(Struct, frozen=True):
    """How a value is shown: its word (an English msgid), glyph, ASCII stand-in and colour."""

    text: str
    glyph: str = " "
    ascii: str = " "
    role: Role = Role.PLAIN

    @property
    def word(self) -> str:
        """The word, translated."""
        return _(self.text)

    def mark(self, plain: bool = False) -> str:
        """The glyph, or its stand-in for a terminal that has ASCII only."""
        return self.ascii if plain else self.glyph


DIRECTIONS: dict[Direction, Sign] = {
    Direction.INCOMING: Sign(N_("Incoming"), "←", "<", Role.ACCENT),
    Direction.OUTGOING: Sign(N_("Outgoing"), "→", ">", Role.GOOD),
    Direction.INTERNAL: Sign(N_("Internal"), "⇄", "=", Role.MUTED),
    Direction.UNKNOWN: Sign(N_("Unknown"), "?", "?", Role.MUTED),
}

STATUSES: dict[Status, Sign] = {
    Status.ANSWERED: Sign(N_("Answered"), "✓", "+", Role.GOOD),
    Status.UNAVAILABLE: Sign(N_("Unavailable"), "⊘", "0", Role.MUTED),
    Status.REJECTED: Sign(N_("Rejected"), "✗", "x", Role.WARNING),
    Status.NO_ANSWER: Sign(N_("No answer"), "○", "o", Role.WARNING),
    Status.CANCELLED: Sign(N_("Cancelled"), "×", "c", Role.MUTED),
    Status.MISSED: Sign(N_("Missed"), "↯", "!", Role.BAD),
    Status.CALLED_BACK: Sign(N_("Called back"), "↺", "@", Role.WARNING),
    Status.ERROR: Sign(N_("Unknown error"), "?", "?", Role.BAD),
    Status.TALKED_THEN_DROPPED: Sign(N_("Talked, dropped"), "≈", "~", Role.WARNING),
    Status.NO_CHANNELS: Sign(N_("No free channels"), "≡", "#", Role.BAD),
    Status.MISSED_OFFLINE: Sign(N_("Missed, offline"), "⊗", "%", Role.BAD),
    Status.RINGING: Sign(N_("Ringing"), "☏", "r", Role.ACCENT),
    Status.CONNECTING: Sign(N_("Connecting"), "…", ".", Role.ACCENT),
    Status.TALKING: Sign(N_("Talking"), "»", "t", Role.ACCENT),
    Status.UNKNOWN: Sign(N_("Unknown"), "?", "?", Role.MUTED),
}
"""The 13 statuses of the second original, and TALKING, which only a running call has."""

BUSY = Sign(N_("Rejected: busy"), "✗", "x", Role.WARNING)

NAMES: dict[Name, Sign] = {
    Name.ACCEPTED: Sign(N_("Accepted"), "✓", "+", Role.GOOD),
    Name.REACHED: Sign(N_("Reached"), "✓", "+", Role.GOOD),
    Name.NO_REPLY: Sign(N_("No reply"), "↯", "!", Role.BAD),
    Name.LOST: Sign(N_("Lost"), "⊗", "%", Role.BAD),
    Name.CANCELLED: Sign(N_("Cancelled"), "×", "c", Role.MUTED),
    Name.NOT_REACHED: Sign(N_("Not reached"), "○", "o", Role.WARNING),
    Name.INTERNAL: Sign(N_("Internal"), "⇄", "=", Role.MUTED),
    Name.UNKNOWN: Sign(N_("Unknown"), "?", "?", Role.MUTED),
}

FAMILIES: dict[Family, Sign] = {
    Family.ACCEPTED: Sign(N_("Accepted"), "✓", "+", Role.GOOD),
    Family.MISSED: Sign(N_("Missed"), "↯", "!", Role.BAD),
    Family.SUCCESSFUL: Sign(N_("Successful"), "✓", "+", Role.GOOD),
    Family.FAILED: Sign(N_("Failed"), "✗", "x", Role.WARNING),
    Family.UNKNOWN: Sign(N_("Unknown"), "?", "?", Role.MUTED),
}

FIRST_CONTACT = Sign(N_("First contact"), "★", "*", Role.ACCENT)
ATTENTION = Sign(N_("Nobody called back in time"), "!", "!", Role.BAD)
CALL_BACK = Sign(N_("Called back, or calling back"), "↺", "@", Role.GOOD)
COMMENT = Sign(N_("Has a comment"), "✎", "c", Role.PLAIN)
RECORDING = Sign(N_("Has a recording"), "♪", "r", Role.PLAIN)
BY_HAND = Sign(N_("Logged by hand"), "✐", "h", Role.MUTED)
HUNG_UP = Sign(N_("Hung up"), "↓", "v", Role.WARNING)
CURSOR = Sign(N_("Cursor"), "►", ">", Role.ACCENT)
MARKS = (FIRST_CONTACT, ATTENTION, CALL_BACK, COMMENT, RECORDING, BY_HAND, HUNG_UP)
"""In the order of the legend."""

HUNG_UP_BY: dict[HungUpBy, str] = {
    HungUpBy.CALLER: N_("the caller"),
    HungUpBy.CALLEE: N_("the called party"),
    HungUpBy.NOBODY_SAID: "",
    HungUpBy.UNKNOWN: "",
}

RECORDINGS: dict[RecordingState, str] = {
    RecordingState.NONE: N_("no recording"),
    RecordingState.PENDING: N_("not there yet: recordings arrive within 5 minutes"),
    RecordingState.AVAILABLE: N_("available"),
    RecordingState.DELETED: N_("deleted"),
    RecordingState.FORBIDDEN: N_("no access"),
    RecordingState.UNKNOWN: N_("unknown"),
}

PRICES: dict[PriceState, str] = {
    PriceState.NONE: "",
    PriceState.PENDING: N_("pending: known 5 minutes after the end"),
    PriceState.KNOWN: "",
    PriceState.NOT_KNOWN: N_("unknown"),
    PriceState.MASKED: "",
    PriceState.UNKNOWN: N_("unknown"),
}
"""Words for a price without an amount."""

_MENUS = frozenset({
    "background", "backgrounddetect", "controlplayback", "ivr", "playback", "playtones", "read", "waitexten",
})  # fmt: skip
"""Asterisk's applications by which a menu speaks and listens, casefolded."""

_HEADLINES: dict[ErrorKind, str] = {
    ErrorKind.UNREACHABLE: N_("The source of calls cannot be reached."),
    ErrorKind.UNAUTHORISED: N_("You are not signed in any more."),
    ErrorKind.FORBIDDEN: N_("You may not do this."),
    ErrorKind.NOT_FOUND: N_("This is not there any more."),
    ErrorKind.CONFLICT: N_("Somebody changed this meanwhile."),
    ErrorKind.INVALID: N_("This cannot be understood."),
    ErrorKind.BUSY: N_("The store is busy."),
    ErrorKind.CORRUPT: N_("The store is damaged."),
    ErrorKind.FULL: N_("The disk is full."),
    ErrorKind.OUTDATED: N_("The store was written by a newer version."),
    ErrorKind.UNKNOWN: N_("Something went wrong."),
}


def status_sign(call: Call, *, names: bool = False) -> Sign:
    """What stands in the status column: the status, or with `names` the name that a 1C user knows.

    A running call has no name yet and keeps its status.
    """
    if names and call.status not in RUNNING:
        return NAMES[name_of(call.direction, call.status, lost=call.lost)]
    if call.busy and call.status is Status.REJECTED:
        return BUSY
    return STATUSES[call.shown_status]


def mark_signs(call: Call) -> tuple[Sign | None, ...]:
    """The marks of a row in slots that never move: first contact, attention, call-back, comment, recording.

    A lost first contact bears the first two; one that was called back too late the second and the third.
    """
    return _signs_of(call.marks, call.settled_by is not None)


@lru_cache(maxsize=256)
def _signs_of(marks: Mark, settled: bool) -> tuple[Sign | None, ...]:
    """Kept, for each question about a flag makes another flag."""
    settled = settled or bool(marks & Mark.SETTLES)
    return (
        FIRST_CONTACT if marks & Mark.FIRST_CONTACT else None,
        ATTENTION if marks & (Mark.ATTENTION | Mark.LOST) else None,
        CALL_BACK if settled else None,
        COMMENT if marks & Mark.COMMENT else None,
        RECORDING if marks & Mark.RECORDING else BY_HAND if marks & Mark.BY_HAND else None,
    )


def party_text(party: Party, home: str = "") -> str:
    """A side of a call: its name and its number or address, or what is known instead.

    Numbers of the country `home` (ISO 3166) are shown as they are dialled there.
    """
    if party.kind is PartyKind.WITHHELD:
        return _("number withheld")
    if party.kind is PartyKind.APPLICATION and not party.address:
        return application_text(party.name) or NO_VALUE
    address = format_number(party.address, home)
    if party.name and party.address and party.name != party.address:
        return f"{party.name}, {address}"
    return party.name or address or NO_VALUE


def price_text(price: Price) -> str:
    """A price, or why there is no amount; blank where there is nothing to say."""
    if price.state is PriceState.KNOWN and price.amount is not None:
        return money(price.amount, price.currency)
    return _(PRICES[price.state]) if PRICES[price.state] else ""


def client_text(call: Call, home: str = "") -> str:
    """The client's name, else the outside number, else what is known of an internal or a withheld call."""
    if call.client or call.number:
        return call.client or format_number(call.number, home)
    if call.direction is Direction.INTERNAL:
        return call.callee.name or call.callee.address or application_text(call.application)
    return _("number withheld")


def employees_text(call: Call) -> str:
    """The employees of a call in order, else the application that took it, which is nobody."""
    return ", ".join(employee.name for employee in call.employees) or application_text(call.application)


def application_text(application: str) -> str:
    """What a caller heard instead of a person, in a person's words; what has no word stays as it is."""
    if queue := queue_in(application):
        return _("Queue {name}").format(name=clean(queue))
    name = application.casefold()
    if name in _MENUS:
        return _("IVR")
    return _("Voicemail") if name in ("voicemail", "voicemailmain") else application


def no_related_text(call: Call) -> str:
    """Why no other call can be opened from this one."""
    if call.settled_by == 0:
        return _("The call that settled this one is somebody else's: you may not open it.")
    return _("No other call belongs to this one.")


def error_text(error: BackendError) -> tuple[str, str]:
    """What went wrong and what to do next, translated and filled with cleaned fields."""
    fields = {name: clean(str(value)) for name, value in error.fields.items()}
    text = error.text or _HEADLINES[error.kind]
    return _fill(_(text), fields), _fill(_(error.hint), fields) if error.hint else ""


def problem_text(source: SourceState) -> str:
    """Why a source cannot be read now, and what to do."""
    trouble = source.trouble
    if trouble is None:
        return source.problem
    return " ".join(_fill(_(text), trouble.fields) for text in (trouble.text, trouble.hint) if text)


def _fill(pattern: str, fields: dict[str, str]) -> str:
    try:
        return pattern.format(**fields)
    except (KeyError, IndexError, ValueError):
        # A message with a field that its raiser forgot is still better read raw than not at all.
        return pattern
