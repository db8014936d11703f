"""Whatever the description of the API allows, and much that it does not, is answered as it says, and never by a 500."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from server.openapi import description
from tests.contract.conftest import NOW, fill
from tests.server.serving import served, token_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a server in a thread of its own: these questions wait for their answers."""
    path: Path = tmp_path_factory.mktemp("store") / "store.db"
    fill(path)
    token = token_for(path, "vira")
    url, ready, done = [], threading.Event(), threading.Event()

    async def serve() -> None:
        async with served(path, now=lambda: NOW) as running:
            url.append(running.url)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(20)
    yield url[0], token
    done.set()
    thread.join()


SCHEMA = schemathesis.openapi.from_dict(msgspec.json.decode(description("0")))
# Streams stay open, a question about changes may wait, and a token that signs out is of no further use.
_ASKED: Any = SCHEMA.exclude(path_regex="/v1/(events|changes|logout)$").get_all_operations()
OPERATIONS = [one.ok() for one in _ASKED]
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


QUESTIONS = [(one, GenerationMode.POSITIVE) for one in OPERATIONS]
# Without a body there is nothing that could be wrong in many ways.
QUESTIONS += [(one, GenerationMode.NEGATIVE) for one in OPERATIONS if one.body]


@pytest.mark.parametrize(("operation", "mode"), QUESTIONS, ids=[f"{one.path}-{mode.value}" for one, mode in QUESTIONS])
@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_server_keeps_to_its_description(
    operation: Any, mode: GenerationMode, data: st.DataObject, server: tuple[str, str]
) -> None:
    case = data.draw(operation.as_strategy(generation_mode=mode))
    headers = {"authorization": f"Bearer {server[1]}"}
    case.call_and_validate(base_url=server[0], headers=headers, checks=CHECKS)
