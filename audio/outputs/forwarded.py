"""pacat: a PulseAudio server reached over a network, with a second of buffer. Libraries that ask for less are heard
in pieces over a line of 10 ms and more."""

from __future__ import annotations

import shutil
import subprocess

from audio.outputs.output import Clocked

_LATENCY = 1000
"""Milliseconds."""
_PATIENCE = 2.0
"""Seconds in which the server has to answer."""


class ForwardedOutput(Clocked):
    """Raises OSError where there is no pacat."""

    LEAD = 1.6
    # No more than the pipe takes at once: a server that does not answer must not hold anybody up.
    FIRST = 0.25

    def __init__(self, rate: int, channels: int) -> None:
        super().__init__(rate, channels)
        program = shutil.which("pacat")
        if program is None:
            raise OSError("pacat is not installed")
        try:
            done = subprocess.run(
                ("pactl", "info"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                timeout=_PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise OSError("the sound server does not answer") from error
        if done.returncode:
            raise OSError("the sound server refuses")
        self._arguments = (
            program, "--playback", "--raw", "--format=s16le", f"--rate={rate}", f"--channels={channels}",
            f"--latency-msec={_LATENCY}", "--client-name=Pult", "--stream-name=Pult",
        )  # fmt: skip
        self._lost = 0.0
        """Frames heard when the server went away; 0 while it is there."""
        self._process: subprocess.Popen[bytes] | None = None

    def _begin(self) -> None:
        self._lost = 0.0
        self._process = subprocess.Popen(
            self._arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, bufsize=0
        )

    def _emit(self, data: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            try:
                self._process.stdin.write(data)
            except OSError:
                self._lost = self._lost or max(1.0, super().heard())

    def heard(self) -> float:
        """By the clock, until the server went away."""
        return self._lost or super().heard()

    def _halt(self) -> None:
        """A stream whose client is gone falls silent at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
