"""MikoPBX asked over its REST interface, version 3: finished legs by id, page by page (B6)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from backend_client.errors import BackendError, Invalid, Unauthorised, Unreachable
from backend_client.ingest.follow.database import OVERLAP
from backend_client.ingest.follow.tables import FollowedTables, Table
from backend_client.ingest.json_records import text_of
from backend_client.ingest.mikopbx import COLUMNS, finish_of, layout_of
from backend_client.ingest.record_table import Numbered, RecordTable
from backend_client.ingest.source import SourceOptions
from backend_client.model.text import N_, clean

if TYPE_CHECKING:
    import httpx

SCHEMES = {"mikopbx": "https", "mikopbx+http": "http"}
PATH = "/pbxcore/api/v3/cdr"
PAGE = 1000
"""The most that a page may have."""
_TIMEOUT = 20.0
_YEAR = 364 * 86_400
"""The exchange refuses (422) a longer span."""
_LOOK_AGAIN = 600.0
_MOST_PAGES = 20_000
"""Of one look: an exchange that always says that there is more is not believed."""
_LARGEST = 64 * 1024 * 1024
"""Bytes of one answer."""

Record = dict[str, Any]


class Exchange:
    """One exchange, asked by HTTP."""

    def __init__(self, address: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        scheme, _, rest = address.partition("://")
        try:
            parts = urlsplit(f"{SCHEMES[scheme]}://{rest}")
            host = parts.hostname
            _ = parts.port
        except (KeyError, ValueError):
            host = None
        if not host:
            raise Invalid(
                N_("{address} is no address of a MikoPBX."),
                N_("Write it as mikopbx://host, with the token in PULT_MIKOPBX_TOKEN."),
                address=clean(address.rpartition("@")[2]),
            )
        self.name = clean(f"{scheme}://{parts.netloc.rpartition('@')[2]}")
        self._base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._token = token
        self._transport = transport
        self._client: httpx.Client | None = None

    def page(self, **asked: str | int) -> tuple[list[Record], Record]:
        """Records and what the answer says of its pages. Raises Unreachable, Unauthorised, Invalid."""
        import httpx

        try:
            answer = self._http().get(PATH, params={name: str(value) for name, value in asked.items()})
        except httpx.HTTPError as error:
            raise self._away(str(error) or type(error).__name__) from error
        if answer.status_code in (401, 403):
            raise Unauthorised(
                N_("{source} refuses the token."), N_("Make one in MikoPBX under API keys, and put it in "
                "PULT_MIKOPBX_TOKEN."), source=self.name,
            )  # fmt: skip
        if answer.status_code == 422:
            raise TooLong(self.name)
        if answer.status_code != 200 or len(answer.content) > _LARGEST:
            raise self._away(f"HTTP {answer.status_code}")
        try:
            said = msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise self._away(N_("it does not answer in JSON")) from error
        return _records(said)

    def _http(self) -> httpx.Client:
        # 100 ms, and only this source needs it.
        import httpx

        if self._client is None:
            headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
            self._client = httpx.Client(
                base_url=self._base, headers=headers, timeout=_TIMEOUT, transport=self._transport
            )
        return self._client

    def _away(self, why: str) -> BackendError:
        return Unreachable(
            N_("{source} is away: {why}."), N_("It is asked again every two seconds."), source=self.name,
            why=clean(why),
        )  # fmt: skip


class TooLong(Invalid):
    """The exchange does not look so far back in one question."""

    def __init__(self, source: str) -> None:
        super().__init__(N_("{source} refuses the question (422)."), source=source)


def _records(said: object) -> tuple[list[Record], Record]:
    """The legs of an answer: as they are, out of `data`, or out of calls that hold them."""
    body = said.get("data", said) if isinstance(said, dict) else {}
    if not isinstance(body, dict):
        return [], {}
    found: list[Record] = []
    records = body.get("records")
    for record in records if isinstance(records, list) else ():
        if isinstance(record, dict):
            legs = record.get("records")
            found += [leg for leg in legs if isinstance(leg, dict)] if isinstance(legs, list) else [record]
    pages = body.get("pagination")
    return found, pages if isinstance(pages, dict) else {}


class RestRows:
    """The exchange's legs as rows of cdr_general's columns, in the order of their ids."""

    encoding = "utf-8"
    titles = COLUMNS
    size = 0

    def __init__(self, exchange: Exchange, now: Callable[[], float]) -> None:
        self.name = exchange.name
        self._exchange = exchange
        self._now = now

    def sample(self) -> list[list[str]]:
        """Rows of the last month, which is what the exchange tells unasked."""
        return _rows(self._exchange.page(grouped="false", limit=PAGE)[0])

    def read(self, after: int = 0) -> Iterator[Numbered]:
        """All legs behind an id; where the exchange does not go back to it, those of a year."""
        asked: dict[str, str | int] = {"idFrom": after}
        offset, reached, in_order = 0, after, True
        for _ in range(_MOST_PAGES):
            try:
                records, pages = self._exchange.page(
                    **asked, grouped="false", sort="id", order="ASC", limit=PAGE, offset=offset
                )
            except TooLong:
                if "dateFrom" in asked:
                    raise
                asked, offset = self._last_year(), 0
                continue
            fresh = [record for record in records if _id(record) > after or not _id(record)]
            ids = [_id(record) for record in fresh]
            in_order = in_order and ids == sorted(ids) and min(ids, default=reached) >= reached
            reached = max([reached, *ids])
            offset += len(records)
            more = bool(records) and bool(pages.get("hasMore", len(records) >= PAGE))
            # Of an exchange that does not sort, nothing is done before all is: a kill must not leave a gap.
            if fresh:
                yield Numbered(_rows(fresh), ids, reached if in_order or not more else after, [])
            if not more:
                return

    def _last_year(self) -> dict[str, str | int]:
        days = (self._now() - _YEAR, self._now() + 86_400)
        first, last = (time.strftime("%Y-%m-%d", time.gmtime(at)) for at in days)
        return {"dateFrom": first, "dateTo": last}


def _id(record: Record) -> int:
    text = str(record.get("id", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _rows(records: Sequence[Record]) -> list[list[str]]:
    """Values in the order of cdr_general, whatever the letters of their names."""
    rows = []
    for record in records:
        by_name = {str(name).lower(): value for name, value in record.items()}
        rows.append([text_of(by_name.get(title.lower())) for title in COLUMNS])
    return rows


class FollowedMikoPbx(FollowedTables):
    """One exchange. The position is the id of the last leg."""

    format = "mikopbx-rest"

    def __init__(
        self, address: str, options: SourceOptions, system: str, *, token: str = "",
        transport: httpx.BaseTransport | None = None, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        super().__init__(system)
        self._exchange = Exchange(address, token, transport)
        self.name = self._exchange.name
        self._options = options
        self._now = now
        self._tables: list[Table] = []
        self._opened = 0.0

    def tables(self) -> Sequence[Table]:
        """Raises Unreachable, Unauthorised, Invalid."""
        # A clock that was read off no record is the store's own, until there is one.
        blank = any(not table.sampled and table.rows.sample() for table in self._tables)
        if not self._tables or blank or self._now() - self._opened > _LOOK_AGAIN:
            layout, rows = layout_of(COLUMNS), RestRows(self._exchange, self._now)
            assert layout is not None
            self._tables = [RecordTable(self.format, rows, layout, self._options, finish_of(COLUMNS))]
            self._opened = self._now()
        return self._tables

    def start_of(self, number: int, table: Table, reached: int) -> int:
        """Legs are completed later than they are written."""
        return max(0, reached - OVERLAP)
