"""What a server makes of requests, good and bad: right status, a problem body, never a 500."""

import asyncio
import gzip
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.contract.calls import Window, WindowRequest
from backend_client.http.methods import methods
from backend_client.http.problem import Problem
from backend_client.model.permissions import Permission
from tests.server.serving import Served, token_for


def problem(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"].startswith("application/problem+json")
    told = msgspec.json.decode(answer.content, type=Problem)
    assert told.status == answer.status_code
    assert told.text
    assert told.type == f"urn:pult:problem:{told.kind.value}"
    return told


async def test_every_method_is_served_and_wants_to_know_who_asks(stranger: httpx.AsyncClient) -> None:
    assert len(methods()) > 15
    for method in methods().values():
        answer = await stranger.post(method.address, content=b"no json")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), method.name
        assert problem(answer).kind == "unauthorised"


async def test_a_window_is_asked_by_body_or_by_query(vira: httpx.AsyncClient) -> None:
    by_body = await vira.post("/v1/window", json={"filter": {"lost": True}})
    by_query = await vira.get("/v1/window", params={"filter": "is:lost", "below": "7"})
    assert by_body.content == by_query.content
    assert len(msgspec.json.decode(by_body.content, type=Window).rows) == 1
    packed = await vira.post(
        "/v1/window",
        content=msgspec.msgpack.encode(WindowRequest(below=2)),
        headers={"content-type": "application/msgpack", "accept": "application/msgpack"},
    )
    assert len(msgspec.msgpack.decode(packed.content, type=Window).rows) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"below": 1', 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"below": "1"}', 400),
        (b'{"belo": 1}', 400),
        (b'{"below": 1e400}', 400),
        (b'{"below": -1}', 400),
        (b'{"below": 100000}', 400),
        (b'{"below": 99999999999999999999999999}', 400),
        (b'{"filter": {"statuses": ["no such"]}}', 400),
        (b'{"filter": {"period": {"preset": "no such"}}}', 400),
        (b"[" * 100_000, 400),
        (b'{"filter": {"search": "' + b"a" * 5_000_000 + b'"}}', 413),
    ],
)
async def test_what_is_no_request_is_refused_with_a_reason(vira: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await vira.post("/v1/window", content=body)
    assert answer.status_code == status
    assert problem(answer).kind == "invalid"


async def test_a_newer_console_is_told_so(vira: httpx.AsyncClient) -> None:
    unknown = await vira.post("/v1/telepathy", json={})
    assert unknown.status_code == 404
    assert "telepathy" in problem(unknown).detail
    assert "upgrade the server" in problem(unknown).hint
    field = await vira.post("/v1/window", json={"aura": 1})
    assert "aura" in problem(field).detail


async def test_other_addresses_and_verbs_have_problem_bodies(vira: httpx.AsyncClient) -> None:
    assert problem(await vira.get("/")).status == 404
    assert problem(await vira.delete("/v1/window")).status == 405
    assert problem(await vira.get("/v1/comment")).status == 405
    assert problem(await vira.get("/v1/window", params={"filter": "is:nonsense"})).status == 400
    assert problem(await vira.get("/v1/events", params={"since": "yesterday"})).status == 400


async def test_pages_are_compressed_for_who_asks(vira: httpx.AsyncClient) -> None:
    async with vira.stream("POST", "/v1/window", json={}, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert msgspec.json.decode(gzip.decompress(raw), type=Window).rows


async def test_the_description_names_every_method(stranger: httpx.AsyncClient) -> None:
    document: dict[str, Any] = (await stranger.get("/openapi.json")).json()
    assert {method.address for method in methods().values()} <= set(document["paths"])
    named = document["components"]["schemas"]
    for operations in document["paths"].values():
        for reference in _references(operations):
            kind, name = reference.removeprefix("#/components/").split("/")
            assert name in (named if kind == "schemas" else document["components"][kind])


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for value in part.values() for found in _references(value)]
    return [found for value in part for found in _references(value)] if isinstance(part, list) else []


async def test_health_tells_nothing_of_the_store(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/health")).json() == {"status": "ok", "version": "v1"}


async def test_a_write_that_comes_twice_is_done_once(server: Served, vira: httpx.AsyncClient) -> None:
    call = (await vira.post("/v1/window", json={})).json()["rows"][0]["id"]
    comment = {"call_id": call, "text": "once", "revision": 0}
    first, again = [await vira.post("/v1/comment", json=comment, headers={"idempotency-key": "a"}) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    other = await vira.post("/v1/comment", json=comment, headers={"idempotency-key": "b"})
    assert problem(other).kind == "conflict"


async def test_a_key_is_bound_to_what_was_asked(server: Served, vira: httpx.AsyncClient) -> None:
    call = (await vira.post("/v1/window", json={})).json()["rows"][0]["id"]
    key = {"idempotency-key": "a"}
    written = await vira.post("/v1/comment", json={"call_id": call, "text": "one", "revision": 0}, headers=key)
    assert written.status_code == 200
    other = await vira.post("/v1/comment", json={"call_id": call, "text": "two", "revision": 1}, headers=key)
    assert (other.status_code, problem(other).kind) == (409, "conflict")
    elsewhere = await vira.post("/v1/set_result", json={"call_id": call, "result_id": None}, headers=key)
    assert (elsewhere.status_code, problem(elsewhere).kind) == (409, "conflict")
    assert "rows" in (await vira.post("/v1/window", json={}, headers=key)).json()


async def test_a_key_is_as_long_as_it_is(vira: httpx.AsyncClient) -> None:
    asked = {"type": "register", "name": "Twins"}
    for end in "ab":
        key = {"idempotency-key": "k" * 200 + end}
        assert (await vira.post("/v1/change_client", json=asked, headers=key)).is_success
    found = (await vira.post("/v1/find_clients", json={"text": "Twins"})).json()["clients"]
    assert len(found) == 2


async def test_a_key_opens_nothing_to_a_token_that_may_less(server: Served, vira: httpx.AsyncClient) -> None:
    call = (await vira.post("/v1/window", json={})).json()["rows"][0]["id"]
    asked = {"call_id": call, "text": "one", "revision": 0}
    key = {"idempotency-key": "a"}
    assert (await vira.post("/v1/comment", json=asked, headers=key)).status_code == 200
    token = token_for(server.path, "vira", only=(Permission.ALL_CALLS,))
    less = await vira.post("/v1/comment", json=asked, headers={**key, "authorization": f"Bearer {token}"})
    assert (less.status_code, problem(less).kind) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("window", {"filter": {"search": "a" * 201}}),
        ("count", {"filter": {"search": "a" * 201}}),
        ("clients", {"filter": {"search": "a" * 201}}),
        ("find_clients", {"text": "a" * 201}),
        ("tasks", {"filter": {"search": "a" * 201}}),
        ("count", {"filter": {"period": {"start": "9999-12-31"}}}),
        ("window", {"filter": {"period": {"start": "9999-12-31"}}}),
        ("report", {"report": "calls", "filter": {"period": {"start": "9999-12-31"}}}),
        ("clients", {"filter": {"period": {"start": "9999-12-31"}}}),
        ("count", {"filter": {"deliveries": ["2026-01-01"] * 1100}}),
        ("count", {"filter": {"numbers": [str(number) for number in range(10_001)]}}),
        ("window", {"filter": {"employees": list(range(10_001))}}),
        ("recording_range", {"call_id": 1, "part": 0, "start": 2**64 - 1, "length": 1, "purpose": "download"}),
        ("recording_range", {"call_id": 1, "part": 0, "start": 2**63 - 1, "length": 1, "purpose": "download"}),
        ("count", {"limit": 2**63 - 1, "filter": {"deliveries": ["0001-01-01..9999-12-31"]}}),
        ("count", {"limit": 2**64 - 1, "filter": {"offered": [2**64 - 1], "wait_from": -(2**63)}}),
    ],
)
async def test_what_asks_too_much_is_refused(method: str, asked: Any, vira: httpx.AsyncClient) -> None:
    answer = await vira.post(f"/v1/{method}", json=asked)
    assert (answer.status_code, problem(answer).kind) == (400, "invalid")


async def test_a_filter_may_name_the_others_of_a_long_report(vira: httpx.AsyncClient) -> None:
    asked = {"filter": {"not_clients": list(range(1, 5000)), "numbers": [str(number) for number in range(5000)]}}
    assert (await vira.post("/v1/window", json=asked)).status_code == 200
    words = {"filter": {"leads": ["lost"] * 2000, "handling": ["never"] * 2000}}
    assert (await vira.post("/v1/count", json=words)).status_code == 200
    days = {"filter": {"deliveries": [f"{year}-01-01" for year in range(1990, 2190)]}}
    assert (await vira.post("/v1/count", json=days)).status_code == 200


async def test_events_tell_what_changed(server: Served, vira: httpx.AsyncClient) -> None:
    call = (await vira.post("/v1/window", json={})).json()["rows"][0]["id"]
    since = (await vira.post("/v1/changes", json={})).json()["change"]
    async with vira.stream("GET", f"/v1/events?since={since}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        await vira.post("/v1/comment", json={"call_id": call, "text": "new", "revision": 0})
        event: dict[str, str] = {}
        async for line in stream.aiter_lines():
            if event and not line:
                break
            if not line or line.startswith(":"):
                continue
            name, _, value = line.partition(": ")
            event[name] = value
    assert (event["event"], int(event["id"])) == ("change", since + 1)
    assert msgspec.json.decode(event["data"])["days"]


async def test_a_question_that_stands_open_ends_with_the_server(server: Served, vira: httpx.AsyncClient) -> None:
    since = (await vira.post("/v1/changes", json={})).json()["change"]
    question = asyncio.create_task(vira.post("/v1/changes", json={"since": since, "wait": 30}, timeout=40))
    await (await vira.get("/health")).aread()
    server.desk.stopping.set()
    assert (await question).json()["change"] == since


async def test_what_the_server_counts_is_for_who_is_signed_in(
    vira: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    assert (await stranger.get("/metrics")).status_code == 401
    await vira.post("/v1/window", json={})
    await vira.get("/v1/recordings/12345/0")
    told = await vira.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = told.text.splitlines()
    assert 'pult_requests_total{path="/v1/window",status="200"} 1' in lines
    assert 'pult_requests_total{path="/metrics",status="401"} 1' in lines
    assert 'pult_request_seconds_bucket{path="/v1/window",le="+Inf"} 1' in lines
    assert "12345" not in told.text
    names = {line.split("{")[0].split(" ")[0] for line in lines if not line.startswith("#")}
    assert all(f"# TYPE {name.removesuffix('_bucket').removesuffix('_sum').removesuffix('_count')} " in told.text
               for name in names)  # fmt: skip


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
async def test_a_large_answer_is_made_small_where_the_reader_can_read_it(
    vira: httpx.AsyncClient, encoding: str
) -> None:
    plain = await vira.get("/openapi.json", headers={"accept-encoding": "identity"})
    packed = await vira.get("/openapi.json", headers={"accept-encoding": encoding})
    assert packed.content == plain.content
    assert packed.headers.get("content-encoding", "identity") == encoding
    small = int(packed.headers["content-length"]) < len(plain.content) / 3
    assert small is (encoding != "identity")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_no_body_makes_a_server_fail(data: st.DataObject, vira: httpx.AsyncClient) -> None:
    method = data.draw(st.sampled_from([one for one in methods().values() if one.name != "changes"]))
    if method.request is None:
        return
    fields = [field.name for one in _structs(method.request) for field in msgspec.structs.fields(one)]
    values = JSON | st.integers(-5, 2**64) | st.sampled_from(["", "register", "undo", "edit", "+380671234567"])
    body = data.draw(st.dictionaries(st.sampled_from([*fields, "type"]), values, max_size=6) | JSON)
    answer = await vira.post(method.address, content=msgspec.json.encode(_finite(body)))
    assert answer.status_code < 500, (method.name, body, answer.text)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return str(value) if isinstance(value, int) and abs(value) > 2**64 else value


def _structs(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__args__", (annotation,))
