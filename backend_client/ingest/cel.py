"""Asterisk's channel events (CEL): those that say something about a call, as CSV or as a table (B5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from backend_client.errors import Invalid
from backend_client.ingest.dates import is_nothing, local_seconds
from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.leg_reader import NotTaken
from backend_client.ingest.record_table import GrowingRows, Numbered, Rows
from backend_client.ingest.source import (
    CallLine,
    ColumnPreview,
    Growing,
    Portion,
    Preview,
    Rejection,
    Sides,
    SourceOptions,
)
from backend_client.ingest.timing import read_clock
from backend_client.model.leg import CallEvent, Leg
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean

COLUMNS = (
    "eventtype", "eventtime", "cid_name", "cid_num", "cid_ani", "cid_rdnis", "cid_dnid", "exten", "context", "channame",
    "appname", "appdata", "amaflags", "accountcode", "uniqueid", "linkedid", "peer", "userfield", "userdeftype",
    "extra",
)  # fmt: skip
"""The order in which cel_custom and FreePBX write them."""
EVENTS = frozenset({
    "CHAN_START", "CHAN_END", "ANSWER", "HANGUP", "APP_START", "APP_END", "BRIDGE_ENTER", "BRIDGE_EXIT",
    "BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP", "FORWARD", "PARK_START", "PARK_END", "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN", "LOCAL_OPTIMIZE_END", "LINKEDID_END", "USER_DEFINED", "STREAM_BEGIN", "STREAM_END", "DTMF",
    "CONF_START", "CONF_END", "CONF_ENTER", "CONF_EXIT", "BRIDGE_START", "BRIDGE_END", "BRIDGE_UPDATE",
})  # fmt: skip
_KEPT = frozenset({"HANGUP", "BLINDTRANSFER", "ATTENDEDTRANSFER", "PICKUP", "FORWARD", "LINKEDID_END"})
"""What a CDR does not say itself. The rest, ten lines a call, would double the store."""
_OTHER_TITLES = {"bridgepeer": "peer", "eventextra": "extra", "cidname": "cid_name", "cidnum": "cid_num"}
_NEEDED = ("eventtype", "eventtime", "channame", "uniqueid", "linkedid")
SOURCE = "cel"
_SEEN_BY = re.compile(r"[A-Z_]+")


def cel_columns(titles: Sequence[str]) -> dict[str, int] | None:
    """Where each column stands, by their titles; None where these are no channel events."""
    plain = [_OTHER_TITLES.get(title.strip().lower(), title.strip().lower()) for title in titles]
    if not set(_NEEDED) <= set(plain):
        return None
    return {name: plain.index(name) for name in plain if name in COLUMNS}


class CelReader:
    """Rows of one order of columns to events. `observe` a sample first: it settles the clock."""

    def __init__(self, titles: Sequence[str], options: SourceOptions) -> None:
        places = cel_columns(titles)
        if places is None:
            raise Invalid(N_("These are no channel events: {columns}."), columns=", ".join(map(clean, titles)))
        self.width = len(titles)
        self._places = places
        self._options = options
        self._keys = RecordKeys()
        self._order, self._clock, self.zone_from = read_clock([], [], options)

    def count_on(self, earlier: CelReader) -> None:
        """Equal lines are counted where another reader of the same file had stopped."""
        self._keys = earlier._keys

    @property
    def zone(self) -> str:
        return self._clock.name

    @property
    def dates(self) -> str:
        return self._order.value

    def observe(self, rows: Sequence[Sequence[str]]) -> None:
        """Read the clock off channels' first events, which bear the time of their unique id."""
        whole = [row for row in rows if len(row) == self.width]
        first = [row for row in whole if self._text(row, "eventtype") == "CHAN_START"] or whole
        times = [self._text(row, "eventtime") for row in first]
        ids = [self._text(row, "uniqueid") for row in first]
        self._order, self._clock, self.zone_from = read_clock(times, ids, self._options)

    def _text(self, row: Sequence[str], name: str) -> str:
        place = self._places.get(name)
        return clean(row[place]) if place is not None else ""

    def read(self, row: Sequence[str]) -> CallLine | None:
        """The event of a row; None for one that adds nothing to a CDR. Raises NotTaken."""
        if len(row) != self.width:
            raise NotTaken(Reason.WRONG_COLUMNS, str(len(row)))
        name = self._text(row, "eventtype").upper()
        if name not in _KEPT:
            if name in EVENTS or _SEEN_BY.fullmatch(name):
                return None
            raise NotTaken(Reason.UNKNOWN_LINE, name)
        unique, linked = self._text(row, "uniqueid"), self._text(row, "linkedid")
        if not unique and not linked:
            raise NotTaken(Reason.NO_IDENTITY)
        text = self._text(row, "eventtime")
        try:
            if is_nothing(text):
                raise NotTaken(Reason.NO_START, text)
            local = local_seconds(text, self._order)
            at = self._clock.utc(local, unique)
        except (ValueError, OverflowError) as error:
            raise NotTaken(Reason.BAD_DATE, f"eventtime: {text[:60]}") from error
        channel = self._text(row, "channame")
        data = (channel, *self._details(name, row))
        key = self._keys.counted(unique or linked, local, channel, name, "", SOURCE)
        event = CallEvent(key=key, at=at, source=SOURCE, name=name, data=data)
        return CallLine(linked or unique, event)

    def _details(self, name: str, row: Sequence[str]) -> tuple[str, ...]:
        """Of a hang-up: cause, the channel that hung up, dial status. Of others the peer and the raw extra."""
        extra = self._text(row, "extra")
        if name != "HANGUP":
            return (self._text(row, "peer"), extra)
        try:
            said = msgspec.json.decode(extra) if extra else {}
        except (msgspec.DecodeError, RecursionError):
            said = {}
        if not isinstance(said, dict):
            said = {}
        return tuple(clean(str(said.get(name, ""))) for name in ("hangupcause", "hangupsource", "dialstatus"))


