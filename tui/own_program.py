"""Running another program: one that the person has set up, and Pult itself beside the console. Without a shell, and
not for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from backend_client.errors import Invalid, NotFound, Unreachable
from backend_client.model.text import N_, clean

TIMEOUT = 8.0
"""Seconds that a program has."""
_PATIENCE = 5.0
"""Seconds in which Pult beside the console has to end."""
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


@contextmanager
def own_process(*arguments: str) -> Iterator[None]:
    """Another `pult` of these arguments runs while the block does. It ends when its stdin does, so after a kill too."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from tui.cli import main; main()", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
