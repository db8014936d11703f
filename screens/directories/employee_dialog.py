"""An employee: name, department, login, roles, and internal numbers with the days on which they were theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label

from backend_client.model.directory import Employee, Extension
from backend_client.model.permissions import Role
from backend_client.model.text import N_, clean, fold
from screens.dialogs.dialog import Dialog
from screens.language import _
from screens.widgets.text_field import text_field

ROLES = {
    Role.OPERATOR: N_("operator"),
    Role.ACCOUNTANT: N_("accountant"),
    Role.SUPERVISOR: N_("supervisor"),
    Role.QUALITY_CONTROL: N_("quality control"),
    Role.HEAD: N_("head"),
    Role.ADMINISTRATOR: N_("administrator"),
}


class EmployeeDialog(Dialog[Employee]):
    """Answers the employee as wanted. `accounts`: login and roles may be changed too."""

    DEFAULT_CSS = """
    EmployeeDialog Horizontal { height: 1; }
    EmployeeDialog Label { width: 18; color: $text-muted; }
    EmployeeDialog Input { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+g,ctrl+s,f2", "save", N_("Save"), id="employee.save", priority=True, tooltip=N_("Save the employee")
        ),
    ]

    def __init__(
        self, employee: Employee, departments: Sequence[str], *, accounts: bool, zone: ZoneInfo | None = None
    ) -> None:
        super().__init__(_("Employee"))
        self._employee = employee
        self._zone = zone or ZoneInfo("UTC")
        self._typed = text_field("name", employee.name)
        self._department = text_field("department", employee.department, "", departments)
        self._extensions = text_field(
            "extensions", extensions_text(employee.extensions, self._zone), "201, 305 2026-11-01..2026-11-20"
        )
        self._login = text_field("login", employee.login)
        self._roles = text_field("roles", ", ".join(_role_word(role) for role in employee.roles), _("operator"))
        for field in (self._login, self._roles):
            field.disabled = not accounts

    def body(self) -> list[Widget]:
        rows: list[tuple[str, Widget]] = [
            (_("Name"), self._typed),
            (_("Department"), self._department),
            (_("Internal numbers"), self._extensions),
            (_("Login"), self._login),
            (_("Roles"), self._roles),
        ]
        return [Horizontal(Label(title, markup=False), field) for title, field in rows]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("save")), ("Tab", _("next field")), ("Esc", _("leave"))]

    def on_mount(self) -> None:
        self._typed.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Answer what is typed, if it can be read."""
        name = clean(self._typed.value)
        extensions = extensions_of(self._extensions.value, self._zone)
        roles = _roles_of(self._roles.value)
        if not name:
            self.complain(_("An employee needs a name."))
        elif extensions is None:
            told = _("Internal numbers are written like {example}: a number, and from when to when where it changed.")
            self.complain(told.format(example="201, 305 2026-11-01..2026-11-20"))
        elif roles is None:
            self.complain(_("Roles are: {roles}.").format(roles=", ".join(_(word) for word in ROLES.values())))
        else:
            self.dismiss(
                replace(
                    self._employee, name=name, department=clean(self._department.value), extensions=extensions,
                    login=clean(self._login.value), roles=roles,
                )
            )  # fmt: skip


def _role_word(role: str) -> str:
    return _(ROLES[Role(role)]) if Role(role) in ROLES else role


def _roles_of(text: str) -> tuple[str, ...] | None:
    """Roles by their words or ids; None where one is unknown."""
    known = {fold(_(word)): role.value for role, word in ROLES.items()}
    known.update({fold(role.value): role.value for role in ROLES})
    typed = [fold(part) for part in text.split(",") if part.strip()]
    return tuple(dict.fromkeys(known[part] for part in typed)) if all(part in known for part in typed) else None


def extensions_text(extensions: Sequence[Extension], zone: ZoneInfo) -> str:
    """Internal numbers as they are typed: "201, 305 2026-11-01..2026-11-20"; the last day is one that still counts."""
    parts = []
    for one in extensions:
        if one.since is None and one.until is None:
            parts.append(one.number)
        else:
            ends = (_day(one.since, zone), _day(None if one.until is None else one.until - 1, zone))
            parts.append(f"{one.number} {'..'.join(ends)}")
    return ", ".join(parts)


def _day(instant: int | None, zone: ZoneInfo) -> str:
    return "" if instant is None else datetime.fromtimestamp(instant, zone).date().isoformat()


def extensions_of(text: str, zone: ZoneInfo) -> tuple[Extension, ...] | None:
    """What `extensions_text` writes, read; None where it cannot be."""
    found = []
    for part in filter(None, map(str.strip, text.split(","))):
        number, _parted, span = part.partition(" ")
        since, parted, until = span.strip().partition("..")
        try:
            first = _midnight(date.fromisoformat(since), zone) if since else None
            last = date.fromisoformat(until) if until else None
        except ValueError:
            return None
        if span.strip() and not parted:
            return None
        end = None if last is None else _midnight(date.fromordinal(last.toordinal() + 1), zone)
        found.append(Extension(number=number, since=first, until=end))
    return tuple(found)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
