"""An operator cannot learn of another's call: not by any method, request, id, count, event or refusal."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from backend_client.contract.calls import CommentRequest, Position, WindowRequest
from backend_client.http.backend import connect
from backend_client.http.methods import Method, methods
from backend_client.model.call_filter import CallFilter
from backend_client.model.permissions import Permission, Role, permissions_of
from backend_client.sqlite.directory import add_employee, assign_extension
from tests.contract.conftest import NOON, NOW
from tests.server.serving import Served, asker, served, token_for
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import call, leg

ROLES = [role for role in Role if role is not Role.UNKNOWN]
PHONES: dict[Role, str] = {role: str(301 + place) for place, role in enumerate(ROLES)}
CALLS = 28
EVERYTHING = CallFilter(internal=True)


@dataclass(frozen=True)
class Secret:
    """What a call must not tell to who may not see it."""

    id: int
    phone: str
    number: str
    comment: str


@dataclass(frozen=True)
class Centre:
    """A served call centre in which everybody has calls, and some calls are nobody's."""

    server: Served
    secrets: tuple[Secret, ...]
    tokens: dict[Role, str]

    def hidden_from(self, role: Role) -> tuple[Secret, ...]:
        if Permission.ALL_CALLS in permissions_of((role,)):
            return ()
        return tuple(secret for secret in self.secrets if secret.phone != PHONES[role])

    def seen_by(self, role: Role) -> set[int]:
        return {secret.id for secret in self.secrets} - {secret.id for secret in self.hidden_from(role)}

    def program(self, role: Role) -> httpx.AsyncClient:
        return asker(self.server.url, self.tokens[role])


def number_of(place: int) -> str:
    return f"05011{10_000 + place * 37}"


def fill(path: Path) -> None:
    phones = [*PHONES.values(), ""]
    with closing(Desk(path)) as desk:
        with desk.writer.transaction() as transaction:
            for role in ROLES:
                employee = add_employee(transaction, f"Employee {role.value}", login=role.value, roles=(role,))
                assign_extension(transaction, PHONES[role], employee)
        desk.facts.put(
            [
                call(
                    leg(
                        f"{place}.1", at=NOON + place * 60, talk=place % 3 * 20, outside=number_of(place),
                        phone=phones[place % len(phones)],
                        outgoing=place % 4 == 1 and phones[place % len(phones)] != "",
                    )
                )
                for place in range(CALLS)
            ]
        )  # fmt: skip


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    path = tmp_path / "store.db"
    fill(path)
    async with served(path, now=lambda: NOW) as server:
        head = await connect(server.url, token_for(path, Role.HEAD.value))
        secrets = []
        for row in (await head.window(WindowRequest(filter=EVERYTHING))).rows:
            place = (row.start - NOON) // 60
            text = f"secret of call {place}!"
            await head.comment(CommentRequest(call_id=row.id, text=text, revision=0))
            phone = [*PHONES.values(), ""][place % (len(PHONES) + 1)]
            secrets.append(Secret(row.id, phone, number_of(place)[1:], text))
        await head.close()
        assert len(secrets) == CALLS
        yield Centre(server, tuple(secrets), {role: token_for(path, role.value) for role in ROLES})


def requests(type_: Any, centre: Centre) -> st.SearchStrategy[Any]:
    """Any request of a type, out of the ids, numbers, names and instants of the store."""
    return _values(inspect.type_info(type_), centre)


