"""The way in: the console itself where nothing was asked for, else the command line.

Apart from tui.cli because click, which reads options and commands, costs 12 ms to import: a twentieth of a start.
"""

from __future__ import annotations

import gc
import io
import os
import sys

INTERRUPTED = 130


def spare_the_encoding() -> None:
    """Write what the locale's encoding has no sign for as a question mark, which takes one cell, not as an escape of
    six; and never fail for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Entry point of the command."""
    for name in ("stdin", "stdout", "stderr"):
        # What was closed (`>&-`) is None, and the next file that is opened would be taken for it.
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))
    spare_the_encoding()
    if sys.argv[1:]:
        from tui import cli

        cli.main()
    else:
        sys.exit(_open())


def _open() -> int:
    """Open the console by the settings and the environment alone; the exit code."""
    # Before the imports: what they make is no garbage either, see tui.console.
    gc.disable()
    from tui import failure, settings, translations

    try:
        translations.install(translations.choose("", settings.load().language, os.environ))
        from tui.console import open_console
        from tui.invocation import Invocation

        invocation = Invocation.of(
            store=os.environ.get("PULT_STORE"), remote=os.environ.get("PULT_REMOTE"),
            acting_as=None, theme=None, no_mouse=False, driver=None,
        )  # fmt: skip
        return open_console(invocation)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        failure.tell(error)
        return 1
