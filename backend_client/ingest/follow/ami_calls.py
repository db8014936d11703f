"""Manager events to running calls: channels grouped by linked id, and what each of them does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from msgspec import Struct

from backend_client.derive.channel import endpoint_of, is_local, name_of
from backend_client.derive.numbering import numbering
from backend_client.ingest.clock import id_epoch
from backend_client.ingest.follow.ami_members import AmiMembers
from backend_client.ingest.follow.batch import Batch
from backend_client.model.derive_settings import DeriveSettings
from backend_client.model.leg import CallEvent, CallFacts
from backend_client.model.live import LiveCall
from backend_client.model.status import Direction, Status

_NOTHING = frozenset({"", "<unknown>", "<none>"})
_MOST = 10_000
"""Channels remembered at once; more are not a call centre but an attack."""


class _Channel(Struct):
    name: str
    call: str
    unique: str
    number: str = ""
    label: str = ""
    exten: str = ""
    context: str = ""
    talking: bool = False
    up: bool = False
    bridge: str = ""
    ringing: str = ""
    """Of a called phone: the channel that called it."""
    dial_status: str = ""
    source: str = ""
    """Who asked for the hang-up."""


class _Call(Struct):
    start: int
    since: int
    first: str
    """The unique id of the first channel: the caller's."""
    answered: int | None = None
    status: Status = Status.RINGING
    queue: str = ""
    waiting: bool = False