def _values(info: Any, centre: Centre) -> st.SearchStrategy[Any]:
    match info:
        case inspect.StructType():
            fields = {field.name: _values(field.type, centre) for field in info.fields}
            needed = {field.name for field in info.fields if field.required}
            optional = {name: value for name, value in fields.items() if name not in needed}
            return st.fixed_dictionaries({name: fields[name] for name in needed}, optional=optional).map(
                lambda given: info.cls(**given)
            )
        case inspect.UnionType():
            return st.one_of([_values(one, centre) for one in info.types])
        case inspect.VarTupleType() | inspect.ListType():
            return st.lists(_values(info.item_type, centre), max_size=2).map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_values(one, centre) for one in info.item_types))
        case inspect.DictType():
            return st.just({})
        case inspect.EnumType():
            return st.sampled_from([one for one in _members(info.cls) if one.name != "UNKNOWN"])
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            ids = [secret.id for secret in centre.secrets]
            return st.sampled_from([*ids, 0, 1, 2, 5, 100, NOON, NOON + 600])
        case inspect.FloatType():
            return st.sampled_from([0.0, 0.5])
        case inspect.StrType():
            known = ["", "secret", "Employee", "05011", "3", "2026-11-21", "operator", "main"]
            return st.sampled_from([*known, *(secret.number for secret in centre.secrets[:4])])
        case _:
            return st.none()


def _members(kind: type[Enum]) -> Iterator[Any]:
    return iter(kind)


NOSY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


async def ask(data: st.DataObject, role: Role, centre: Centre, method: Method) -> tuple[str, httpx.Response]:
    """Anything that can be asked of a method; never a failure of the server, nor a comment of a hidden call."""
    request = b"{}" if method.request is None else msgspec.json.encode(data.draw(requests(method.request, centre)))
    async with centre.program(role) as program:
        answer = await program.post(method.address, content=request)
    assert answer.status_code < 500, (method.name, request, answer.text)
    for secret in centre.hidden_from(role):
        assert secret.comment not in answer.text, (method.name, request)
    return request.decode(), answer


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ACCOUNTANT])
@NOSY
@given(data=st.data())
async def test_no_question_tells_of_a_hidden_call(data: st.DataObject, role: Role, centre: Centre) -> None:
    method = data.draw(st.sampled_from([one for one in methods().values() if one.reads]), label="method")
    request, answer = await ask(data, role, centre, method)
    hidden = centre.hidden_from(role)
    assert hidden
    for secret in hidden:
        if method.name == "missed_queue" and role is Role.OPERATOR and not secret.phone:
            # The wanted exception: the shared queue names who called in vain and rang nobody.
            assert secret.comment not in answer.text
            continue
        # A number that was asked with may be said again.
        assert secret.number in request or secret.number not in answer.text, request
    if answer.is_success and method.name == "count":
        assert answer.json()["number"] <= len(centre.seen_by(role)), request
    if answer.is_success and method.name == "window":
        assert {row["id"] for row in answer.json().get("rows", ())} <= centre.seen_by(role), request


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ACCOUNTANT])
@NOSY
@given(data=st.data())
async def test_no_deed_tells_of_a_hidden_call_or_changes_it(data: st.DataObject, role: Role, centre: Centre) -> None:
    method = data.draw(st.sampled_from([one for one in methods().values() if not one.reads]), label="method")
    request, answer = await ask(data, role, centre, method)
    async with centre.program(Role.HEAD) as head:
        secret = data.draw(st.sampled_from(centre.hidden_from(role)))
        details = (await head.post("/v1/call", json={"id": secret.id})).json()
    assert details["comment"]["text"] == secret.comment, (request, answer.text)
    assert not details.get("result"), (request, answer.text)


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_reaches_is_its_row_filter(role: Role, centre: Centre) -> None:
    backend = await connect(centre.server.url, centre.tokens[role])
    seen: set[int] = set()
    anchor: Position | None = None
    while True:
        window = await backend.window(WindowRequest(filter=EVERYTHING, anchor=anchor, below=5))
        seen |= {row.id for row in window.rows}
        if not window.more_below:
            break
        anchor = Position(*window.rows[-1].key)
    assert seen == centre.seen_by(role)
    await backend.close()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ACCOUNTANT])
