"""The demo's telephone exchange: what Asterisk would have recorded of a call, leg by leg, with its queue's log."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

from backend_client.demo.people import Worker
from backend_client.ingest.identity import RecordKeys
from backend_client.ingest.leg_reader import FEED_BY_SEQUENCE
from backend_client.ingest.run import DEFAULT_SYSTEM
from backend_client.model.leg import CallEvent, CallFacts, Leg

_PER_MINUTE = 420_000
"""0.42 UAH in millionths, for each minute begun; the trunk's price of a call to a mobile."""
_CURRENCY = "UAH"


class Call:
    """One call while it is recorded: `at` is the exchange's clock, in UTC epoch seconds."""

    def __init__(self, exchange: Exchange, start: int, caller: str, name: str, channel: str) -> None:
        self.start = self.at = start
        self.caller = caller
        self.name = name
        self.channel = exchange.channel(channel)
        self.uniqueid = exchange.uniqueid(start)
        self.legs: list[Leg] = []
        self.events: list[CallEvent] = []
        self.did = ""
        self._exchange = exchange

    def leg(
        self, callee: str, disposition: str, *, start: int, end: int, answer: int | None = None, dstchannel: str = "",
        app: str = "Dial", appdata: str = "", context: str = "from-trunk", caller: str = "", channel: str = "",
        cause: str = "16", hung_up_by: str = "", price: int | None = None, recorded: bool = False,
    ) -> None:  # fmt: skip
        """Record one path from A to B; A is the caller unless said otherwise."""
        number = self._exchange.next_number()
        own = f"{start}.{number}" if caller else self.uniqueid
        self.legs.append(
            Leg(
                key=self._exchange.keys.sequenced(own, self.uniqueid, str(number)), uniqueid=own,
                linkedid=self.uniqueid, start=float(start), answer=None if answer is None else float(answer),
                end=float(end), duration=end - start, billsec=0 if answer is None else end - answer,
                disposition=disposition, caller=caller or self.caller, caller_name="" if caller else self.name,
                callee=callee, channel=channel or self.channel, dstchannel=dstchannel, context=context, app=app,
                appdata=appdata, did=self.did, sequence=str(number), cause=cause, hung_up_by=hung_up_by,
                recording=self._recording(callee, answer) if recorded and answer else "", price=price,
                currency="" if price is None else _CURRENCY, feed=FEED_BY_SEQUENCE,
            )
        )  # fmt: skip

    def _recording(self, callee: str, answer: int) -> str:
        stamp = datetime.fromtimestamp(answer, self._exchange.zone).strftime("%Y%m%d-%H%M%S")
        return f"external-{callee}-{self.caller}-{stamp}-{self.uniqueid}.wav"

    def event(self, at: int, name: str, queue: str, agent: str = "", *data: object) -> None:
        """Record a line of the queue's log."""
        number = self._exchange.next_number()
        self.events.append(
            CallEvent(
                key=f"{at}|{self.uniqueid}|{number}", at=float(at), source="queue_log", name=name,
                agent=agent, queue=queue, data=tuple(str(value) for value in data),
            )
        )  # fmt: skip

    @property
    def end(self) -> int:
        """When the last leg ended."""
        return int(max(leg.end or 0 for leg in self.legs))

    def facts(self) -> CallFacts:
        """All that was recorded, in key order."""
        return CallFacts(
            system=DEFAULT_SYSTEM,
            call_key=self.uniqueid,
            legs=tuple(sorted(self.legs, key=lambda leg: leg.key)),
            events=tuple(sorted(self.events, key=lambda event: event.key)),
        )


class Exchange:
    """Numbers channels and records as an exchange does."""

    def __init__(self, random: Random, zone: ZoneInfo) -> None:
        self.random = random
        self.zone = zone
        self.keys = RecordKeys()
        self._number = 1000

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def uniqueid(self, start: int) -> str:
        return f"{start}.{self.next_number()}"

    def channel(self, endpoint: str) -> str:
        return f"{endpoint}-{self.next_number():08x}"

    def phone(self, worker: Worker) -> str:
        return self.channel(f"PJSIP/{worker.extension}")


def price_of(talk: int) -> int:
    """Millionths of a hryvnia for so many seconds."""
    return ceil(talk / 60) * _PER_MINUTE
