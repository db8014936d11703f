"""Clients by name on the table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from backend_client.model.client import ClientRow
from backend_client.model.phone import format_number
from backend_client.model.text import N_, clean
from screens.filter_words import CLIENT_KINDS
from screens.language import _, moment, short_date
from screens.widgets.columns import Column
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable
from screens.words import Role


@dataclass(frozen=True)
class ClientLook:
    """What the cells of a client depend on beside the client."""

    zone: ZoneInfo
    home: str = ""
    employees: dict[int, str] = field(default_factory=dict)


def client_key(row: ClientRow) -> Key:
    """By name."""
    return (row.sort_key, row.id)


class ClientTable(RowTable[ClientRow]):
    """Clients by name."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(client_key, lambda row: Role.MUTED if row.archived else Role.PLAIN, id=id)
        self.client_look = ClientLook(ZoneInfo("UTC"))

    def choose_columns(self) -> Sequence[Column[ClientRow]]:
        look = self.client_look
        columns: list[Column[ClientRow]] = [
            Column("name", N_("Client"), lambda row: clean(row.name), 20, share=5, most=60),
            Column("kind", N_("Kind"), lambda row: _(CLIENT_KINDS[row.kind]), 8, most=12, share=1),
            Column("numbers", N_("Numbers"), lambda row: _numbers(row, look.home), 18, share=4, most=60),
            Column("persons", N_("Contact persons"), _persons, 14, share=3, most=40),
            Column("responsible", N_("Responsible"), lambda row: _responsible(row, look), 12, share=2, most=30),
            Column("since", N_("Since"), lambda row: _since(row, look.zone), 10),
        ]  # fmt: skip
        return columns if self.size.width >= 110 else [columns[0], columns[2], columns[4]]

    def show_as(self, look: ClientLook) -> None:
        """Draw by another look."""
        self.client_look = look
        self.lay_out()


def _numbers(row: ClientRow, home: str) -> str:
    return ", ".join(format_number(one, home) for one in row.numbers)


def _persons(row: ClientRow) -> str:
    return ", ".join(map(clean, row.persons))


def _responsible(row: ClientRow, look: ClientLook) -> str:
    return "" if row.responsible_id is None else look.employees.get(row.responsible_id, "")


def _since(row: ClientRow, zone: ZoneInfo) -> str:
    return short_date(moment(row.since, zone).date()) if row.since else ""
