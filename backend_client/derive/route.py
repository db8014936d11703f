"""The route of a call (J7): every leg, and who transferred the call to whom."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from msgspec import structs

from backend_client.derive.channel_events import told_by_channels
from backend_client.derive.collapse import direction_of
from backend_client.derive.feed import one_feed
from backend_client.derive.numbering import Numbering, numbering
from backend_client.derive.participants import application_name
from backend_client.derive.path import Path, Side, first_of, read_legs
from backend_client.derive.verdict import disposition_of
from backend_client.model.call import Party, PartyKind, RouteLeg
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts
from backend_client.model.status import Direction


def route(
    facts: CallFacts,
    settings: DeriveSettings,
    known_internal: Container[str] = (),
    *,
    employee_name: Callable[[str], str] = lambda address: "",
    client: str = "",
) -> tuple[RouteLeg, ...]:
    """All legs in order, Local halves and applications too. The first leg of a transfer says who transferred the
    call to whom. `employee_name` gives the employee of an internal address at the time of the call ("" for none),
    `client` is the name that the outside number has now."""
    if not facts.legs:
        return ()
    tests = numbering(settings)
    paths = read_legs(told_by_channels(one_feed(facts.legs), facts.events), tests, known_internal)
    naming = _Naming(tests, employee_name, client)
    lines = [naming.line(path) for path in paths]
    for place, (by, to) in _transfers(paths, direction_of(first_of(paths))).items():
        lines[place] = structs.replace(lines[place], transfer_by=naming.inside(by), transfer_to=naming.inside(to))
    return tuple(lines)


class _Naming:
    """Parties of the legs of one call."""

    def __init__(self, tests: Numbering, employee_name: Callable[[str], str], client: str) -> None:
        self._tests = tests
        self._employee_name = employee_name
        self._client = client

    def line(self, path: Path) -> RouteLeg:
        application = application_name(path.leg) if path.b >= Side.APPLICATION else ""
        return RouteLeg(
            start=path.start,
            end=path.end,
            caller=self._party(path.a, path.a_address, path.leg.caller, ""),
            callee=self._party(path.b, path.b_address, path.leg.callee, application),
            disposition=disposition_of(path.leg.disposition),
            answered=path.talked,
            talk=path.talk_end - path.answer if path.talked and path.answer is not None else 0,
            application=application,
        )

    def inside(self, address: str) -> Party:
        return Party(PartyKind.EMPLOYEE, self._employee_name(address) if address else "", address)

    def _party(self, side: Side, address: str, written: str, application: str) -> Party:
        """`written` is what the leg says of this side: what was dialled stands for an address that nothing tells."""
        match side:
            case Side.INSIDE:
                return self.inside(address) if address else Party(PartyKind.NUMBER, "", written)
            case Side.OUTSIDE if self._tests.is_withheld(address):
                return Party(PartyKind.WITHHELD)
            case Side.OUTSIDE if self._client:
                return Party(PartyKind.CLIENT, self._client, address)
            case Side.OUTSIDE:
                return Party(PartyKind.SIP if "@" in address else PartyKind.NUMBER, "", address)
            case _:
                return Party(PartyKind.APPLICATION, application, written)


def _transfers(paths: Sequence[Path], direction: Direction) -> dict[int, tuple[str, str]]:
    """By the place of a transfer's first leg: from whom and to whom.

    The one who talks with the customer is another than the one before, and came in while that one held the call
    or later: a transfer. Its first leg is their consultation, where there was one.
    """
    found: dict[int, tuple[str, str]] = {}
    holder, held_since = "", 0
    for place, path in enumerate(paths):
        partner = _partner(path, direction, paths[0].a_address)
        if not path.talked or path.answer is None or not partner:
            continue
        if holder and partner != holder and path.start >= held_since:
            found.setdefault(_consultation(paths, holder, partner, held_since, place), (holder, partner))
        if not holder or path.answer >= held_since:
            holder, held_since = partner, path.answer
    return found


def _consultation(paths: Sequence[Path], by: str, to: str, since: int, until: int) -> int:
    for place, path in enumerate(paths[:until]):
        if path.a_address == by and path.b_address == to and path.start >= since:
            return place
    return until


def _partner(path: Path, direction: Direction, caller: str) -> str:
    """The inside phone that has the customer (of an internal call: its caller) on this leg; blank for none."""
    if path.a is Side.LOCAL:
        return path.b_address if path.b is Side.INSIDE else ""
    if direction is Direction.INTERNAL:
        if path.a_address == caller and path.b is Side.INSIDE:
            return path.b_address
        return path.a_address if path.b_address == caller and path.a is Side.INSIDE else ""
    if path.a is Side.INSIDE:
        return path.a_address if path.b is Side.OUTSIDE else ""
    return path.b_address if path.b is Side.INSIDE else ""
