"""Who may do what: product.md "Rights" as one table. Several roles add up."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import WireEnum


class Role(WireEnum):
    OPERATOR = "operator"
    ACCOUNTANT = "accountant"
    SUPERVISOR = "supervisor"
    QUALITY_CONTROL = "quality-control"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    UNKNOWN = "unknown"


class Permission(WireEnum):
    """One row of the matrix each; ALL_CALLS lifts the row filter, the others open a deed."""

    ALL_CALLS = "all-calls"
    LISTEN = "listen"
    DOWNLOAD = "download"
    COMMENT = "comment"
    SEE_PRICE = "see-price"
    REGISTER_CLIENT = "register-client"
    MANAGE_CLIENTS = "manage-clients"
    OWN_TASKS = "own-tasks"
    PLAN_REPORT = "plan-report"
    MANAGE_PLAN = "manage-plan"
    DASHBOARD = "dashboard"
    MISSED_QUEUE = "missed-queue"
    ALL_MISSED = "all-missed"
    EXPORT = "export"
    IMPORT = "import"
    DIRECTORIES = "directories"
    AUDIT = "audit"
    ADMINISTER = "administer"
    UNKNOWN = "unknown"


P = Permission
_EVERYBODY = frozenset({P.LISTEN, P.DOWNLOAD, P.COMMENT, P.SEE_PRICE, P.REGISTER_CLIENT})
_SEES_ALL = _EVERYBODY | {P.ALL_CALLS, P.DASHBOARD, P.MISSED_QUEUE, P.ALL_MISSED, P.EXPORT}

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _EVERYBODY | {P.OWN_TASKS, P.MISSED_QUEUE},
    Role.ACCOUNTANT: _EVERYBODY,
    Role.SUPERVISOR: _SEES_ALL | {P.MANAGE_CLIENTS, P.IMPORT, P.DIRECTORIES},
    Role.QUALITY_CONTROL: _SEES_ALL | {P.PLAN_REPORT},
    Role.HEAD: _SEES_ALL
    | {P.MANAGE_CLIENTS, P.IMPORT, P.DIRECTORIES, P.AUDIT, P.OWN_TASKS, P.PLAN_REPORT, P.MANAGE_PLAN},
    Role.ADMINISTRATOR: frozenset(Permission) - {P.UNKNOWN},
    Role.UNKNOWN: frozenset(),
}


def permissions_of(roles: tuple[Role, ...]) -> frozenset[Permission]:
    """The union of what the roles may do; no role at all may what an operator may."""
    return frozenset[Permission]().union(*(MATRIX[role] for role in roles or (Role.OPERATOR,)))


class Session(Struct, frozen=True, kw_only=True):
    """Who acts: opened with the backend, never widened by a caller."""

    employee_id: int | None
    """None: somebody without an employee record (the owner of a fresh store)."""
    name: str
    roles: tuple[Role, ...]
    only: tuple[Permission, ...] | None = None
    """What a narrowed token may at most, whatever the roles grant; None: all that they grant."""
    given: tuple[Permission, ...] = ()
    """What the store's settings grant beyond the matrix."""
    withheld: tuple[Permission, ...] = ()
    """What they take away."""

    @property
    def permissions(self) -> frozenset[Permission]:
        granted = permissions_of(self.roles).union(self.given).difference(self.withheld)
        return granted if self.only is None else granted.intersection(self.only)

    def may(self, permission: Permission) -> bool:
        """Whether any of the roles grants it."""
        return permission in self.permissions
