"""Tables of records that are asked again and again, with an overlap, for what came or changed since."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from backend_client.ingest.cel import CelTable
from backend_client.ingest.follow.batch import Batch, newest_of, refused
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.source import Portion

POLL = 2.0
"""Seconds between two looks."""
Table = RecordTable | CelTable
_MOST_SEEN = 200_000


class Seen:
    """The records that were given already: what is read again for an overlap, and did not change, goes no further."""

    def __init__(self) -> None:
        self._hashes: dict[str, int] = {}

    def fresh(self, portion: Portion) -> Portion:
        """The records that are new, or not as they were."""
        return Portion(
            [leg for leg in portion.legs if self._is_fresh(leg.key, leg)],
            [line for line in portion.events if self._is_fresh(line.event.key, line)],
            [one for one in portion.rejections if self._is_fresh(f"rejected {one.line}", (one.reason, one.raw))],
            portion.position,
        )

    def _is_fresh(self, key: str, record: object) -> bool:
        content = hash(record)
        if self._hashes.pop(key, None) == content:
            self._hashes[key] = content
            return False
        self._hashes[key] = content
        if len(self._hashes) > _MOST_SEEN:
            del self._hashes[next(iter(self._hashes))]
        return True


class FollowedTables:
    """Polls tables. Its position is how far each was read, as the tables themselves count."""

    name = ""
    format = ""

    def __init__(self, system: str) -> None:
        self._system = system

    def tables(self) -> Sequence[Table]:
        """The tables as they are now. Raises BackendError where they cannot be read for now."""
        raise NotImplementedError

    def start_of(self, number: int, table: Table, reached: int) -> int:
        """From where the table of this number is to be read, so that late and changed rows come too."""
        raise NotImplementedError

    def batches(self, position: str, stop: threading.Event) -> Iterator[Batch]:
        """Raises BackendError where nothing can be read for now."""
        reached = [int(text) for text in position.split(",")] if position else []
        seen = Seen()
        while not stop.is_set():
            tables = self.tables()
            reached += [0] * (len(tables) - len(reached))
            for number, table in enumerate(tables):
                start = self.start_of(number, table, reached[number])
                if start == 0:
                    reached[number] = 0
                for batch in self._read(table, start, number, reached, seen):
                    position = batch.position
                    yield batch
            if _text(reached) != position:
                position = _text(reached)
                yield Batch(position=position)
            yield Batch()
            stop.wait(POLL)

    def _read(self, table: Table, start: int, number: int, reached: list[int], seen: Seen) -> Iterator[Batch]:
        grouper = CallGrouper(self._system)
        for portion in table.read(start):
            portion = seen.fresh(portion)
            reached[number] = max(reached[number], portion.position)
            facts = grouper.add(portion.legs, portion.events) + grouper.rest()
            rejections = refused(portion)
            if facts or rejections:
                yield Batch(
                    facts=facts, position=_text(reached), rejections=rejections, newest=newest_of(portion),
                    behind=max(0, table.size - portion.position),
                )  # fmt: skip


def _text(reached: list[int]) -> str:
    return ",".join(map(str, reached))
