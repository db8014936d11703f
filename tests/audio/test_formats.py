"""Every format becomes the same sound, with ffmpeg and without; what is no recording is told apart."""

from __future__ import annotations

import os
import tempfile
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from audio.coding import A_LAW, MU_LAW
from audio.container import Container, recognise
from audio.decoder import open_sound
from audio.failure import Problem, SoundError
from audio.growing import GrowingFile
from audio.sound import Sound
from tests.audio.speech import RATE, Samples, encode, voice, write_wav

SAMPLES = voice(4)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("formats") / "call.wav", SAMPLES)


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)


def sound_of(path: Path) -> Sound:
    fd = os.open(path, os.O_RDONLY)
    return open_sound(GrowingFile(fd, path.stat().st_size), tempfile.gettempdir())


def whole(sound: Sound) -> Samples:
    until = time.monotonic() + 10
    while not sound.complete:
        assert time.monotonic() < until
        time.sleep(0.01)
    return sound.read(0, sound.frames)[:, 0]


def likeness(one: Samples, other: Samples) -> float:
    """Correlation at the best shift up to 0.2 s: codecs delay."""
    length = min(len(one), len(other))
    a, b = one[:length].astype(float), other[:length].astype(float)
    size = 1 << (2 * length).bit_length()
    product = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    near = np.concatenate([product[: RATE // 5], product[-RATE // 5 :]])
    return float(near.max() / np.sqrt((a @ a) * (b @ b)))


FORMATS = {
    "mu-law.wav": ("-c:a", "pcm_mulaw"),
    "a-law.wav": ("-c:a", "pcm_alaw"),
    "eight-bit.wav": ("-c:a", "pcm_u8"),
    "24-bit.wav": ("-c:a", "pcm_s24le"),
    "gsm.wav": ("-c:a", "libgsm_ms"),
    "raw.gsm": ("-c:a", "libgsm"),
    "call.mp3": ("-b:a", "32k"),
    "call.ogg": ("-c:a", "libopus", "-b:a", "24k"),
    "call.webm": ("-c:a", "libopus", "-b:a", "24k"),
    "call.flac": (),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_sounds_as_the_original(original: Path, tmp_path: Path, name: str) -> None:
    sound = sound_of(encode(original, tmp_path / name, *FORMATS[name]))
    assert likeness(whole(sound), SAMPLES) > 0.94
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith((".webm", ".ogg"))])
def test_without_ffmpeg_it_sounds_the_same(original: Path, tmp_path: Path, no_ffmpeg: None, name: str) -> None:
    file = encode(original, tmp_path / name, *FORMATS[name])
    assert likeness(whole(sound_of(file)), SAMPLES) > 0.94


def test_webm_without_ffmpeg_asks_for_it(original: Path, tmp_path: Path, no_ffmpeg: None) -> None:
    file = encode(original, tmp_path / "call.webm", "-c:a", "libopus")
    assert problem_of(file) is Problem.NO_DECODER


def test_a_wrong_suffix_does_not_matter(original: Path, tmp_path: Path) -> None:
    file = encode(original, tmp_path / "call.mp3").rename(tmp_path / "call.wav")
    assert likeness(whole(sound_of(file)), SAMPLES) > 0.94


def test_g711_is_itu_s_table() -> None:
    """Samples of ITU-T G.191's reference: both ends, the quietest steps, and the signs."""
    codes = bytes([0x00, 0x80, 0x7F, 0xFF, 0x0F, 0x8F])
    assert MU_LAW.decode(codes).tolist() == [-32124, 32124, 0, 0, -16764, 16764]
    assert A_LAW.decode(bytes([0x2A, 0xAA, 0x55, 0xD5])).tolist() == [-32256, 32256, -8, 8]


def test_two_channels_stay_two(tmp_path: Path) -> None:
    both = np.stack([voice(1, 1), voice(1, 2)], axis=1)
    sound = sound_of(write_wav(tmp_path / "both.wav", both))
    assert sound.channels == 2
    assert np.array_equal(sound.read(0, RATE), both)


def problem_of(path: Path) -> Problem | None:
    try:
        sound = sound_of(path)
    except SoundError as error:
        return error.problem
    return None if len(whole(sound)) else Problem.EMPTY


FORMAT = b"WAVEfmt \x10\0\0\0\x01\0%b\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
HOSTILE = {
    "nothing": (b"", Problem.EMPTY),
    "header only": (b"RIFF\x24\0\0\0" + FORMAT % b"\1\0" + bytes(4), Problem.EMPTY),
    "text": (b"this is not the sound you are looking for, nor any other\n" * 20, Problem.NOT_AUDIO),
    "a playlist that names other files": (PLAYLIST * 4, Problem.NOT_AUDIO),
    "an ffconcat": (b"ffconcat version 1.0\nfile /etc/passwd\n" * 4, Problem.NOT_AUDIO),
    "chunks without samples": (b"RIFF\xff\xff\xff\xffWAVE" + b"junk\x10\0\0\0" + bytes(128), Problem.BROKEN),
    "ogg that is none": (b"OggS" + bytes(range(256)) * 8, Problem.BROKEN),
    "webm that is none": (b"\x1a\x45\xdf\xa3" + bytes(2000), Problem.BROKEN),
    "a thousand channels": (b"RIFF\x24\0\0\0" + FORMAT % b"\xe8\3" + b"\xff\xff\0\0" + bytes(4000), Problem.BROKEN),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_recording_is_named(tmp_path: Path, what: str) -> None:
    content, problem = HOSTILE[what]
    file = tmp_path / "call.wav"
    file.write_bytes(content)
    assert problem_of(file) is problem


@pytest.mark.parametrize("name", ["cut.wav", "cut.mp3"])
def test_a_truncated_recording_plays_as_far_as_it_goes(original: Path, tmp_path: Path, name: str) -> None:
    file = original if name.endswith("wav") else encode(original, tmp_path / "whole.mp3")
    cut = tmp_path / name
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert likeness(whole(sound_of(cut)), SAMPLES) > 0.94


def test_a_length_that_lies_is_not_believed(original: Path, tmp_path: Path) -> None:
    data = bytearray(original.read_bytes())
    data[40:44] = b"\xff\xff\xff\x7f"
    file = tmp_path / "liar.wav"
    file.write_bytes(data)
    assert sound_of(file).seconds == pytest.approx(4, abs=0.01)


def test_a_recording_is_read_while_it_still_comes(original: Path, tmp_path: Path) -> None:
    data = original.read_bytes()
    file = tmp_path / "coming.wav"
    file.write_bytes(data[:20000])
    fd = os.open(file, os.O_RDONLY)
    sound = open_sound(GrowingFile(fd, len(data)), str(tmp_path))
    assert (sound.complete, sound.frames, sound.expected) == (False, 9978, len(SAMPLES))
    with file.open("ab") as more:
        more.write(data[20000:])
    assert np.array_equal(whole(sound), SAMPLES)


def test_a_decoder_that_hangs_is_killed(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = encode(original, tmp_path / "call.mp3")
    hanging = tmp_path / "ffmpeg"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 1000\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("audio.decoder.PATIENCE", 1.5)
    monkeypatch.setattr("shutil.which", lambda _name: str(hanging))
    assert problem_of(file) is Problem.STALLED
    pid = (tmp_path / "pid").read_text().strip()
    until = time.monotonic() + 5
    while os.path.exists(f"/proc/{pid}"):
        assert time.monotonic() < until, "the decoder still runs"
        time.sleep(0.02)


def test_ten_hours_are_opened_at_once(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(bytes(2 * RATE))
    # A sparse file: nothing but the first second is on the disk.
    os.truncate(file, 44 + 36000 * 2 * RATE)
    data = bytearray(file.read_bytes()[:44])
    data[40:44] = (36000 * 2 * RATE).to_bytes(4, "little")
    with file.open("r+b") as header:
        header.write(data)
    assert sound_of(file).seconds == 36000


def test_raw_gsm_is_known_by_its_frames() -> None:
    frame = b"\xd2" + bytes(32)
    assert recognise(frame * 20, 660) is Container.GSM
    assert recognise(frame * 20, 661) is None
