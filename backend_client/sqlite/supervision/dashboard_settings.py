"""The settings of the dashboard and of the missed-call queue, as one set under one name."""

from __future__ import annotations

import sqlite3

import msgspec

from backend_client.contract.changes import Kind
from backend_client.model.dashboard_settings import DashboardSettings
from backend_client.sqlite.settings import read_setting, write_setting
from backend_client.sqlite.transaction import Transaction

NAME = "dashboard"


def read_dashboard_settings(db: sqlite3.Connection) -> DashboardSettings:
    """The defaults in a fresh store."""
    text = read_setting(db, NAME)
    return DashboardSettings() if text is None else msgspec.json.decode(text, type=DashboardSettings)


def write_dashboard_settings(transaction: Transaction, settings: DashboardSettings) -> None:
    """Open dashboards and queues follow at once."""
    write_setting(transaction, NAME, msgspec.json.encode(settings).decode())
    transaction.touch(Kind.QUEUE)
