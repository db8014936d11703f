"""The column sets in which call records are known to be written, and which of them sample rows fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from backend_client.ingest.dates import is_nothing, looks_like_date
from backend_client.ingest.profile import FIELDS

MASTER = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
_NEW = ("peeraccount", "linkedid", "sequence")
_FREEPBX = (
    "start", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration", "billsec",
    "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
)  # fmt: skip
_NAMES = ("cnum", "cnam", "", "", "")
"""outbound_cnum, outbound_cnam and dst_cnam are not read."""


class Layout(Struct, frozen=True):
    """Fields by position ("" is not read). `header`: the first row holds titles."""

    name: str
    fields: tuple[str, ...]
    header: bool = False


LAYOUTS: tuple[Layout, ...] = (
    Layout("asterisk-csv", MASTER),
    Layout("asterisk-csv", (*MASTER, "uniqueid")),
    Layout("asterisk-csv", (*MASTER, "userfield")),
    Layout("asterisk-csv", (*MASTER, "uniqueid", "userfield")),
    Layout("asterisk-csv", (*MASTER, *_NEW)),
    Layout("asterisk-csv", (*MASTER, "uniqueid", *_NEW)),
    Layout("asterisk-csv", (*MASTER, "userfield", *_NEW)),
    Layout("asterisk-csv", (*MASTER, "uniqueid", "userfield", *_NEW)),
    # The example of Asterisk's own cdr_custom.conf.
    Layout(
        "asterisk-custom",
        ("clid", "src", "dst", *MASTER[3:4], *MASTER[5:], "accountcode", "uniqueid", "userfield", "sequence"),
    ),
    # FreePBX: the columns grew with its versions; the export has the recording behind the names, the table before.
    Layout("freepbx-csv", _FREEPBX),
    Layout("freepbx-csv", (*_FREEPBX, "did")),
    Layout("freepbx-csv", (*_FREEPBX, "did", "recordingfile")),
    Layout("freepbx-csv", (*_FREEPBX, "did", "recordingfile", *_NAMES)),
    Layout("freepbx-csv", (*_FREEPBX, "did", *_NAMES, "recordingfile")),
    Layout("freepbx-csv", (*_FREEPBX, "did", "recordingfile", *_NAMES, "linkedid", "peeraccount", "sequence")),
    Layout("freepbx-csv", (*_FREEPBX, "did", *_NAMES, "recordingfile", "linkedid", "peeraccount", "sequence")),
)  # fmt: skip

_TITLES = {
    "calldate": "start", "date": "start", "callstart": "start", "starttime": "start", "answertime": "answer",
    "endtime": "end", "source": "src", "destination": "dst", "callerid": "clid", "context": "dcontext",
    "recording": "recordingfile", "talktime": "billsec", "status": "disposition", "account": "accountcode",
    "srcchannel": "channel", "dstchan": "dstchannel", "application": "lastapp",
}  # fmt: skip
"""Other spellings of a title."""

DISPOSITIONS = {
    "0": "NO ANSWER", "2": "FAILED", "4": "BUSY", "8": "ANSWERED", "16": "CONGESTION", "32": "CANCEL",
}  # fmt: skip
"""The integers of Asterisk's cdr.h, as some database exports have them."""
_WORDS = frozenset(DISPOSITIONS.values()) | {"NOANSWER", "CHANUNAVAIL", "CANCELLED", "UNKNOWN"}
_APPS = frozenset({
    "answer", "appdial", "appdial2", "appqueue", "background", "backgrounddetect", "bridge", "busy",
    "chanspy", "conference", "confbridge", "congestion", "dial", "dictate", "directory", "disa", "echo",
    "followme", "gosub", "goto", "hangup", "macro", "meetme", "milliwatt", "minivm", "monitor", "musiconhold",
    "noop", "originate", "page", "park", "parkedcall", "pickup", "pickupchan", "playback", "playtones",
    "progress", "queue", "read", "record", "return", "ringing", "saynumber", "set", "stasis", "system",
    "transfer", "voicemail", "voicemailmain", "wait", "waitexten", "waitmusiconhold",
})  # fmt: skip
_UNIQUE = re.compile(r"\S*\d{10}\.\d+", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z][\w.+-]*/\S+-[0-9A-Fa-f]{2,}(?:;[12])?|NOT_AVAILABLE", re.ASCII)
_SECONDS = re.compile(r"\d{1,6}(?:\.\d+)?", re.ASCII)
_RECORDING = re.compile(r"\S+\.(?:wav|WAV|wav49|mp3|gsm|ogg|opus|webm|ulaw|alaw|sln\d*)", re.ASCII)
_CALLER_ID = re.compile(r'.*<[^<>]*>"?', re.DOTALL)
_PARTY = re.compile(r"\+?[\d*#()\s.-]{2,20}|s|[ith]|anonymous|unknown|restricted", re.ASCII | re.IGNORECASE)


