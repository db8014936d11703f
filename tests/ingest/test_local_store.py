"""Real files through the real importer into a real store."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import ImportOptions, ImportReport, import_files
from backend_client.sqlite.body import unpack
from backend_client.sqlite.codes import direction_and_status
from backend_client.sqlite.file import StoreFile, open_file
from backend_client.sqlite.upkeep.rebuild import check
from backend_client.sqlite.writer import Writer
from tests.ingest.lines import DATA, master

SPECIFICATION = DATA / "asterisk" / "cdr_spec_scenarios.csv"
FAFEITSCH = DATA / "asterisk" / "fafeitsch_cdr.csv"
LAB = DATA / "asterisk-lab" / "Master.csv"


class Store:
    """A store of the test's own."""

    def __init__(self, path: Path) -> None:
        self.file: StoreFile = open_file(path)
        self.writer = Writer(self.file)
        self.folder = path.parent

    def take(self, *paths: Path, **options: Any) -> ImportReport:
        return import_files(paths, LocalImportStore(self.writer), ImportOptions(rejected_folder=self.folder, **options))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(self.file.reader()) as db:
            return db.execute(query, values).fetchall()

    def close(self) -> None:
        self.writer.close()
        self.file.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store" / "pult.db")
    yield opened
    opened.close()


class Told(Struct, frozen=True):
    """A call as the journal has it. Employees by extension, each with own talk; parts are its legs."""

    direction: str
    status: str
    employees: dict[str, int]
    wait: int
    talk: int
    parts: int


def told(store: Store) -> list[Told]:
    calls = store.rows("SELECT kind, employees, wait, talk, body FROM call JOIN facts ON call_id = id ORDER BY start")
    found = []
    for kind, employees, wait, talk, body in calls:
        direction, status = direction_and_status(kind)
        people = [entry.split(":") for entry in employees.split(",") if entry]
        own = {extension: int(seconds) for _, extension, seconds in people}
        found.append(Told(direction.value, status.value, own, wait, talk, len(unpack(body).legs)))
    return found


def internal(status: str, employees: dict[str, int], wait: int, talk: int, parts: int) -> Told:
    return Told("internal", status, employees, wait, talk, parts)


SCENARIOS: dict[str, list[Told]] = {
    'Unanswered "Inbound" Call': [internal("no-answer", {"100": 0}, 2, 0, 1)],
    # Nobody dialled: Originate rang an extension by its endpoint, and "s" is no number, so nothing is outside.
    'Unanswered "Outbound" Call': [internal("no-answer", {"alice": 0}, 2, 0, 1)],
    "Single Party": [internal("no-answer", {"100": 0}, 60, 0, 1)],
    "Basic Call": [internal("answered", {"100": 112, "200": 112}, 8, 112, 1)],
    "Unanswered Dial": [internal("no-answer", {"100": 0, "200": 0}, 10, 0, 1)],
    "Parallel Dial": [internal("answered", {"100": 60, "200": 60}, 10, 60, 2)],
    "Blind Transfer": [internal("answered", {"100": 80, "200": 20, "300": 60}, 10, 80, 2)],
    "Core Attended Transfer to Channel": [internal("answered", {"100": 85, "200": 50, "300": 60}, 10, 85, 3)],
    "Core Attended Transfer to Application": [internal("answered", {"100": 50, "200": 50}, 10, 50, 3)],
    "SIP Protocol Attended Transfer": [
        internal("answered", {"100": 100, "200": 40, "300": 60}, 10, 100, 2),
        internal("answered", {"200": 10, "300": 10}, 10, 10, 1),
    ],
    "Blonde Transfer": [internal("answered", {"100": 62, "200": 50, "300": 35}, 10, 62, 3)],
    "Three Way Call": [internal("answered", {"100": 110, "200": 110, "300": 85}, 10, 110, 4)],
    "SIP Attended Transfer": [internal("answered", {"100": 60, "200": 50, "300": 25}, 10, 60, 3)],
    # The caller is a Local half: dialplan that calls an extension, so the call stays inside.
    "Local channel to an application": [internal("answered", {"100": 50}, 10, 50, 2)],
    "Local channel between bridges": [internal("answered", {"100": 50, "200": 40}, 10, 50, 2)],
    "Call Park": [internal("answered", {"100": 70, "200": 10, "charlie": 60}, 10, 70, 3)],
    "Call Queue - Example 1": [internal("answered", {"100": 120, "charlie": 120}, 60, 120, 2)],
    "Call Queue - Example 2": [internal("answered", {"100": 100, "charlie": 100}, 80, 100, 2)],
    "Conference Call": [internal("answered", {"100": 230, "200": 170, "charlie": 180}, 10, 230, 3)],
    "A Complex Example": [
        internal("answered", {"100": 175, "200": 55, "900": 235, "901": 145, "300": 105}, 5, 290, 11),
        internal("answered", {"200": 120, "300": 120}, 10, 120, 1),
    ],
}
MALFORMED, MENDED = "2013-04-13:12:08", "2013-03-04 13:12:08"


