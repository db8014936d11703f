"""Opening the console: store, keys and settings first, then the screen; what ended it is told afterwards."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import suppress

from msgspec.structs import replace

from backend_client.errors import BackendError
from screens.language import _
from tui import failure, logs, places
from tui.invocation import Invocation

MOST_PROBLEMS = 3
"""Of a keymap, told on the first screen: the command tells all."""


def open_console(invocation: Invocation, welcome: str = "") -> int:
    """Run the console until the person leaves it; the exit code. `welcome` is said once on the first screen."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print(_("The console needs a terminal. For scripts there is: pult calls --help"), file=sys.stderr)
        return 1
    if os.environ.get("TERM", "") in ("", "dumb"):
        print(_("This terminal says of itself that it can draw no screen (TERM is {kind}).").format(
            kind=os.environ.get("TERM") or "—"), file=sys.stderr)  # fmt: skip
        print(_("Set TERM to what it is, such as xterm-256color; or use commands: pult --help"), file=sys.stderr)
        return 1
    # Nothing that the start makes is garbage: the collector would only look through it, for 30 ms. The application
    # switches it on again when it has drawn.
    gc.disable()
    logs.begin("console")
    return asyncio.run(_run(invocation, _encoding_told() or welcome))


def _encoding_told() -> str:
    """What to say where the terminal's encoding has no signs and maybe no letters for what is shown."""
    encoding = (sys.__stderr__.encoding if sys.__stderr__ else None) or ""
    if encoding.lower().replace("-", "").replace("_", "") == "utf8":
        return ""
    told = _("The encoding here is {encoding}, so many signs show as “?”. Set LANG to a UTF-8 locale such as C.UTF-8.")
    return told.format(encoding=encoding or "—")


async def _run(invocation: Invocation, welcome: str) -> int:
    from tui.app import PultApp
    from tui.terminal import TerminalDriver
    from tui.thin_line.driver import driver_class

    keys: dict[str, str] = {}
    wrong_keys = ""
    if places.keymap_file().exists():
        # Checking it takes every screen's bindings, which the plain start leaves unread.
        from tui import keymap

        own = keymap.load()
        keys = dict(own.keys)
        for problem in own.problems:
            print(problem, file=sys.stderr)
        if own.problems:
            wrong_keys = "\n".join((*own.problems[:MOST_PROBLEMS], _("Look at your keys:  pult keys")))
    while True:
        backend = await invocation.open()
        app = PultApp(
            backend, invocation.settings, theme=invocation.theme, keys=keys, welcome=welcome,
            warning=wrong_keys,
            choose_name=not invocation.remote, low_bandwidth=invocation.low_bandwidth,
            driver_class=driver_class(
                invocation.driver, TerminalDriver,
                few_colours=invocation.low_bandwidth or invocation.settings.line == "slow",
            ),
        )  # fmt: skip
        try:
            await app.run_async(mouse=invocation.mouse)
        except Exception as error:
            app.problem = app.problem or error
        finally:
            await backend.close()
        if app.problem is not None:
            app.give_terminal_back()
            failure.tell(app.problem)
            # Tasks of a broken screen may never end, and nothing is left that would have to.
            sys.stderr.flush()
            os._exit(1)
        if app.chosen_name is None:
            return app.return_code or 0
        invocation = replace(invocation, settings=app.settings)
        if app.chosen_name:
            invocation = _named(invocation, app.chosen_name)


def _named(invocation: Invocation, name: str) -> Invocation:
    """The same call in the name of an employee, who is not asked for again."""
    from tui.settings import save

    known = {**invocation.settings.acting_as, str(invocation.store): name}
    settings = replace(invocation.settings, acting_as=known)
    with suppress(BackendError):
        # Nowhere to keep it: the question comes again at the next start.
        save(settings)
    return replace(invocation, acting_as=name, settings=settings)
