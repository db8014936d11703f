"""Unfinished texts belong to the employee: the backend keeps them, where any console finds them. A copy on this machine
outlives a lost connection, a closed terminal and a kill."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from backend_client.contract.backend import Backend
from backend_client.contract.views import SaveState, StateKind, StatesRequest
from backend_client.errors import BackendError

_PAUSE = 3.0
"""Seconds between two texts of one draft that are sent to the backend."""


def draft_folder() -> Path:
    """Where drafts are kept (XDG state), for their owner alone."""
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "pult" / "drafts"


class Draft:
    """One unfinished text under a name; the name never shows in the file system, nor in the store.

    A disk or a backend that refuses costs the draft, never the work: nothing here raises OSError or BackendError.
    """

    def __init__(self, name: str, backend: Backend) -> None:
        self._name = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
        self._path = draft_folder() / self._name
        self._backend = backend
        self._text: str | None = None
        """What the backend shall hold; None where nothing was said to it."""
        self._there = False
        """The backend may hold one."""
        self._sending: asyncio.Task[None] | None = None

    def read(self) -> str | None:
        """What was left unfinished on this machine; None where nothing was."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        self._there = True
        return text

    async def fetch(self) -> str | None:
        """What was left unfinished anywhere."""
        if (text := self.read()) is not None:
            return text
        try:
            kept = await self._backend.states(StatesRequest(kind=StateKind.DRAFT))
        except BackendError:
            return None
        text = next((state.text for state in kept.states if state.name == self._name), None)
        self._there = text is not None
        return text

    def write(self, text: str) -> None:
        """Keep a text, whole or not at all, readable by its owner alone."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp gives 0600.
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            os.replace(temporary, self._path)
        self._send(text)

    def forget(self) -> None:
        """The text is saved, or given up."""
        with suppress(OSError):
            self._path.unlink()
        if self._there:
            if self._sending is not None:
                self._sending.cancel()
                self._sending = None
            self._send("")
            self._there = False

    def _send(self, text: str) -> None:
        """Tell the backend beside the typing: one text at a time, the last one last."""
        self._text, self._there = text, True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        sent: str | None = None
        while self._text != sent:
            sent = self._text
            try:
                await self._backend.save_state(SaveState(kind=StateKind.DRAFT, name=self._name, text=sent or ""))
            except BackendError:
                return
            await asyncio.sleep(_PAUSE if sent else 0)
