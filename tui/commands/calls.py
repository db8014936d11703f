"""`pult calls`: the journal as data."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from backend_client.contract.backend import Backend
from backend_client.export.pages import pages
from backend_client.model.call import Call
from backend_client.model.call_filter import CallFilter
from screens import words
from screens.language import _, date_and_time, duration, moment
from tui.listing import listing


async def _list(backend: Backend, wanted: CallFilter, limit: int | None) -> None:
    """Calls as lines to read."""
    zone = ZoneInfo((await backend.clock()).zone)
    number = 0
    async for page in pages(backend, wanted, limit):
        number += len(page)
        click.echo("\n".join(call_line(call, zone) for call in page))
    if not number and limit != 0:
        click.echo(_("No call is like this."), err=True)


def call_line(call: Call, zone: ZoneInfo) -> str:
    """A call as a line to read."""
    sign, direction = words.status_sign(call), words.DIRECTIONS[call.direction]
    when = date_and_time(moment(call.start, zone))
    return (
        f"{call.id:>8}  {when}  {direction.glyph} {fit(sign.word, 22)}  {fit(words.client_text(call), 28)}  "
        f"{fit(words.employees_text(call), 22)}  {duration(call.talk) if call.talk else ''}"
    ).rstrip()


def fit(text: str, width: int) -> str:
    """Text in exactly so many cells, cut with "…"."""
    # 12 ms, and only a list to read needs it.
    from rich.cells import cell_len, set_cell_size

    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


command = listing(
    "calls",
    CallFilter,
    _list,
    "\n\n".join(
        (
            _("List calls, newest first."),
            _(
                "FILTER is what the search line of the console takes: words to look for and key:value pairs. "
                "Every option below is such a pair, too. Without a period it is every call that you may see."
            ),
            "\b\n" + _("Examples:") + "\n"
            "  pult calls --period today --lost\n"
            "  pult calls family:missed period:last-7-days --csv > missed.csv\n"
            "  pult calls --search 380441 --limit 20 --json\n"
            "  pult calls --period 2026-11-01..2026-11-21 --xlsx november.xlsx\n"
            "  pult calls --employee Olena --count",
        )
    ),
    _("List calls, newest first."),
)
