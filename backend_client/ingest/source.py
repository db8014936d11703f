"""What a source format is to the rest of Pult: recognised by its head, previewed, read portion by portion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from backend_client.ingest.profile import Profile
from backend_client.model.agent_event import AgentEvent
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallEvent, Leg
from backend_client.model.reason import Reason
from backend_client.model.status import WireEnum


class Rejection(Struct, frozen=True):
    """A record that was not taken. `line` counts from 1; `raw` is the row as read, not cleaned."""

    line: int
    reason: Reason
    detail: str = ""
    raw: tuple[str, ...] = ()


class CallLine(Struct, frozen=True, gc=False):
    """A line of a log that enriches a call, and the unique or linked id of the call that it names."""

    call: str
    event: CallEvent


class Portion(Struct):
    """Some records of a source, in the source's order. `position` is how much of `Source.size` was read so far."""

    legs: list[Leg]
    events: list[CallLine]
    rejections: list[Rejection]
    position: int
    agents: tuple[AgentEvent, ...] = ()
    """What it says of employees at work."""


class ZoneFrom(WireEnum):
    """What a source's clock was read off (decision 2)."""

    RECORDS = "records"
    """The epoch inside the unique ids."""
    DATES = "dates"
    """The dates name their offset, or are epoch seconds."""
    OPTION = "option"
    STORE = "store"
    UNKNOWN = "unknown"


class Sides(WireEnum):
    """Whether the records tell inside from outside (decision 8)."""

    TOLD = "told"
    NOT_TOLD = "not-told"
    UNKNOWN = "unknown"


class ColumnPreview(Struct, frozen=True, omit_defaults=True):
    """One column: its number from 1, its title where there is a header, the field it fills, and sample values."""

    number: int
    title: str
    field: str
    """Blank: not read."""
    samples: tuple[str, ...] = ()


class Preview(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What would be read and how, without reading it all."""

    file: str
    format: str
    layout: str
    encoding: str
    delimiter: str
    header: bool
    dates: str
    zone: str
    zone_from: ZoneFrom
    columns: tuple[ColumnPreview, ...]
    sides: Sides
    sampled: int
    """How many records the guesses stand on."""
    words: tuple[str, ...] = ()
    """What the source says of how calls ended, where most of it is not known; see `[dispositions]` of a profile."""


class SourceOptions(Struct, frozen=True, kw_only=True):
    """What the person, and the store, say about a source."""

    timezone: str = ""
    """IANA name; used where the records do not tell."""
    settings: DeriveSettings = DeriveSettings()
    """The store's: its zone where nothing else tells, and which numbers are inside."""
    profile: Profile | None = None


class Source(Protocol):
    """An opened source. Raises BackendError kinds only."""

    @property
    def size(self) -> int:
        """Bytes or rows, the measure of `Portion.position`; 0 where unknown."""
        ...

    def preview(self) -> Preview: ...

    def sample_legs(self) -> list[Leg]:
        """Legs out of the sample on which the preview stands."""
        ...

    def read(self) -> Iterator[Portion]:
        """All records once, in bounded memory."""
        ...


class Growing(Source, Protocol):
    """A source that is written line by line, and can be followed."""

    def take(self, data: bytes) -> Portion:
        """The records of whole lines that came since; line numbers count from 1 in `data`."""
        ...

    def follows(self, earlier: Growing) -> None:
        """Go on counting equal records where the same file, opened earlier, had stopped."""
        ...


class Format(Protocol):
    """One source format; one module each."""

    @property
    def name(self) -> str: ...

    def detect(self, head: bytes, filename: str) -> float:
        """How sure it is that the file is of this format, 0 to 1."""
        ...

    def open(self, path: Path, options: SourceOptions) -> Source: ...
