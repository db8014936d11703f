"""Calls of one outside number, as many as wanted: talked, missed and called back."""

from backend_client.model.leg import CallFacts, Leg

BEGIN = 1_790_000_000
APART = 3_600


def busy_day(
    number: str, calls: int, *, first: int = 0, begin: int = BEGIN, name: str = "Olena Bondar"
) -> list[CallFacts]:
    """One call an hour from `begin` on: incoming talked, incoming missed, outgoing talked, in turn.

    `first` tells the calls of several numbers apart and moves them by seconds.
    """
    return [_call(number, first + place, begin + place * APART + first, name) for place in range(calls)]


def _call(number: str, place: int, start: int, name: str) -> CallFacts:
    key = f"{start}.{place}"
    came, talked = place % 3 != 2, place % 3 != 1
    leg = Leg(
        key=f"{key}|{key}|1", uniqueid=key, linkedid=key, sequence="1", start=float(start),
        answer=start + 5.0 if talked else None, end=start + 65.0, duration=65, billsec=60 if talked else 0,
        disposition="ANSWERED" if talked else "NO ANSWER",
        caller=number if came else "101", caller_name=name if came else "", callee="101" if came else number,
        channel="SIP/trunk-00000001" if came else "SIP/101-00000001",
        dstchannel="SIP/101-00000002" if came else "SIP/trunk-00000002",
        context="from-trunk" if came else "from-internal", app="Dial", appdata=f"SIP/{number}",
        did="380440000001" if came else "", direction="in" if came else "out",
        recording=f"in-{number}-{key}.wav", note=f"asked for {name}", feed="asterisk-csv",
    )  # fmt: skip
    return CallFacts(system="main", call_key=key, legs=(leg,))
