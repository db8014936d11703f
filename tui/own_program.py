"""Running a program that the person has set up: without a shell, and not for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress

from backend_client.errors import Invalid, NotFound, Unreachable
from backend_client.model.text import N_, clean

TIMEOUT = 8.0
"""Seconds that a program has."""
_ERROR_BYTES = 2000
"""How much of what it complains is read."""


async def run(arguments: Sequence[str], *, stays: bool) -> None:
    """Run a program without a shell. One that has not ended in time goes on where it `stays` (a telephone may be
    the very program that was started), and is stopped otherwise. Raises NotFound, Unreachable, Invalid."""
    program = clean(arguments[0])
    # A file and no pipe: what the command leaves running would keep a pipe open.
    with tempfile.TemporaryFile() as complaints:
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise NotFound(N_("{program} cannot be run: {reason}."), program=program, reason=clean(reason)) from error
        try:
            code = await asyncio.wait_for(process.wait(), TIMEOUT)
        except TimeoutError:
            if stays:
                return
            raise Unreachable(
                N_("{program} did not end within {seconds} seconds and was stopped."),
                N_("Let the command hand the number over and end."),
                program=program, seconds=int(TIMEOUT),
            ) from None  # fmt: skip
        finally:
            if not stays and process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if code:
            complaints.seek(0)
            said = clean(complaints.read(_ERROR_BYTES).decode("utf-8", "replace").strip().partition("\n")[0])
            raise Invalid(N_("{program} failed with code {code}. {said}"), program=program, code=code, said=said)
