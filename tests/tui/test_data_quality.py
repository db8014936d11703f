"""The doctor on sources, imports and data."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from backend_client.contract.sources import SourcesRequest
from backend_client.errors import Forbidden
from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import ImportOptions, import_files
from backend_client.model.live import SourceState
from backend_client.model.permissions import Role, Session
from backend_client.model.quality import Doubt, Misfit
from backend_client.recordings.settings import RecordingSettings
from backend_client.sqlite.recordings import write_recording_settings
from backend_client.sqlite.supervision.live import write_source
from backend_client.sqlite.upkeep.quality import read_quality
from tests.ingest.lines import DATA, master
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg
from tui.data_quality import findings
from tui.finding import Finding, Verdict

LAB = DATA / "asterisk-lab"
SUPERVISOR = Session(employee_id=None, name="Vira", roles=(Role.SUPERVISOR,))
TODAY = 1_800_000_000


def doctor(desk: Desk, now: int = TODAY) -> list[Finding]:
    return list(findings(read_quality(desk.db, desk.path, SUPERVISOR, SourcesRequest(), now)))


def take(desk: Desk, path: Path) -> None:
    import_files([path], LocalImportStore(desk.writer), ImportOptions(rejected_folder=desk.path.parent))


def test_rejected_rows_are_counted_with_their_reason(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    broken = tmp_path / "Master.csv"
    broken.write_text(master() + master(end="2026-11-20 21:00:00", sequence=58))
    take(desk, broken)
    [logged] = read_quality(desk.db, desk.path, SUPERVISOR, SourcesRequest(), TODAY).runs
    assert [(one.line, one.reason) for one in logged.examples] == [(2, "ends-before-start")]
    assert "2026-11-20 21:00:00" in logged.examples[0].text
    [run] = [finding for finding in doctor(desk) if finding.part == "imports"]
    assert run.verdict is Verdict.NOTE
    assert "1 rejected" in run.text
    assert run.hint == f"1 × ends before it starts; The rejected rows are in {broken}.rejected.csv"
    desk.close()


def test_what_does_not_fit_together_is_told_with_examples(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    take(desk, LAB / "queue_log")
    waiting = [finding.text for finding in doctor(desk) if finding.part == "data"]
    assert waiting == ["2 calls are known from queue_log or channel events only"]
    take(desk, LAB / "Master.csv")
    told = [finding.text for finding in doctor(desk) if finding.part == "data"]
    # The records name those who have 201 and 202.
    assert told == ["1 internal number has no employee: 203", "1 line has no name: IAX2/provider"]
    desk.close()


def test_a_followed_source_is_fine_away_or_forgotten(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    with desk.writer.transaction() as transaction:
        write_source(transaction, SourceState(name="a.csv", at=1000))
        write_source(transaction, SourceState(name="b.csv", at=1000, problem="There is no file b.csv."))
    told = [(finding.verdict, finding.text) for finding in doctor(desk, 1010)]
    assert told == [
        (Verdict.FINE, "a.csv: followed, 0 s behind"), (Verdict.WRONG, "b.csv: There is no file b.csv."),
    ]  # fmt: skip
    later = [finding.text for finding in doctor(desk, 5000)]
    assert later[0] == "a.csv: not followed now"
    desk.close()


def doubts(desk: Desk, now: int = TODAY) -> dict[Misfit, Doubt]:
    sources = read_quality(desk.db, desk.path, SUPERVISOR, SourcesRequest(), now)
    return {doubt.kind: doubt for doubt in sources.doubts}


def test_times_that_cannot_be_true_are_told_with_their_calls(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    desk.facts.put([call(leg("1.1", at=TODAY - 90_000, talk=50_000)), call(leg("2.1", at=TODAY + 7200))])
    found = doubts(desk)
    [endless] = found[Misfit.ENDLESS].calls
    [future] = found[Misfit.FUTURE].calls
    starts = dict(desk.db.execute("SELECT id, start FROM call").fetchall())
    assert (starts[endless], starts[future]) == (TODAY - 90_000, TODAY + 7200)
    assert Misfit.FUTURE not in doubts(desk, TODAY + 7200)
    desk.close()


def test_a_recording_that_is_not_where_recordings_lie_is_missed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    folder = tmp_path / "monitor"
    folder.mkdir()
    (folder / "there.wav").write_bytes(bytes(1000))
    for number, name in enumerate(("there.wav", "gone.wav"), start=1):
        recorded = structs.replace(leg(f"{number}.1", at=TODAY - 5000 + number, talk=60), recording=name)
        desk.facts.put([call(recorded)])
    assert Misfit.NO_RECORDING not in doubts(desk), "nobody has said where recordings lie"
    with desk.writer.transaction() as transaction:
        write_recording_settings(transaction, RecordingSettings(roots=(str(folder),)))
    missing = doubts(desk)[Misfit.NO_RECORDING]
    assert (missing.count, missing.looked_at, missing.examples) == (1, 2, ("gone.wav",))
    assert Misfit.NO_RECORDING not in doubts(desk, TODAY - 5000 + 62), "it may still come"
    desk.close()


def test_nobody_without_the_right_sees_the_import_log(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    operator = Session(employee_id=None, name="Olena", roles=(Role.OPERATOR,))
    with pytest.raises(Forbidden):
        read_quality(desk.db, desk.path, operator, SourcesRequest(), TODAY)
    desk.close()
