"""The row filter of a role: which calls and tasks a session may see. Made here from the session, never by a caller."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.permissions import Permission, Session


class Scope(Struct, frozen=True):
    """All calls, or those in which one employee took part; without an employee then none."""

    all_calls: bool
    employee_id: int | None

    @property
    def nothing(self) -> bool:
        """Whether no call at all may be seen."""
        return not self.all_calls and self.employee_id is None

    def sees(self, call: str) -> str:
        """SQL: whether the call of this alias may be seen."""
        if self.all_calls:
            return "1"
        return (
            f"EXISTS (SELECT 1 FROM call_employee v WHERE v.employee_id = {int(self.employee_id or 0)}"
            f" AND v.start = {call}.start AND v.call_id = {call}.id)"
        )

    @property
    def sees_settler(self) -> str:
        """SQL over `c`: whether the call that settled it may be seen. Of another one its state alone is told."""
        if self.all_calls:
            return "1"
        return f"EXISTS (SELECT 1 FROM call s WHERE s.id = c.settled_by AND {self.sees('s')})"


def scope_of(session: Session) -> Scope:
    """What the roles of the session let it see (product.md "Rights")."""
    return Scope(session.may(Permission.ALL_CALLS), session.employee_id)


class TaskScope(Struct, frozen=True):
    """All tasks of the outbound plan, or one employee's."""

    everything: bool
    employee_id: int | None
    """None: of somebody without an employee record, who has none."""


def task_scope_of(session: Session) -> TaskScope | None:
    """What tasks the session may see (T4); None: none at all."""
    if session.may(Permission.PLAN_REPORT) or session.may(Permission.MANAGE_PLAN):
        return TaskScope(True, session.employee_id)
    return TaskScope(False, session.employee_id) if session.may(Permission.OWN_TASKS) else None