async def test_a_hidden_id_is_answered_as_an_absent_one(role: Role, centre: Centre) -> None:
    asked: dict[str, dict[str, Any]] = {
        "call": {},
        "comment": {"text": "mine", "revision": 0},
        "set_result": {"result_id": None},
    }
    async with centre.program(role) as program:
        for method, rest in asked.items():
            name = "id" if method == "call" else "call_id"
            absent = await program.post(f"/v1/{method}", json={name: 10**9, **rest})
            assert absent.status_code == 404
            for secret in centre.hidden_from(role):
                hidden = await program.post(f"/v1/{method}", json={name: secret.id, **rest})
                assert (hidden.status_code, hidden.content) == (404, absent.content), method


P = Permission
EVERYBODY = frozenset[Permission]()
RULES: dict[str, frozenset[Permission]] = {
    # Rows, counts and sums, narrowed to what the role sees by the row filter.
    "window": EVERYBODY,
    "count": EVERYBODY,
    "live": EVERYBODY,
    "call": EVERYBODY,
    "report": EVERYBODY,
    "unsorted": EVERYBODY,
    "recording": EVERYBODY,
    "clock": EVERYBODY,
    # No call in it; tariffs are empty for who may not see prices.
    "tariffs": EVERYBODY,
    "changes": EVERYBODY,
    "directories": EVERYBODY,
    "views": EVERYBODY,
    "save_view": EVERYBODY,
    "states": EVERYBODY,
    "save_state": EVERYBODY,
    # Deeds and reports of some roles: any of these permissions opens them.
    "audit": frozenset({P.AUDIT}),
    "clients": frozenset({P.REGISTER_CLIENT, P.MANAGE_CLIENTS}),
    "client": frozenset({P.REGISTER_CLIENT, P.MANAGE_CLIENTS}),
    "find_clients": frozenset({P.REGISTER_CLIENT, P.MANAGE_CLIENTS}),
    "change_client": frozenset({P.REGISTER_CLIENT, P.MANAGE_CLIENTS}),
    "change_directory": frozenset({P.DIRECTORIES}),
    "change_queue": frozenset({P.MISSED_QUEUE}),
    "change_tariffs": frozenset({P.DIRECTORIES}),
    "change_task": frozenset({P.OWN_TASKS, P.MANAGE_PLAN}),
    "comment": frozenset({P.COMMENT}),
    "export": frozenset({P.EXPORT}),
    "generate_tasks": frozenset({P.MANAGE_PLAN}),
    "heard": frozenset({P.LISTEN}),
    "import_clients": frozenset({P.IMPORT}),
    "import_tasks": frozenset({P.MANAGE_PLAN}),
    "log_call": frozenset({P.COMMENT}),
    "missed_queue": frozenset({P.MISSED_QUEUE}),
    "now": frozenset({P.DASHBOARD}),
    "plan_report": frozenset({P.PLAN_REPORT}),
    "recording_link": frozenset({P.DOWNLOAD}),
    "recording_range": frozenset({P.LISTEN, P.DOWNLOAD}),
    "set_result": frozenset({P.COMMENT}),
    "sources": frozenset({P.IMPORT}),
    "task": frozenset({P.OWN_TASKS, P.PLAN_REPORT, P.MANAGE_PLAN}),
    "tasks": frozenset({P.OWN_TASKS, P.PLAN_REPORT, P.MANAGE_PLAN}),
}
"""What each method of the contract takes. A new method stands here, or the test below fails."""


def test_every_method_of_the_contract_has_a_rule() -> None:
    assert set(RULES) == set(methods())


LOCKED = [name for name, needed in RULES.items() if needed]


