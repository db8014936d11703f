"""The route: every leg of a call, and who transferred it to whom."""

from typing import Any

from backend_client.derive.route import route
from backend_client.model.call import Party, PartyKind, RouteLeg
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallFacts, Leg
from tests.derive.asterisk import scenario

SETTINGS = DeriveSettings()
NAMES = {"100": "Alice", "200": "Bob", "300": "Charlie"}


def of(name: str) -> tuple[RouteLeg, ...]:
    return route(scenario(name)[0], SETTINGS, employee_name=lambda address: NAMES.get(address, ""))


def transfers(legs: tuple[RouteLeg, ...]) -> list[tuple[int, str, str]]:
    return [
        (place, leg.transfer_by.name, leg.transfer_to.name)
        for place, leg in enumerate(legs)
        if leg.transfer_by and leg.transfer_to
    ]


def test_no_facts_no_route() -> None:
    assert route(CallFacts(system="main", call_key="k"), SETTINGS) == ()


def test_an_attended_transfer_begins_with_its_consultation() -> None:
    legs = of("Core Attended Transfer to Channel")
    assert [(leg.caller.name, leg.callee.name) for leg in legs] == [
        ("Alice", "Bob"), ("Bob", "Charlie"), ("Alice", "Charlie"),
    ]  # fmt: skip
    assert transfers(legs) == [(1, "Bob", "Charlie")]
    assert all(leg.answered for leg in legs)


def test_a_blind_transfer_begins_with_the_customers_next_leg() -> None:
    legs = of("Blind Transfer")
    assert transfers(legs) == [(1, "Bob", "Charlie")]
    assert [leg.talk for leg in legs] == [20, 60]


def test_phones_that_ring_together_transfer_nothing() -> None:
    for name in ("Parallel Dial", "Call Queue - Example 1", "Basic Call"):
        assert transfers(of(name)) == []


def test_an_outgoing_call_that_is_handed_over_as_in_the_picture_of_the_1c_panel() -> None:
    client, petr, boris = "79636496264", "PJSIP/303-00000001", "PJSIP/301-00000003"

    def leg(number: int, start: float, answer: float, end: float, billsec: int, **sides: Any) -> Leg:
        return Leg(
            key=f"{start}|{number}", uniqueid=f"u{number}", linkedid="l", start=start, answer=answer, end=end,
            duration=int(end - start), billsec=billsec, disposition="ANSWERED", app="Dial", **sides,
        )  # fmt: skip

    legs = (
        leg(1, 0, 13, 38, 3, caller="303", callee=client, channel=petr, dstchannel="PJSIP/trunk-00000002"),
        leg(2, 16, 22, 38, 16, caller="303", callee="301", channel=petr, dstchannel=boris),
        leg(3, 38, 38, 44, 6, caller=client, callee="301", channel="PJSIP/trunk-00000002", dstchannel=boris),
    )
    lines = route(
        CallFacts(system="main", call_key="l", legs=legs),
        SETTINGS,
        employee_name={"303": "Ivanov Petr", "301": "Fedorov Boris"}.__getitem__,
        client="Stroysnab",
    )
    assert transfers(lines) == [(1, "Ivanov Petr", "Fedorov Boris")]
    assert lines[0].caller == Party(PartyKind.EMPLOYEE, "Ivanov Petr", "303")
    assert lines[2].caller == Party(PartyKind.CLIENT, "Stroysnab", client)
    assert [line.talk for line in lines] == [3, 16, 6]


def test_applications_and_local_halves_stay_on_the_route() -> None:
    legs = of("A Complex Example")
    assert len(legs) == 11
    assert legs[1].callee == Party(PartyKind.APPLICATION, "Queue sales", "700")
    assert legs[1].application == "Queue sales"
    assert not legs[2].answered
    assert legs[2].disposition == "ANSWERED"
