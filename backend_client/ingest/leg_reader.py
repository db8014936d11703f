"""Rows of one layout to legs: the hot path of an import, so fields are cleaned at once and dates read by the hour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from operator import itemgetter

from msgspec import structs

from backend_client.ingest.clock import SourceClock
from backend_client.ingest.dates import DateOrder, dated_at, is_nothing, local_seconds
from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.layouts import DISPOSITIONS, Layout
from backend_client.ingest.profile import TIME, Profile
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from backend_client.model.text import clean

FEED_BY_SEQUENCE = "cdr"
FEED_BY_COUNT = "cdr-plain"
"""Records without a sequence cannot be matched with those that have one: another feed of the system."""
_PICKED = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start",
    "answer", "end", "duration", "billsec", "disposition", "uniqueid", "userfield", "linkedid", "sequence", "did",
    "recordingfile", "cnum", "cnam",
)  # fmt: skip
_CALLER_ID = re.compile(r'^\s*"?(.*?)"?\s*<([^<>]*)>"?\s*$', re.DOTALL)
_OWN_CHANNEL = re.compile(r"-[0-9a-f]{4,}(?:;[12])?$", re.ASCII | re.IGNORECASE)
"""A channel with the count that Asterisk gives to each (eight digits, fewer in old versions)."""
_NUMBER = re.compile(r"\+?\d[\d ().-]+", re.ASCII)
EXTRAS = ("direction", "cause", "hungup", "price", "currency", "note")
"""Fields that Asterisk's own records lack. Where a layout has one of them, its spans win over its dates."""
_HUNG_UP = {
    "caller": "caller", "callee": "callee", "recv_bye": "caller", "recv_cancel": "caller", "send_bye": "callee",
    "send_refuse": "callee", "recv_refuse": "callee",
}  # fmt: skip
"""Words for who hung up; FreeSWITCH says whether it received the BYE of the leg's caller, or sent it."""
_DIRECTIONS = {
    "in": "in", "inbound": "in", "incoming": "in", "out": "out", "outbound": "out", "outgoing": "out",
    "internal": "internal", "local": "internal", "вхідний": "in", "вихідний": "out", "внутрішній": "internal",
    "входящий": "in", "исходящий": "out", "внутренний": "internal",
}  # fmt: skip
_CACHED = 20_000
_HOUR = 3600
_CLOCK_SPAN = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)", re.ASCII)
"""Three parts only: two may be minutes and seconds or hours and minutes."""
_CLOCK_CHANGE = 2.0
"""How exactly a span must differ by an hour from the record's own seconds to be a change of the clock."""


