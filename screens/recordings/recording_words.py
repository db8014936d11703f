"""What is said about recordings: why one cannot be heard, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from audio.failure import Problem
from audio.outputs.ways import Way, over_ssh
from backend_client.model.call import RecordingState
from backend_client.model.recording import Missing, Recording
from backend_client.model.text import N_
from screens.language import _

STATES: dict[RecordingState, str] = {
    RecordingState.NONE: N_("This call has no recording."),
    RecordingState.PENDING: N_("The recording is not there yet; it comes within 5 minutes after the call."),
    RecordingState.DELETED: N_("The recording has been deleted."),
    RecordingState.FORBIDDEN: N_("No access: your role may not listen to recordings."),
    RecordingState.UNKNOWN: N_("What became of the recording is not known to this version."),
}

MISSING: dict[Missing, str] = {
    Missing.NO_ROOT: N_("Nobody has said where recordings lie: pult recordings roots --add FOLDER"),
    Missing.OUTSIDE: N_("The name of the recording leads out of the folders of recordings; it is not opened."),
    Missing.UNREACHABLE: N_(
        "The folder or server of recordings cannot be reached; try again, or see: pult recordings roots"
    ),
    Missing.EMPTY: N_("The recording is empty: the file holds a header and no sound."),
}

PROBLEMS: dict[Problem, str] = {
    Problem.EMPTY: N_("The recording is empty: the file holds a header and no sound."),
    Problem.NOT_AUDIO: N_("The file is no recording that Pult knows."),
    Problem.BROKEN: N_("The recording is damaged and cannot be decoded."),
    Problem.STALLED: N_("The recording does not come: its source or the decoder gives nothing more."),
    Problem.NO_DECODER: N_("This recording takes ffmpeg. Install it: apt install ffmpeg"),
    Problem.NO_DEVICE: N_("No sound device here. w saves the recording, Settings (,) can follow it in silence."),
    Problem.CRASHED: N_("The player stopped by itself. Space starts it again."),
}

LINK, FILE = "link", "file"
"""Ways in which no sound leaves this machine: what is chosen instead of an output."""

NO_ADDRESS = N_("Nobody has said under which address your computer reaches a server of this store.")
SAY_ADDRESS = N_(
    "Its administrator says it once: pult recordings address https://…  Until then, w saves the recording."
)

WAYS: dict[str, str] = {
    Way.ALSA: N_("this computer (ALSA)"),
    Way.DEVICE: N_("this computer"),
    Way.FORWARDED: N_("your computer, through SSH"),
    Way.SILENT: N_("in silence"),
}


def why_not_heard(recording: Recording) -> str:
    """The line for a recording that cannot be heard."""
    if recording.missing in MISSING:
        return _(MISSING[recording.missing])
    return _(STATES.get(recording.state, STATES[RecordingState.UNKNOWN]))


def no_way(environment: Mapping[str, str]) -> str:
    """What to do where no sound reaches the listener."""
    if over_ssh(environment):
        return _(
            "You are here over SSH, where sound has no way to you: Z tells the ways. Best, run the console on your "
            "computer: pult --remote https://…; or forward your sound server and set PULSE_SERVER; or take a link or "
            "a file."
        )
    return _(PROBLEMS[Problem.NO_DEVICE])


def fetch_command(path: str, environment: Mapping[str, str]) -> str:
    """The command that brings a file of this machine to the listener's; blank where they sit at this one."""
    connection = environment.get("SSH_CONNECTION", "").split()
    if len(connection) != 4:
        return ""
    _client, _client_port, host, port = connection
    user = environment.get("USER", "")
    address = f"{user}@{host}" if user else host
    return f"scp -P {port} {address}:{path} ." if port != "22" else f"scp {address}:{path} ."
