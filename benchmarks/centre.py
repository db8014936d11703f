"""A believable call centre as numpy columns: three years, 200 employees, numbers, clients, calls and what they derive.

Everything is drawn from one seed and ends at one instant, so the same arguments give the same calls. Marks, call-backs
and settling calls follow product.md decision 5, worked out over whole columns instead of call by call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from backend_client.model.call import Mark
from backend_client.model.period import local_midnight
from backend_client.model.status import Direction, Family, Status
from backend_client.sqlite.codes import KIND_STEP, KINDS_OF_FAMILY, kind_code

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAYS = 1096
EMPLOYEES = 200
LINES = 24
CHANNELS = 40
HOUR = 3600
ZONE = "Europe/Kyiv"

KIND_SHARES: tuple[tuple[Direction, Status, float], ...] = (
    (Direction.INCOMING, Status.ANSWERED, 0.452),
    (Direction.INCOMING, Status.MISSED, 0.108),
    (Direction.INCOMING, Status.MISSED_OFFLINE, 0.009),
    (Direction.INCOMING, Status.TALKED_THEN_DROPPED, 0.006),
    (Direction.INCOMING, Status.NO_CHANNELS, 0.002),
    (Direction.INCOMING, Status.ERROR, 0.003),
    (Direction.OUTGOING, Status.ANSWERED, 0.205),
    (Direction.OUTGOING, Status.NO_ANSWER, 0.055),
    (Direction.OUTGOING, Status.REJECTED, 0.026),
    (Direction.OUTGOING, Status.CANCELLED, 0.018),
    (Direction.OUTGOING, Status.UNAVAILABLE, 0.010),
    (Direction.OUTGOING, Status.TALKED_THEN_DROPPED, 0.003),
    (Direction.OUTGOING, Status.NO_CHANNELS, 0.001),
    (Direction.OUTGOING, Status.ERROR, 0.002),
    (Direction.INTERNAL, Status.ANSWERED, 0.080),
    (Direction.INTERNAL, Status.NO_ANSWER, 0.014),
    (Direction.INTERNAL, Status.CANCELLED, 0.006),
)
HOUR_SHARES = (2, 1, 1, 1, 1, 2, 6, 15, 40, 80, 105, 105, 85, 80, 95, 95, 85, 70, 40, 25, 16, 11, 7, 4)
WEEKDAY_SHARES = (1.15, 1.1, 1.05, 1.05, 1.0, 0.35, 0.2)

TALKED = (*KINDS_OF_FAMILY[Family.ACCEPTED], *KINDS_OF_FAMILY[Family.SUCCESSFUL])
MISSED = KINDS_OF_FAMILY[Family.MISSED]
INTERNAL_ANSWERED = kind_code(Direction.INTERNAL, Status.ANSWERED)


@dataclass(frozen=True)
class Clockwork:
    """Local days and hours of the zone for each UTC hour of the three years."""

    first: int
    """Epoch second of the first local midnight."""
    days: Ints
    """Local day (days since 1970-01-01) of each UTC hour since then."""
    hours: Ints

    def day(self, instants: Ints) -> Ints:
        found: Ints = self.days[np.clip((instants - self.first) // HOUR, 0, len(self.days) - 1)]
        return found

    def hour(self, instants: Ints) -> Ints:
        found: Ints = self.hours[np.clip((instants - self.first) // HOUR, 0, len(self.hours) - 1)]
        return found


@dataclass(frozen=True)
class Numbers:
    """Outside numbers by index; their id in the store is the index + 1."""

    client: Ints
    """Client id, 0 without one."""
    known_since: Ints
    last_start: Ints
    region: Ints
    """Index of `benchmarks.names.PREFIXES`."""
    subscriber: Ints


@dataclass(frozen=True)
class Calls:
    """Columns of `call` in journal order; ids are index + 1. Zero stands for NULL but where said."""

    start: Ints
    answered: Ints
    ended: Ints
    day: Ints
    hour: Ints
    kind: Ints
    busy: Ints
    marks: Ints
    number: Ints
    """Id of the number, 0 when internal or withheld."""
    line: Ints
    channel: Ints
    wait: Ints
    talk: Ints
    hung_up: Ints
    settled_by: Ints
    callback: Ints
    """-1 for NULL."""
    result: Ints
    people: tuple[Ints, Ints, Ints]
    """First, second and third employee's id, 0 for none."""


