"""A large file is read by a process of its own: nobody may tell from what comes of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.derive.collapsed import Basis
from backend_client.errors import BackendError, Invalid
from backend_client.ingest import grouping, reading_ahead
from backend_client.ingest.asterisk_csv import AsteriskCsv
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.reading_ahead import read_ahead
from backend_client.ingest.run import ImportOptions, ImportReport, import_files
from backend_client.ingest.source import SourceOptions
from backend_client.model.derive_settings import DeriveSettings
from backend_client.sqlite.beforehand import Beforehand, make_ready
from tests.histories import Records, arrangements, histories
from tests.ingest.lines import master
from tests.sqlite.stores import Desk, content, open_desk

BASIS = Basis(DeriveSettings(), frozenset())
ONCE_INTERNAL = frozenset({"380672220001", "0672220001", "380442220002", "0442220002"})


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "LARGE", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Calls of several legs, some of them damaged, one repeated, one far from its call, the last half written."""
    lines = [
        master(uniqueid=f"{1795204051 + n}.{leg}", linkedid=f"{1795204051 + n}.0", sequence=n * 10 + leg)
        for n in range(300)
        for leg in range(1 + n % 3)
    ]
    lines[40] = "no,record,at,all\n"
    lines[90] = lines[90].replace('"', "'", 1)
    lines.insert(200, lines[10])
    lines.append(lines.pop(5))
    path = tmp_path / "Master.csv"
    path.write_text("".join(lines) + lines[-1][:60])
    return path


def imported(path: Path, folder: Path) -> tuple[ImportReport, dict[str, object], str]:
    """The report, the store and the rejected rows of an import into a new store."""
    folder.mkdir()
    with closing(Desk(folder / "store.db")) as desk:
        store = LocalImportStore(desk.writer)
        report = import_files([path], store, ImportOptions(rejected_folder=folder))
        for file in report.files:
            rejected = Path(file.rejected_file).read_text() if file.rejected_file else ""
            file.rejected_file = ""
        return report, content(desk.db), rejected


def test_two_processes_import_what_one_does(records: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    alone = imported(records, tmp_path / "alone")
    request.getfixturevalue("two_processes")
    assert imported(records, tmp_path / "together") == alone
    assert alone[0].rejected


@pytest.mark.usefixtures("two_processes")
def test_what_the_other_process_finds_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOST", 300)
    path = tmp_path / "Master.csv"
    path.write_text("".join(master(uniqueid=f"{1795204051 + n}.0", linkedid="1795204051.0") for n in range(600)))
    with pytest.raises(Invalid, match=r"1795204051\.0"):
        imported(path, tmp_path / "store")


@pytest.fixture
def batches(records: Path) -> Generator[Generator[object]]:
    source = AsteriskCsv().open(records, SourceOptions(timezone="UTC"))
    with closing(read_ahead(source, "main", BASIS)) as reading:
        yield reading


def test_a_killed_process_is_no_end_of_the_file(batches: Generator[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "make_ready", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(BackendError, match="stopped"):
        list(batches)


def test_who_stops_reading_leaves_no_process(batches: Generator[object]) -> None:
    next(batches)
    assert multiprocessing.active_children()
    batches.close()
    assert not multiprocessing.active_children()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.booleans())
def test_what_was_made_beforehand_changes_nothing(data: st.DataObject, timely: bool) -> None:
    """Neither where the store knows records of the call already, nor where the list of employees is another one."""
    history = data.draw(histories().flatmap(arrangements))
    with open_desk(history.settings) as desk, open_desk(history.settings) as other:
        for deed in history.deeds:
            desk.do(deed)
            if not isinstance(deed, Records):
                other.do(deed)
                continue
            basis = desk.facts.basis(desk.db) if timely else Basis(history.settings, ONCE_INTERNAL)
            for facts in deed.batch:
                other.facts.put([facts], Beforehand(basis, {facts.call_key: make_ready(facts, basis)}))
        assert content(other.db) == content(desk.db)
