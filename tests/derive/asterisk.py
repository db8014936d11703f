"""Asterisk's own records as legs, read with nothing but the csv module: derivation is tested without importers."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from backend_client.model.leg import CallEvent, CallFacts, Leg

DATA = Path(__file__).parents[1] / "data"
MASTER = [
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield", "peeraccount", "linkedid",
    "sequence",
]  # fmt: skip


def instant(text: str) -> float | None:
    """Epoch seconds of a time that these tests take for UTC; None for a blank or a malformed one."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def leg_of(row: dict[str, str], number: int = 0) -> Leg:
    name = re.match(r'"?([^"<]*)"?\s*<', row["clid"])
    return Leg(
        key=f"{row['uniqueid']}|{row['linkedid']}|{row['sequence'] or number}",
        uniqueid=row["uniqueid"], linkedid=row["linkedid"], sequence=row["sequence"],
        start=instant(row["start"]) or 0.0, answer=instant(row["answer"]), end=instant(row["end"]),
        duration=int(row["duration"]), billsec=int(row["billsec"]), disposition=row["disposition"],
        caller=row["src"], caller_name=name.group(1).strip() if name else "", callee=row["dst"],
        channel=row["channel"], dstchannel=row["dstchannel"], context=row["dcontext"],
        app=row["lastapp"], appdata=row["lastdata"], feed="asterisk-csv",
    )  # fmt: skip


def calls_of(legs: Iterable[Leg], events: Iterable[CallEvent] = ()) -> list[CallFacts]:
    """Facts of each call, in the order in which calls begin in the file."""
    groups: dict[str, list[Leg]] = {}
    for leg in legs:
        groups.setdefault(leg.linkedid or leg.uniqueid, []).append(leg)
    happened = list(events)
    return [
        CallFacts(system="main", call_key=key, legs=tuple(group), events=tuple(e for e in happened if key in e.key))
        for key, group in groups.items()
    ]  # fmt: skip


def scenario(name: str) -> list[CallFacts]:
    """The calls of one scenario of the specification."""
    with (DATA / "asterisk/cdr_spec_scenarios.csv").open(encoding="utf-8", newline="") as file:
        return calls_of(leg_of(row) for row in csv.DictReader(file) if row["scenario"] == name)


def master(path: str) -> Iterator[Leg]:
    """Legs of a Master.csv of 18 or 21 columns under tests/data."""
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        for number, values in enumerate(csv.reader(file)):
            row = dict.fromkeys(MASTER, "") | dict(zip(MASTER, values, strict=False))
            yield leg_of(row, number)


def queue_log(path: str) -> Iterator[CallEvent]:
    for line in (DATA / path).read_text(encoding="utf-8").splitlines():
        at, call, queue, agent, name, *data = line.split("|")
        yield CallEvent(
            key=f"{call}|{at}|{name}", at=float(at), source="queue_log", name=name, data=tuple(data),
            agent="" if agent == "NONE" else agent, queue="" if queue == "NONE" else queue,
        )  # fmt: skip
