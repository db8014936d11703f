"""The doctor on sources, imports and data."""

from __future__ import annotations

from pathlib import Path

from backend_client.ingest.local_store import LocalImportStore
from backend_client.ingest.run import ImportOptions, import_files
from backend_client.model.live import SourceState
from backend_client.sqlite.live import write_source
from backend_client.sqlite.quality import read_quality
from tests.ingest.lines import DATA, master
from tests.sqlite.stores import Desk
from tui.data_quality import findings
from tui.finding import Verdict

LAB = DATA / "asterisk-lab"


def take(desk: Desk, path: Path) -> None:
    import_files([path], LocalImportStore(desk.writer), ImportOptions(rejected_folder=desk.path.parent))


def test_rejected_rows_are_counted_with_their_reason(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    broken = tmp_path / "Master.csv"
    broken.write_text(master() + master(end="2026-11-20 21:00:00", sequence=58))
    take(desk, broken)
    [run] = [finding for finding in findings(read_quality(desk.db), 0.0) if finding.part == "imports"]
    assert run.verdict is Verdict.NOTE
    assert "1 rejected" in run.text
    assert run.hint == "1 × ends before it starts"
    desk.close()


def test_what_does_not_fit_together_is_told_with_examples(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    take(desk, LAB / "queue_log")
    waiting = [finding.text for finding in findings(read_quality(desk.db), 0.0) if finding.part == "data"]
    assert waiting == ["2 calls are known from queue_log or channel events only"]
    take(desk, LAB / "Master.csv")
    told = [finding.text for finding in findings(read_quality(desk.db), 0.0) if finding.part == "data"]
    assert told == ["3 internal numbers have no employee: 201, 202, 203", "1 line has no name: IAX2/provider"]
    desk.close()


def test_a_followed_source_is_fine_away_or_forgotten(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store.db")
    with desk.writer.transaction() as transaction:
        write_source(transaction, SourceState(name="a.csv", at=1000))
        write_source(transaction, SourceState(name="b.csv", at=1000, problem="There is no file b.csv."))
    told = [(finding.verdict, finding.text) for finding in findings(read_quality(desk.db), 1010.0)]
    assert told == [
        (Verdict.FINE, "a.csv: followed, 0 s behind"), (Verdict.WRONG, "b.csv: There is no file b.csv."),
    ]  # fmt: skip
    later = [finding.text for finding in findings(read_quality(desk.db), 5000.0)]
    assert later[0] == "a.csv: not followed now"
    desk.close()
