"""Opening the console: store, keys and settings first, then the screen; what ended it is told afterwards."""

from __future__ import annotations

import asyncio
import sys

from screens.language import _
from tui import failure, places
from tui.invocation import Invocation


def open_console(invocation: Invocation) -> int:
    """Run the console until the person leaves it; the exit code."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(_("The console needs a terminal. For scripts there is: pult calls --help"), file=sys.stderr)
        return 1
    return asyncio.run(_run(invocation))


async def _run(invocation: Invocation) -> int:
    from tui.app import PultApp

    keys: dict[str, str] = {}
    if places.keymap_file().exists():
        # Checking it takes every screen's bindings, which the plain start leaves unread.
        from tui import keymap

        own = keymap.load()
        keys = dict(own.keys)
        for problem in own.problems:
            print(problem, file=sys.stderr)
    backend = await invocation.open()
    try:
        app = PultApp(backend, invocation.settings, theme=invocation.theme, keys=keys)
        await app.run_async(mouse=invocation.mouse)
    finally:
        await backend.close()
    if app.problem is not None:
        failure.tell(app.problem)
        return 1
    return app.return_code or 0
