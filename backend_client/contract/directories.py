"""Deeds that change the directories: employees, lines, channels, groups, results, reasons."""

from __future__ import annotations

from backend_client.contract.wire import Request
from backend_client.model.directory import Employee
from backend_client.model.task_event import TaskReason


class EditEmployee(Request, frozen=True, omit_defaults=True, kw_only=True, tag="employee"):
    """Make (id 0) or change an employee; the extensions replace those that stood, and calls follow.

    Login and roles are the administrator's.
    """

    employee: Employee


class NameLine(Request, frozen=True, omit_defaults=True, kw_only=True, tag="line"):
    id: int
    name: str


class NameChannel(Request, frozen=True, omit_defaults=True, kw_only=True, tag="channel"):
    id: int
    name: str


class NameGroup(Request, frozen=True, omit_defaults=True, kw_only=True, tag="group"):
    """Name a queue or group of phones; with id 0 one whose number no call told yet."""

    id: int = 0
    number: str = ""
    name: str


class RenameDepartment(Request, frozen=True, omit_defaults=True, kw_only=True, tag="department"):
    """Give a group of employees another name; one that is there already takes them in."""

    name: str
    to: str


class EditResult(Request, frozen=True, omit_defaults=True, kw_only=True, tag="result"):
    """Make (id 0), rename, or retire an outcome of calls."""

    id: int = 0
    name: str
    active: bool = True


class EditReason(Request, frozen=True, omit_defaults=True, kw_only=True, tag="reason"):
    """Make (id 0), rename, or retire a reason for postponing, refusing or dropping a task."""

    reason: TaskReason


DirectoryDeed = EditReason | EditEmployee | NameLine | NameChannel | NameGroup | RenameDepartment | EditResult