class AmiCalls:
    """The state of one exchange as its events told it. `now` is asked where an event has no time of its own."""

    def __init__(self, settings: DeriveSettings, system: str, now: Callable[[], float] = time.time) -> None:
        self._tests = numbering(settings)
        self._system = system
        self._now = now
        self._channels: dict[str, _Channel] = {}
        self._calls: dict[str, _Call] = {}
        self._changed: dict[str, None] = {}
        self._facts: list[CallFacts] = []
        self._newest = 0.0
        self._whole = False
        self._members = AmiMembers(self._at)

    def take(self, event: Mapping[str, str]) -> None:
        """Apply one message; unknown ones change nothing."""
        self._members.take(event)
        handler = _HANDLERS.get(event.get("Event", ""))
        if handler is not None:
            handler(self, event)

    def batch(self) -> Batch:
        """What changed since the last one."""
        live: dict[str, LiveCall | None] = {key: self._live(key) for key in self._changed}
        batch = Batch(facts=self._facts, live=live, only=self._whole, newest=self._newest)
        batch.agents = self._members.changed()
        if self._whole:
            batch.live = {key: self._live(key) for key in self._calls}
        self._changed, self._facts, self._newest, self._whole = {}, [], 0.0, False
        return batch

    def _at(self, event: Mapping[str, str]) -> float:
        try:
            return float(event.get("Timestamp") or self._now())
        except ValueError:
            return self._now()

    def _seen(self, event: Mapping[str, str]) -> _Channel | None:
        """The channel of an event, as it now is; made where it is new."""
        unique, name = event.get("Uniqueid", ""), event.get("Channel", "")
        call = event.get("Linkedid") or unique
        if not unique or not name or len(self._channels) > _MOST:
            return None
        channel = self._channels.get(unique)
        if channel is None:
            channel = self._channels[unique] = _Channel(name, call, unique)
            if not is_local(name):
                self._begin(channel, event)
        elif channel.call != call:
            self._changed[channel.call] = None
            self._drop_if_over(channel.call)
            channel.call = call
            self._begin(channel, event)
        channel.name = name
        channel.number = _said(event, "CallerIDNum") or channel.number
        channel.label = _said(event, "CallerIDName") or channel.label
        # Where a channel first wanted to go; menus and queues send it on.
        channel.exten = channel.exten or event.get("Exten", "")
        channel.context = channel.context or event.get("Context", "")
        channel.up = channel.up or event.get("ChannelStateDesc") == "Up"
        self._changed[call] = None
        return channel

    def _begin(self, channel: _Channel, event: Mapping[str, str]) -> None:
        if channel.call not in self._calls:
            start = int(id_epoch(channel.call) or self._at(event))
            self._calls[channel.call] = _Call(start, start, channel.call)
            key = f"{channel.call}|ami"
            begun = CallEvent(key=key, at=float(start), source="ami", name="BEGIN")
            self._put(channel.call, begun)

    def _put(self, call: str, event: CallEvent) -> None:
        self._facts.append(CallFacts(system=self._system, call_key=call, events=(event,)))

    def _new_channel(self, event: Mapping[str, str]) -> None:
        self._seen(event)

    def _dial_begin(self, event: Mapping[str, str]) -> None:
        called = self._seen({name.removeprefix("Dest"): value for name, value in event.items() if name[:4] == "Dest"})
        self._seen(event)
        if called is not None:
            called.ringing = event.get("Channel", "")
            self._judge(called.call, event)

    def _dial_end(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        called = self._channels.get(event.get("DestUniqueid", ""))
        if called is not None:
            called.ringing = ""
        if channel is not None:
            channel.dial_status = event.get("DialStatus", "")
            self._judge(channel.call, event)

    def _bridge_enter(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        if channel is not None:
            channel.bridge, channel.ringing = event.get("BridgeUniqueid", "?"), ""
            self._judge(channel.call, event)

    def _bridge_leave(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        if channel is not None:
            channel.bridge = ""
            self._judge(channel.call, event)

    def _queue_join(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        if channel is not None and channel.call in self._calls:
            call = self._calls[channel.call]
            call.queue, call.waiting = event.get("Queue", ""), True
            self._judge(channel.call, event)

    def _queue_leave(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        if channel is not None and channel.call in self._calls:
            self._calls[channel.call].waiting = False
            self._judge(channel.call, event)

    def _hangup_request(self, event: Mapping[str, str]) -> None:
        """The first of those who talk that asks hangs up, or the caller; a phone that rang in vain is only let go."""
        channel = self._seen(event)
        if channel is None or channel.call not in self._calls:
            return
        if channel.bridge or channel.unique == self._calls[channel.call].first:
            for other in self._channels.values():
                if other.call == channel.call and not other.source:
                    other.source = channel.name

    def _hangup(self, event: Mapping[str, str]) -> None:
        channel = self._seen(event)
        if channel is None:
            return
        at = self._at(event)
        self._newest = max(self._newest, at)
        data = (channel.name, event.get("Cause", ""), channel.source, channel.dial_status)
        told = CallEvent(key=f"{channel.unique}|ami|HANGUP", at=at, source="ami", name="HANGUP", data=data)
        if not is_local(channel.name):
            self._put(channel.call, told)
        del self._channels[channel.unique]
        self._drop_if_over(channel.call)
        if channel.call in self._calls:
            self._judge(channel.call, event)

    def _drop_if_over(self, call: str) -> None:
        if not any(channel.call == call for channel in self._channels.values()):
            self._calls.pop(call, None)
            self._changed[call] = None

    def _running(self, event: Mapping[str, str]) -> None:
        """A channel that ran before we came, as CoreShowChannels lists it."""
        channel = self._seen(event)
        if channel is not None and event.get("BridgeId"):
            channel.bridge = event["BridgeId"]
            self._judge(channel.call, event)

    def _all_running(self, event: Mapping[str, str]) -> None:
        self._whole = True

    def _judge(self, key: str, event: Mapping[str, str]) -> None:
        """What the call does now: talking where two of its channels share a bridge. Who has talked is not called
        ringing again while channels are taken down, but where another phone rings."""
        call = self._calls.get(key)
        if call is None:
            return
        members = [channel for channel in self._channels.values() if channel.call == key]
        bridges = [channel.bridge for channel in members if channel.bridge]
        talks = any(bridges.count(bridge) > 1 for bridge in bridges)
        goes_on = call.status is Status.TALKING and not any(channel.ringing for channel in members)
        status = Status.TALKING if talks or goes_on else Status.CONNECTING if call.queue else Status.RINGING
        at = int(self._at(event))
        if status is not call.status:
            call.status, call.since = status, at
        if talks and call.answered is None:
            call.answered = at
        self._changed[key] = None

    def _live(self, key: str) -> LiveCall | None:
        call = self._calls.get(key)
        if call is None:
            return None
        members = [channel for channel in self._channels.values() if channel.call == key and not is_local(channel.name)]
        first = self._channels.get(call.first) or (members[0] if members else None)
        if first is None:
            return None
        caller = first.number or name_of(endpoint_of(first.name))
        inbound = self._tests.is_inbound(first.context)
        if inbound or not (self._is_inside(caller) or self._is_inside(name_of(endpoint_of(first.name)))):
            direction, outside, line = Direction.INCOMING, first.number, endpoint_of(first.name)
        elif self._tests.is_outside(first.exten) and not self._is_inside(first.exten):
            trunk = next((channel for channel in members if channel is not first), None)
            direction, outside, line = Direction.OUTGOING, first.exten, endpoint_of(trunk.name) if trunk else ""
        else:
            direction, outside, line = Direction.INTERNAL, "", ""
        inside = [] if direction is Direction.INCOMING else [caller]
        for channel in members:
            address = name_of(endpoint_of(channel.name))
            engaged = channel.bridge if call.status is Status.TALKING else channel.ringing
            if channel is not first and engaged and self._is_inside(address):
                inside.append(address)
        return LiveCall(
            start=call.start, direction=direction, status=call.status, since=call.since, answered=call.answered,
            outside=outside, caller=caller, inside=tuple(dict.fromkeys(inside)), queue=call.queue, line=line,
            did=first.exten if direction is Direction.INCOMING else "",
            withheld=direction is Direction.INCOMING and self._tests.is_withheld(outside),
        )  # fmt: skip

    def _is_inside(self, address: str) -> bool:
        return bool(address) and self._tests.is_internal(address)


def _said(event: Mapping[str, str], name: str) -> str:
    value = event.get(name, "")
    return "" if value in _NOTHING else value


_HANDLERS: dict[str, Callable[[AmiCalls, Mapping[str, str]], None]] = {
    "Newchannel": AmiCalls._new_channel, "Newstate": AmiCalls._new_channel, "NewCallerid": AmiCalls._new_channel,
    "DialBegin": AmiCalls._dial_begin, "DialEnd": AmiCalls._dial_end,
    "BridgeEnter": AmiCalls._bridge_enter, "BridgeLeave": AmiCalls._bridge_leave,
    "QueueCallerJoin": AmiCalls._queue_join, "QueueCallerLeave": AmiCalls._queue_leave,
    "HangupRequest": AmiCalls._hangup_request, "SoftHangupRequest": AmiCalls._hangup_request,
    "Hangup": AmiCalls._hangup, "CoreShowChannel": AmiCalls._running,
    "CoreShowChannelsComplete": AmiCalls._all_running,
}  # fmt: skip
