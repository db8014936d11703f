"""`pult settings`: what the store derives calls by – zone, country, call-back window, inside and outside."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from backend_client.errors import Invalid
from backend_client.model.derive_settings import DAY_WINDOW, CauseRule, DeriveSettings
from backend_client.model.live import LONGEST_CALL, STALE_AFTER
from backend_client.model.permissions import Permission
from backend_client.model.status import Status
from backend_client.model.text import N_
from backend_client.sqlite.details import PENDING_MINUTES
from screens.language import _, ngettext, number
from tui.dashboard_settings import DASHBOARD, set_dashboard
from tui.invocation import Invocation, pass_invocation
from tui.progress import ProgressLine

Value = str | int | tuple[str, ...] | tuple[int, int] | tuple[CauseRule, ...]


def _zone(text: str) -> str:
    return ZoneInfo(text).key


def _country(text: str) -> str:
    # 28 ms, and only here.
    from phonenumbers import SUPPORTED_REGIONS

    if text.upper() not in SUPPORTED_REGIONS:
        raise ValueError(text)
    return text.upper()


def _window(text: str) -> int:
    minutes = DAY_WINDOW if text == "day" else int(text)
    if minutes < 0 or (minutes == DAY_WINDOW and text != "day"):
        raise ValueError(text)
    return minutes


def _digits(text: str) -> tuple[int, int]:
    fewest, _dots, most = text.partition("..")
    bounds = int(fewest), int(most or fewest)
    if not 1 <= bounds[0] <= bounds[1]:
        raise ValueError(text)
    return bounds


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


CAUSE_STATUSES = (
    Status.UNAVAILABLE, Status.REJECTED, Status.NO_ANSWER, Status.CANCELLED, Status.NO_CHANNELS, Status.ERROR,
)  # fmt: skip
"""What a cause may mean on a trunk: the statuses of an outgoing call that had no talk."""


def _causes(text: str) -> tuple[CauseRule, ...]:
    rules = []
    for part in _list(text):
        line, cause, status = part.split()
        if status not in CAUSE_STATUSES:
            raise ValueError(status)
        rules.append(CauseRule(line=line, cause=cause, status=Status(status)))
    return tuple(rules)


SETTINGS: dict[str, tuple[Callable[[str], Value], str, str]] = {
    "zone": (_zone, N_("time zone of days and hours"), N_("Write it like Europe/Kyiv.")),
    "home-country": (_country, N_("country in which numbers are dialled"), N_("Write two letters, such as UA.")),
    "callback-window": (
        _window, N_("how long a call-back is in time"), N_("Write minutes, or day for the day of the call."),
    ),
    "internal-digits": (_digits, N_("how long internal numbers are"), N_("Write it like 2..5.")),
    "outside-numbers": (_list, N_("short numbers that are outside all the same"), ""),
    "internal-patterns": (_list, N_("long numbers that are inside all the same, such as 7*"), ""),
    "inbound-contexts": (_list, N_("dialplan contexts of calls from outside"), ""),
    "withheld-names": (_list, N_("caller ids that mean a withheld number"), ""),
    "cause-rules": (
        _causes, N_("what hang-up causes mean on some lines"),
        N_("Write line, cause, status: 'PJSIP/kyivstar* 480 unavailable, SIP/old* 34 no-answer'."),
    ),
}  # fmt: skip
"""Name on the command line → how its value is read, what it is, how to write it."""

NUMBERS: dict[str, tuple[int, str]] = {
    "pending-minutes": (PENDING_MINUTES, N_("how long price and recording of a call may still come")),
    "live-silence-seconds": (STALE_AFTER, N_("how long a dead source's running calls are believed")),
    "live-longest-seconds": (LONGEST_CALL, N_("how long a call may run")),
}
"""Name on the command line → default and what it is. They are read against the clock: no call is derived by them."""


def shown(settings: DeriveSettings, name: str) -> str:
    """A setting's value as it is written on the command line."""
    value = getattr(settings, name.replace("-", "_"))
    if name == "callback-window":
        return "day" if value == DAY_WINDOW else str(value)
    if name == "internal-digits":
        return f"{value[0]}..{value[1]}"
    if name == "cause-rules":
        return ", ".join(f"{rule.line} {rule.cause} {rule.status}" for rule in value)
    return value if isinstance(value, str) else ",".join(value)


