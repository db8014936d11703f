"""Rows of a list that were not taken as they are, told one by one as far as a person reads."""

from __future__ import annotations

from collections.abc import Sequence

import click

from screens.language import _

TOLD = 20
"""Rows; the rest is counted."""
NAME_TOLD = 60
"""Characters of a name beside what is wrong with it; what is no name may be a whole file."""


def tell_rows(rows: Sequence[tuple[int, str, str]]) -> None:
    """Number of the row, name and reason, a line each."""
    for row, name, reason in rows[:TOLD]:
        told = _("row {row}: {name}: {reason}").format(row=row, name=name[:NAME_TOLD] or "—", reason=reason)
        click.echo(told, err=True)
    if len(rows) > TOLD:
        click.echo(_("… and {count} more; --json tells all.").format(count=len(rows) - TOLD), err=True)
