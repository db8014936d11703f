"""One log a role – console, follower, server – in which no person is to be recognised.

Under systemd it goes to the journal, else to a file of 10 MB, of which five are kept. Telephone numbers show their
last four digits; addresses, quoted values and the home folder are masked, as in the reports of failures.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

LARGEST = 10_000_000
"""Bytes of a file."""
KEPT = 5
"""Files of a role, the one being written included."""
_TALKATIVE = ("httpx", "httpcore", "uvicorn.access", "hpack", "asyncio")
"""Libraries that say at INFO what nobody may read: httpx prints whole addresses, signatures included."""
# Compiled with the first line: a console's start writes none.
_NUMBER = r"\+?\d(?:[\s().-]{0,2}\d){4,}"
_INSTANT = r"\b\d{4}-\d\d-\d\d\b"
_ADDRESS = r"[\w.+-]+@[\w.-]+"
_QUERY = r"(https?://[^\s?#]+)[?#]\S+"
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}


def masked(text: str) -> str:
    """The text without what may be a person's. A number keeps its last four digits, so that calls can be told apart;
    dates stay."""
    text = re.sub(_QUERY, r"\1?…", re.sub(_ADDRESS, "…@…", text))
    parts = re.split(_INSTANT, text)
    dates = [*re.findall(_INSTANT, text), ""]
    whole = "".join(re.sub(_NUMBER, _last_four, part) + day for part, day in zip(parts, dates, strict=True))
    return whole.replace(str(Path.home()), "~")


def _last_four(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"…{digits[-4:]}"


class Redacted(logging.Formatter):
    """A line of the log; of an exception its masked trace, without values."""

    def format(self, record: logging.LogRecord) -> str:
        told = masked(record.getMessage())
        if record.exc_info and record.exc_info[1] is not None:
            from tui.failure import redacted

            told += "\n" + redacted(record.exc_info[1]).rstrip()
        return f"{self.head(record)}{record.levelname} {record.name}: {told}"

    def head(self, record: logging.LogRecord) -> str:
        """What stands before the message."""
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')} {record.process} "


class ForJournal(Redacted):
    """The journal has the time and the process itself, and reads the priority."""

    def head(self, record: logging.LogRecord) -> str:
        return f"<{_PRIORITIES.get(record.levelno, 6)}>"

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace("\n", "\n" + self.head(record))


class RoleFile(logging.Handler):
    """A file that several processes of one role write to; whoever fills it puts the next one in its place."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        # A log that cannot be written costs the line, never the work.
        with suppress(OSError):
            line = (self.format(record) + "\n").encode("utf-8", "replace")
            lock = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._write(line)
            finally:
                os.close(lock)

    def _write(self, line: bytes) -> None:
        if self.path.exists() and self.path.stat().st_size + len(line) > LARGEST:
            for number in range(KEPT - 2, 0, -1):
                with suppress(FileNotFoundError):
                    os.replace(f"{self.path}.{number}", f"{self.path}.{number + 1}")
            os.replace(self.path, f"{self.path}.1")
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)


def begin(role: str, *, aloud: bool = False) -> None:
    """Write the log of a role from now on; `aloud`: on stderr too, where no screen is drawn."""
    from tui import places

    root = logging.getLogger()
    handler: logging.Handler
    if _under_journal():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(ForJournal())
        aloud = False
    else:
        with suppress(OSError):
            places.make(places.state_folder())
        handler = RoleFile(places.state_folder() / f"{role}.log")
        handler.setFormatter(Redacted())
    root.addHandler(handler)
    if aloud:
        spoken = logging.StreamHandler(sys.stderr)
        spoken.setFormatter(Redacted())
        root.addHandler(spoken)
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _under_journal() -> bool:
    """Whether stderr is systemd's journal: it tells the device and the inode of its stream."""
    stream = os.environ.get("JOURNAL_STREAM", "")
    try:
        known = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return stream == f"{known.st_dev}:{known.st_ino}"
