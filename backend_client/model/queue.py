"""How a queue stands where no employee does: as the application that took the call."""

from __future__ import annotations

QUEUE = "Queue"
"""Before the number or name of a queue, in `Call.application`."""


def queue_in(application: str) -> str:
    """The number or name of the queue that an application is; blank where it is none."""
    word, _, queue = application.partition(" ")
    return queue if word == QUEUE else ""
