"""When details are worth asking for again: while a call runs, and while its price or recording may still come (J8)."""

from __future__ import annotations

from backend_client.model.call import CallDetails, PriceState, RecordingState
from backend_client.model.status import RUNNING

_RUNNING = 2.0
_PENDING = 15.0


def look_again(details: CallDetails) -> float | None:
    """Seconds until then; None where nothing more comes by itself."""
    if details.call.status in RUNNING:
        return _RUNNING
    waits = details.price.state is PriceState.PENDING or details.recording is RecordingState.PENDING
    return _PENDING if waits else None
