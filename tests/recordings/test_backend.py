"""What a session may hear, in which state a recording is, and that nobody listens unseen."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, CommentRequest, WindowRequest
from backend_client.contract.recordings import HeardRequest, RangeRequest, RecordingRequest
from backend_client.errors import Busy, Forbidden, Invalid, NotFound
from backend_client.model.audit import Deed
from backend_client.model.call import RecordingState
from backend_client.model.permissions import MATRIX, Permission, Role
from backend_client.model.recording import Missing, Purpose
from backend_client.recordings.place import Named, Roots
from backend_client.sqlite.recordings import RecordingDesk
from tests.recordings.conftest import HOUR, SOUND, Opener
from tests.screens.store import NOON


async def ids(backend: Backend) -> list[int]:
    """Of the calls that the session sees, the earliest first."""
    return [call.id for call in reversed((await backend.window(WindowRequest())).rows)]


def asked(call_id: int, part: int = 0, *, purpose: Purpose = Purpose.LISTEN, start: int = 0) -> RangeRequest:
    return RangeRequest(call_id=call_id, part=part, start=start, length=100_000, purpose=purpose)


async def deeds(backend: Backend) -> list[tuple[Deed, int | None, int | None]]:
    page = await backend.audit(AuditRequest(deeds=(Deed.LISTEN, Deed.DOWNLOAD)))
    return [(entry.deed, entry.object_id, entry.amount) for entry in reversed(page.entries)]


async def test_the_parts_come_in_order_and_by_range(opened: Opener) -> None:
    olena = await opened("olena")
    call = (await ids(olena))[0]
    recording = await olena.recording(RecordingRequest(call_id=call))
    assert recording.state is RecordingState.AVAILABLE
    assert [part.name for part in recording.parts] == ["part-1.wav", "part-2.wav"]
    assert (await olena.recording_range(asked(call, 1))).data == b"part-2.wav" + SOUND
    part = await olena.recording_range(asked(call, start=10))
    assert (part.data, part.size) == (SOUND, len(SOUND) + 10)


async def test_the_five_states(opened: Opener, root: Path) -> None:
    vira = await opened("vira")
    first, none, third, fresh = await ids(vira)

    async def state(call: int) -> RecordingState:
        return (await vira.recording(RecordingRequest(call_id=call))).state

    assert await state(none) is RecordingState.NONE
    assert await state(fresh) is RecordingState.PENDING
    assert await state(first) is RecordingState.AVAILABLE
    (root / "2026/11/21/ivan.wav").unlink()
    assert await state(third) is RecordingState.DELETED
    (root / "2026/11/21/ivan.wav").write_bytes(bytes(44))
    assert await state(third) is RecordingState.NONE
    later = await opened("vira", NOON + HOUR)
    gone = await later.recording(RecordingRequest(call_id=fresh))
    assert (gone.state, gone.missing) == (RecordingState.DELETED, Missing.GONE)


async def test_the_right_to_listen_is_apart_from_seeing_the_row(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MATRIX, Role.OPERATOR, MATRIX[Role.OPERATOR] - {Permission.LISTEN})
    olena = await opened("olena")
    call = (await ids(olena))[0]
    assert (await olena.recording(RecordingRequest(call_id=call))).state is RecordingState.FORBIDDEN
    assert not (await olena.call(CallRequest(id=call))).recordings
    with pytest.raises(Forbidden):
        await olena.recording_range(asked(call))
    with pytest.raises(Forbidden):
        await olena.heard(HeardRequest(call_id=call, seconds=5))


async def test_listening_does_not_allow_downloading(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MATRIX, Role.OPERATOR, MATRIX[Role.OPERATOR] - {Permission.DOWNLOAD})
    olena = await opened("olena")
    call = (await ids(olena))[0]
    assert not (await olena.recording(RecordingRequest(call_id=call))).may_download
    await olena.recording_range(asked(call))
    with pytest.raises(Forbidden):
        await olena.recording_range(asked(call, purpose=Purpose.DOWNLOAD))


async def test_a_colleague_s_recording_is_not_there(opened: Opener) -> None:
    third = (await ids(await opened("vira")))[2]
    olena = await opened("olena")
    with pytest.raises(NotFound):
        await olena.recording(RecordingRequest(call_id=third))
    with pytest.raises(NotFound):
        await olena.recording_range(asked(third))


async def test_each_listening_and_download_is_written_down_once(opened: Opener) -> None:
    vira = await opened("vira")
    first, _none, third, _fresh = await ids(vira)
    olena = await opened("olena")
    await olena.recording_range(asked(first))
    await olena.recording_range(asked(first, 1))
    await olena.heard(HeardRequest(call_id=first, seconds=42))
    await vira.recording_range(asked(third, purpose=Purpose.DOWNLOAD, start=5))
    assert await deeds(vira) == [
        (Deed.LISTEN, first, None),
        (Deed.LISTEN, first, 42),
        (Deed.DOWNLOAD, third, len(SOUND) + len("ivan.wav")),
    ]


async def test_no_byte_is_given_before_the_listening_is_written_down(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    vira = await opened("vira")
    first = (await ids(vira))[0]
    write, slow = RecordingDesk.write, threading.Event()

    def fail_late(*_given: object) -> None:
        slow.wait(10)
        raise Busy("the log cannot be written")

    monkeypatch.setattr(RecordingDesk, "write", fail_late)
    asking = [asyncio.create_task(vira.recording_range(asked(first, start=start))) for start in (0, 10)]
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in asking)
    slow.set()
    assert {type(answer) for answer in await asyncio.gather(*asking, return_exceptions=True)} == {Busy}
    monkeypatch.setattr(RecordingDesk, "write", write)
    await asyncio.gather(*(vira.recording_range(asked(first, start=start)) for start in (0, 10)))
    assert await deeds(vira) == [(Deed.LISTEN, first, None)]


async def test_looking_at_a_recording_is_no_listening(opened: Opener) -> None:
    vira = await opened("vira")
    await vira.recording(RecordingRequest(call_id=(await ids(vira))[0]))
    assert not await deeds(vira)


@pytest.mark.parametrize("fields", [{"start": -1}, {"length": 0}, {"length": 1 << 30}, {"purpose": Purpose.UNKNOWN}])
async def test_a_range_that_makes_no_sense_is_invalid(opened: Opener, fields: dict[str, object]) -> None:
    vira = await opened("vira")
    call = (await ids(vira))[0]
    values = {"call_id": call, "part": 0, "start": 0, "length": 10, "purpose": Purpose.LISTEN} | fields
    with pytest.raises(Invalid):
        await vira.recording_range(RangeRequest(**values))  # type: ignore[arg-type]


async def test_a_part_that_is_not_there_is_not_found(opened: Opener) -> None:
    vira = await opened("vira")
    call = (await ids(vira))[0]
    with pytest.raises(NotFound):
        await vira.recording_range(asked(call, 7))


async def test_a_place_that_hangs_holds_up_nobody_else(
    opened: Opener, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    olena, ivan = await opened("olena"), await opened("ivan")
    hanging = threading.Event()

    def hang(roots: Roots, named: Named) -> Missing:
        hanging.wait(10)
        return Missing.UNREACHABLE

    monkeypatch.setattr(Roots, "find", hang)
    listen = asked(1)
    stuck: list[asyncio.Task[object]] = [
        asyncio.create_task(olena.recording(RecordingRequest(call_id=1))) for _ in range(6)
    ]
    stuck.append(asyncio.create_task(olena.recording_range(listen)))
    async with asyncio.timeout(5):
        await asyncio.sleep(0.1)
        for backend in (olena, ivan):
            rows = (await backend.window(WindowRequest())).rows
            await backend.comment(CommentRequest(call_id=rows[0].id, text="meanwhile", revision=0))
    assert not any(task.done() for task in stuck)
    hanging.set()
    await asyncio.gather(*stuck, return_exceptions=True)
