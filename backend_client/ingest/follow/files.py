"""A call log or an event log that is followed while it is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec

from backend_client.errors import BackendError, Invalid, NotFound
from backend_client.ingest.follow.batch import PAUSE, Batch, newest_of, refused
from backend_client.ingest.follow.tail import FilePosition, Tail
from backend_client.ingest.formats import open_source
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.source import Growing, Rejection, SourceOptions
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean

_LOOK_AGAIN = 600.0
"""Seconds after which layout and clock are read off the file anew: clocks are changed twice a year."""


class FollowedFile:
    """A file of any format that is written line by line."""

    def __init__(self, path: Path, options: SourceOptions, system: str, format: str = "") -> None:
        self.path = path.absolute()
        self.name = clean(str(self.path))
        self.format = format
        self._options = options
        self._system = system
        self._source: Growing | None = None
        self._opened = 0.0

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """Raises Invalid for a file of no format that can be followed."""
        gaps = 0
        tail = Tail(self.path, msgspec.json.decode(position, type=FilePosition) if position else None)
        try:
            while not stop.is_set():
                found = tail.read()
                if found is None:
                    if not self.path.exists():
                        raise NotFound(N_("There is no file {path}."), path=self.name)
                    yield Batch()
                    stop.wait(PAUSE)
                    continue
                data, reached = found
                batch = self._batch(data, reached, tail.behind)
                if tail.gaps > gaps:
                    gaps = tail.gaps
                    batch.rejections.append(Rejection(0, Reason.GAP))
                yield batch
        finally:
            tail.close()

    def _batch(self, data: bytes, reached: FilePosition, behind: int) -> Batch:
        portion = self._opened_source(data).take(data)
        grouper = CallGrouper(self._system)
        grouper.add(portion.legs, portion.events)
        return Batch(
            facts=grouper.rest(), position=msgspec.json.encode(reached).decode(), newest=newest_of(portion),
            rejections=refused(portion, lines=False), behind=behind, agents=portion.agents,
        )  # fmt: skip

    def _opened_source(self, data: bytes) -> Growing:
        """The file's layout and clock. A file that was rotated away meanwhile is judged by what came of it."""
        now = time.monotonic()
        if self._source is not None and now - self._opened < _LOOK_AGAIN:
            return self._source
        try:
            source = self._open(self.path)
        except BackendError:
            if self._source is not None:
                return self._source
            import tempfile

            with tempfile.TemporaryDirectory(prefix="pult-") as folder:
                copy = Path(folder) / self.path.name
                copy.write_bytes(data)
                source = self._open(copy)
        if self._source is not None:
            source.follows(self._source)
        self._source, self._opened = source, now
        return source

    def _open(self, path: Path) -> Growing:
        chosen, source = open_source(path, self._options, self.format)
        if not hasattr(source, "take") or chosen.name in ("mikopbx", "amocrm-json", "xlsx"):
            raise Invalid(N_("{path} is not written line by line, so it cannot be followed."), path=self.name)
        self.format = chosen.name
        return cast(Growing, source)
