"""The small integers of the plan alone; see `backend_client.sqlite.codes`."""

from __future__ import annotations

from backend_client.model.task import TaskOrigin, TaskState

TASK_STATES: tuple[TaskState, ...] = tuple(state for state in TaskState if state is not TaskState.UNKNOWN)
TASK_ORIGINS: tuple[TaskOrigin, ...] = tuple(origin for origin in TaskOrigin if origin is not TaskOrigin.UNKNOWN)
STATE_CODE: dict[TaskState, int] = {state: code for code, state in enumerate(TASK_STATES)}
ORIGIN_CODE = {origin: code for code, origin in enumerate(TASK_ORIGINS)}
