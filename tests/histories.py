"""Hostile histories: what telephone sources and people do to a call centre's records, for property tests.

A history is a list of deeds – records that came, numbers that were linked, extensions that were given – over a small
world in which everything collides: four people outside who write their numbers in several ways, three phones, and
instants around midnights, clock changes and equal seconds. `arrangements` gives the same history as it might have
arrived otherwise: other order, other batches, the legs of a call torn apart, records that come twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from backend_client.derive.collapse import collapse
from backend_client.derive.marks import Link, Marks, Moment, derive_timeline
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallEvent, CallFacts, Leg
from backend_client.model.phone import number_key
from backend_client.model.status import Direction

SYSTEM = "main"
SPELLINGS = (
    ("380672220001", "0672220001", "+380 67 222-00-01"),
    ("380442220002", "0442220002", "+380442220002"),
    ("79161234567", "+79161234567"),
    ("Bob@Example.com", "sip:bob@example.com"),
)
"""Four outside parties, each as sources write it."""
WITHHELD = ("", "anonymous", "Restricted", "-")
EXTENSIONS = ("201", "202", "203")
DIDS = ("380440000001", "0440000001", "s")
CLIENTS = ("Stroysnab", "Olena")

_SPRING, _AUTUMN = 1_774_746_000, 1_792_890_000
"""29 March and 25 October 2026, 01:00 UTC: the clocks of Kyiv change."""
_MIDNIGHT = 1_795_212_000 - 1_795_212_000 % 86_400 - 7_200
"""A midnight in Kyiv in winter."""


@dataclass(frozen=True)
class Records:
    """A batch of facts that a source gave."""

    batch: tuple[CallFacts, ...]


@dataclass(frozen=True)
class LinkNumber:
    """Somebody linked a number to a client (None: took it away), known since then (0: always)."""

    number: str
    client: str | None
    since: int = 0


@dataclass(frozen=True)
class GiveExtension:
    """Somebody gave an internal number to an employee from an instant on."""

    extension: str
    employee: str
    since: int


Deed = Records | LinkNumber | GiveExtension


@dataclass(frozen=True)
class History:
    """Deeds in the order in which they arrived, under one set of settings."""

    settings: DeriveSettings
    deeds: tuple[Deed, ...]

    def calls(self) -> dict[str, CallFacts]:
        """Every call by its key, with all that was ever said of it."""
        return whole(facts for deed in self.deeds if isinstance(deed, Records) for facts in deed.batch)

    def links(self) -> dict[str, Link]:
        """Links that stand in the end, by number key."""
        links: dict[str, Link] = {}
        for deed in self.deeds:
            if isinstance(deed, LinkNumber):
                key = number_key(deed.number, self.settings.home_country).key
                if deed.client is None:
                    links.pop(key, None)
                else:
                    links[key] = Link(client=deed.client, known_since=deed.since)
        return links

    def moments(self) -> list[Moment]:
        """Every call on its number's timeline."""
        found = (moment_of(key, facts, self.settings) for key, facts in self.calls().items())
        return [moment for moment in found if moment is not None]

    def marks(self) -> dict[str, Marks]:
        """What decision 5 says of every call, by its key."""
        return derive_timeline(self.moments(), self.links(), self.settings)


def moment_of(key: str, facts: CallFacts, settings: DeriveSettings) -> Moment | None:
    """A call as its number's timeline sees it; None for facts without a leg."""
    call = collapse(facts, settings)
    if call is None:
        return None
    number = number_key(call.outside, settings.home_country).key if call.outside else ""
    incoming = call.direction is Direction.INCOMING
    return Moment(key=key, start=call.start, number=number, incoming=incoming, answered=call.answered)


def whole(parts: Iterable[CallFacts]) -> dict[str, CallFacts]:
    """Parts of calls put together: one record a key, in key order."""
    legs: dict[str, dict[str, Leg]] = {}
    events: dict[str, dict[str, CallEvent]] = {}
    for part in parts:
        legs.setdefault(part.call_key, {}).update((leg.key, leg) for leg in part.legs)
        events.setdefault(part.call_key, {}).update((event.key, event) for event in part.events)
    return {
        key: CallFacts(
            system=SYSTEM,
            call_key=key,
            legs=tuple(found[name] for name in sorted(found)),
            events=tuple(events[key][name] for name in sorted(events[key])),
        )
        for key, found in legs.items()
    }


def instants() -> st.SearchStrategy[int]:
    """Seconds at which things go wrong, and those around them."""
    anchors = st.sampled_from((_MIDNIGHT, _MIDNIGHT + 86_400, _SPRING, _AUTUMN, _MIDNIGHT + 40_000))
    return st.builds(int.__add__, anchors, st.integers(-5, 5) | st.integers(-90_000, 90_000))


