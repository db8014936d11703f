"""Names of people and things that rows refer to, kept in memory until a directory changes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

import msgspec

from backend_client.contract import Kind
from backend_client.model.directory import CallResult, Channel, Directories, Employee, Extension, Line, Region
from backend_client.model.text import fold


@dataclass(frozen=True)
class Names:
    """The directories at one change number, and what rows need of them."""

    directories: Directories
    employees: dict[int, str]
    lines: dict[int, str]
    """A line's name, else its code."""
    channels: dict[int, str]
    """A channel's name, else its DID."""
    regions: dict[int, str]
    """Keys."""
    results: dict[int, str]
    folds: dict[int, str] = field(default_factory=dict)
    """Folded names of employees, for search."""

    def employees_like(self, folded: str) -> list[int]:
        """Employees in whose name the folded text stands."""
        return [i for i, name in self.folds.items() if folded in name]


def directories_change(db: sqlite3.Connection) -> int:
    """The change number at which a directory last changed; 0 where none ever did."""
    row = db.execute("SELECT number FROM change_kind WHERE kind = ?", (Kind.DIRECTORIES.value,)).fetchone()
    return int(row[0]) if row else 0


def read_names(db: sqlite3.Connection) -> Names:
    """All directories; a few milliseconds for a few hundred employees."""
    directories = Directories(
        change=directories_change(db),
        employees=_employees(db),
        lines=tuple(
            Line(id=i, code=code, name=name)
            for i, code, name in db.execute("SELECT id, code, name FROM line ORDER BY code").fetchall()
        ),
        channels=tuple(
            Channel(id=i, did=did, name=name)
            for i, did, name in db.execute("SELECT id, did, name FROM channel ORDER BY did").fetchall()
        ),
        regions=tuple(
            Region(id=i, key=key, names=msgspec.json.decode(names, type=dict[str, str]))
            for i, key, names in db.execute("SELECT id, key, names FROM region ORDER BY key").fetchall()
        ),
        results=tuple(
            CallResult(id=i, name=name, active=bool(active))
            for i, name, active in db.execute("SELECT id, name, active FROM result ORDER BY id").fetchall()
        ),
    )
    return Names(
        directories,
        employees={employee.id: employee.name for employee in directories.employees},
        lines={line.id: line.name or line.code for line in directories.lines},
        channels={channel.id: channel.name or channel.did for channel in directories.channels},
        regions={region.id: region.key for region in directories.regions},
        results={result.id: result.name for result in directories.results},
        folds={employee.id: fold(employee.name) for employee in directories.employees},
    )


def _employees(db: sqlite3.Connection) -> tuple[Employee, ...]:
    extensions: dict[int, list[Extension]] = {}
    for number, employee, since, until in db.execute(
        "SELECT number, employee_id, since, until FROM extension ORDER BY employee_id, since, number"
    ).fetchall():
        extensions.setdefault(employee, []).append(Extension(number=number, since=since, until=until))
    rows = db.execute(
        "SELECT id, name, login, department, active, roles FROM employee ORDER BY sort_key, id"
    ).fetchall()
    return tuple(
        Employee(
            id=i, name=name, login=login, department=department, active=bool(active),
            roles=msgspec.json.decode(roles, type=tuple[str, ...]), extensions=tuple(extensions.get(i, ())),
        )
        for i, name, login, department, active, roles in rows
    )  # fmt: skip
