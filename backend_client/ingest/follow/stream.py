"""JSON lines that come on a stream, such as stdin: nothing can be read again, so there is no position."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import BinaryIO

from backend_client.ingest.follow.batch import Batch, newest_of, refused
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.json_lines import StreamRows, json_table
from backend_client.ingest.rows import CHUNK, LINE_LIMIT
from backend_client.ingest.source import SourceOptions

STDIN = "-"


class FollowedStream:
    """A stream of JSON lines; it ends when its writer does."""

    format = "json-lines"

    def __init__(self, stream: BinaryIO, options: SourceOptions, system: str, name: str = STDIN) -> None:
        self.name = name
        self._stream = stream
        self._table = json_table(StreamRows(name, options), options)
        self._system = system

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        rest = b""
        while not stop.is_set():
            data = self._stream.read1(CHUNK)  # type: ignore[attr-defined]
            whole, end, rest = (rest + data).rpartition(b"\n")
            if not data:
                whole, end, rest = whole + end + rest, b"\n", b""
            elif len(rest) > LINE_LIMIT:
                whole, rest = whole + end + rest, b""
            if whole:
                portion = self._table.take(whole + b"\n")
                grouper = CallGrouper(self._system)
                grouper.add(portion.legs, portion.events)
                yield Batch(facts=grouper.rest(), rejections=refused(portion, lines=False), newest=newest_of(portion))
            if not data:
                return
