"""The settings of the dashboard and of the missed-call queue: the store's, the same for everybody."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.missed_queue import GOAL_MINUTES, QUEUE_DAYS
from backend_client.model.now import EXPECTED_WEEKS
from backend_client.model.report import ServiceGoal


class DashboardSettings(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Every default serves a small office (decision 14)."""

    queue_days: int = QUEUE_DAYS
    goal_minutes: int = GOAL_MINUTES
    shared_queue: bool = True
    """An operator sees the missed calls that rang the group or nobody, beside own ones."""
    expected_weeks: int = EXPECTED_WEEKS
    service: ServiceGoal = ServiceGoal()
