"""What comes out of the loudspeaker, through the real library into a real sound server, held against the recording."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from audio.outputs.ways import Way
from audio.place import Place
from audio.player import Player
from tests.audio.conftest import Listener, buffers, listening
from tests.audio.sound_server import Recorder, find, in_real_time, sound_server
from tests.audio.speech import RATE, Samples, quiet, voice, write_wav

EXACT = 0.05
"""Seconds within which a place is met."""
Loudspeaker = Callable[[], Recorder]


def told_more(listener: Listener, count: int) -> bool:
    return len(listener.states) > count


def cut(samples: Samples, start: float, seconds: float) -> Samples:
    return samples[int(start * RATE) : int((start + seconds) * RATE)]


def heard_at(recorder: Recorder, samples: Samples, instant: float) -> float:
    """Which second of the recording was heard at an instant of the monotonic clock."""
    second = instant - recorder.began
    piece = recorder.heard[int(second * RATE) : int((second + 0.4) * RATE)]
    found = find(samples.astype(np.float64), piece.astype(np.int16))
    # Where it is: another place of the same voice is less than half as alike, and a starved machine drops a block.
    assert found.likeness > 0.9, found
    return found.second


@pytest.mark.parametrize("way", [Way.ALSA, Way.DEVICE, Way.FORWARDED])
@in_real_time
async def test_what_is_heard_is_the_recording(loudspeaker: Loudspeaker, tmp_path: Path, way: Way) -> None:
    samples = voice(3)
    path = write_wav(tmp_path / "call.wav", samples)
    with loudspeaker() as recorder:
        async with listening(buffers(path), [way]) as listener:
            await listener.ended()
            assert listener.player.state.way == way
            assert not listener.problems
    assert recorder.find(samples).likeness > 0.999
    assert recorder.find(samples[::-1]).likeness < 0.5


@pytest.mark.parametrize("way", [Way.ALSA, Way.DEVICE])
@in_real_time
async def test_ten_seconds_on_and_back_are_ten_seconds(loudspeaker: Loudspeaker, tmp_path: Path, way: Way) -> None:
    samples = voice(60)
    wishes: list[tuple[float, float]] = []
    with loudspeaker() as recorder:
        async with listening(buffers(write_wav(tmp_path / "call.wav", samples)), [way]) as listener:
            await listener.playing()
            for step in (10.0, 10.0, -10.0, 25.0):
                await asyncio.sleep(0.8)
                player, count = listener.player, len(listener.states)
                place = Place(0, player.place.second + step)
                player.seek(place)
                await listener.until(partial(told_more, listener, count))
                wishes.append((player.state.at, place.second))
            await asyncio.sleep(0.8)
            position, now = listener.player.place.second, time.monotonic()
            await asyncio.sleep(0.6)
    for at, second in wishes:
        # The old sound drains for 0.1 s into the new one.
        assert heard_at(recorder, samples, at + 0.25) == pytest.approx(second + 0.25, abs=EXACT)
    assert heard_at(recorder, samples, now) == pytest.approx(position, abs=EXACT)


@in_real_time
async def test_parts_follow_without_a_gap_and_change_exactly(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    parts = [voice(seconds, seed, pitch) for seconds, seed, pitch in ((2, 1, 120), (6, 2, 180), (2, 3, 150))]
    files = [write_wav(tmp_path / f"{n}.wav", samples) for n, samples in enumerate(parts)]
    with loudspeaker() as recorder:
        async with listening(buffers(*files)) as listener:
            await listener.until(lambda: listener.player.place.part == 1 and listener.player.place.second > 0.5)
            listener.player.seek(Place(2, 0.0))
            await listener.until(lambda: listener.player.state.part == 2)
            changed = listener.player.state.at
            await listener.ended()
    joined = np.concatenate([parts[0], cut(parts[1], 0, 0.4)])
    assert recorder.find(joined).likeness > 0.999
    assert heard_at(recorder, parts[2], changed + 0.25) == pytest.approx(0.25, abs=EXACT)


@in_real_time
async def test_twice_as_fast_keeps_the_pitch(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    phase = 2 * np.pi * 440 * np.arange(8 * RATE) / RATE
    tone = (8000 * np.sin(phase)).astype(np.int16)
    with loudspeaker() as recorder:
        async with listening(buffers(write_wav(tmp_path / "tone.wav", tone)), speed=2.0) as listener:
            await listener.playing()
            began = time.monotonic()
            await listener.ended()
            assert time.monotonic() - began == pytest.approx(4.0, abs=0.4)
    heard = recorder.heard
    sounding = heard[np.abs(heard).argmax() :][: 3 * RATE]
    spectrum = np.abs(np.fft.rfft(sounding * np.hanning(len(sounding))))
    assert spectrum.argmax() * RATE / len(sounding) == pytest.approx(440, abs=2)
    assert np.count_nonzero(np.abs(heard) > 100) / RATE == pytest.approx(4.0, abs=0.3)


@in_real_time
async def test_silence_is_passed_over(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    first, second = voice(2, 1), voice(2, 2)
    samples = np.concatenate([first, quiet(6), second])
    parts = buffers(write_wav(tmp_path / "call.wav", samples))
    with loudspeaker() as recorder:
        async with listening(parts, playing=False, skip_silence=True) as listener:
            await listener.until(lambda: listener.shape())
            listener.player.play()
            await listener.ended()
    begins = recorder.find(cut(first, 0.2, 1.5)).second
    assert recorder.find(cut(second, 0.2, 1.5)).second - begins == pytest.approx(2.5, abs=0.35)


@in_real_time
async def test_a_pause_is_silent_and_goes_on_where_it_was(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    samples = voice(20)
    with loudspeaker() as recorder:
        async with listening(buffers(write_wav(tmp_path / "call.wav", samples))) as listener:
            await listener.playing()
            await asyncio.sleep(1.0)
            listener.player.pause()
            await listener.until(lambda: not listener.player.state.playing)
            paused, place = listener.player.state.at, listener.player.place
            await asyncio.sleep(0.8)
            assert listener.player.place == place
            listener.player.play()
            await listener.playing()
            again = listener.player.state.at
            await asyncio.sleep(0.8)
    still = recorder.heard[int((paused - recorder.began + 0.2) * RATE) : int((again - recorder.began - 0.05) * RATE)]
    assert np.abs(still).max() < 10
    assert heard_at(recorder, samples, again + 0.2) == pytest.approx(place.second + 0.2, abs=EXACT)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def files_of_ours() -> tuple[set[str], set[str]]:
    """Open file descriptors, and files where decoded sound is kept."""
    return set(os.listdir("/proc/self/fd")), set(os.listdir(tempfile.gettempdir()))


async def test_nothing_is_left_after_the_end(
    loudspeaker: Loudspeaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sound").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "sound"))
    before = files_of_ours()
    async with listening(buffers(write_wav(tmp_path / "call.wav", voice(20)))) as listener:
        await listener.playing()
        pid = listener.player.pid
        assert pid is not None
    assert listener.player.pid is None
    assert not alive(pid)
    assert files_of_ours() == before


async def test_a_killed_player_is_told_and_another_one_plays(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    file = write_wav(tmp_path / "call.wav", voice(20))
    async with listening(buffers(file)) as listener:
        await listener.playing()
        os.kill(listener.player.pid or 0, 11)
        await listener.until(lambda: listener.problems)
        assert listener.problems[0].problem == "crashed"
        assert not listener.player.state.playing
    async with listening(buffers(file)) as listener:
        await listener.playing()


async def test_the_process_goes_with_its_console(loudspeaker: Loudspeaker, tmp_path: Path) -> None:
    async with listening(buffers(write_wav(tmp_path / "call.wav", voice(20)))) as listener:
        await listener.playing()
        process = listener.player._process
        assert process is not None
        assert listener.player._writer is not None
        listener.player._writer.close()
        assert await asyncio.wait_for(process.wait(), 5) == 0


@pytest.mark.parametrize("way", [Way.ALSA, Way.DEVICE, Way.FORWARDED])
async def test_a_device_that_goes_away_is_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with ExitStack() as stack:
        for name, value in stack.enter_context(sound_server(folder)).items():
            monkeypatch.setenv(name, value)
        async with listening(buffers(write_wav(tmp_path / "call.wav", voice(60))), [way]) as listener:
            await listener.playing()
            await asyncio.sleep(0.5)
            stack.close()
            await asyncio.sleep(0.2)
            # ALSA plays on by the clock; where sound should come from again, the loss is noticed.
            if way is Way.ALSA:
                listener.player.seek(Place(0, 20.0))
            await listener.until(lambda: listener.problems)
            assert listener.problems[0].problem == "no-device"
            assert not listener.player.state.playing
            assert listener.player.pid is not None


async def test_without_a_device_it_says_so_and_time_may_pass_in_silence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    file = write_wav(tmp_path / "call.wav", voice(2))
    async with listening(buffers(file), [Way.ALSA, Way.FORWARDED]) as listener:
        await listener.until(lambda: listener.problems)
        assert listener.problems[0].problem == "no-device"
        assert not listener.player.state.playing
        await listener.until(lambda: listener.shape())
    async with listening(buffers(file), [Way.SILENT]) as listener:
        await listener.ended()


def test_a_player_that_was_never_opened_closes(tmp_path: Path) -> None:
    asyncio.run(Player(lambda _event: None).close())
