"""Manager events to employees at work: members of queues that pause, come and go, and telephones that are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backend_client.model.agent_event import TELEPHONE, AgentEvent, Presence, address_of, queue_place

_MEMBERS = frozenset({"QueueMember", "QueueMemberAdded", "QueueMemberPause", "QueueMemberPaused", "QueueMemberStatus"})
_GONE = "QueueMemberRemoved"
_DEVICE = "DeviceStateChange"
_AWAY = frozenset({"UNAVAILABLE", "INVALID"})
_MOST = 10_000
"""Members remembered at once; more are not a call centre but an attack."""


class AmiMembers:
    """What is new since it was asked last. `at` gives the instant of an event."""

    def __init__(self, at: Callable[[Mapping[str, str]], float]) -> None:
        self._at = at
        self._known: dict[tuple[str, str], tuple[Presence, str]] = {}
        self._changed: list[AgentEvent] = []

    def changed(self) -> tuple[AgentEvent, ...]:
        """In order; a member's state that came again is left out."""
        changed, self._changed = tuple(self._changed), []
        return changed

    def take(self, event: Mapping[str, str]) -> None:
        """Apply one message; those about something else change nothing."""
        name = event.get("Event", "")
        if name == _DEVICE:
            state = event.get("State", "")
            presence = Presence.OUT if state in _AWAY else Presence.IN
            self._put(event, event.get("Device", ""), TELEPHONE, presence, "")
        elif name == _GONE:
            self._put(event, _member(event), queue_place(event.get("Queue", "")), Presence.OUT, "")
        elif name in _MEMBERS:
            paused = event.get("Paused", "0") == "1"
            reason = event.get("PausedReason") or event.get("Reason", "")
            presence = Presence.PAUSED if paused else Presence.IN
            self._put(event, _member(event), queue_place(event.get("Queue", "")), presence, reason if paused else "")

    def _put(self, event: Mapping[str, str], member: str, place: str, presence: Presence, reason: str) -> None:
        address = address_of(member)
        key = (address, place)
        if not address or self._known.get(key) == (presence, reason):
            return
        if key not in self._known and len(self._known) >= _MOST:
            return
        self._known[key] = (presence, reason)
        told = int(self._at(event))
        # QueueStatus says since when a pause lasts; other events are of now.
        since = event.get("LastPause", "") if presence is Presence.PAUSED and event["Event"] == "QueueMember" else ""
        at = min(told, int(since)) if since.isdecimal() and int(since) else told
        self._changed.append(AgentEvent(address=address, place=place, presence=presence, at=at, reason=reason))


def _member(event: Mapping[str, str]) -> str:
    """The telephone of a member; where the queue rings it through the dialplan, that is another one than it names."""
    for field in ("StateInterface", "Interface", "Location"):
        value = event.get(field, "")
        if value and not value.startswith(("hint:", "Custom:")):
            return value
    return event.get("MemberName", "") or event.get("Name", "")
