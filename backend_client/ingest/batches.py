"""A source as whole calls, batch by batch: all of an import that needs no store."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from msgspec import Struct

from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.source import Rejection, Source
from backend_client.model.leg import CallFacts
from backend_client.sqlite.beforehand import Beforehand


class Batch(Struct):
    """What a portion of a source gave."""

    calls: Sequence[CallFacts]
    """Those of which no record came any more; each once in a batch."""
    records: int
    """Taken from the source, whatever calls they belong to."""
    rejections: list[Rejection]
    position: int
    """How much of `Source.size` was read so far."""
    replaced: int = 0
    """Records that a later one of the same key replaced before they were given."""
    beforehand: Beforehand | None = None


def read_batches(source: Source, system: str) -> Generator[Batch, None, None]:
    """All of a source, in bounded memory. Raises BackendError kinds."""
    grouper = CallGrouper(system)
    position = 0
    for portion in source.read():
        position = portion.position
        calls = grouper.add(portion.legs, portion.events)
        yield Batch(calls, len(portion.legs) + len(portion.events), portion.rejections, position)
    yield Batch(grouper.rest(), 0, [], position, grouper.dropped)
