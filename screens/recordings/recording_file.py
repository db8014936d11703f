"""Saving a recording to files: the one way for the console's key and for `pult recordings get`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend_client.contract.recordings import LONGEST_RANGE, LinkRequest, RangeRequest, RecordingRequest
from backend_client.errors import NotFound
from backend_client.model.call import RecordingState
from backend_client.model.ordinary_file import check_target
from backend_client.model.recording import Purpose, Recording, RecordingPart
from backend_client.model.text import N_, clean
from screens.recordings.recording_words import MISSING, NO_ADDRESS, SAY_ADDRESS, STATES

if TYPE_CHECKING:
    from backend_client.contract.backend import Backend


async def look_at(backend: Backend, call_id: int) -> Recording:
    """The recording of a call that can be heard. Raises NotFound that says why there is none."""
    recording = await backend.recording(RecordingRequest(call_id=call_id))
    if recording.state is RecordingState.AVAILABLE:
        return recording
    told = MISSING.get(recording.missing) if recording.missing else None
    raise NotFound(told or STATES.get(recording.state, N_("This call has no recording.")))


async def link_to(backend: Backend, call_id: int) -> tuple[Sequence[str], int]:
    """An address for each part that can be had, and for how many seconds they hold.

    Raises NotFound where there is nothing, or no server whose address is known.
    """
    recording = await look_at(backend, call_id)
    links = [
        await backend.recording_link(LinkRequest(call_id=recording.call_id, part=index))
        for index, part in enumerate(recording.parts)
        if part.missing is None
    ]
    if any(link.address.startswith("/") for link in links):
        raise NotFound(NO_ADDRESS, SAY_ADDRESS)
    return [link.address for link in links], min(link.seconds for link in links)


async def save_recording(backend: Backend, call_id: int, target: Path) -> Sequence[Path]:
    """Every part as a file of its own. `target`: a folder, where the parts keep their names, or the name of the first
    part. Files are whole or absent; one that is there is not written over in a folder.

    Raises BackendError kinds and OSError.
    """
    recording = await look_at(backend, call_id)
    into_folder = os.path.isdir(target)  # noqa: ASYNC240 (one look at a local disk)
    saved: list[Path] = []
    for index, part in enumerate(recording.parts):
        if part.missing is None:
            path = _free(target / _file_name(part)) if into_folder else _numbered(target, len(saved))
            await _save(backend, recording.call_id, index, part, path)
            saved.append(path)
    return saved


async def fetch(backend: Backend, call_id: int, index: int, part: RecordingPart, file: int, purpose: Purpose) -> None:
    """The bytes of a part into a file descriptor. Raises BackendError kinds and OSError."""
    start = 0
    while start < part.size:
        wanted = RangeRequest(call_id=call_id, part=index, start=start, length=LONGEST_RANGE, purpose=purpose)
        data = (await backend.recording_range(wanted)).data
        if not data:
            raise NotFound(N_("The recording ends before its time: {name}"), name=part.name)
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
        start += len(data)


async def _save(backend: Backend, call_id: int, index: int, part: RecordingPart, path: Path) -> None:
    check_target(path)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        await fetch(backend, call_id, index, part, file, Purpose.DOWNLOAD)
        fresh.replace(path)
    finally:
        os.close(file)
        fresh.unlink(missing_ok=True)


def _file_name(part: RecordingPart) -> str:
    """The part's own name, which a source gave: no folders, nothing hidden, no letters that terminals obey."""
    return clean(part.name).replace("/", "_").replace("\\", "_").lstrip(".") or "recording"


def _free(path: Path) -> Path:
    """The path, or the first numbered one that is free."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _numbered(path: Path, already: int) -> Path:
    return path if not already else path.with_stem(f"{path.stem}-{already + 1}")