def settings() -> st.SearchStrategy[DeriveSettings]:
    """Windows of a day, a minute and an hour, in zones that change their clocks and one that does not."""
    return st.builds(
        DeriveSettings,
        zone=st.sampled_from(("Europe/Kyiv", "UTC", "America/Santiago")),
        callback_window=st.sampled_from((0, 1, 60)),
    )


def outside_numbers() -> st.SearchStrategy[str]:
    """What stands for an outside party in a record, withheld ones too."""
    return st.sampled_from([text for party in SPELLINGS for text in party] + list(WITHHELD))


@st.composite
def _times(draw: st.DrawFn, start: int) -> dict[str, Any]:
    """Times of a leg that begins then: mostly possible ones."""
    ring, talk = draw(st.integers(0, 40)), draw(st.sampled_from((0, 0, 1, 5, 3_700)))
    answer: float | None = start + ring if talk else None
    end: float | None = start + ring + talk
    disposition = "ANSWERED" if talk else draw(st.sampled_from(DISPOSITIONS))
    flaw = draw(st.sampled_from(("", "", "", "", *FLAWS)))
    if flaw == "end before start":
        end = start - draw(st.integers(1, 10**6))
    elif flaw == "no end":
        end = None
    elif flaw == "late answer":
        answer = start + ring + talk + 1_000
    elif flaw == "fraction":
        answer, end = (answer + 0.75 if answer else None), start + ring + talk + 0.999
    return {
        "start": float(start), "answer": answer, "end": end, "billsec": talk,
        "duration": 0 if flaw == "no duration" else ring + talk, "disposition": disposition,
    }  # fmt: skip


FLAWS = ("end before start", "no end", "late answer", "fraction", "no duration")
DISPOSITIONS = (
    "NO ANSWER", "NOANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL", "ANSWERED", "", "0", "8", "gibberish",
)  # fmt: skip
_CAUSES = ("", "", "", "0", "16", "17", "19", "20", "34", "38", "127", "USER_BUSY", "486", "nonsense")


@st.composite
def _pieces(draw: st.DrawFn, outside: str) -> list[dict[str, Any]]:
    """What the legs of one call say of their sides: one of the shapes that real exchanges write."""
    phone, other = draw(st.permutations(EXTENSIONS))[:2]
    did = draw(st.sampled_from(DIDS))
    trunk, channel = {"channel": "SIP/provider-00000001"}, f"PJSIP/{phone}-00000002"
    caller = {"caller": outside, "callee": did, "context": "from-trunk", "caller_name": "Bob"}
    rings = {**caller, **trunk, "app": "Dial", "dstchannel": channel, "appdata": f"PJSIP/{phone},20"}
    queue = {**caller, **trunk, "app": "Queue", "appdata": "sales"}
    calls_out = {"caller": phone, "callee": outside, "channel": channel, "context": "from-internal", "app": "Dial"}
    inside = {"caller": phone, "callee": other, "channel": channel, "context": "from-internal", "app": "Dial"}
    also_rings = {**rings, "dstchannel": f"PJSIP/{other}-00000003"}
    local = f"Local/{phone}@from-queue-00000001"
    half = {**queue, "dstchannel": f"{local};1"}
    twin = {**caller, "context": "from-queue", "channel": f"{local};2", "app": "Dial"}
    shapes: tuple[list[dict[str, Any]], ...] = (
        [rings],
        [rings, also_rings],
        [{**caller, **trunk, "app": "BackGround"}],
        [{**queue, "dstchannel": channel}, {**queue, "dstchannel": f"PJSIP/{other}-00000003"}],
        [half, {**twin, "dstchannel": channel}],
        [{**calls_out, "dstchannel": "SIP/provider-00000004"}],
        [{**calls_out, "dstchannel": ""}],
        [{**inside, "dstchannel": f"PJSIP/{other}-00000003"}],
        [rings, {**inside, "dstchannel": f"PJSIP/{other}-00000003"}, also_rings],
        [{**caller, "context": "", "channel": "N/A", "dstchannel": "NOT_AVAILABLE", "app": "Dial"}],
    )
    return draw(st.sampled_from(shapes))