@dataclass(frozen=True)
class Centre:
    calls: Calls
    numbers: Numbers
    clients: int
    clockwork: Clockwork


def make_centre(calls: int, seed: int, until: datetime) -> Centre:
    """Draw a centre of so many calls, the last of which starts before `until`."""
    rng = np.random.default_rng(seed)
    clockwork = _clockwork(until)
    numbers, clients = max(50, calls // 5), max(10, int(calls * 0.03))
    start = _starts(rng, calls, clockwork, int(until.timestamp()))
    kind = _kinds(rng, calls)
    number = _numbers_of_calls(rng, kind, numbers)
    start, number = _with_callbacks(rng, clockwork, start, kind, number)
    order = np.argsort(start, kind="stable")
    start, kind, number = start[order], kind[order], number[order]
    book = _number_book(rng, number, start, numbers, clients)
    return Centre(_derived(rng, clockwork, start, kind, number, book), book, clients, clockwork)


def _clockwork(until: datetime) -> Clockwork:
    zone = ZoneInfo(ZONE)
    last = until.astimezone(zone).date()
    first = local_midnight(last - timedelta(days=DAYS - 1), zone)
    count = (local_midnight(last + timedelta(days=2), zone) - first) // HOUR
    local = [datetime.fromtimestamp(first + HOUR * i, UTC).astimezone(zone) for i in range(count)]
    epoch = date(1970, 1, 1)
    days = np.array([(moment.date() - epoch).days for moment in local], np.int64)
    return Clockwork(first, days, np.array([moment.hour for moment in local], np.int64))


def _starts(rng: np.random.Generator, calls: int, clockwork: Clockwork, until: int) -> Ints:
    """Working days and hours are busier, the centre grows, a season swings; nothing starts after `until`."""
    first_day = int(clockwork.days[0])
    day = np.arange(DAYS)
    weekday = (day + first_day + 3) % 7
    weight = np.array(WEEKDAY_SHARES)[weekday] * (1 + 0.15 * np.sin(2 * np.pi * day / 365.25))
    weight *= (1 + 0.4 * day / DAYS) * np.clip(rng.normal(1, 0.06, DAYS), 0.7, 1.3)
    shares = weight[np.clip(clockwork.days - first_day, 0, DAYS - 1)] * np.array(HOUR_SHARES)[clockwork.hours]
    shares[clockwork.days >= first_day + DAYS] = 0
    hours = rng.choice(len(shares), calls, p=shares / shares.sum())
    start = clockwork.first + hours.astype(np.int64) * HOUR + rng.integers(0, HOUR, calls)
    return np.where(start < until, start, start - 7 * 24 * HOUR)


def _kinds(rng: np.random.Generator, calls: int) -> Ints:
    codes = np.array([kind_code(direction, status) for direction, status, _ in KIND_SHARES], np.int64)
    shares = np.array([share for _, _, share in KIND_SHARES])
    drawn: Ints = codes[rng.choice(len(codes), calls, p=shares / shares.sum())]
    return drawn


def _numbers_of_calls(rng: np.random.Generator, kind: Ints, numbers: int) -> Ints:
    """Ids: few numbers call often, each calls at least once where there are calls enough; 2 % withhold theirs."""
    outside = np.flatnonzero(kind < 2 * KIND_STEP)
    number = np.zeros(len(kind), np.int64)
    number[outside] = 1 + (numbers * rng.random(len(outside)) ** 2.5).astype(np.int64)
    once = rng.permutation(outside)[:numbers]
    number[once] = 1 + rng.permutation(numbers)[: len(once)]
    number[(kind < KIND_STEP) & (rng.random(len(kind)) < 0.02)] = 0
    return number


def _with_callbacks(
    rng: np.random.Generator, clockwork: Clockwork, start: Ints, kind: Ints, number: Ints
) -> tuple[Ints, Ints]:
    """Give 55 % of the missed calls an outgoing talk within the hours after them."""
    missed = np.flatnonzero(np.isin(kind, MISSED) & (number > 0))
    missed = missed[rng.random(len(missed)) < 0.55]
    talks = rng.permutation(np.flatnonzero(kind == kind_code(Direction.OUTGOING, Status.ANSWERED)))[: len(missed)]
    missed = missed[: len(talks)]
    moved, renumbered = start.copy(), number.copy()
    moved[talks] = start[missed] + 60 + rng.exponential(2400, len(missed)).astype(np.int64)
    renumbered[talks] = number[missed]
    late = talks[moved[talks] >= start.max()]
    moved[late], renumbered[late] = start[late], number[late]
    return moved, renumbered


def _number_book(rng: np.random.Generator, number: Ints, start: Ints, numbers: int, clients: int) -> Numbers:
    from benchmarks.names import PREFIXES

    ids = np.arange(numbers)
    has_client = rng.random(numbers) < np.where(ids < numbers // 4, 0.7, 0.2)
    client = np.where(has_client, rng.integers(1, clients + 1, numbers), 0)
    weights = np.array([weight for _, _, _, weight in PREFIXES], float)
    region = rng.choice(len(PREFIXES), numbers, p=weights / weights.sum())
    first, last = np.zeros(numbers + 1, np.int64), np.zeros(numbers + 1, np.int64)
    last[number] = start
    first[number[::-1]] = start[::-1]
    registered = first[1:] + rng.exponential(86400, numbers).astype(np.int64)
    always = rng.random(numbers) < 0.5
    # A multiplier coprime to ten makes each subscriber number of a prefix come once.
    subscriber = (ids * 7_368_787 + 1_234_567) % 10**7
    return Numbers(client, np.where(always, 0, registered), last[1:], region, subscriber)


def _derived(
    rng: np.random.Generator, clockwork: Clockwork, start: Ints, kind: Ints, number: Ints, book: Numbers
) -> Calls:
    calls = len(start)
    talked = np.isin(kind, (*TALKED, INTERNAL_ANSWERED))
    incoming, outside = kind < KIND_STEP, kind < 2 * KIND_STEP
    wait = np.clip(rng.gamma(2, 6, calls).astype(np.int64), 1, 600)
    talk = np.where(talked, np.clip(rng.lognormal(4.55, 1.0, calls), 1, 7200).astype(np.int64), 0)
    answered = np.where(talked, start + wait, 0)
    day = clockwork.day(start)
    people = _people(rng, kind, talked)
    settled_by, in_window = _settled(clockwork, start, answered, kind, number, book, day)
    index = np.maximum(number - 1, 0)
    known = (book.client[index] > 0) & (book.known_since[index] <= start)
    new = outside & (number > 0) & ~known
    marks = _marks(rng, kind, number, new, talked, settled_by, in_window)
    contact = np.maximum(settled_by - 1, 0)
    rejected = kind % KIND_STEP == kind_code(Direction.INCOMING, Status.REJECTED)
    return Calls(
        start=start,
        answered=answered,
        ended=start + wait + talk,
        day=day,
        hour=clockwork.hour(start),
        kind=kind,
        busy=(rejected & (rng.random(calls) < 0.5)).astype(np.int64),
        marks=marks,
        number=number,
        line=np.where(outside, 1 + (LINES * rng.random(calls) ** 2).astype(np.int64), 0),
        channel=np.where(incoming, 1 + (CHANNELS * rng.random(calls) ** 2).astype(np.int64), 0),
        wait=wait,
        talk=talk,
        hung_up=np.where(talked, rng.integers(0, 3, calls), 0),
        settled_by=settled_by,
        callback=np.where(settled_by > 0, answered[contact] - start, -1),
        result=np.where(rng.random(calls) < 0.04, rng.integers(1, 7, calls), 0),
        people=people,
    )


def _people(rng: np.random.Generator, kind: Ints, talked: Flags) -> tuple[Ints, Ints, Ints]:
    """30 % of the calls have several; a third of the missed ones ends in the menu and belongs to nobody."""
    calls = len(kind)
    shares = rng.gamma(3, 1, EMPLOYEES)
    first = rng.choice(EMPLOYEES, calls, p=shares / shares.sum()).astype(np.int64)
    second = (first + rng.integers(1, 100, calls)) % EMPLOYEES + 1
    third = (first + rng.integers(100, EMPLOYEES, calls)) % EMPLOYEES + 1
    first += 1
    legs = rng.choice(3, calls, p=[0.70, 0.22, 0.08])
    legs[kind >= 2 * KIND_STEP] = 1
    nobody = np.isin(kind, MISSED) & ~talked & (rng.random(calls) < 0.33)
    return (
        np.where(nobody, 0, first),
        np.where(nobody | (legs < 1), 0, second),
        np.where(nobody | (legs < 2), 0, third),
    )


def _settled(
    clockwork: Clockwork, start: Ints, answered: Ints, kind: Ints, number: Ints, book: Numbers, day: Ints
) -> tuple[Ints, Flags]:
    """For each missed call the id of the first contact with its number or client whose talk began after it began,
    and whether that was on the same local day."""
    index = np.maximum(number - 1, 0)
    party = np.where(book.client[index] > 0, book.client[index] + len(book.client), number)
    place = party << 32
    contacts = np.flatnonzero(np.isin(kind, TALKED) & (number > 0))
    contacts = contacts[np.argsort(place[contacts] + answered[contacts], kind="stable")]
    times = place[contacts] + answered[contacts]
    missed = np.flatnonzero(np.isin(kind, MISSED) & (number > 0))
    found = np.searchsorted(times, place[missed] + start[missed], side="right")
    inside = found < len(contacts)
    missed, found = missed[inside], found[inside]
    same = party[contacts[found]] == party[missed]
    missed, contact = missed[same], contacts[found[same]]
    settled_by, in_window = np.zeros(len(start), np.int64), np.zeros(len(start), bool)
    settled_by[missed] = contact + 1
    in_window[missed] = clockwork.day(answered[contact]) == day[missed]
    return settled_by, in_window


def _marks(
    rng: np.random.Generator,
    kind: Ints,
    number: Ints,
    new: Flags,
    talked: Flags,
    settled_by: Ints,
    in_window: Flags,
) -> Ints:
    calls = len(kind)
    incoming, outside = kind < KIND_STEP, kind < 2 * KIND_STEP
    attention = np.isin(kind, MISSED) & (number > 0) & ~in_window
    earliest = np.zeros(calls, bool)
    _, first = np.unique(number, return_index=True)
    earliest[first] = True
    settles = np.zeros(calls + 1, bool)
    settles[settled_by] = True
    bits = {
        Mark.NEW: new,
        Mark.FIRST_CONTACT: earliest & new & incoming,
        Mark.LOST: attention & new,
        Mark.ATTENTION: attention,
        Mark.SETTLES: settles[1:],
        Mark.COMMENT: rng.random(calls) < 0.05,
        Mark.RECORDING: talked & (rng.random(calls) < 0.95),
        Mark.BY_HAND: talked & outside & (rng.random(calls) < 0.002),
        Mark.WITHHELD: outside & (number == 0),
        Mark.SETTLED_IN_WINDOW: in_window,
        Mark.SETTLED_BY_US: (settled_by > 0) & (kind[np.maximum(settled_by - 1, 0)] >= KIND_STEP),
    }
    marks = np.zeros(calls, np.int64)
    for bit, flags in bits.items():
        marks |= np.where(flags, int(bit), 0)
    return marks
