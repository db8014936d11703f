"""Why a record of a source was not taken."""

from __future__ import annotations

from backend_client.model.status import WireEnum
from backend_client.model.text import N_


class Reason(WireEnum):
    """Why a record was not taken."""

    BAD_DATE = "bad-date"
    NO_START = "no-start"
    ENDS_BEFORE_START = "ends-before-start"
    ANSWER_OUTSIDE = "answer-outside"
    NO_IDENTITY = "no-identity"
    BAD_NUMBER = "bad-number"
    WRONG_COLUMNS = "wrong-columns"
    OPEN_QUOTE = "open-quote"
    TOO_LONG = "too-long"
    UNKNOWN_LINE = "unknown-line"
    HALF_WRITTEN = "half-written"
    """The last line of a file that is still being written: read when it is whole, so no error."""
    GAP = "gap"
    """Of a followed file: it was replaced before its end was read, and no copy of it lies beside."""
    UNKNOWN = "unknown"


REASON_TEXT: dict[Reason, str] = {
    Reason.BAD_DATE: N_("a date or time that cannot be read"),
    Reason.NO_START: N_("no start time"),
    Reason.ENDS_BEFORE_START: N_("ends before it starts"),
    Reason.ANSWER_OUTSIDE: N_("answered before it started or after it ended"),
    Reason.NO_IDENTITY: N_("neither a unique id nor a linked id"),
    Reason.BAD_NUMBER: N_("a duration that is no number of seconds"),
    Reason.WRONG_COLUMNS: N_("another number of columns than the rest of the file"),
    Reason.OPEN_QUOTE: N_("a quotation mark that is never closed"),
    Reason.TOO_LONG: N_("a line too long for a call record"),
    Reason.UNKNOWN_LINE: N_("a line of no kind that Pult knows"),
    Reason.HALF_WRITTEN: N_("the last line is not complete yet"),
    Reason.GAP: N_("the file was replaced before its end was read: import its packed copy"),
    Reason.UNKNOWN: N_("unknown reason"),
}
"""Message ids; whoever shows them translates them."""
