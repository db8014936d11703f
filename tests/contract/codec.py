"""A backend behind the wire: every request and every result goes through JSON bytes, as it will over HTTP."""

from collections.abc import Callable, Coroutine
from typing import Any, get_type_hints

import msgspec

from backend_client.contract import Backend
from backend_client.model.permissions import Session


class Wire:
    """Any `Backend`, spoken to in JSON."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @property
    def session(self) -> Session:
        return self._backend.session

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        hints = get_type_hints(getattr(Backend, name))
        method = getattr(self._backend, name)

        async def call(*requests: Any) -> Any:
            sent = (msgspec.json.decode(msgspec.json.encode(one), type=hints["request"]) for one in requests)
            result = await method(*sent)
            return msgspec.json.decode(msgspec.json.encode(result), type=hints["return"])

        return call