@st.composite
def call_facts(draw: st.DrawFn, number: int = 0) -> CallFacts:
    """All that sources say of one call; `number` tells calls apart."""
    start = draw(instants())
    outside = draw(outside_numbers())
    key = f"{start}.{number}"
    legs = []
    for place, piece in enumerate(draw(_pieces(outside))):
        begins = start + draw(st.sampled_from((0, 0, 0, 10, 45))) if place else start
        legs.append(
            Leg(
                key=f"{begins}|{key}|{place}", uniqueid=key, linkedid=key, sequence=str(place), feed="asterisk-csv",
                cause=draw(st.sampled_from(_CAUSES)), hung_up_by=draw(st.sampled_from(("", "", "caller", "callee"))),
                recording=draw(st.sampled_from(("", f"{key}.wav"))), price=draw(st.sampled_from((None, 0, 250_000))),
                **piece, **draw(_times(begins)),
            )
        )  # fmt: skip
    if draw(st.integers(0, 4)) == 0:
        legs += _second_feed(legs, draw(st.integers(1, len(legs))))
    return CallFacts(system=SYSTEM, call_key=key, legs=tuple(legs), events=draw(_events(key, start)))


def _second_feed(legs: list[Leg], count: int) -> list[Leg]:
    """The same legs as a live feed saw some of them: a cause, a fraction of a second, another key."""
    return [
        Leg(
            key=f"{leg.key}|live", uniqueid=leg.uniqueid, linkedid=leg.linkedid, start=leg.start + 0.25, feed="ami",
            caller=leg.caller, callee=leg.callee, channel=leg.channel, dstchannel=leg.dstchannel, app=leg.app,
            context=leg.context, disposition=leg.disposition, billsec=leg.billsec, cause="19", hung_up_by="callee",
        )
        for leg in legs[:count]
    ]  # fmt: skip


@st.composite
def _events(draw: st.DrawFn, key: str, start: int) -> tuple[CallEvent, ...]:
    if draw(st.integers(0, 3)):
        return ()
    told: list[tuple[str, int, str, tuple[str, ...]]] = [("ENTERQUEUE", 1, "", ("", "380672220001", "1"))]
    told += draw(
        st.sampled_from((
            [("RINGNOANSWER", 5, "PJSIP/201", ("4000",)), ("ABANDON", 9, "", ("1", "1", "8"))],
            [("CONNECT", 4, "PJSIP/202", ("3", "x", "2")), ("COMPLETEAGENT", 30, "PJSIP/202", ("3", "26", "1"))],
            [("CONNECT", 4, "PJSIP/202", ()), ("COMPLETECALLER", 30, "PJSIP/202", ("no", "number"))],
            [("EXITEMPTY", 2, "", ("1", "1", "1"))],
        ))
    )  # fmt: skip
    return tuple(
        CallEvent(
            key=f"{start + after}|{key}|{name}", at=float(start + after), source="queue_log", name=name, agent=agent,
            queue="sales", data=data,
        )
        for name, after, agent, data in told
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn, most_calls: int = 8) -> History:
    """A history whose calls come whole, before or after what people did."""
    count = draw(st.integers(1, most_calls))
    deeds: list[Deed] = [Records((draw(call_facts(number)),)) for number in range(count)]
    since = st.just(0) | instants()
    numbers = st.sampled_from([party[0] for party in SPELLINGS])
    links = st.builds(LinkNumber, numbers, st.none() | st.sampled_from(CLIENTS), since)
    given_to = st.sampled_from(("Petro", "Olena"))
    extensions = st.builds(GiveExtension, st.sampled_from(EXTENSIONS), given_to, instants())
    for deed in draw(st.lists(links | extensions, max_size=4)):
        deeds.insert(draw(st.integers(0, len(deeds))), deed)
    return History(draw(settings()), tuple(deeds))


@st.composite
def arrangements(draw: st.DrawFn, history: History) -> History:
    """The same history, arrived otherwise. People's deeds keep their order among themselves; records come in any
    order and batches, a call's legs and events apart, and some twice."""
    parts: list[CallFacts] = []
    for facts in history.calls().values():
        pieces = [CallFacts(system=SYSTEM, call_key=facts.call_key, legs=(leg,)) for leg in facts.legs]
        pieces += [CallFacts(system=SYSTEM, call_key=facts.call_key, events=(event,)) for event in facts.events]
        parts += pieces if draw(st.booleans()) else [facts]
    parts += draw(st.lists(st.sampled_from(parts), max_size=3))
    shuffled = list(draw(st.permutations(parts)))
    deeds: list[Deed] = []
    while shuffled:
        size = draw(st.integers(1, len(shuffled)))
        deeds.append(Records(tuple(shuffled[:size])))
        del shuffled[:size]
    people = [deed for deed in history.deeds if not isinstance(deed, Records)]
    places = sorted(draw(st.lists(st.integers(0, len(deeds)), min_size=len(people), max_size=len(people))))
    for place, deed in reversed(list(zip(places, people, strict=True))):
        deeds.insert(place, deed)
    return History(history.settings, tuple(deeds))