@pytest.mark.parametrize("role", ROLES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
async def test_what_a_role_has_no_right_to_is_refused_whatever_is_asked(
    data: st.DataObject, role: Role, centre: Centre
) -> None:
    # A token without any of the rights of the method, of somebody who may see every call or only own ones.
    name = data.draw(st.sampled_from(LOCKED), label="method")
    kept = tuple(permissions_of((role,)) - RULES[name])
    asked = data.draw(requests(methods()[name].request, centre)) if methods()[name].request is not None else {}
    token = token_for(centre.server.path, role.value, only=kept)
    async with asker(centre.server.url, token) as client:
        answer = await client.post(f"/v1/{name}", content=msgspec.json.encode(asked))
    assert answer.status_code in (400, 403, 404), (name, asked, answer.text)


@pytest.mark.parametrize("name", LOCKED)
async def test_a_missing_right_is_told_before_anything_else(name: str, centre: Centre) -> None:
    """Who has no right to a method learns nothing by what else is wrong with the request."""
    method = methods()[name]
    one = method.request.__args__[0] if hasattr(method.request, "__args__") else method.request
    asked = b"{}" if one is None else msgspec.json.encode(least(one))
    token = token_for(centre.server.path, Role.HEAD.value, only=(P.ALL_CALLS,))
    async with asker(centre.server.url, token) as client:
        answer = await client.post(f"/v1/{name}", content=asked)
    assert (answer.status_code, answer.json()["kind"]) == (403, "forbidden"), answer.text


def least(type_: Any) -> Any:
    """A request of a type with nothing in it but what it needs."""
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    values = {field.name: _least(field.type) for field in info.fields if field.required}
    return info.cls(**values)


def _least(info: Any) -> Any:
    match info:
        case inspect.IntType():
            return 1
        case inspect.StrType():
            return "x"
        case inspect.EnumType():
            return next(iter(info.cls))
        case inspect.StructType():
            return least(info.cls)
        case inspect.UnionType():
            return _least(info.types[0])
        case _:
            return ()


async def test_a_token_narrowed_to_nothing_counts_and_exports_no_clients(centre: Centre) -> None:
    for asked, only in (("count", ()), ("export", (P.EXPORT,))):
        token = token_for(centre.server.path, Role.HEAD.value, only=only)
        async with asker(centre.server.url, token) as client:
            answer = await client.post(f"/v1/{asked}", json={"clients": {}})
        assert (answer.status_code, answer.json()["kind"]) == (403, "forbidden"), asked


async def test_events_name_days_and_never_calls(centre: Centre) -> None:
    async with centre.program(Role.OPERATOR) as program:
        changes = (await program.post("/v1/changes", json={})).json()
    assert set(changes) <= {"change", "days", "kinds", "everything"}


async def test_only_who_may_reads_the_audit_log(centre: Centre) -> None:
    for role in ROLES:
        async with centre.program(role) as program:
            answer = await program.post("/v1/audit", json={})
        assert answer.is_success is (Permission.AUDIT in permissions_of((role,))), role
        if answer.is_success:
            assert {"comment"} <= {entry["deed"] for entry in answer.json()["entries"]}
            assert not [secret for secret in centre.secrets if secret.comment in answer.text]
            assert not [secret for secret in centre.secrets if secret.number in answer.text]


async def test_exports_need_the_right_and_are_written_down(centre: Centre) -> None:
    for role in ROLES:
        async with centre.program(role) as program:
            answer = await program.post("/v1/export", json={})
        assert answer.is_success is (Permission.EXPORT in permissions_of((role,))), role
    async with centre.program(Role.HEAD) as program:
        entries = (await program.post("/v1/audit", json={"deeds": ["export"]})).json()["entries"]
    assert len(entries) == sum(Permission.EXPORT in permissions_of((role,)) for role in ROLES)
    assert {entry["amount"] for entry in entries} == {CALLS}


async def test_many_consoles_at_once_see_their_own(centre: Centre) -> None:
    async def one(role: Role) -> bool:
        backend = await connect(centre.server.url, centre.tokens[role])
        rows = (await backend.window(WindowRequest(filter=EVERYTHING))).rows
        await backend.close()
        return {row.id for row in rows} == centre.seen_by(role)

    assert all(await asyncio.gather(*(one(role) for role in ROLES * 6)))
