"""Why a recording cannot be heard. The words for a person stand with the screens."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Codes, told over the wire."""

    EMPTY = "empty"
    """Nothing but a header."""
    NOT_AUDIO = "not-audio"
    BROKEN = "broken"
    """Begins as a recording and cannot be decoded."""
    STALLED = "stalled"
    """The decoder or the source gives nothing more."""
    NO_DECODER = "no-decoder"
    """It would take ffmpeg."""
    NO_DEVICE = "no-device"
    CRASHED = "crashed"
    """The process that plays has died."""


class SoundError(Exception):
    """`problem` says what; the text is for a log."""

    def __init__(self, problem: Problem, text: str = "") -> None:
        super().__init__(text or problem.value)
        self.problem = problem