@click.command(
    "settings",
    short_help=_("Show or change by what the store derives calls."),
    help="\n\n".join(
        (
            _("Show or change by what the store derives calls."),
            _("A change derives all calls again; consoles may stay open."),
            "\b\n"
            + _("Examples:")
            + "\n  pult settings\n  pult settings zone Europe/Kyiv\n  pult settings callback-window 60"
            + "\n  pult settings outside-numbers 102,103,112"
            + "\n  pult settings cause-rules 'PJSIP/kyivstar* 480 unavailable'",
        )
    ),
)
@click.argument("name", required=False, type=click.Choice([*SETTINGS, *NUMBERS, *DASHBOARD]))
@click.argument("value", required=False)
@pass_invocation
def command(invocation: Invocation, name: str | None, value: str | None) -> None:
    """Print all settings or one, or set one."""
    from contextlib import closing

    from backend_client.sqlite.file import open_file
    from backend_client.sqlite.settings import read_derive_settings, read_setting
    from backend_client.sqlite.supervision.dashboard_settings import read_dashboard_settings

    invocation.need_store()
    if name is not None and value is not None:
        if name in DASHBOARD:
            with invocation.writer(Permission.ADMINISTER) as writer:
                set_dashboard(writer, name, value)
        elif name in NUMBERS:
            _set_number(invocation, name, value)
        else:
            _set(invocation, name, value)
        return
    with closing(open_file(invocation.store, create=False)) as file, closing(file.reader()) as db:
        settings = read_derive_settings(db)
        values = {each: shown(settings, each) for each in SETTINGS}
        values |= {each: read_setting(db, _key(each)) or str(default) for each, (default, _meaning) in NUMBERS.items()}
        dashboard = read_dashboard_settings(db)
        values |= {each: setting.show(dashboard) for each, setting in DASHBOARD.items()}
    if name is not None:
        click.echo(values[name])
        return
    meanings = {each: meaning for each, (_read, meaning, _hint) in SETTINGS.items()}
    meanings |= {each: meaning for each, (_default, meaning) in NUMBERS.items()}
    meanings |= {each: setting.meaning for each, setting in DASHBOARD.items()}
    for each, text in values.items():
        click.echo(f"{each:<20} {text:<24} {_(meanings[each])}")


def _key(name: str) -> str:
    return name.replace("-", "_")


def _set_number(invocation: Invocation, name: str, text: str) -> None:
    """Store a number that is read against the clock."""
    from backend_client.contract.changes import Kind
    from backend_client.sqlite.settings import write_setting

    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(N_("“{value}” does not fit {name}."), N_("Write a whole number."), value=text, name=name)
    with invocation.writer(Permission.ADMINISTER) as writer, writer.transaction() as transaction:
        write_setting(transaction, _key(name), str(int(text)))
        transaction.touch(Kind.LIVE)


def _set(invocation: Invocation, name: str, text: str) -> None:
    """Store the value and derive every call again by it."""
    from backend_client.sqlite.settings import read_derive_settings, write_derive_settings
    from backend_client.sqlite.upkeep.rebuild import rebuild

    read, _meaning, hint = SETTINGS[name]
    try:
        value = read(text)
    except (ValueError, OSError, KeyError) as error:
        raise Invalid(N_("“{value}” does not fit {name}."), hint, value=text, name=name) from error
    bar = ProgressLine()
    with invocation.writer(Permission.ADMINISTER) as writer:
        with writer.transaction() as transaction:
            before = read_derive_settings(transaction.db)
            after = write_derive_settings(transaction, replace(before, **{_key(name): value}))
        if after == before:
            click.echo(_("It was so already."))
            return
        try:
            changed = rebuild(writer, lambda done, last: bar.show(f"{100 * done // max(1, last):3} %"))
        finally:
            bar.clear()
    told = ngettext("Set. {count} call changed.", "Set. {count} calls changed.", changed)
    click.echo(told.format(count=number(changed)))
