"""Forgetting a person: nothing of them is left, every count is, and they stay forgotten."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.contract.calls import CommentRequest
from backend_client.model.permissions import Role, Session
from backend_client.model.phone import number_key
from backend_client.recordings.settings import RecordingSettings
from backend_client.sqlite.clients.registration import rename_client
from backend_client.sqlite.comments import save_comment
from backend_client.sqlite.recordings import delete_recordings, write_recording_settings
from backend_client.sqlite.upkeep.backup import back_up, restore
from backend_client.sqlite.upkeep.check import check_store
from backend_client.sqlite.upkeep.erasure import Erased, forget, forget_everywhere
from backend_client.sqlite.upkeep.ledger import ledger_path
from backend_client.sqlite.upkeep.rebuild import rebuild
from tests.sqlite.busy_centre import busy_day
from tests.sqlite.stores import Desk

OLENA, PETRO = "0672220001", "0442220002"
HEAD = Session(employee_id=None, name="head", roles=(Role.ADMINISTRATOR,))
TRACES = (b"672220001", b"Olena", b"olena", b"asked for")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put(busy_day(OLENA, 30) + busy_day(PETRO, 30, first=100, name="Petro"))
        opened.link(OLENA, "Olena Bondar")
        comment(opened, busy_day(OLENA, 1)[0].call_key, "Olena asked for an invoice")
        yield opened


def comment(desk: Desk, key: str, text: str) -> None:
    with desk.writer.transaction() as transaction:
        save_comment(transaction, HEAD, CommentRequest(call_id=desk.id_of(key), text=text, revision=0), 1)


def forget_number(desk: Desk, number: str = OLENA) -> Erased:
    return forget(desk.writer, HEAD, [number_key(number, "UA").key], [], now=5)


def counts(desk: Desk) -> list[tuple[int, ...]]:
    """Every total but that of comments, which go."""
    return desk.db.execute(
        "SELECT dimension, key, kind, day, n FROM tally WHERE NOT (dimension = 6 AND key = 32) ORDER BY 1, 2, 3, 4"
    ).fetchall()


def traces(path: Path) -> list[bytes]:
    """What is still to be found in the files of a store, byte by byte."""
    held = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    return [trace for trace in TRACES if trace in held]


def test_nothing_is_left_and_every_count_is(desk: Desk) -> None:
    assert traces(desk.path)
    before = counts(desk)
    erased = forget_number(desk)
    assert (erased.numbers, erased.calls, erased.log_cut) == (1, 30, True)
    assert counts(desk) == before
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (60,)
    assert desk.db.execute("SELECT count(*) FROM comment").fetchone() == (0,)
    assert check_store(desk.writer, deep=True).sound


def test_a_forgotten_client_leaves_no_trace_in_any_file(desk: Desk) -> None:
    client = desk.client("Olena Bondar")
    with desk.writer.transaction() as transaction:
        rename_client(transaction, client, "Olena B.")
    before = counts(desk)
    erased = forget(desk.writer, HEAD, [], [client], now=5)
    assert (erased.numbers, erased.calls, erased.clients) == (1, 30, 1)
    assert traces(desk.path) == []
    assert counts(desk) == before
    assert desk.db.execute("SELECT name, archived FROM client").fetchall() == [("—", 1)]
    assert check_store(desk.writer, deep=True).sound


def test_deriving_again_brings_nothing_back(desk: Desk) -> None:
    before = counts(desk)
    forget_number(desk)
    assert rebuild(desk.writer) == 0
    assert counts(desk) == before


def test_the_same_records_change_nothing(desk: Desk) -> None:
    forget_number(desk)
    before = counts(desk)
    report = desk.facts.put(busy_day(OLENA, 30))
    assert (report.new, report.updated, report.unchanged) == (0, 0, 30)
    assert counts(desk) == before
    assert check_store(desk.writer, deep=True).sound


def test_who_calls_again_is_forgotten_at_once(desk: Desk) -> None:
    forget_number(desk)
    desk.facts.put(busy_day("+38 067 222-00-01", 3, first=7, begin=1_795_000_000))
    assert desk.db.execute("SELECT count(*) FROM call").fetchone() == (63,)
    assert desk.db.execute("SELECT count(*) FROM number").fetchone() == (2,)
    assert desk.db.execute("SELECT count(*) FROM number WHERE key LIKE 'erased-%'").fetchone() == (1,)
    assert check_store(desk.writer, deep=True).sound


def test_a_number_that_never_called_is_forgotten_when_it_does(desk: Desk) -> None:
    forget(desk.writer, HEAD, [number_key("+380503334455", "UA").key], [], now=5)
    desk.facts.put(busy_day("0503334455", 3, first=7))
    desk.facts.put(busy_day("0503334455", 3, first=8))
    assert desk.db.execute("SELECT count(*) FROM number WHERE key LIKE 'erased-%'").fetchone() == (1,)
    assert desk.db.execute("SELECT count(*) FROM number WHERE forms LIKE '%503334455%'").fetchone() == (0,)
    assert check_store(desk.writer, deep=True).sound


def test_a_client_with_other_numbers_stays(desk: Desk) -> None:
    desk.link(PETRO, "Olena Bondar")
    assert forget_number(desk).other_numbers == 1
    assert desk.db.execute("SELECT count(*) FROM client WHERE name = 'Olena Bondar'").fetchone() == (1,)
    assert check_store(desk.writer, deep=True).sound


def test_a_restored_copy_forgets_again(desk: Desk, tmp_path: Path) -> None:
    copy, new = tmp_path / "copy.db", tmp_path / "new" / "store.db"
    back_up(desk.path, copy)
    forget_number(desk)
    assert restore(copy, new, [ledger_path(desk.path)]) == 1
    with closing(Desk(new)) as restored:
        assert restored.db.execute("SELECT count(*) FROM comment").fetchone() == (0,)
        assert check_store(restored.writer, deep=True).sound
        restored.facts.put(busy_day(OLENA, 30))
    assert traces(new) == []
    assert not list(new.parent.glob(".*"))


def test_a_copy_restored_where_the_store_was_forgets_again(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(desk.path, copy)
    forget_number(desk)
    desk.close()
    desk.path.unlink()
    assert restore(copy, desk.path) == 1
    desk.file = Desk(desk.path).file


def test_records_without_ids_are_known_again(desk: Desk) -> None:
    from msgspec.structs import replace

    def nameless(number: str) -> list:  # type: ignore[type-arg]
        return [
            replace(
                facts, call_key=f"{facts.legs[0].start}|{number}",
                legs=tuple(replace(leg, uniqueid=f"{leg.start}|{number}", linkedid="") for leg in facts.legs),
            )
            for facts in busy_day(number, 3, first=900)
        ]  # fmt: skip

    desk.facts.put(nameless("0503334455"))
    forget_number(desk, "0503334455")
    before = counts(desk)
    assert desk.facts.put(nameless("0503334455")).unchanged == 3
    assert counts(desk) == before
    assert desk.db.execute("SELECT count(*) FROM call_key WHERE key LIKE '%0503334455%'").fetchone() == (0,)


def test_recordings_go_too(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "monitor"
    folder.mkdir()
    names = [facts.legs[0].recording for number in (OLENA, PETRO) for facts in busy_day(number, 2, first=0)]
    for name in names:
        (folder / name).write_bytes(b"x" * 100)
    with desk.writer.transaction() as transaction:
        write_recording_settings(transaction, RecordingSettings(roots=(str(folder),)))
    kept: list[str] = []
    forget(
        desk.writer, HEAD, [number_key(OLENA, "UA").key], [], now=5,
        before=lambda db, calls: kept.extend(delete_recordings(db, desk.path, calls)),
    )  # fmt: skip
    assert kept == []
    assert sorted(file.name for file in folder.iterdir()) == sorted(names[2:])


def test_a_party_of_somebody_elses_call_is_found_by_looking_everywhere(desk: Desk) -> None:
    from msgspec.structs import replace

    facts = busy_day(PETRO, 1, first=500)[0]
    transferred = replace(
        facts.legs[0], key=facts.legs[0].key + "b", channel=f"Local/{OLENA}@from-internal", sequence="2"
    )
    desk.facts.put([replace(facts, legs=(*facts.legs, transferred))])
    forget_number(desk)
    assert forget_everywhere(desk.writer, [number_key(OLENA, "UA").key]) == 1


def test_the_log_says_that_and_not_whom(desk: Desk) -> None:
    forget_number(desk)
    assert desk.db.execute("SELECT deed, object_id, amount FROM audit").fetchall() == [("delete", None, 30)]
