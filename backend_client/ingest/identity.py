"""Who a record is, inside its system: the same record under another path or in another export has the same key."""

from __future__ import annotations

_REMEMBERED = 50_000


def call_key(uniqueid: str, linkedid: str) -> str:
    """What groups legs to a call: the linked id, else the unique id; blank where the record has neither."""
    return linkedid or uniqueid


class RecordKeys:
    """Gives each record of one file its key; the key begins with its time, as unique ids do.

    uniqueid|linkedid|sequence; without a sequence uniqueid|start|channel|dstchannel|dst|disposition|n, where n
    counts equal records. The start is local time, so that another idea of the zone does not make another record.
    Equal records stand near each other in a file: the counts of the last 50,000 to 100,000 are remembered.
    """

    def __init__(self) -> None:
        self._new: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def sequenced(self, uniqueid: str, linkedid: str, sequence: str) -> str:
        return f"{uniqueid or linkedid}|{linkedid}|{sequence}"

    def counted(self, uniqueid: str, start: float, channel: str, dstchannel: str, dst: str, disposition: str) -> str:
        key = f"{uniqueid}|{int(start)}|{channel}|{dstchannel}|{dst}|{disposition}"
        n = self._new.get(key) or self._old.get(key) or 0
        if len(self._new) >= _REMEMBERED:
            self._old, self._new = self._new, {}
        self._new[key] = n + 1
        return f"{key}|{n + 1}"
