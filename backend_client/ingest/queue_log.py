"""Asterisk's queue_log: waits, abandons, rung members, and who hung up (B4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.leg_reader import NotTaken
from backend_client.ingest.rows import Block, CsvFile, is_binary
from backend_client.ingest.source import (
    CallLine,
    ColumnPreview,
    Growing,
    Portion,
    Preview,
    Rejection,
    Sides,
    Source,
    SourceOptions,
    ZoneFrom,
)
from backend_client.model.agent_event import AgentEvent, Presence, address_of, queue_place
from backend_client.model.leg import CallEvent, Leg
from backend_client.model.reason import Reason
from backend_client.model.text import clean

_LINE = re.compile(rb"^\d{9,10}\|[^|\r\n]*\|[^|\r\n]*\|[^|\r\n]*\|[A-Z]+(\||\r?$)", re.MULTILINE)
_NO_CALL = frozenset({"", "NONE", "REALTIME", "MANAGER", "CLI"})
"""Call ids of lines about the queue or its members, not about a call."""
_PRESENCE = {
    "ADDMEMBER": Presence.IN, "REMOVEMEMBER": Presence.OUT, "PAUSE": Presence.PAUSED, "UNPAUSE": Presence.IN,
    "PAUSEALL": Presence.PAUSED, "UNPAUSEALL": Presence.IN, "AGENTLOGIN": Presence.IN, "AGENTLOGOFF": Presence.OUT,
    "AGENTCALLBACKLOGIN": Presence.IN, "AGENTCALLBACKLOGOFF": Presence.OUT,
}  # fmt: skip
"""Lines about a member of a queue, or about an agent in all of them."""
_COLUMNS = ("time", "callid", "queue", "agent", "event", "data")
_WIDTH = 11
SOURCE = "queue_log"


class QueueLog:
    """The format: lines of epoch|call|queue|agent|event|data…"""

    name = "queue-log"

    def detect(self, head: bytes, filename: str) -> float:
        lines = head[: head.rfind(b"\n") + 1 or None].splitlines()
        fitting = sum(_LINE.match(line) is not None for line in lines)
        return 1.0 if not is_binary(head) and lines and fitting * 10 >= len(lines) * 8 else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        return QueueLogFile(path)


class QueueLogReader:
    """Lines to events. Equal lines of one second are counted, so that reading again gives the same keys."""

    def __init__(self) -> None:
        self._keys = RecordKeys()
        self.agents: list[AgentEvent] = []
        """What the lines said of employees; whoever reads it clears it."""

    def read(self, row: list[str]) -> CallLine | None:
        """The event of a line; None for one about no call. Raises NotTaken."""
        if len(row) < 5:
            raise NotTaken(Reason.WRONG_COLUMNS, str(len(row)))
        time, call, queue, agent, name, *data = (clean(text) for text in row)
        if not (time.isascii() and time.isdigit() and 9 <= len(time) <= 10):
            raise NotTaken(Reason.BAD_DATE, f"time: {time[:60]}")
        if not name.isascii() or not name.isupper():
            raise NotTaken(Reason.UNKNOWN_LINE, name[:60])
        if name in _PRESENCE:
            self.agents.append(
                AgentEvent(
                    address=address_of(agent), place=queue_place(queue), presence=_PRESENCE[name], at=int(time),
                    reason=data[0] if data and name.startswith("PAUSE") else "",
                )
            )  # fmt: skip
        if call in _NO_CALL:
            return None
        key = self._keys.counted(time, 0, call, queue, agent, f"{name}|{'|'.join(data)}")
        event = CallEvent(
            key=key, at=float(time), source=SOURCE, name=name, agent="" if agent == "NONE" else agent, queue=queue,
            data=tuple(data),
        )  # fmt: skip
        return CallLine(call, event)


class QueueLogFile:
    """One opened log."""

    def __init__(self, path: Path) -> None:
        self._name = clean(path.name)
        self._file = CsvFile(path, delimiter="|")
        self._reader = QueueLogReader()

    @property
    def size(self) -> int:
        return self._file.size

    def sample_legs(self) -> list[Leg]:
        return []

    def preview(self) -> Preview:
        sample = self._file.sample()
        columns = tuple(
            ColumnPreview(
                number=index + 1, title="", field=field,
                samples=tuple(dict.fromkeys(clean(row[index]) for row in sample if len(row) > index))[:3],
            )
            for index, field in enumerate(_COLUMNS)
        )  # fmt: skip
        return Preview(
            file=self._name, format=QueueLog.name, layout=SOURCE, encoding=self._file.encoding, delimiter="|",
            header=False, dates="epoch", zone="UTC", zone_from=ZoneFrom.DATES, columns=columns, sides=Sides.UNKNOWN,
            sampled=len(sample),
        )  # fmt: skip

    def read(self) -> Iterator[Portion]:
        reader = QueueLogReader()
        for block in self._file.blocks(_WIDTH):
            yield _portion(reader, block)

    def take(self, data: bytes) -> Portion:
        """The events of lines that were appended."""
        return _portion(self._reader, self._file.parse(data, _WIDTH))

    def follows(self, earlier: Growing) -> None:
        """Equal lines are counted on."""
        if isinstance(earlier, QueueLogFile):
            self._reader = earlier._reader


def _portion(reader: QueueLogReader, block: Block) -> Portion:
    """A last line without an end is still being written, even if it could be read."""
    events: list[CallLine] = []
    rejections = list(block.rejections)
    for number, row in zip(block.lines, block.rows, strict=True):
        half = block.unterminated and number == block.last_line
        if not row:
            continue
        try:
            event = reader.read(row)
        except NotTaken as not_taken:
            reason = Reason.HALF_WRITTEN if half else not_taken.reason
            rejections.append(Rejection(number, reason, not_taken.detail, tuple(row)))
            continue
        if event is not None and half:
            rejections.append(Rejection(number, Reason.HALF_WRITTEN, "", tuple(row)))
        elif event is not None:
            events.append(event)
    agents, reader.agents = tuple(reader.agents), []
    return Portion([], events, rejections, block.position, agents)
