"""What a recording looks like, who speaks when, and how it sounds at another speed, without any device."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from audio.decoder import open_sound
from audio.growing import GrowingFile
from audio.place import Place
from audio.reel import Reel
from audio.sound import Sound
from audio.stretch import Stretch
from audio.talk import lanes, silences
from audio.waveform import STEPS, columns, measure
from screens.widgets.braille import lane
from tests.audio.speech import RATE, Samples, quiet, voice, write_wav


def sound_of(path: Path, samples: Samples) -> Sound:
    write_wav(path, samples)
    return open_sound(GrowingFile(os.open(path, os.O_RDONLY), path.stat().st_size), tempfile.gettempdir())


def stretched(sound: Sound, speed: float) -> Samples:
    stretch = Stretch(sound, 0, speed)
    pieces = []
    while len(piece := stretch.read(4000)):
        pieces.append(piece)
    return np.concatenate(pieces)[:, 0]


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.0, 1.5, 2.0, 3.0])
def test_a_stretched_tone_lasts_as_it_should_and_keeps_its_pitch(tmp_path: Path, speed: float) -> None:
    tone = (9000 * np.sin(2 * np.pi * 440 * np.arange(6 * RATE) / RATE)).astype(np.int16)
    heard = stretched(sound_of(tmp_path / "tone.wav", tone), speed)
    assert len(heard) / RATE == pytest.approx(6 / speed, abs=0.05)
    inner = heard[RATE // 4 : -RATE // 4]
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    assert spectrum.argmax() * RATE / len(inner) == pytest.approx(440, abs=1.5)
    # No clicks: nothing jumps further between two samples than the tone itself does.
    assert np.abs(np.diff(inner.astype(int))).max() < 1.5 * 9000 * 2 * np.pi * 440 / RATE


def test_each_frame_of_a_reel_tells_where_it_comes_from(tmp_path: Path) -> None:
    sounds = [sound_of(tmp_path / f"{n}.wav", voice(3, n)) for n in range(2)]
    reel = Reel(sounds, Place(0, 1.0), speed=2.0, silences=[[(1.5, 2.0)], []])
    while reel.read(800):
        pass
    assert reel.place_at(0) == Place(0, 1.0)
    # Half a second to the silence, half a second behind it, at twice the speed.
    assert reel.place_at(0.125 * RATE).second == pytest.approx(1.25, abs=0.02)
    assert reel.place_at(0.375 * RATE).second == pytest.approx(2.25, abs=0.05)
    part, second = reel.place_at(1.0 * RATE)
    assert part == 1
    assert second == pytest.approx(0.5, abs=0.1)


def test_lanes_follow_who_speaks(tmp_path: Path) -> None:
    truth = np.zeros((3000, 2), bool)
    frames = np.stack([quiet(30, 1), quiet(30, 2)], axis=1)
    for channel, start, end in ((0, 1, 4), (1, 5, 9), (0, 9, 12), (1, 18, 25), (0, 20, 22)):
        frames[start * RATE : end * RATE, channel] = voice(end - start, start)
        truth[start * STEPS : end * STEPS, channel] = True
    pyramid = measure(sound_of(tmp_path / "both.wav", frames))
    found = np.zeros_like(truth)
    talk = lanes(pyramid)
    for channel, turns in enumerate(talk):
        for start, end in turns:
            found[start:end, channel] = True
    assert (found == truth).mean() > 0.95
    gaps = silences(talk, len(pyramid.peaks))
    assert [(round(start), round(end)) for start, end in gaps] == [(12, 18), (25, 30)]


def test_columns_show_the_loudest_of_their_span(tmp_path: Path) -> None:
    samples = np.zeros(10 * RATE, np.int16)
    samples[5 * RATE] = 32767
    heights = columns(measure(sound_of(tmp_path / "click.wav", samples)), 100)[:, 0]
    assert heights[50] > 250
    assert np.count_nonzero(heights) == 1


def test_a_lane_is_drawn_from_the_bottom_up() -> None:
    assert lane([0, 255], 1) == ["⢸"]
    assert lane([255, 0, 0, 0], 1, rows=2) == ["⡇", "⡇"]
    assert lane([1] * 4, 2) == ["⣀⣀"]
    assert lane([], 2) == ["⠀⠀"]
