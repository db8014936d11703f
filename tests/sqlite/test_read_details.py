"""What details say depends on the clock and on the reader, never on when the call was stored (J7, J8, R4)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend_client.contract.calls import CallRequest
from backend_client.errors import NotFound
from backend_client.model.call import CallDetails, Price, PriceState, RecordingState
from backend_client.model.permissions import MATRIX, Permission, Role, Session
from backend_client.sqlite.access.scope import scope_of
from backend_client.sqlite.details import read_details
from backend_client.sqlite.directory import read_directories
from backend_client.sqlite.names import names_of
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

NOON = 1_795_255_200
HEAD = Session(employee_id=None, name="Vira", roles=(Role.HEAD,))
PRICED = replace(
    leg("1.1", at=NOON, talk=50),
    price=1_250_000,
    currency="UAH",
    recording="2026/11/21/in-1.1.wav",
    note="from the PBX",
)
ENDED = NOON + 60
JUST_AFTER, LATER = ENDED + 299, ENDED + 300


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    opened.facts.put([call(PRICED), call(leg("2.1", at=NOON))])
    yield opened
    opened.close()


def details(desk: Desk, key: str, now: int, session: Session = HEAD) -> CallDetails:
    directories = read_directories(desk.db)
    request = CallRequest(id=desk.id_of(key))
    return read_details(desk.db, request, session, scope_of(session), directories, names_of(directories), now)


def test_a_price_waits_five_minutes_even_where_it_is_known(desk: Desk) -> None:
    assert details(desk, "1.1", JUST_AFTER).price == Price(PriceState.PENDING)
    assert details(desk, "1.1", LATER).price == Price(PriceState.KNOWN, 1_250_000, "UAH")
    assert details(desk, "2.1", LATER).price == Price(PriceState.NOT_KNOWN)


def test_a_masked_price_travels_without_its_amount(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MATRIX, Role.HEAD, MATRIX[Role.HEAD] - {Permission.SEE_PRICE})
    assert details(desk, "1.1", LATER).price == Price(PriceState.MASKED)


def test_a_recording_is_pending_then_there_and_never_a_path(desk: Desk) -> None:
    assert details(desk, "1.1", JUST_AFTER).recording is RecordingState.PENDING
    later = details(desk, "1.1", LATER)
    assert later.recording is RecordingState.AVAILABLE
    assert later.recordings == ("in-1.1.wav",)
    assert details(desk, "2.1", LATER).recording is RecordingState.NONE


def test_who_may_not_listen_is_told_that_there_is_a_recording_and_no_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MATRIX, Role.HEAD, MATRIX[Role.HEAD] - {Permission.LISTEN})
    told = details(desk, "1.1", LATER)
    assert (told.recording, told.recordings) == (RecordingState.FORBIDDEN, ())


def test_the_sources_note_is_kept_whole(desk: Desk) -> None:
    assert details(desk, "1.1", LATER).source_note == "from the PBX"


def test_a_call_whose_facts_are_gone_still_opens(desk: Desk) -> None:
    with desk.writer.transaction() as transaction:
        transaction.db.execute("DELETE FROM facts WHERE call_id = ?", (desk.id_of("1.1"),))
    opened = details(desk, "1.1", LATER)
    assert (opened.call.talk, opened.route, opened.reason.rule) == (50, (), "")


@pytest.mark.parametrize(
    "session",
    [
        Session(employee_id=None, name="nobody", roles=()),
        Session(employee_id=10**6, name="stranger", roles=(Role.OPERATOR,)),
        Session(employee_id=10**6, name="accountant", roles=(Role.ACCOUNTANT,)),
    ],
    ids=lambda session: session.name,
)
def test_a_call_of_others_is_not_found(desk: Desk, session: Session) -> None:
    with pytest.raises(NotFound):
        details(desk, "1.1", LATER, session)


def test_the_start_path_loads_nothing_heavy(desk: Desk) -> None:
    program = f"""
import asyncio, pathlib, sys
from backend_client.contract.calls import WindowRequest
from backend_client.opening import open_store
async def start():
    backend = await open_store(pathlib.Path({str(desk.path)!r}))
    await backend.clock()
    assert len((await backend.window(WindowRequest())).rows) == 2
    await backend.close()
asyncio.run(start())
heavy = {{"sqlite_utils", "phonenumbers", "numpy", "textual", "rich", "httpx", "babel"}}
heavy |= {{"backend_client.derive.collapse"}}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
