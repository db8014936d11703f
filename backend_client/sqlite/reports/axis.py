"""By what calls are grouped: an expression over the row of a call, and the tally that holds the same sums."""

from __future__ import annotations

from dataclasses import dataclass

from backend_client.derive.cells import Dimension, Handled, Lead
from backend_client.derive.histogram import CALLBACKS, STEPS
from backend_client.model.call import Mark
from backend_client.sqlite.filter_sql import HAS_CLIENT, RANG, WAIT

_NEW = f"((c.marks & {int(Mark.NEW)}) <> 0)"
_LOST = f"((c.marks & {int(Mark.LOST)}) <> 0)"
_FIRST = f"((c.marks & {int(Mark.FIRST_CONTACT)}) <> 0)"
_IN_WINDOW = f"((c.marks & {int(Mark.SETTLED_IN_WINDOW)}) <> 0)"
_BY_US = f"((c.marks & {int(Mark.SETTLED_BY_US)}) <> 0)"
_WITHHELD = f"((c.marks & {int(Mark.WITHHELD)}) <> 0)"
OWN_TALK = "CAST(substr(c.employees, length(rtrim(c.employees, '0123456789')) + 1) AS INTEGER)"
"""Seconds of the only employee of a call: the last field of the packed column."""


@dataclass(frozen=True)
class Axis:
    """`key` is SQL over `c`. `fields` of the filter are answered by the keys of the tally."""

    name: str
    key: str
    dimension: Dimension | None = None
    fields: tuple[str, ...] = ()
    settler: bool = False
    """The key tells of the call that settled this one: `{seen}` in it is whether that may be seen."""
    people: bool = False
    """A key for each employee who took part; `key` is that of a call with at most one."""


NONE = Axis("none", "0", Dimension.ALL)
HOUR = Axis("hour", "c.hour", Dimension.HOUR, ("hours",))
CHANNEL = Axis("channel", "coalesce(c.channel_id, 0)", Dimension.CHANNEL, ("channels",))
REGION = Axis("region", "coalesce(c.region_id, 0)", Dimension.REGION, ("regions",))
EMPLOYEE = Axis("employee", "CAST(c.employees AS INTEGER)", Dimension.EMPLOYEE, ("employees",), people=True)
OWN = Axis("own", "CAST(c.employees AS INTEGER)", Dimension.EMPLOYEE_TALK, ("employees",), people=True)
TALK = Axis("talk", "0", Dimension.TALK)
CLIENT = Axis("client", f"CASE WHEN c.number_id IS NULL THEN -1 ELSE coalesce({HAS_CLIENT}, 0) END")
"""-1: withheld; 0: the number belongs to no client."""
NUMBER = Axis("number", "c.number_id")
RESULT = Axis("result", "coalesce(c.result_id, 0)")

LEAD_LOST, LEAD_REGISTERED, LEAD_UNREGISTERED = int(Lead.LOST), int(Lead.REGISTERED), int(Lead.UNREGISTERED)
LEAD = Axis(
    "lead",
    f"CASE WHEN NOT {_NEW} THEN 0 WHEN {_LOST} THEN {LEAD_LOST} WHEN {HAS_CLIENT} IS NOT NULL"
    f" THEN {LEAD_REGISTERED} ELSE {LEAD_UNREGISTERED} END * 2 + {_FIRST}",
    Dimension.LEAD,
)
"""Category of decision 6 × 2, and 1 for a first contact."""

WE_CALLED, CLIENT_REACHED, LATER, NEVER, IMPOSSIBLE = (int(one) for one in Handled)
HIDDEN = len(Handled)
"""Settled in time by a call that may not be seen: nor may be told from which side."""
HANDLING = Axis(
    "handling",
    f"CASE WHEN {_IN_WINDOW} THEN CASE WHEN NOT {{seen}} THEN {HIDDEN}"
    f" WHEN {_BY_US} THEN {WE_CALLED} ELSE {CLIENT_REACHED} END"
    f" WHEN c.settled_by IS NOT NULL THEN {LATER} WHEN {_WITHHELD} THEN {IMPOSSIBLE} ELSE {NEVER} END * 2 + {_NEW}",
    Dimension.HANDLING,
    ("new",),
    settler=True,
)
"""What became of a missed call × 2, and 1 for one from a new number."""
_MINUTES = "((c.callback + 59) / 60)"
_STEPPED = " ".join(
    f"WHEN {_MINUTES} <= {until} THEN ({_MINUTES} + {step - 1}) / {step} * {step}" for until, step in STEPS
)
CALLBACK = Axis(
    "callback",
    f"CASE WHEN NOT {{seen}} THEN NULL {_STEPPED} WHEN c.callback > 0 THEN {CALLBACKS[-1] + 1} END * 2 + {_NEW}",
    settler=True,
)
"""Minutes of the call-back of a settled missed call, in steps of `STEPS`, × 2, and 1 for one from a new number."""


def service(seconds: int, short_abandon: int, short_call: int) -> str:
    """Bits of a call for the service indicators: rang 1, answered in time 2, given up too soon 4, short 8, lost 16."""
    return (
        f"({RANG}) + 2 * ({WAIT} <= {int(seconds)}) + 4 * ({WAIT} < {int(short_abandon)})"
        f" + 8 * (c.talk < {int(short_call)}) + 16 * {_LOST}"
    )