def is_disposition(text: str) -> bool:
    """A word or integer of Asterisk's dispositions."""
    return text.upper() in _WORDS or text in DISPOSITIONS


def is_unique_id(text: str) -> bool:
    """Whether a text has the shape of a unique id: ten digits of epoch seconds, a dot, a number."""
    return _UNIQUE.fullmatch(text) is not None


def is_seconds(text: str) -> bool:
    """A plain number of seconds."""
    return _SECONDS.fullmatch(text) is not None


def is_channel(text: str) -> bool:
    """A channel's name, such as "PJSIP/201-0000001a"; pseudonymised ones too."""
    return _CHANNEL.fullmatch(text) is not None


def is_party(text: str) -> bool:
    """A telephone number as people write it, or what Asterisk puts in its place."""
    return _PARTY.fullmatch(text) is not None


def is_caller_id(text: str) -> bool:
    """A caller id with its number in angles."""
    return _CALLER_ID.fullmatch(text) is not None


def is_application(text: str) -> bool:
    """A dialplan application."""
    return text.lower() in _APPS


def _is_recording(text: str) -> bool:
    return _RECORDING.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return is_nothing(text) or looks_like_date(text)


SHAPES: dict[str, tuple[Callable[[str], bool], float]] = {
    "start": (_is_date, 0.5), "answer": (_is_date, 0.5), "end": (_is_date, 0.5),
    "duration": (is_seconds, 0.5), "billsec": (is_seconds, 0.5), "disposition": (is_disposition, 0.5),
    "uniqueid": (is_unique_id, 0.0), "linkedid": (is_unique_id, 0.0), "channel": (is_channel, 0.0),
    "dstchannel": (is_channel, 0.0), "clid": (is_caller_id, 0.0), "recordingfile": (_is_recording, 0.0),
    "lastapp": (is_application, 0.0), "cnum": (is_party, 0.0), "src": (is_party, 0.0), "dst": (is_party, 0.0),
}  # fmt: skip
"""What a field looks like, and the share of its values that must look so; 0: it only speaks for the layout."""
_OFTEN_BLANK = 0.5
"""What a wholly blank column of an optional field speaks for its layout."""


def column(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    """The values of a column that are not blank."""
    return [row[index].strip() for row in rows if row[index].strip()]


def share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """The part of the values that pass; 0 of none."""
    return sum(map(test, values)) / len(values) if values else 0.0


def fit(layout: Layout, rows: Sequence[Sequence[str]]) -> float:
    """How well rows (all as wide as the layout) fit it: 0 not at all, 1 every value as expected."""
    points = 0.0
    judged = 0
    for index, field in enumerate(layout.fields):
        if field not in SHAPES:
            continue
        test, needed = SHAPES[field]
        values = column(rows, index)
        if not values:
            if field in ("start", "disposition"):
                return 0.0
            points += _OFTEN_BLANK
        else:
            found = share(values, test)
            if found < needed:
                return 0.0
            points += found
        judged += 1
    return points / judged if judged else 0.0


def best_layout(rows: Sequence[Sequence[str]], width: int) -> tuple[Layout | None, float]:
    """The known layout that rows of this width fit best, and how well; None where none does."""
    fitting = [row for row in rows if len(row) == width]
    best, best_score = None, 0.0
    for layout in LAYOUTS:
        if len(layout.fields) == width and fitting:
            score = fit(layout, fitting)
            if score > best_score:
                best, best_score = layout, score
    return best, best_score


def field_of_title(title: str) -> str:
    """The field that a header's title names; blank where none."""
    plain = title.strip().lower().replace("_", "").replace(" ", "").replace('"', "")
    if plain in _TITLES:
        return _TITLES[plain]
    return plain if plain in FIELDS else ""


def header_layout(row: Sequence[str], titles: dict[str, str] | None = None) -> Layout | None:
    """The layout of a row of titles; None where it is none: titles name at least a start and four fields in all."""
    fields: list[str] = []
    for title in row:
        field = (titles or {}).get(title.strip()) or field_of_title(title)
        fields.append(field if field not in fields else "")
    named = [field for field in fields if field]
    if "start" not in named or len(named) < 5:
        return None
    is_freepbx = "answer" not in named and "recordingfile" in named
    return Layout("freepbx-csv" if is_freepbx else "asterisk-csv", tuple(fields), header=True)
