"""What a person reads when something failed: two lines for an expected failure, a log file for any other."""

from __future__ import annotations

import errno
import logging
import os
import re
import sys
import time
import traceback
from pathlib import Path

from backend_client.errors import BackendError
from screens.language import _
from screens.words import error_text

_SHOWN = 60
"""Characters of a name that is too long."""
_DIGITS = r"\d{5,}"
_ADDRESS = r"[\w.+-]+@[\w.-]+"
_QUOTED = r"""(['"«“])(?:(?!\1).){2,}['"»”]"""


def tell(error: BaseException) -> None:
    """Write what went wrong and what to do to stderr, without a traceback."""
    for line in lines_about(error):
        print(line, file=sys.stderr)


def lines_about(error: BaseException) -> tuple[str, ...]:
    """Two lines: what, and what to do next. An unexpected error is logged, and the second line names the file."""
    if isinstance(error, BackendError):
        what, hint = error_text(error)
        return (what, hint) if hint else (what,)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        # Whatever was being written, stdout too; no mistake of ours, and a report would find no room either.
        what = _("There is no room for {path}.").format(path=error.filename or "stdout")
        return what, _("Free some space, or choose another disk.")
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        from backend_client.model.text import clean

        name = clean(os.fsdecode(error.filename or ""))
        return _("The name {path} is too long.").format(path=name[:_SHOWN] + "…"), _("Choose a shorter one.")
    if zone := _missing_zone(error):
        return (
            _("This machine does not know the time zone {zone}.").format(zone=zone),
            _("Install the time zones: pip install tzdata, or apt install tzdata."),
        )
    what = _("Something unexpected went wrong: {kind}.").format(kind=type(error).__name__)
    try:
        path = log(error)
    except (OSError, BackendError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else failure.fields.get("reason")
        return what, _("The report could not be written: {reason}").format(reason=reason)
    return what, _("The report is in {path}; it holds no numbers and no names.").format(path=path)


def _missing_zone(error: BaseException) -> str:
    """The zone that is not on this machine; blank for any other error."""
    from zoneinfo import ZoneInfoNotFoundError

    return str(error.args[0]).rpartition(" ")[2] if isinstance(error, ZoneInfoNotFoundError) and error.args else ""


def log(error: BaseException) -> Path:
    """Write a redacted report of an unexpected error to the state folder; its path.

    Raises OSError, and Forbidden where the folder cannot be made.
    """
    from tui import __version__, places

    folder = places.make(places.state_folder())
    path = folder / f"error-{time.strftime('%Y%m%d-%H%M%S')}.log"
    with open(path, "a", encoding="utf-8", opener=lambda name, flags: _open_private(name, flags)) as report:
        report.write(f"pult {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n")
        report.write(redacted(error))
    # Without a handler of its own, a command's log would be a third line on stderr.
    logging.getLogger("pult").addHandler(logging.NullHandler())
    logging.getLogger("pult").error("unexpected %s, see %s", type(error).__name__, path.name)
    return path


def _open_private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def redacted(error: BaseException) -> str:
    """The traceback without what may be a person's: numbers, addresses, quoted values, the home folder.

    Lines of source stay: they are Pult's own. Messages of exceptions may quote data, so they are masked.
    """
    told = traceback.TracebackException.from_exception(error, capture_locals=False)
    return "".join(_redacted_line(line) for line in told.format()).replace(str(Path.home()), "~")


def _redacted_line(text: str) -> str:
    if text.startswith(("  File ", "Traceback ", "\n")):
        return text
    for pattern, mask in ((_DIGITS, "#####"), (_ADDRESS, "…@…"), (_QUOTED, "'…'")):
        text = re.sub(pattern, mask, text)
    return text
