"""Which ways there are for sound to reach the listener's ears, from the surroundings alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from audio.outputs.output import Output, SilentOutput


class Way(StrEnum):
    """How sound goes out. The values stand in settings."""

    ALSA = "alsa"
    """simpleaudio on this machine."""
    DEVICE = "device"
    """miniaudio on this machine."""
    FORWARDED = "forwarded"
    """A sound server of the listener's own computer, reached through SSH."""
    SILENT = "silent"


def over_ssh(environment: Mapping[str, str]) -> bool:
    """Whether the console is used from another computer."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def ways(environment: Mapping[str, str], chosen: str = "") -> Sequence[Way]:
    """The ways to try, the best first. `chosen` is what the listener settled on before.

    Over SSH the loudspeakers of this machine stand in somebody else's room: they are only used when chosen.
    """
    if chosen in {way.value for way in Way}:
        return (Way(chosen),)
    if not over_ssh(environment):
        return (Way.ALSA, Way.DEVICE)
    return (Way.FORWARDED,) if environment.get("PULSE_SERVER") else ()


def open_output(way: Way, rate: int, channels: int) -> Output:
    """Raises OSError where the way is not open."""
    if way is Way.ALSA:
        from audio.outputs.alsa import AlsaOutput

        return AlsaOutput(rate, channels)
    if way is Way.DEVICE:
        from audio.outputs.device import DeviceOutput

        return DeviceOutput(rate, channels)
    if way is Way.FORWARDED:
        from audio.outputs.forwarded import ForwardedOutput

        return ForwardedOutput(rate, channels)
    return SilentOutput(rate, channels)
