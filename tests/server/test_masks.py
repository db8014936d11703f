"""What an administrator changes of the matrix: masked prices, a list of who listens, own exports."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from backend_client.contract.calls import CallRequest, ExportRequest
from backend_client.contract.recordings import LinkRequest, RangeRequest, RecordingRequest
from backend_client.errors import BackendError, Forbidden
from backend_client.http.backend import connect
from backend_client.http.methods import methods
from backend_client.model.audit import Deed
from backend_client.model.call import PriceState, RecordingState
from backend_client.model.permissions import MATRIX, Permission, Role, permissions_of
from backend_client.model.recording import Purpose
from backend_client.model.rights import MAY_BE_GIVEN, MAY_BE_TAKEN, People, RightsSettings
from backend_client.sqlite.access.rights import session_of, write_rights
from backend_client.sqlite.directory import add_employee, assign_extension
from tests.contract.conftest import NOON, NOW
from tests.server.serving import Served, asker, served, token_for
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg
from tests.tui.command import pult

P = Permission
PRICE = 1_234_567
ROLES = [role for role in Role if role is not Role.UNKNOWN]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One priced and recorded call of Olena's, an operator of Sales; Vira is head, Ivan operator and accountant."""
    path = tmp_path / "store.db"
    with closing(Desk(path)) as desk:
        with desk.writer.transaction() as transaction:
            for name, roles, department in (
                ("Olena", (Role.OPERATOR,), "Sales"),
                ("Vira", (Role.HEAD,), ""),
                ("Ivan", (Role.OPERATOR, Role.ACCOUNTANT), ""),
            ):
                id = add_employee(transaction, name, login=name.lower(), roles=roles, department=department)
                assign_extension(transaction, str(200 + id), id)
        priced = replace(leg("1.1", at=NOON - 86_400, talk=60), price=PRICE, currency="UAH", recording="a.wav")
        desk.facts.put([call(priced)])
    return path


def change(path: Path, rights: RightsSettings) -> None:
    with closing(Desk(path)) as desk, desk.writer.transaction() as transaction:
        write_rights(transaction, rights)


@pytest.fixture
async def server(store: Path) -> AsyncIterator[Served]:
    async with served(store, now=lambda: NOW) as running:
        yield running


@asynccontextmanager
async def program(server: Served, login: str) -> AsyncIterator[httpx.AsyncClient]:
    async with asker(server.url, token_for(server.path, login)) as client:
        yield client


async def test_a_masked_price_is_nowhere(server: Served) -> None:
    async with program(server, "olena") as olena:
        assert str(PRICE) in (await olena.post("/v1/call", json={"id": 1})).text
        change(server.path, RightsSettings(taken={P.SEE_PRICE: (Role.OPERATOR,)}))
        for method in methods().values():
            if method.reads and method.name not in ("changes", "report", "plan_report"):
                answer = await olena.post(method.address, json={"id": 1} if method.name == "call" else {})
                assert str(PRICE) not in answer.text, method.name
                assert "1,23" not in answer.text, method.name
        details = (await olena.post("/v1/call", json={"id": 1})).json()
        assert details["price"] == {"state": PriceState.MASKED.value}
    async with program(server, "vira") as vira:
        assert str(PRICE) in (await vira.post("/v1/call", json={"id": 1})).text


@pytest.mark.parametrize("field", ["price", "price_from", "sort"])
async def test_nothing_is_filtered_or_sorted_by_a_price(server: Served, field: str) -> None:
    async with program(server, "olena") as olena:
        by_body = await olena.post("/v1/window", json={"filter": {field: 1}})
        assert by_body.status_code == 400
        by_body = await olena.post("/v1/window", json={field: "price"})
        assert by_body.status_code == 400


def test_the_command_for_a_call_masks_too(store: Path) -> None:
    assert str(PRICE) in pult("--store", store, "--as", "olena", "call", "1", "--json").stdout
    assert pult("--store", store, "rights", "take", "see-price", "operator").returncode == 0
    told = pult("--store", store, "--as", "olena", "call", "1", "--json")
    assert (told.returncode, str(PRICE) in told.stdout) == (0, False)
    assert str(PRICE) in pult("--store", store, "--as", "vira", "call", "1", "--json").stdout
    for kind in ("--csv", "--json"):
        assert str(PRICE) not in pult("--store", store, "--as", "vira", "calls", kind).stdout
    assert pult("--store", store, "rights", "give", "see-price", "operator").returncode == 0
    assert str(PRICE) in pult("--store", store, "--as", "olena", "call", "1", "--json").stdout


