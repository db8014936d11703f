"""What a store's administrator changes of the matrix of rights: who sees prices, listens, exports own calls."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from backend_client.model.permissions import MATRIX, Permission, Role

P = Permission

MAY_BE_TAKEN = frozenset({P.SEE_PRICE, P.LISTEN, P.DOWNLOAD})
"""Every role has these by default, and any may lose them."""
MAY_BE_GIVEN: dict[Permission, frozenset[Role]] = {
    P.EXPORT: frozenset({Role.OPERATOR, Role.ACCOUNTANT}),
    P.PLAN_REPORT: frozenset({Role.SUPERVISOR}),
}
"""What a role has not by default, and may get. An export holds what the role sees, as everything does."""
MAY_BE_NARROWED = frozenset({P.LISTEN, P.DOWNLOAD})


class People(Struct, frozen=True, omit_defaults=True):
    """Employees by id and by department."""

    employees: tuple[int, ...] = ()
    departments: tuple[str, ...] = ()

    def __contains__(self, who: tuple[int | None, str]) -> bool:
        employee, department = who
        return employee in self.employees or (bool(department) and department in self.departments)


class RightsSettings(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """By permission: roles that lost it, roles that got it, and the only people who have it."""

    taken: dict[str, tuple[str, ...]] = {}
    given: dict[str, tuple[str, ...]] = {}
    only: dict[str, People] = {}

    def of_role(self, role: Role) -> frozenset[Permission]:
        """What a role may here."""
        taken = {one for one in MAY_BE_TAKEN if role.value in self.taken.get(one.value, ())}
        given = {one for one, roles in MAY_BE_GIVEN.items() if role in roles and role.value in self.given.get(one, ())}
        return frozenset((MATRIX[role] - taken) | given)

    def changes(
        self, roles: Iterable[Role], employee: int | None, department: str
    ) -> tuple[tuple[Permission, ...], tuple[Permission, ...]]:
        """What somebody of these roles may beyond the matrix, and what not in spite of it; several roles add up."""
        held = tuple(roles) or (Role.OPERATOR,)
        plain = frozenset[Permission]().union(*(MATRIX[role] for role in held))
        here = frozenset[Permission]().union(*(self.of_role(role) for role in held))
        for one in MAY_BE_NARROWED:
            if one.value in self.only and (employee, department) not in self.only[one.value]:
                here -= {one}
        return tuple(sorted(here - plain)), tuple(sorted(plain - here))