def scenario(name: str, path: Path, *, mend: bool = True) -> Path:
    """One scenario of the specification as a file of its own."""
    with SPECIFICATION.open(newline="") as file:
        titles, *rows = csv.reader(file)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(titles)
        out.writerows(
            [text.replace(MALFORMED, MENDED) if mend else text for text in row] for row in rows if row[0] == name
        )
    return path


def test_every_scenario_of_the_specification_is_here() -> None:
    with SPECIFICATION.open(newline="") as file:
        assert {row["scenario"] for row in csv.DictReader(file)} == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_of_the_specification(store: Store, tmp_path: Path, name: str) -> None:
    report = store.take(scenario(name, tmp_path / "scenario.csv"))

    assert told(store) == SCENARIOS[name]
    assert report.rejected == {}


def test_the_malformed_end_of_the_specification_is_rejected_with_its_line(store: Store, tmp_path: Path) -> None:
    report = store.take(scenario("SIP Protocol Attended Transfer", tmp_path / "scenario.csv", mend=False))

    with open(report.files[0].rejected_file, newline="") as file:
        [row] = csv.reader(file)
    assert row[:2] == ["2", f"bad-date: end: {MALFORMED}"]
    assert [call.parts for call in told(store)] == [1, 1]


def test_a_real_pseudonymised_file_gives_its_calls(store: Store) -> None:
    report = store.take(FAFEITSCH, internal=("791-445-*",))

    calls = told(store)
    assert (report.new, report.calls, len(calls)) == (218, 174, 174)
    assert sum(call.parts for call in calls) == 218
    assert {call.direction for call in calls} >= {"in", "out"}
    assert store.take(FAFEITSCH, internal=("791-445-*",)).unchanged == 218
    assert told(store) == calls


def test_a_call_that_nobody_answered_is_not_answered_whatever_its_seconds(store: Store) -> None:
    """Five rows of three calls say NO ANSWER and have seconds of talk."""
    with FAFEITSCH.open(newline="") as file:
        odd = {row[16] for row in csv.reader(file) if row[14] == "NO ANSWER" and int(row[13])}
    store.take(FAFEITSCH, assume_external=True)

    kinds = [
        direction_and_status(kind)[1].value
        for key in sorted(odd)
        for (kind,) in store.rows("SELECT kind FROM call JOIN call_key ON call_id = id WHERE key = ?", key)
    ]
    assert len(kinds) == 3
    assert "answered" not in kinds


def test_numbers_named_inside_later_change_the_calls_that_stand(store: Store) -> None:
    store.take(FAFEITSCH, assume_external=True)
    assert {call.direction for call in told(store)} == {"in"}

    store.take(FAFEITSCH, internal=("791-445-*",))

    assert "out" in {call.direction for call in told(store)}


def test_a_real_asterisk_file(store: Store) -> None:
    report = store.take(LAB)

    calls = told(store)
    assert report.new == 10
    assert [(call.direction, call.status, sorted(call.employees)) for call in calls] == [
        ("in", "answered", ["201"]),
        ("in", "answered", ["201"]),
        ("in", "missed", ["201"]),
        ("in", "answered", ["201"]),
        ("in", "missed", ["201", "202"]),
        ("out", "answered", ["202"]),
        ("out", "rejected", ["202"]),
        ("internal", "answered", ["201", "203"]),
    ]
    names = dict(store.rows("SELECT number, name FROM extension JOIN employee ON employee.id = employee_id"))
    assert (names["201"], names["202"]) == ("Olena Koval", "Petro Bondar")


def test_an_import_is_noted_down(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(master() * 2 + master(start="never"))

    store.take(path)
    store.take(path)

    columns = "source, format, new, updated, unchanged, rejected, finished"
    assert store.rows(f"SELECT {columns} FROM import_run ORDER BY id") == [
        (str(path), "asterisk-csv", 1, 0, 1, 1, 1), (str(path), "asterisk-csv", 0, 0, 2, 1, 1),
    ]  # fmt: skip


IMPORTER = """
import sys
from pathlib import Path
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import import_files
from backend_client.sqlite.file import open_file
from backend_client.sqlite.writer import Writer
store = LocalImportStore(Writer(open_file(Path(sys.argv[1]))))
import_files([Path(sys.argv[2])], store, progress=lambda p: print(p.records, flush=True))
"""


def test_a_kill_leaves_whole_calls_and_importing_again_completes_the_work(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(
        "".join(
            master(uniqueid=f"{1795204051 + n}.{leg}", linkedid=f"{1795204051 + n}.0", sequence=n * 10 + leg)
            for n in range(6_000)
            for leg in range(3)
        )
    )
    arguments = [sys.executable, "-c", IMPORTER, str(tmp_path / "pult.db"), str(path)]
    child = subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert child.stdout is not None
    for _ in range(2):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    store = Store(tmp_path / "pult.db")

    after_kill = told(store)
    assert 0 < len(after_kill) < 6_000
    assert {call.parts for call in after_kill} == {3}
    assert check(store.writer).sound

    report = store.take(path)
    assert report.new == 18_000 - 3 * len(after_kill)
    assert len(told(store)) == 6_000
    store.close()