async def test_only_the_list_listens_and_downloads(server: Served) -> None:
    listen = RangeRequest(call_id=1, part=0, start=0, length=10, purpose=Purpose.LISTEN)
    change(server.path, RightsSettings(only={P.LISTEN: People(departments=("Sales",))}))
    vira, olena = await server.connect("vira"), await server.connect("olena")
    assert (await vira.recording(RecordingRequest(call_id=1))).state is RecordingState.FORBIDDEN
    assert (await vira.call(CallRequest(id=1))).recording is RecordingState.FORBIDDEN
    with pytest.raises(Forbidden):
        await vira.recording_range(listen)
    assert (await olena.recording(RecordingRequest(call_id=1))).state is not RecordingState.FORBIDDEN
    change(server.path, RightsSettings(only={P.DOWNLOAD: People(employees=(olena.session.employee_id or 0,))}))
    with pytest.raises(Forbidden):
        await vira.recording_link(LinkRequest(call_id=1))
    with pytest.raises(BackendError) as told:
        await olena.recording_link(LinkRequest(call_id=1))
    assert told.value.kind == "not-found"
    # Who asked before the change is judged by it all the same, and an open console learns it at the next question.
    assert (await vira.recording(RecordingRequest(call_id=1))).state is not RecordingState.FORBIDDEN
    for backend in (vira, olena):
        await backend.close()


async def test_an_operator_exports_own_calls_where_the_setting_says_so(server: Served) -> None:
    olena, ivan = await server.connect("olena"), await server.connect("ivan")
    with pytest.raises(Forbidden):
        await olena.export(ExportRequest())
    change(server.path, RightsSettings(given={P.EXPORT: (Role.OPERATOR,)}))
    assert (await olena.export(ExportRequest())).calls == 1
    assert (await ivan.export(ExportRequest())).calls == 0
    for backend in (olena, ivan):
        await backend.close()


async def test_an_open_console_knows_its_rights_of_the_moment(server: Served) -> None:
    change(server.path, RightsSettings(taken={P.LISTEN: tuple(ROLES)}, given={P.EXPORT: (Role.OPERATOR,)}))
    backend = await connect(server.url, token_for(server.path, "olena"))
    assert not backend.session.may(P.LISTEN)
    assert backend.session.may(P.EXPORT)
    assert not backend.session.may(P.ALL_CALLS)
    await backend.close()


@pytest.fixture
def desk(store: Path) -> Iterator[Desk]:
    with closing(Desk(store)) as opened:
        yield opened


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_matrix_changes_only_where_it_may(role: Role, desk: Desk) -> None:
    everything = RightsSettings(
        taken={permission.value: tuple(ROLES) for permission in Permission},
        given={permission.value: tuple(ROLES) for permission in Permission},
    )
    with desk.writer.transaction() as transaction:
        write_rights(transaction, everything)
        session = session_of(transaction.db, 1, "", (role,))
    gone = MATRIX[role] - session.permissions
    come = session.permissions - MATRIX[role]
    assert gone == MAY_BE_TAKEN & MATRIX[role]
    assert come == {one for one, roles in MAY_BE_GIVEN.items() if role in roles}
    assert P.ADMINISTER not in session.permissions or role is Role.ADMINISTRATOR


def test_several_roles_add_up_whatever_one_of_them_lost(desk: Desk) -> None:
    with desk.writer.transaction() as transaction:
        write_rights(transaction, RightsSettings(taken={P.SEE_PRICE: (Role.OPERATOR,), P.LISTEN: tuple(ROLES)}))
        both = session_of(transaction.db, 1, "", (Role.OPERATOR, Role.ACCOUNTANT))
        nobody = session_of(transaction.db, None, "", ())
    assert both.may(P.SEE_PRICE)
    assert not both.may(P.LISTEN)
    assert not nobody.may(P.SEE_PRICE)
    assert nobody.permissions == permissions_of(()) - {P.SEE_PRICE, P.LISTEN}


def test_rights_are_shown_and_changed_by_the_administrator_only(store: Path) -> None:
    def rights(*arguments: str, who: str = "") -> str:
        done = pult("--store", store, *(("--as", who) if who else ()), "rights", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    rights("take", "see-price", "operator", "accountant")
    rights("only", "listen", "--employee", "olena", "--department", "Sales")
    table = {line.split()[0]: line.split()[1:] for line in rights().splitlines()[1:]}
    assert table["see-price"] == ["·", "·", "+", "+", "+", "+"]
    assert table["listen:"] == ["only", "Olena,", "Sales"]
    rights("only", "listen", "--everybody")
    assert '"only": {}' in rights("--json")
    for arguments in (("take", "listen", "operator"), ("only", "download", "--employee", "vira")):
        refused = pult("--store", store, "--as", "vira", "rights", *arguments)
        assert (refused.returncode, "may not" in refused.stderr) == (1, True)
    assert pult("--store", store, "rights", "give", "export", "supervisor").returncode == 1
    assert pult("--store", store, "rights", "only", "listen", "--department", "Nobody").returncode == 1
    assert pult("--store", store, "rights", "only", "listen").returncode == 2
    with closing(Desk(store)) as desk:
        deeds = [deed for (deed,) in desk.db.execute("SELECT deed FROM audit")]
    assert deeds.count(Deed.RIGHTS.value) == 3
