"""Callers of today who are no clients yet."""

from __future__ import annotations

import sqlite3

from backend_client.contract.calls import Unsorted
from backend_client.model.call_filter import CallFilter
from backend_client.model.period import Period, Preset
from backend_client.model.status import Direction
from backend_client.sqlite.filter_sql import Viewer, plan_of

TODAYS_STRANGERS = CallFilter(period=Period(preset=Preset.TODAY), directions=(Direction.INCOMING,), unregistered=True)


def count_unsorted(db: sqlite3.Connection, viewer: Viewer) -> Unsorted:
    """Today's incoming numbers that belong to no client, among the calls that the viewer may see (J1)."""
    plan = plan_of(TODAYS_STRANGERS, viewer, db)
    if not plan.sources:
        return Unsorted(numbers=0)
    query = plan.all_of("c.number_id")
    return Unsorted(
        numbers=int(db.execute(f"SELECT count(DISTINCT number_id) FROM ({query.text})", query.values).fetchone()[0])
    )
