"""Settings of the dashboard and of the missed-call queue, as `pult settings` reads and shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backend_client.errors import Invalid
from backend_client.model.dashboard_settings import DashboardSettings
from backend_client.model.text import N_

if TYPE_CHECKING:
    from backend_client.sqlite.writer import Writer


@dataclass(frozen=True)
class Setting:
    """`change` raises ValueError for a text that fits nothing."""

    meaning: str
    hint: str
    show: Callable[[DashboardSettings], str]
    change: Callable[[DashboardSettings, str], DashboardSettings]


def _within(text: str, least: int, most: int) -> int:
    value = int(text)
    if not least <= value <= most:
        raise ValueError(text)
    return value


def _shared(settings: DashboardSettings, text: str) -> DashboardSettings:
    if text not in ("on", "off"):
        raise ValueError(text)
    return replace(settings, shared_queue=text == "on")


def _service(settings: DashboardSettings, text: str) -> DashboardSettings:
    percent, slash, seconds = text.partition("/")
    if not slash:
        raise ValueError(text)
    goal = replace(settings.service, percent=_within(percent, 1, 100), seconds=_within(seconds, 1, 3600))
    return replace(settings, service=goal)


DASHBOARD: dict[str, Setting] = {
    "queue-days": Setting(
        N_("how many days a missed call waits in the queue"), N_("Write a number of days, 1 to 90."),
        lambda settings: str(settings.queue_days),
        lambda settings, text: replace(settings, queue_days=_within(text, 1, 90)),
    ),
    "callback-goal": Setting(
        N_("in how many minutes a missed call should be called back"), N_("Write minutes, 1 to 1440."),
        lambda settings: str(settings.goal_minutes),
        lambda settings, text: replace(settings, goal_minutes=_within(text, 1, 1440)),
    ),
    "shared-queue": Setting(
        N_("whether operators see missed calls that rang the group or nobody"), N_("Write on or off."),
        lambda settings: "on" if settings.shared_queue else "off", _shared,
    ),
    "service-goal": Setting(
        N_("the service level of the dashboard"), N_("Write percent/seconds, such as 80/20."),
        lambda settings: f"{settings.service.percent}/{settings.service.seconds}", _service,
    ),
    "short-abandon": Setting(
        N_("seconds before which a caller who gives up is not counted in the service level"),
        N_("Write seconds, 0 to 60."),
        lambda settings: str(settings.service.short_abandon),
        lambda settings, text: replace(
            settings, service=replace(settings.service, short_abandon=_within(text, 0, 60))
        ),
    ),
    "expected-weeks": Setting(
        N_("how many weeks the expected curve is the average of"), N_("Write a number of weeks, 1 to 26."),
        lambda settings: str(settings.expected_weeks),
        lambda settings, text: replace(settings, expected_weeks=_within(text, 1, 26)),
    ),
}  # fmt: skip
"""Name on the command line → setting. No call is derived by them; open consoles follow at once."""


def set_dashboard(writer: Writer, name: str, text: str) -> None:
    """Store one. Raises Invalid for a text that does not fit."""
    from backend_client.sqlite.supervision.dashboard_settings import read_dashboard_settings, write_dashboard_settings

    setting = DASHBOARD[name]
    with writer.transaction() as transaction:
        try:
            changed = setting.change(read_dashboard_settings(transaction.db), text)
        except ValueError as error:
            raise Invalid(N_("“{value}” does not fit {name}."), setting.hint, value=text, name=name) from error
        write_dashboard_settings(transaction, changed)