class CelTable:
    """A `Source` of channel events over any rows."""

    def __init__(self, format: str, rows: Rows, reader: CelReader) -> None:
        self._format = format
        self.rows = rows
        self._reader = reader
        self._sample = rows.sample()
        reader.observe(self._sample)

    @property
    def size(self) -> int:
        return self.rows.size

    @property
    def sampled(self) -> int:
        """How many records its clock was read off."""
        return len(self._sample)

    def sample_legs(self) -> list[Leg]:
        return []

    def preview(self) -> Preview:
        columns = tuple(
            ColumnPreview(
                number=index + 1,
                title=clean(title),
                field=clean(title) if title in COLUMNS else "",
                samples=tuple(dict.fromkeys(clean(row[index]) for row in self._sample if len(row) > index))[:3],
            )
            for index, title in enumerate(self.rows.titles)
        )
        return Preview(
            file=self.rows.name, format=self._format, layout="cel", encoding=self.rows.encoding, delimiter=",",
            header=False, dates=self._reader.dates, zone=self._reader.zone, zone_from=self._reader.zone_from,
            columns=columns, sides=Sides.UNKNOWN, sampled=len(self._sample),
        )  # fmt: skip

    def read(self, after: int = 0) -> Iterator[Portion]:
        for numbered in self.rows.read(after):
            yield self._events(numbered)

    def take(self, data: bytes) -> Portion:
        """The events of lines that were appended."""
        assert isinstance(self.rows, GrowingRows)
        return self._events(self.rows.take(data))

    def follows(self, earlier: Growing) -> None:
        """Equal lines are counted on."""
        if isinstance(earlier, CelTable):
            self._reader.count_on(earlier._reader)

    def _events(self, numbered: Numbered) -> Portion:
        events: list[CallLine] = []
        rejections = list(numbered.rejections)
        for number, row in zip(numbered.numbers, numbered.rows, strict=True):
            try:
                event = self._reader.read(row)
            except NotTaken as not_taken:
                rejections.append(Rejection(number, not_taken.reason, not_taken.detail, tuple(row)))
                continue
            if event is not None:
                events.append(event)
        return Portion([], events, rejections, numbered.position)
