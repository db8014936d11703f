"""New, first contact, lost, attention and call-back (decision 5): what a call is by its neighbours in time.

Pure functions, and `derive_timeline`, the whole of decision 5 over any set of calls at once. The store does the
same with bounded look-ups: of a number's first second, and of the missed calls that begin from the talk of the
contact before a new contact until its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from backend_client.derive.local_time import LocalTime, local_time
from backend_client.model.call import Mark
from backend_client.model.derive_settings import DAY_WINDOW, DeriveSettings

ALWAYS = 0
"""A link without a date: known since always. Also what the store keeps for it."""


class Moment(Struct, frozen=True, kw_only=True):
    """A call on its number's timeline. Instants are UTC epoch seconds."""

    key: str
    """Identity of the call that does not depend on when it arrived: its system and key."""
    start: int
    number: str
    """Key of the outside number; blank when withheld or internal: such a call has no timeline."""
    incoming: bool
    answered: int | None = None
    """When talk with a person began, in either direction; None: no talk."""

    @property
    def missed(self) -> bool:
        return self.incoming and self.answered is None


class Link(Struct, frozen=True, kw_only=True):
    """A number's client and since when it is known."""

    client: str
    known_since: int = ALWAYS


class Settlement(Struct, frozen=True):
    """The contact that settled a missed call, and seconds from the missed call's start to its talk."""

    by: str
    callback: int
    in_window: bool
    by_us: bool
    """The contact was outgoing."""


class Marks(Struct, frozen=True):
    """What decision 5 says of one call; `bits` are those of `Mark` that neighbours and links give."""

    bits: int = 0
    settled_by: str | None = None
    callback: int | None = None


def new_at(start: int, known_since: int | None) -> bool:
    """Whether a number is new at a call that starts then. `known_since`: None without a client, 0 for always;
    known from that very second on."""
    return known_since is None or known_since > start


def in_window(missed_start: int, answered: int, settings: DeriveSettings, local: LocalTime) -> bool:
    """Whether talk that began then came inside the call-back window: the local day of the missed call's start,
    or so many minutes after it, the last second included."""
    if settings.callback_window == DAY_WINDOW:
        return local.day(missed_start) == local.day(answered)
    return answered - missed_start <= settings.callback_window * 60


def contact_order(contact: Moment) -> tuple[int, int, str]:
    """The order in which contacts settle; ties in talk and start are decided by the key."""
    return (contact.answered or 0, contact.start, contact.key)


def settlement(
    missed: Moment, contacts: Sequence[Moment], settings: DeriveSettings, local: LocalTime
) -> Settlement | None:
    """The first contact of the party whose talk begins strictly after the missed call began, inside the window
    or not. `contacts`: the party's answered calls by `contact_order`."""
    place = bisect_right(contacts, missed.start, key=lambda contact: contact.answered or 0)
    if place == len(contacts):
        return None
    contact = contacts[place]
    talk = contact.answered or 0
    return Settlement(
        contact.key, talk - missed.start, in_window(missed.start, talk, settings, local), not contact.incoming
    )


def marks_of(call: Moment, *, new: bool, first: bool, settled: Settlement | None, settles: bool) -> Marks:
    """The marks of one call. `new`: `new_at` its start; `first`: its number has no call with an earlier start;
    `settled`: of a missed call; `settles`: some missed call is settled by this one."""
    if not call.number:
        return Marks()
    bits = Mark(0)
    if new:
        bits |= Mark.NEW
    if new and first and call.incoming:
        bits |= Mark.FIRST_CONTACT
    if settles:
        bits |= Mark.SETTLES
    if not call.missed:
        return Marks(int(bits))
    if settled is not None and settled.in_window:
        bits |= Mark.SETTLED_IN_WINDOW
    else:
        bits |= Mark.ATTENTION | Mark.LOST if new else Mark.ATTENTION
    if settled is None:
        return Marks(int(bits))
    if settled.by_us:
        bits |= Mark.SETTLED_BY_US
    return Marks(int(bits), settled.by, settled.callback)


def derive_timeline(calls: Iterable[Moment], links: Mapping[str, Link], settings: DeriveSettings) -> dict[str, Marks]:
    """Marks of every call by its key, from all calls (each key once) and the links of their numbers: the whole
    of decision 5, in any order of arrival. Internal and withheld calls come with a blank number."""
    local = local_time(settings.zone)
    everything = list(calls)
    parties: dict[tuple[bool, str], list[Moment]] = {}
    first_start: dict[str, int] = {}
    for call in everything:
        if call.number:
            link = links.get(call.number)
            party = (True, link.client) if link else (False, call.number)
            parties.setdefault(party, []).append(call)
            first_start[call.number] = min(call.start, first_start.get(call.number, call.start))
    settlements: dict[str, Settlement] = {}
    for timeline in parties.values():
        contacts = sorted((call for call in timeline if call.answered is not None), key=contact_order)
        for call in timeline:
            if call.missed and (found := settlement(call, contacts, settings, local)):
                settlements[call.key] = found
    settling = {found.by for found in settlements.values()}
    return {
        call.key: marks_of(
            call,
            new=new_at(call.start, links[call.number].known_since if call.number in links else None),
            first=first_start.get(call.number) == call.start,
            settled=settlements.get(call.key),
            settles=call.key in settling,
        )
        for call in everything
    }
