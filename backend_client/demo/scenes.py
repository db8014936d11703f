"""What happens on the demo's calls: answered, missed, called back, transferred, busy, cut; one function a scene."""

from __future__ import annotations

from random import Random
from typing import Any

from backend_client.demo.exchange import Call, Exchange, price_of
from backend_client.demo.people import CHANNELS, TRUNKS, Worker

QUEUES = {"Продажі": "sales", "Підтримка": "support", "Доставка": "delivery"}
_TRUNK_WEIGHTS = (0.7, 0.3)
_WITHHELD = "anonymous"


class Stage:
    """Plays calls on the exchange with those who are at work."""

    def __init__(self, exchange: Exchange, random: Random) -> None:
        self._exchange = exchange
        self._random = random
        self.busy = 0.0
        """How often everybody of a queue talks when a caller enters it; they wait until somebody is free."""

    def incoming(self, start: int, number: str, at_work: list[Worker]) -> tuple[Call, Worker | None]:
        """Somebody calls; gives the call, and who answered it."""
        did, _, _ = self._random.choices(CHANNELS, [share for _, _, share in CHANNELS])[0]
        trunk = "PJSIP/gsm-gate" if did.startswith("38067") else "PJSIP/kyivline"
        call = Call(self._exchange, start, number or _WITHHELD, "", trunk)
        call.did = did
        luck = self._random.random()
        if luck < 0.06:
            self._hung_up_in_menu(call)
            return call, None
        if luck < 0.2:
            return call, self._direct(call, self._random.choice(at_work), answered=luck < 0.17)
        return call, self._queue(call, at_work, answered=luck < 0.87)

    def _talk(self) -> int:
        """Seconds; most calls are short, some are very long."""
        return max(4, min(int(self._random.lognormvariate(4.5, 0.9)), 3000))

    def _greeting(self, call: Call) -> None:
        """The menu before a queue, a leg of its own."""
        heard = self._random.randrange(4, 12)
        call.leg(
            call.did, "ANSWERED", start=call.start, answer=call.start, end=call.start + heard, app="BackGround",
            appdata="welcome", context="ivr-main",
        )  # fmt: skip
        call.at = call.start + heard

    def _hung_up_in_menu(self, call: Call) -> None:
        self._greeting(call)

    def _direct(self, call: Call, worker: Worker, *, answered: bool) -> Worker | None:
        """To one phone; it rings, or it is off."""
        ring = self._random.randrange(3, 25)
        dial = f"PJSIP/{worker.extension},25,tT"
        if answered:
            answer = call.at + ring
            end = answer + self._talk()
            call.leg(
                call.did, "ANSWERED", start=call.at, answer=answer, end=end, dstchannel=self._exchange.phone(worker),
                appdata=dial, hung_up_by=self._random.choice(("caller", "callee")), recorded=True,
            )  # fmt: skip
            return worker
        if self._random.random() < 0.4:
            call.leg(
                worker.extension, "CHANUNAVAIL", start=call.at, end=call.at + 1, appdata=dial, cause="20",
                context="from-internal",
            )  # fmt: skip
        else:
            call.leg(
                call.did, "NO ANSWER", start=call.at, end=call.at + ring, dstchannel=self._exchange.phone(worker),
                appdata=dial, hung_up_by="caller",
            )  # fmt: skip
        return None

    def _queue(self, call: Call, at_work: list[Worker], *, answered: bool) -> Worker | None:
        """A queue rings one after the other, a leg for each, until somebody answers or the caller gives up."""
        random = self._random
        self._greeting(call)
        first = random.choices(at_work, [worker.pace for worker in at_work])[0]
        team = [worker for worker in at_work if worker.department == first.department and worker is not first]
        missed_it = random.sample(team, min(len(team), random.choices((0, 1, 2, 3), (70, 20, 7, 3))[0]))
        queue = QUEUES[first.department]
        entered = call.at
        call.event(entered, "ENTERQUEUE", queue, "", "", call.caller, 1)
        app: dict[str, Any] = {"app": "Queue", "appdata": f"{queue},t,,,120", "context": "ext-queues"}
        if not answered and not missed_it:
            missed_it = [first]
        if self.busy and random.random() < self.busy:
            call.at += random.randrange(5, 50)
        for worker in missed_it:
            rang = random.randrange(8, 16)
            call.leg(
                queue, "NO ANSWER", start=call.at, end=call.at + rang, dstchannel=self._exchange.phone(worker), **app
            )
            call.at += rang
            call.event(call.at, "RINGNOANSWER", queue, f"PJSIP/{worker.extension}", rang * 1000)
        if not answered:
            call.event(call.at, "ABANDON", queue, "", 1, 1, call.at - entered)
            return None
        answer = call.at + random.randrange(2, 14)
        end = answer + self._talk()
        agent = f"PJSIP/{first.extension}"
        call.event(answer, "CONNECT", queue, agent, answer - entered, call.uniqueid, answer - call.at)
        helper = random.choice(team) if team and random.random() < 0.07 else None
        by_caller = random.random() < 0.6
        call.leg(
            queue, "ANSWERED", start=call.at, answer=answer, end=end, dstchannel=self._exchange.phone(first),
            hung_up_by="" if helper else "caller" if by_caller else "callee", recorded=True,
            cause="41" if not helper and random.random() < 0.008 else "16", **app,
        )  # fmt: skip
        if helper is not None:
            call.event(end, "BLINDTRANSFER", queue, agent, helper.extension, "from-internal", 2, end - answer, 1)
            self._transferred(call, helper, end)
        else:
            name = "COMPLETECALLER" if by_caller else "COMPLETEAGENT"
            call.event(end, name, queue, agent, answer - entered, end - answer, 1)
        return first

    def _transferred(self, call: Call, worker: Worker, at: int) -> None:
        """The caller goes on to a colleague."""
        answer = at + self._random.randrange(2, 9)
        call.leg(
            worker.extension, "ANSWERED", start=at, answer=answer, end=answer + self._talk(),
            dstchannel=self._exchange.phone(worker), appdata=f"PJSIP/{worker.extension},20,tT",
            context="from-internal-xfer", hung_up_by="caller", recorded=True,
        )  # fmt: skip

    def outgoing(self, start: int, number: str, worker: Worker, *, reached: float = 0.66) -> Call:
        """An employee calls somebody; `reached` is the chance of an answer."""
        random = self._random
        trunk = random.choices(TRUNKS, _TRUNK_WEIGHTS)[0][0]
        call = Call(self._exchange, start, worker.extension, worker.name, f"PJSIP/{worker.extension}")
        there = self._exchange.channel(trunk)
        dial: dict[str, Any] = {"appdata": f"{trunk}/{number},60", "context": "from-internal", "dstchannel": there}
        ring = random.randrange(4, 30)
        if random.random() < reached:
            answer = start + ring
            talk = self._talk()
            call.leg(
                number, "ANSWERED", start=start, answer=answer, end=answer + talk, price=price_of(talk),
                hung_up_by=random.choice(("caller", "callee")), recorded=True, **dial,
            )  # fmt: skip
            return call
        disposition, cause, by, seconds = random.choices(
            (
                ("NO ANSWER", "19", "", 60), ("CANCEL", "16", "caller", ring), ("BUSY", "17", "", 3),
                ("NO ANSWER", "20", "", 8), ("NO ANSWER", "18", "", 5), ("BUSY", "21", "", ring),
                ("CONGESTION", "34", "", 1), ("FAILED", "127", "", 1),
            ),
            (40, 18, 14, 10, 6, 8, 3, 1),
        )[0]  # fmt: skip
        call.leg(number, disposition, start=start, end=start + seconds, cause=cause, hung_up_by=by, price=0, **dial)
        return call

    def inside(self, start: int, one: Worker, other: Worker) -> Call:
        """Two colleagues."""
        call = Call(self._exchange, start, one.extension, one.name, f"PJSIP/{one.extension}")
        ring = self._random.randrange(1, 15)
        dial: dict[str, Any] = {
            "appdata": f"PJSIP/{other.extension},20", "context": "from-internal",
            "dstchannel": self._exchange.phone(other),
        }  # fmt: skip
        if self._random.random() < 0.8:
            end = start + ring + self._talk() // 2 + 2
            call.leg(other.extension, "ANSWERED", start=start, answer=start + ring, end=end, **dial)
        else:
            call.leg(other.extension, "NO ANSWER", start=start, end=start + ring, **dial)
        return call