class NotTaken(Exception):
    """A row that is no record of a call; `detail` names the field and its value."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = clean(detail)


def _folded(words: dict[str, str]) -> dict[str, str]:
    return {word.strip().casefold(): meaning for word, meaning in words.items()}


def _millionths(text: str) -> int:
    """An amount as millionths. Raises NotTaken for what is no amount."""
    try:
        amount = int(Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", ".")) * 1_000_000)
    except (ArithmeticError, ValueError) as error:
        raise NotTaken(Reason.BAD_NUMBER, f"price: {text[:60]}") from error
    if abs(amount) >= 2**63:
        raise NotTaken(Reason.BAD_NUMBER, f"price: {text[:60]}")
    return amount


def _by_spans(
    start: float, answer: float | None, end: float, duration: int, billsec: int
) -> tuple[float | None, float]:
    """Answer and end, by the spans where the dates contradict them by more than a second."""
    if abs(end - start - duration) > 1:
        end = start + duration
        if answer is not None or billsec:
            answer = end - min(billsec, duration)
    return answer, end


def caller_id(text: str) -> tuple[str, str]:
    """Name and number of a caller id: `"Joana" <3035>`; a text without angles is the number of a caller without
    name, or else a name."""
    match = _CALLER_ID.match(text)
    if match:
        return clean(match[1].replace('\\"', '"').strip('"')), clean(match[2])
    alone = clean(text.strip('"'))
    return ("", alone) if _NUMBER.fullmatch(alone) else (alone, "")


class LegReader:
    """Reads rows of one layout; one a file and width."""

    def __init__(
        self,
        layout: Layout,
        order: DateOrder,
        clock: SourceClock,
        keys: RecordKeys,
        *,
        has_identity: bool = True,
        profile: Profile | None = None,
    ) -> None:
        self._extras = {field: layout.fields.index(field) for field in EXTRAS if field in layout.fields}
        self._dispositions = _folded(profile.dispositions) if profile else {}
        self._directions = _folded(profile.directions) if profile else {}
        self._pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(
            *(layout.fields.index(field) if field in layout.fields else -1 for field in _PICKED)
        )
        self._time = layout.fields.index(TIME) if TIME in layout.fields else None
        self.width = len(layout.fields)
        self._order = order
        self._clock = clock
        self._keys = keys
        self._has_answer = "answer" in layout.fields
        self._has_identity = has_identity
        self._hours: dict[str, tuple[float, float]] = {}
        self._callers: dict[str, tuple[str, str]] = {}

    def read(self, row: list[str]) -> Leg:
        """The leg of a row of this layout's width. Raises NotTaken. The row is given up (a blank is added to it)."""
        row.append("")
        (
            account, src, dst, context, clid, channel, dstchannel, app, appdata, start_text, answer_text, end_text,
            duration_text, billsec_text, disposition, uniqueid, userfield, linkedid, sequence, did, recording, cnum,
            cnam,
        ) = self._cleaned(row)  # fmt: skip
        if self._time is not None:
            start_text = dated_at(start_text, clean(row[self._time]))
        local, start = self._instant("start", start_text, uniqueid or linkedid)
        if not self._has_identity:
            # A channel without its hexadecimal count is that of many calls.
            who = channel if _OWN_CHANNEL.search(channel) else channel + (src or clid)
            uniqueid = f"{int(local)}.{who}"
        elif not uniqueid and not linkedid:
            raise NotTaken(Reason.NO_IDENTITY)
        duration = self._span("duration", duration_text)
        billsec = self._span("billsec", billsec_text)
        answer = None if is_nothing(answer_text) else self._instant("answer", answer_text, uniqueid)[1]
        end = None if is_nothing(end_text) else self._instant("end", end_text, uniqueid)[1]
        if self._dispositions:
            disposition = self._dispositions.get(disposition.casefold(), disposition)
        disposition = DISPOSITIONS.get(disposition) or disposition.upper()
        if end is None:
            end = (start if answer is None else answer) + (billsec or 0) if duration is None else start + duration
        elif duration is not None and abs(abs(end - start - duration) - _HOUR) <= _CLOCK_CHANGE:
            end = start + duration
        if answer is None:
            if not self._has_answer and (disposition == "ANSWERED" or billsec):
                answer = end - (billsec or 0)
        elif duration is not None and billsec:
            rang = duration - billsec
            if abs(abs(answer - start - rang) - _HOUR) <= _CLOCK_CHANGE:
                answer = start + rang
        if self._extras and duration is not None:
            answer, end = _by_spans(start, answer, end, duration, billsec or 0)
        self._check(start, answer, end)
        known = self._callers.get(clid)
        if known is None:
            known = self._remember_caller(clid)
        name, number = known
        if not recording and userfield.startswith("audio:"):
            recording = userfield[len("audio:") :]
        leg = Leg(
            key=self._keys.sequenced(uniqueid, linkedid, sequence)
            if sequence
            else self._keys.counted(uniqueid or linkedid, local, channel, dstchannel, dst, disposition),
            uniqueid=uniqueid,
            linkedid=linkedid,
            start=start,
            answer=answer,
            end=end,
            duration=int(end - start) if duration is None else duration,
            billsec=(int(end - answer) if answer is not None else 0) if billsec is None else billsec,
            disposition=disposition,
            caller=src or cnum or number,
            caller_name=cnam or name,
            callee=dst,
            channel=channel,
            dstchannel=dstchannel,
            context=context,
            app=app,
            appdata=appdata,
            did=did,
            sequence=sequence,
            recording=recording,
            account=account,
            userfield=userfield,
            feed=FEED_BY_SEQUENCE if sequence else FEED_BY_COUNT,
        )
        return structs.replace(leg, **self._read_extras(row)) if self._extras else leg

    def _read_extras(self, row: list[str]) -> dict[str, str | int]:
        """What only some sources say: see `EXTRAS`."""
        texts = {field: clean(row[index], multiline=field == "note") for field, index in self._extras.items()}
        given: dict[str, str | int] = {field: texts[field] for field in ("cause", "currency", "note") if field in texts}
        if "hungup" in texts:
            given["hung_up_by"] = _HUNG_UP.get(texts["hungup"].casefold(), "")
        if "direction" in texts:
            word = texts["direction"].casefold()
            given["direction"] = self._directions.get(word) or _DIRECTIONS.get(word, "")
        if texts.get("price"):
            given["price"] = _millionths(texts["price"])
        return given

    def _cleaned(self, row: list[str]) -> Iterable[str]:
        """The picked fields, cleaned: together where the row is plain ASCII, which is four times faster."""
        picked = self._pick(row)
        whole = "".join(picked)
        return map(str.strip if whole.isascii() and whole.isprintable() else clean, picked)

    def _check(self, start: float, answer: float | None, end: float) -> None:
        if end < start:
            raise NotTaken(Reason.ENDS_BEFORE_START)
        if answer is not None and not start <= answer <= end:
            raise NotTaken(Reason.ANSWER_OUTSIDE)

    def _instant(self, field: str, text: str, uniqueid: str) -> tuple[float, float]:
        """(local seconds, UTC seconds) of a date. In a text of 19 characters that ends with minutes and seconds the
        hour is read once, which is ten times faster than reading it each time."""
        if len(text) == 19:
            hour = self._hours.get(text[:14])
            if hour is not None:
                minutes, seconds = text[14:16], text[17:]
                if minutes.isdigit() and seconds.isdigit() and text[16] == ":" and minutes < "60" and seconds < "61":
                    past = int(minutes) * 60 + int(seconds)
                    return hour[0] + past, hour[1] + past
        return self._slow_instant(field, text, uniqueid)

    def _slow_instant(self, field: str, text: str, uniqueid: str) -> tuple[float, float]:
        if field == "start" and is_nothing(text):
            raise NotTaken(Reason.NO_START, text)
        try:
            local = local_seconds(text, self._order)
            utc = self._clock.utc(local, uniqueid)
        except (ValueError, OverflowError) as error:
            raise NotTaken(Reason.BAD_DATE, f"{field}: {text[:60]}") from error
        if len(text) == 19 and text[13] == text[16] == ":":
            self._remember_hour(text[:14], local - local % _HOUR)
        return local, utc

    def _remember_hour(self, prefix: str, local: float) -> None:
        """Only an hour in which the clock was not changed, so that each of its minutes means one instant."""
        last = local + _HOUR - 1
        if self._clock.is_sure(local) and self._clock.is_sure(last):
            utc = self._clock.utc(local, "")
            if self._clock.utc(last, "") - utc == _HOUR - 1:
                if len(self._hours) > _CACHED:
                    self._hours.clear()
                self._hours[prefix] = (local, utc)

    def _span(self, field: str, text: str) -> int | None:
        """Whole seconds, of h:mm:ss too; None where the source says none."""
        if text.isdigit() and text.isascii() and len(text) < 9:
            return int(text)
        if not text:
            return None
        clock = _CLOCK_SPAN.fullmatch(text)
        try:
            seconds = int(clock[1]) * _HOUR + int(clock[2]) * 60 + int(clock[3]) if clock else int(float(text))
        except (ValueError, OverflowError) as error:
            raise NotTaken(Reason.BAD_NUMBER, f"{field}: {text[:60]}") from error
        if not 0 <= seconds < 10**9:
            raise NotTaken(Reason.BAD_NUMBER, f"{field}: {text[:60]}")
        return seconds

    def _remember_caller(self, clid: str) -> tuple[str, str]:
        if len(self._callers) > _CACHED:
            self._callers.clear()
        known = self._callers[clid] = caller_id(clid)
        return known
