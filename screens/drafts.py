"""Unfinished texts on this machine: they outlive a lost connection, a closed terminal and a kill."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def draft_folder() -> Path:
    """Where drafts are kept (XDG state), for their owner alone."""
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "pult" / "drafts"


class Draft:
    """One unfinished text under a name; the name never shows in the file system.

    A disk that refuses costs the draft, never the work: nothing here raises OSError.
    """

    def __init__(self, name: str) -> None:
        self._path = draft_folder() / hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]

    def read(self) -> str | None:
        """What was left unfinished; None where nothing was."""
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, text: str) -> None:
        """Keep a text, whole or not at all, readable by its owner alone."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp gives 0600.
            descriptor, temporary = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
                file.write(text)
            os.replace(temporary, self._path)

    def forget(self) -> None:
        """The text is saved, or given up."""
        with suppress(OSError):
            self._path.unlink()
