"""The audit log, page by page."""

from __future__ import annotations

from backend_client.contract.wire import Request, Result
from backend_client.model.audit import AuditEntry, Deed


class AuditRequest(Request, frozen=True, omit_defaults=True, kw_only=True):
    """Lines of the audit log, newest first: `limit` of them, those before the line `before`, or from the line `at` on
    with `above` newer ones; with `oldest` the first of the log. Needs the right to read it."""

    before: int | None = None
    limit: int = 100
    employees: tuple[int, ...] = ()
    deeds: tuple[Deed, ...] = ()
    at: int | None = None
    above: int = 0
    oldest: bool = False
    check: bool = False
    """Go through the whole chain of hashes: 4 µs a line."""


class AuditPage(Result, frozen=True, omit_defaults=True, kw_only=True):
    entries: tuple[AuditEntry, ...] = ()
    more: bool = False
    """Whether older lines follow."""
    head: str = ""
    """Number and hash of the newest line of the whole log."""
    more_above: bool = False
    change: int = 0
    broken: int | None = None
    """Of a check: the first line that is not what was written. None: all are."""
