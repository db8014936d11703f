"""Clients as rows of an export, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientListRequest, ClientPlace
from backend_client.contract.wire import PAGE_LIMIT
from backend_client.export.columns import Column, ColumnType
from backend_client.model.client import ClientRow
from backend_client.model.client_filter import ClientFilter
from backend_client.model.text import N_

T = ColumnType
CLIENT_COLUMNS: dict[str, Column] = {
    column.id: column
    for column in (
        Column("id", N_("Id"), T.INTEGER, lambda row: row.id),
        Column("name", N_("Client"), T.TEXT, lambda row: row.name),
        Column("kind", N_("Kind"), T.WORD, lambda row: row.kind),
        Column("numbers", N_("Numbers"), T.TEXTS, lambda row: row.numbers),
        Column("persons", N_("Contact persons"), T.TEXTS, lambda row: row.persons),
        Column("responsible", N_("Responsible"), T.TEXT, lambda row: row.responsible),
        Column("note", N_("Note"), T.TEXT, lambda row: row.note),
        Column("since", N_("Since"), T.INSTANT, lambda row: row.since or None),
        Column("source", N_("Source"), T.TEXT, lambda row: row.source),
        Column("archived", N_("In the archive"), T.YES_NO, lambda row: row.archived),
    )
}
"""In the order in which they are written."""


async def client_pages(
    backend: Backend, wanted: ClientFilter, limit: int | None = None
) -> AsyncIterator[tuple[ClientRow, ...]]:
    """Pages of at most 1,000 whole rows by name, at most `limit` in all; none is empty."""
    anchor: ClientPlace | None = None
    left = limit
    while left is None or left > 0:
        # The anchor's own row comes with what follows it.
        below = PAGE_LIMIT if anchor is None else PAGE_LIMIT - 1
        page = await backend.clients(ClientListRequest(filter=wanted, anchor=anchor, below=below, whole=True))
        place = None if anchor is None else (anchor.sort_key, anchor.id)
        rows = tuple(row for row in page.rows if place is None or (row.sort_key, row.id) > place)
        if rows:
            yield rows if left is None else rows[:left]
            anchor = ClientPlace(rows[-1].sort_key, rows[-1].id)
            left = None if left is None else left - len(rows)
        if not rows or not page.more_below:
            return
