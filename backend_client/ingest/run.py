"""An import: files to facts to the store, once or again, whole calls only, with nothing lost silently."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct, structs

from backend_client.derive.collapsed import Basis
from backend_client.errors import BackendError, Invalid
from backend_client.ingest.batches import Batch, read_batches
from backend_client.ingest.formats import open_source
from backend_client.ingest.profile import Profile
from backend_client.ingest.reading_ahead import pays, read_ahead
from backend_client.ingest.rejected import RejectedRows
from backend_client.ingest.source import Preview, Sides, Source, SourceOptions
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.model.reason import Reason
from backend_client.model.text import N_, clean
from backend_client.sqlite.beforehand import Beforehand

DEFAULT_SYSTEM = "main"
_HOPELESS = 1000
"""So many records and not one taken: the wrong profile or no call records at all."""
_OBJECTS_BETWEEN = 100_000
"""New objects between two searches for cycles, of which records make none: 4 % of an import's time otherwise."""


class PutCounts(Protocol):
    """What a store says of the records that it took."""

    @property
    def new(self) -> int: ...
    @property
    def updated(self) -> int: ...
    @property
    def unchanged(self) -> int: ...


class ImportStore(Protocol):
    """What an import needs of a store."""

    def settings(self) -> DeriveSettings: ...

    def basis(self) -> Basis:
        """What calls are collapsed on now."""
        ...

    def add_internal_patterns(self, patterns: Sequence[str]) -> None:
        """Numbers of these globs are inside from now on; what is in the store is derived again."""
        ...

    def put(self, batch: Sequence[CallFacts], beforehand: Beforehand | None = None) -> PutCounts: ...

    def begin_run(self, source: str, format: str) -> int: ...

    def end_run(self, run: int, report: FileReport) -> None: ...


class ImportOptions(Struct, frozen=True, kw_only=True):
    """What a person may say about an import."""

    format: str = ""
    profile: Profile | None = None
    timezone: str = ""
    system: str = DEFAULT_SYSTEM
    """The telephone exchange: the same records under another path are the same only inside one system."""
    internal: tuple[str, ...] = ()
    """Globs of numbers that are inside; kept in the store's settings."""
    assume_external: bool = False
    """Go on where nothing tells inside from outside: every number is then outside, and every call incoming."""
    rejected_folder: Path | None = None
    """Where records that cannot be read are kept; None: beside the file that has them."""


DEFAULTS = ImportOptions()


class Progress(Struct, frozen=True):
    """How far an import is: file `number` of `files`, `position` of `size` in it."""

    file: str
    number: int
    files: int
    position: int
    size: int
    records: int


class FileReport(Struct, kw_only=True, omit_defaults=True):
    """What became of one file's records: new + updated + unchanged = taken."""

    preview: Preview
    taken: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    calls: int = 0
    """Calls written; one whose legs lie far apart in the file may count twice."""
    rejected: dict[str, int] = {}
    """Records by reason; texts of the reasons are `REASON_TEXT`."""
    rejected_file: str = ""
    half_written: int = 0
    """Line of a last record that is not complete yet and was left out; 0: none."""
    finished: bool = False
    """False: cancelled. Importing again completes the work."""


class ImportReport(Struct, frozen=True, kw_only=True):
    """What became of all files, in the order given."""

    files: tuple[FileReport, ...] = ()

    @property
    def new(self) -> int:
        return sum(file.new for file in self.files)

    @property
    def updated(self) -> int:
        return sum(file.updated for file in self.files)

    @property
    def unchanged(self) -> int:
        return sum(file.unchanged for file in self.files)

    @property
    def calls(self) -> int:
        return sum(file.calls for file in self.files)

    @property
    def rejected(self) -> dict[str, int]:
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(file.rejected)
        return dict(total)

    @property
    def finished(self) -> bool:
        return all(file.finished for file in self.files)


def _open_all(
    paths: Sequence[Path], options: ImportOptions, settings: DeriveSettings
) -> list[tuple[Path, str, Source]]:
    source_options = SourceOptions(timezone=options.timezone, settings=settings, profile=options.profile)
    opened = []
    for path in paths:
        chosen, source = open_source(path, source_options, options.format)
        opened.append((path, chosen.name, source))
    return opened


def with_patterns(settings: DeriveSettings, patterns: Sequence[str]) -> DeriveSettings:
    """The settings with more globs of internal numbers."""
    wanted = tuple(dict.fromkeys((*settings.internal_patterns, *patterns)))
    return structs.replace(settings, internal_patterns=wanted)


