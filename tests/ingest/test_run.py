"""An import run: what is written, said, asked, left out; once, twice, cancelled."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend_client.derive.collapsed import Basis
from backend_client.errors import Full, Invalid, NotFound
from backend_client.ingest.formats import open_source
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.profile import Profile
from backend_client.ingest.run import FileReport, ImportOptions, Progress, import_files, preview_files
from backend_client.ingest.source import Sides, SourceOptions
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts, Leg
from backend_client.sqlite.beforehand import Beforehand
from tests.ingest.lines import DATA, master
from tests.sqlite.stores import Desk

FAFEITSCH = DATA / "asterisk" / "fafeitsch_cdr.csv"


class Counts:
    def __init__(self) -> None:
        self.new = self.updated = self.unchanged = 0


class Shelf:
    """A store that only remembers."""

    def __init__(self) -> None:
        self.records: dict[str, Leg] = {}
        self.calls: dict[str, set[str]] = {}
        self.batches: list[Sequence[CallFacts]] = []
        self.runs: list[tuple[str, str]] = []
        self.ended: list[tuple[int, bool]] = []
        self.patterns: list[str] = []

    def settings(self) -> DeriveSettings:
        return DeriveSettings(internal_patterns=tuple(self.patterns))

    def add_internal_patterns(self, patterns: Sequence[str]) -> None:
        self.patterns += patterns

    def basis(self) -> Basis:
        return Basis(self.settings(), frozenset())

    def put(self, batch: Sequence[CallFacts], beforehand: Beforehand | None = None) -> Counts:
        counts = Counts()
        self.batches.append(batch)
        for facts in batch:
            for leg in facts.legs:
                before = self.records.get(leg.key)
                counts.new += before is None
                counts.updated += before is not None and before != leg
                counts.unchanged += before == leg
                self.records[leg.key] = leg
                self.calls.setdefault(facts.call_key, set()).add(leg.key)
        return counts

    def begin_run(self, source: str, format: str) -> int:
        self.runs.append((source, format))
        return len(self.runs)

    def end_run(self, run: int, report: FileReport) -> None:
        self.ended.append((run, report.finished))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str, name: str = "Master.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def calls(number: int, legs: int = 2, first: int = 0) -> str:
    """So many calls of so many legs, one after the other."""
    return "".join(
        master(uniqueid=f"{1795204051 + n}.{leg}", linkedid=f"{1795204051 + n}.0", sequence=n * 100 + leg)
        for n in range(first, first + number)
        for leg in range(legs)
    )


def test_importing_twice_changes_nothing(folder: Path) -> None:
    path, shelf = write(folder, calls(30)), Shelf()

    first = import_files([path], shelf)
    again = import_files([path], shelf)

    assert (first.new, first.updated, first.unchanged, first.calls) == (60, 0, 0, 30)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 60)
    assert shelf.runs == [(str(path), "asterisk-csv")] * 2
    assert shelf.ended == [(1, True), (2, True)]


def test_the_same_lines_under_another_path_are_the_same_records(folder: Path) -> None:
    shelf = Shelf()
    import_files([write(folder, calls(5))], shelf)

    report = import_files([write(folder, calls(3) + calls(3, first=5), "Master.csv.1")], shelf)

    assert (report.new, report.unchanged) == (6, 6)


def test_records_without_a_sequence_are_told_apart_by_their_count(folder: Path) -> None:
    twins = master("uniqueid userfield") * 2
    shelf = Shelf()

    assert import_files([write(folder, twins)], shelf).new == 2
    assert import_files([write(folder, twins)], shelf).unchanged == 2


def test_a_record_that_comes_with_other_content_replaces_the_earlier(folder: Path) -> None:
    shelf = Shelf()
    import_files([write(folder, master())], shelf)

    assert import_files([write(folder, master(userfield="noted"))], shelf).updated == 1
    assert [leg.userfield for leg in shelf.records.values()] == ["noted"]


def test_a_call_is_written_at_once_though_others_stand_between_its_legs(folder: Path) -> None:
    """Its legs are 1,900 records apart: over the border of two portions."""
    apart = calls(1, legs=1) + calls(1900, legs=1, first=1) + calls(1).splitlines(keepends=True)[1]
    shelf = Shelf()

    import_files([write(folder, calls(1000, legs=1, first=5000) + apart)], shelf)

    written = [facts.call_key for batch in shelf.batches for facts in batch]
    assert len(written) == len(set(written))


def test_a_blank_linked_id_groups_nothing(folder: Path) -> None:
    shelf = Shelf()

    import_files([write(folder, "".join(master(linkedid="", uniqueid=f"17952040{n}.1") for n in range(10, 20)))], shelf)

    assert len(shelf.calls) == 10


def test_records_without_any_id_are_rejected_and_counted(folder: Path) -> None:
    shelf = Shelf()
    path = write(folder, calls(5) + master(uniqueid="", linkedid="") * 3)

    report = import_files([path], shelf, ImportOptions(rejected_folder=folder))

    assert report.rejected == {"no-identity": 3}
    assert report.new == 10


def test_rejected_rows_go_to_a_file_with_line_and_reason_and_can_be_mended(folder: Path) -> None:
    path = write(folder, master() + master(end="2013-04-13:12:08", sequence=58) + master(sequence=59))
    report = import_files([path], Shelf(), ImportOptions(rejected_folder=folder))

    rejected = Path(report.files[0].rejected_file)
    [row] = list(csv.reader(rejected.open(newline="", encoding="utf-8")))

    assert rejected == folder / "Master.csv.rejected.csv"
    assert row[:2] == ["2", "bad-date: end: 2013-04-13:12:08"]
    with pytest.raises(Invalid, match="first two columns"):
        preview_files([rejected], DeriveSettings())
    mended = folder / "mended.csv"
    with mended.open("w", newline="") as file:
        csv.writer(file).writerow([text.replace("2013-04-13:12:08", "2026-11-20 21:47:40") for text in row[2:]])
    assert import_files([mended], Shelf()).new == 1


def test_a_name_as_long_as_can_be_leaves_room_for_the_rejected_rows(folder: Path) -> None:
    path = folder / f"{'ї' * 125}.csv"
    path.write_text(master() + master(start="never"), "utf-8")

    report = import_files([path], Shelf(), ImportOptions(rejected_folder=folder))

    assert report.files[0].taken == 1
    assert Path(report.files[0].rejected_file).name.endswith("ї.rejected.csv")


def test_rejected_rows_of_two_files_of_one_name_do_not_mix(folder: Path) -> None:
    paths = []
    for place in ("one", "two"):
        (folder / place).mkdir()
        paths.append(write(folder / place, master() * 3 + master(start="never")))

    report = import_files(paths, Shelf(), ImportOptions(rejected_folder=folder))

    assert [Path(file.rejected_file).name for file in report.files] == [
        "Master.csv.rejected.csv", "Master.csv.2.rejected.csv",
    ]  # fmt: skip


def test_rejected_rows_overwrite_nothing_that_they_do_not_say_themselves(folder: Path) -> None:
    place = folder / "Master.csv.rejected.csv"

    def rejected(*dates: str) -> str:
        text = master() * 9 + "".join(master(start=date) for date in dates)
        report = import_files([write(folder, text)], Shelf(), ImportOptions(rejected_folder=folder))
        return Path(report.files[0].rejected_file).name

    assert rejected("never") == rejected("never") == rejected("never", "one day") == place.name
    assert len(place.read_text().splitlines()) == 2
    place.write_text("precious")
    assert rejected("never") == rejected("never", "one day") == "Master.csv.2.rejected.csv"
    assert place.read_text() == "precious"
    assert len(list(folder.iterdir())) == 3


def test_a_folder_that_may_not_be_written_gives_way_to_the_state_folder(folder: Path, own_home: Path) -> None:
    path = write(folder, master() * 3 + master(start="never"))

    report = import_files([path], Shelf(), ImportOptions(rejected_folder=folder / "absent"))

    assert Path(report.files[0].rejected_file).is_relative_to(own_home)


def test_nothing_rejected_leaves_no_file(folder: Path) -> None:
    report = import_files([write(folder, calls(2))], Shelf(), ImportOptions(rejected_folder=folder))

    assert report.files[0].rejected_file == ""
    assert [path.name for path in folder.iterdir()] == ["Master.csv"]


def test_a_half_written_last_line_is_no_error(folder: Path) -> None:
    report = import_files([write(folder, calls(3) + master()[:90])], Shelf())

    assert report.files[0].half_written == 7
    assert report.rejected == {}
    assert report.finished


def test_a_file_of_nothing_but_rejected_rows_is_stopped_early(folder: Path) -> None:
    path = write(folder, master(uniqueid="", linkedid="") * 3000)

    with pytest.raises(Invalid, match="none of the first"):
        import_files([path], Shelf(), ImportOptions(rejected_folder=folder))


WORDS = """start;src;dst;duration;billsec;disposition;uniqueid
2026-11-20 21:47:31;380672220001;201;9;6;Відповіли;1795204051.1
2026-11-20 21:48:31;380672220002;201;9;0;Пропущено;1795204111.2
2026-11-20 21:49:31;380672220003;201;9;6;Відповіли;1795204171.3
"""


def test_words_that_nobody_knows_are_asked_before_anything_is_read(folder: Path) -> None:
    path, shelf = write(folder, WORDS), Shelf()

    with pytest.raises(Invalid, match="ВІДПОВІЛИ, ПРОПУЩЕНО"):
        import_files([path], shelf)

    assert not shelf.runs
    profile = Profile(dispositions={"Відповіли": "ANSWERED", "Пропущено": "NO ANSWER"})
    assert import_files([path], shelf, ImportOptions(profile=profile)).new == 3


def test_a_few_unknown_words_among_known_ones_stop_nothing(folder: Path) -> None:
    path = write(folder, WORDS.replace("Відповіли", "ANSWERED"))

    assert import_files([path], Shelf()).new == 3


def test_a_bad_second_file_stops_before_the_first_is_written(folder: Path) -> None:
    shelf = Shelf()

    with pytest.raises(NotFound):
        import_files([write(folder, calls(2)), folder / "absent.csv"], shelf)

    assert not shelf.runs


def test_progress_reaches_the_end(folder: Path) -> None:
    path = write(folder, calls(3000))
    told: list[Progress] = []

    import_files([path], Shelf(), progress=told.append)

    assert [p.position for p in told] == sorted(p.position for p in told)
    assert told[-1].position == told[-1].size == path.stat().st_size
    assert told[-1].records == 6000


def test_a_cancelled_import_leaves_whole_calls_and_is_completed_by_the_next(folder: Path) -> None:
    path, shelf = write(folder, calls(4000)), Shelf()

    report = import_files([path], shelf, cancelled=lambda: len(shelf.batches) >= 2)

    assert not report.finished
    assert 0 < len(shelf.calls) < 4000
    assert all(len(legs) == 2 for legs in shelf.calls.values())
    assert import_files([path], shelf).finished
    assert len(shelf.calls) == 4000


def test_a_store_that_fails_is_what_is_reported(folder: Path) -> None:
    class FullShelf(Shelf):
        def put(self, batch: Sequence[CallFacts], beforehand: Beforehand | None = None) -> Counts:
            raise Full("no room")

        def end_run(self, run: int, report: FileReport) -> None:
            raise Full("no room either")

    with pytest.raises(Full, match=r"no room$"):
        import_files([write(folder, calls(2))], FullShelf())


def test_where_nothing_tells_inside_from_outside_a_person_is_asked() -> None:
    shelf = Shelf()

    with pytest.raises(Invalid) as asked:
        import_files([FAFEITSCH], shelf)

    assert "--internal" in str(asked.value)
    assert "--assume-external" in str(asked.value)
    assert not shelf.records


def test_the_answer_is_kept_in_the_store() -> None:
    shelf = Shelf()

    report = import_files([FAFEITSCH], shelf, ImportOptions(internal=("791-445-*",)))

    assert (report.new, len(shelf.calls)) == (218, 174)
    assert shelf.patterns == ["791-445-*"]
    assert import_files([FAFEITSCH], shelf).unchanged == 218


def test_every_number_may_be_taken_for_an_outside_one() -> None:
    shelf = Shelf()

    assert import_files([FAFEITSCH], shelf, ImportOptions(assume_external=True)).new == 218
    assert not shelf.patterns


def test_a_preview_says_whether_inside_is_told(folder: Path) -> None:
    path = write(folder, calls(2))

    sides = [preview.sides for preview in preview_files([path, FAFEITSCH], DeriveSettings())]

    assert sides == [Sides.TOLD, Sides.NOT_TOLD]


def test_a_format_that_does_not_exist_is_refused(folder: Path) -> None:
    with pytest.raises(Invalid, match="asterisk-csv"):
        import_files([write(folder, calls(1))], Shelf(), ImportOptions(format="punched-cards"))


def test_a_file_that_repeats_a_call_takes_no_more_memory_and_every_record_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text((master() + master(sequence=58)) * 3000)
    desk = Desk(tmp_path / "store.db")
    report = import_files([path], LocalImportStore(desk.writer), ImportOptions(rejected_folder=tmp_path)).files[0]
    assert (report.taken, report.new, report.updated, report.unchanged) == (6000, 2, 0, 5998)
    desk.close()
    grouper = CallGrouper("main")
    for portion in open_source(path, SourceOptions())[1].read():
        grouper.add(portion.legs)
    assert sum(map(len, grouper._held.values())) < 600


def test_an_id_that_too_many_records_share_is_none(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    lines = (master(uniqueid=f"1795204051.{n}", linkedid="constant", sequence=n) for n in range(11_000))
    path.write_text("".join(lines))
    desk = Desk(tmp_path / "store.db")
    with pytest.raises(Invalid, match="name one call, constant"):
        import_files([path], LocalImportStore(desk.writer), ImportOptions(rejected_folder=tmp_path))
    desk.close()
