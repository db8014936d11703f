"""No page of clients, and no letter typed, reads them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.contract.clients import ClientListRequest, ClientPlace
from backend_client.model.call_filter import ClientKind
from backend_client.model.client_filter import ClientFilter
from backend_client.sqlite.access.scope import Scope
from backend_client.sqlite.clients.client_list import read_client_list
from backend_client.sqlite.filter_sql import Viewer
from tests.sqlite.stores import Desk

NOON = 1_795_255_200


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "store.db")
    for name in ("Олена", "Ганна"):
        opened.client(name)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "request_",
    [
        ClientListRequest(),
        ClientListRequest(last=True),
        ClientListRequest(filter=ClientFilter(archived=True)),
        ClientListRequest(anchor=ClientPlace("олена", 1), above=5),
        ClientListRequest(filter=ClientFilter(kinds=(ClientKind.COMPANY,))),
        ClientListRequest(filter=ClientFilter(responsible=(3,))),
    ],
)
def test_a_page_of_clients_comes_in_the_order_of_an_index(desk: Desk, request_: ClientListRequest) -> None:
    statements: list[str] = []
    desk.db.set_trace_callback(statements.append)
    read_client_list(desk.db, request_, Viewer(Scope(True, None), None, NOON, ZoneInfo("Europe/Kyiv")))
    desk.db.set_trace_callback(None)
    pages = [one for one in statements if "FROM client WHERE" in one]
    assert pages
    for statement in pages:
        plan = [row[3] for row in desk.db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert all("USING INDEX" in step or "USING COVERING INDEX" in step for step in plan), plan