def preview_files(
    paths: Sequence[Path], settings: DeriveSettings, options: ImportOptions = DEFAULTS
) -> tuple[Preview, ...]:
    """What would be read of each file, and how: the mapping with sample values, zone, dates, sides. Writes nothing.

    Raises NotFound or Invalid where a file cannot be read or its columns cannot be told apart.
    """
    opened = _open_all(paths, options, with_patterns(settings, options.internal))
    return tuple(source.preview() for _, _, source in opened)


@contextmanager
def _rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_rare_collections()
def import_files(
    paths: Sequence[Path],
    store: ImportStore,
    options: ImportOptions = DEFAULTS,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    reports: list[FileReport] | None = None,
) -> ImportReport:
    """Import files one after the other; importing again changes nothing.

    All files are looked at before the first is written. A kill leaves whole calls, and running again completes the
    work; `cancelled` is asked between portions. `reports` are the files that were begun, for whoever wants to know what
    was written before an error. Raises NotFound or Invalid as `preview_files` does, Invalid where
    nothing tells inside from outside and no option says it, or the words for how calls ended are not known, and what
    the store raises.
    """
    settings = with_patterns(store.settings(), options.internal)
    opened = _open_all(paths, options, settings)
    previews = [source.preview() for _, _, source in opened]
    for preview in previews:
        _ask_for_sides(preview, options)
        _ask_for_words(preview)
    if options.internal:
        store.add_internal_patterns(options.internal)
    reports = [] if reports is None else reports
    rejected_files: set[Path] = set()
    for number, ((path, format_name, source), preview) in enumerate(zip(opened, previews, strict=True), start=1):
        report = FileReport(preview=preview)
        reports.append(report)
        rows = RejectedRows(path.name, options.rejected_folder or path.parent, rejected_files)
        run = store.begin_run(clean(str(path.absolute())), format_name)

        def tell(position: int, records: int, number: int = number, path: Path = path, source: Source = source) -> None:
            progress(Progress(clean(path.name), number, len(paths), position, max(source.size, position), records))

        try:
            _import_source(source, store, report, options.system, rows, tell, cancelled)
        except BackendError:
            rows.close()
            report.rejected_file = str(rows.path or "")
            # What failed is said by this error; that the store cannot note it down either is not.
            with suppress(BackendError):
                store.end_run(run, report)
            raise
        finally:
            rows.close()
            report.rejected_file = str(rows.path or "")
        store.end_run(run, report)
        if not report.finished:
            break
    return ImportReport(files=tuple(reports))


def _ask_for_sides(preview: Preview, options: ImportOptions) -> None:
    if preview.sides is Sides.NOT_TOLD and not options.assume_external:
        raise Invalid(
            N_("{file}: nothing tells which numbers are inside: telephone numbers call telephone numbers."),
            N_(
                "Name the inside ones with --internal PATTERN, such as --internal '791-445-*' (more than one may be"
                " given), or take every number for an outside one with --assume-external."
            ),
            file=preview.file,
        )


def _ask_for_words(preview: Preview) -> None:
    if preview.words:
        raise Invalid(
            N_("{file}: what do these words say of how a call ended: {words}?"),
            N_("Make a profile with pult profile new {file}, which asks for each, and name it with --profile."),
            file=preview.file, words=", ".join(preview.words),
        )  # fmt: skip


def _import_source(
    source: Source,
    store: ImportStore,
    report: FileReport,
    system: str,
    rows: RejectedRows,
    tell: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> None:
    refused = 0
    reading = read_ahead(source, system, store.basis()) if pays(source) else read_batches(source, system)
    with closing(reading) as batches:
        for batch in batches:
            if cancelled():
                return
            for rejection in batch.rejections:
                if rejection.reason is Reason.HALF_WRITTEN:
                    report.half_written = rejection.line
                    continue
                refused += 1
                reason = rejection.reason.value
                report.rejected[reason] = report.rejected.get(reason, 0) + 1
                rows.add(rejection)
            report.taken += batch.records
            if not report.taken and refused >= _HOPELESS:
                raise _hopeless(report, refused, rows)
            _put(store, batch, report)
            tell(batch.position, report.taken + refused)
    report.finished = True


def _put(store: ImportStore, batch: Batch, report: FileReport) -> None:
    report.unchanged += batch.replaced
    if not batch.calls:
        return
    counts = store.put(batch.calls, batch.beforehand)
    report.new += counts.new
    report.updated += counts.updated
    report.unchanged += counts.unchanged
    report.calls += len(batch.calls)


def _hopeless(report: FileReport, refused: int, rows: RejectedRows) -> Invalid:
    # Only then is its name what it stays.
    rows.close()
    return Invalid(
        N_("{file}: none of the first {number} records could be read; {path} says why."),
        N_("Look at the mapping with --dry-run; describe the columns in a profile and name it with --profile."),
        file=report.preview.file, number=refused, path=str(rows.path),
    )  # fmt: skip
