"""amoCRM's calls as JSON, in the shape of POST /api/v4/calls (domain.md A3, B10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from backend_client.ingest.json_records import objects_of, read_document, text_of
from backend_client.ingest.layouts import Layout
from backend_client.ingest.record_table import Numbered, RecordTable
from backend_client.ingest.rows import is_binary
from backend_client.ingest.source import Rejection, Source, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from backend_client.model.text import clean

LIMIT = 64_000_000
"""Bytes of one document; a year of a busy office is a tenth of it."""
_FIELDS = (
    "uniqueid", "start", "duration", "src", "dst", "direction", "disposition", "recordingfile", "note", "userfield",
)  # fmt: skip
_INBOUND, _OUTBOUND = "inbound", "outbound"
_DISPOSITIONS = {"3": "CHANUNAVAIL", "7": "BUSY"}
"""Of an outgoing call that had no talk, by call_status; every other, and none, is no answer."""
_STATUS_WORDS = {
    "1": "left message", "2": "call back later", "3": "not available", "4": "conversation took place",
    "5": "wrong number", "6": "no answer", "7": "busy",
}  # fmt: skip


class AmoCrm:
    """The format: a JSON list of calls, or an answer that holds one."""

    name = "amocrm-json"

    def detect(self, head: bytes, filename: str) -> float:
        if is_binary(head) or head.lstrip()[:1] not in (b"[", b"{"):
            return 0.0
        return 1.0 if all(word in head for word in (b'"direction"', b'"phone"', b'"duration"')) else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """Raises Invalid for what is no JSON, or a document that is too large."""
        calls = list(objects_of(read_document(path, LIMIT)))
        layout = Layout(self.name, _FIELDS, True)
        return RecordTable(self.name, _Calls(path, calls), layout, options, _finish)


def _finish(leg: Leg, row: Sequence[str]) -> Leg:
    """The whole duration is talk where there was any: amoCRM knows no other."""
    talked = leg.duration > 0
    return structs.replace(
        leg,
        key=f"{int(leg.start)}|{leg.uniqueid}|amocrm",
        billsec=leg.duration,
        answer=leg.start if talked else None,
        disposition="ANSWERED" if talked else leg.disposition,
        feed="amocrm",
    )


class _Calls:
    """The document's objects as rows."""

    encoding = "utf-8"
    titles = _FIELDS

    def __init__(self, path: Path, calls: Sequence[object]) -> None:
        self.name = clean(path.name)
        self.size = len(calls)
        self._calls = calls

    def sample(self) -> list[list[str]]:
        return [row for row in map(_row, self._calls[:2000]) if row is not None]

    def read(self, after: int = 0) -> Iterator[Numbered]:
        rows: list[list[str]] = []
        numbers: list[int] = []
        rejections: list[Rejection] = []
        for number, call in enumerate(self._calls, start=1):
            row = _row(call)
            if row is None:
                rejections.append(Rejection(number, Reason.UNKNOWN_LINE, "", (clean(str(call))[:500],)))
            else:
                rows.append(row)
                numbers.append(number)
        yield Numbered(rows, numbers, self.size, rejections)


def _row(call: object) -> list[str] | None:
    """The fields of one call; None for what is none."""
    if not isinstance(call, dict):
        return None
    said = {name: clean(text_of(value)) for name, value in call.items() if isinstance(name, str)}
    direction = said.get("direction", "")
    if direction not in (_INBOUND, _OUTBOUND):
        return None
    employee = said.get("call_responsible") or said.get("responsible_user_id") or said.get("created_by") or ""
    phone, status = said.get("phone", ""), said.get("call_status", "")
    incoming = direction == _INBOUND
    word = "" if incoming else _DISPOSITIONS.get(status, "")
    result = ", ".join(filter(None, (_STATUS_WORDS.get(status, status), said.get("call_result", ""))))
    start = said.get("created_at", "")
    return [
        said.get("uniq") or said.get("id") or f"{start}-{phone}", start, said.get("duration", ""),
        phone if incoming else employee, employee if incoming else phone, "in" if incoming else "out",
        word or "NO ANSWER", said.get("link", ""), result, f"call_status={status}" if status else "",
    ]  # fmt: skip
