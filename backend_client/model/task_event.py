"""What may be done to a task, and the reasons that are given for it."""

from __future__ import annotations

from msgspec import Struct

from backend_client.model.status import WireEnum


class TaskEvent(WireEnum):
    """What was done to a task; the kinds of its history."""

    ADD = "add"
    EDIT = "edit"
    REASSIGN = "reassign"
    DONE = "done"
    NOT_REACHED = "not-reached"
    POSTPONE = "postpone"
    REFUSE = "refuse"
    DROP = "drop"
    CONFIRM_DROP = "confirm-drop"
    RETURN = "return"
    """A dropped task was returned to the plan."""
    REOPEN = "reopen"
    """An outcome was taken back."""
    UNKNOWN = "unknown"


REASONED = (TaskEvent.POSTPONE, TaskEvent.REFUSE, TaskEvent.DROP)
"""Each asks for a reason: one of the list, a text, or both."""


class TaskReason(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An entry of the editable list of reasons."""

    id: int
    name: str
    event: TaskEvent = TaskEvent.POSTPONE
    """What it is a reason for: POSTPONE, REFUSE or DROP."""
    active: bool = True
