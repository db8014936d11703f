"""Decodes what is not read in place: into an unnamed 16-bit WAV file that can be read while it grows.

ffmpeg where there is one, else soundfile. ffmpeg reads from a pipe only and may open nothing: a hostile "recording"
can be a playlist that names other files or addresses.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from audio.container import HEADER_ONLY, LOOK, Container, opus_rate, recognise
from audio.failure import Problem, SoundError
from audio.growing import GrowingFile
from audio.wav import header_bytes

if TYPE_CHECKING:
    from audio.sound import Sound

PATIENCE = 20.0
"""Seconds without a new byte after which a source or a decoder counts as stalled."""
MOST_DECODED = 4 << 30
"""Bytes of decoded sound: 37 hours of stereo at 8 kHz."""
_CHUNK = 1 << 16
_QUICK = ("-probesize", "65536", "-analyzeduration", "500000")
"""Without these ffmpeg reads 5 s of sound before it says a word."""
_POLL = 0.005


def open_sound(source: GrowingFile, folder: str) -> Sound:
    """The sound of a recording; comes back as soon as its first frames can be read. `folder` is for decoded sound.

    Raises SoundError: EMPTY, NOT_AUDIO, BROKEN, STALLED, NO_DECODER.
    """
    first = _first_bytes(source)
    if source.size <= HEADER_ONLY:
        raise SoundError(Problem.EMPTY)
    container = recognise(first, source.size)
    if container is None:
        raise SoundError(Problem.NOT_AUDIO)
    if container is Container.WAV:
        from audio.sound import direct_sound

        sound = direct_sound(source)
        if sound is not None:
            return sound
    return Decoder(source, container, opus_rate(first), folder).sound()


def _first_bytes(source: GrowingFile) -> bytes:
    wanted = min(LOOK, source.size)
    _wait(lambda: source.available >= wanted or source.complete)
    return source.pread(LOOK, 0)


def _wait(ready: Callable[[], bool], patience: float = PATIENCE) -> None:
    until = time.monotonic() + patience
    while not ready():
        if time.monotonic() > until:
            raise SoundError(Problem.STALLED)
        time.sleep(_POLL)


class Decoder:
    """One decoding, on threads of its own. It is the growing file that its sound reads."""

    def __init__(self, source: GrowingFile, container: Container, rate: int | None, folder: str) -> None:
        self._source = source
        self._container = container
        self._rate = rate
        # Unnamed: nothing is left of it however the process ends. Closed with the process.
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        self._done = threading.Event()
        self.problem: Problem | None = None
        program = shutil.which("ffmpeg")
        work = (lambda: self._by_ffmpeg(program)) if program else self._by_soundfile
        threading.Thread(target=self._run, args=(work,), name="decoder", daemon=True).start()

    @property
    def available(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    @property
    def complete(self) -> bool:
        return self._done.is_set()

    @property
    def size(self) -> int:
        return self.available

    def pread(self, count: int, offset: int) -> bytes:
        return os.pread(self._file.fileno(), max(0, count), offset)

    def sound(self) -> Sound:
        """Waits for the first frames. Raises SoundError where there are none."""
        # numpy, 100 ms: the decoder works meanwhile.
        from audio.sound import direct_sound

        _wait(lambda: self.complete or self.available > HEADER_ONLY + 1000, 2 * PATIENCE)
        sound = direct_sound(self) if self.available > HEADER_ONLY else None
        if sound is None or (self.complete and not sound.frames):
            raise SoundError(self.problem or Problem.BROKEN)
        return sound

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SoundError as error:
            self.problem = error.problem
        except (OSError, RuntimeError, ValueError):
            self.problem = Problem.BROKEN
        finally:
            self._done.set()

    def _by_ffmpeg(self, program: str) -> None:
        rate = () if self._rate is None else ("-ar", str(self._rate))
        arguments = (
            program, "-nostdin", "-loglevel", "quiet", "-protocol_whitelist", "pipe", *_QUICK,
            "-f", self._container.value, "-i", "pipe:0",
            "-map", "0:a:0", "-vn", "-sn", "-dn", *rate, "-c:a", "pcm_s16le", "-fflags", "+bitexact",
            "-flags", "+bitexact", "-flush_packets", "1", "-fs", str(MOST_DECODED), "-f", "wav", "pipe:1",
        )  # fmt: skip
        process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=self._file, stderr=subprocess.DEVNULL, bufsize=0
        )
        try:
            threading.Thread(target=self._feed, args=(process,), name="decoder's food", daemon=True).start()
            self._watch(process)
        finally:
            process.kill()
            process.wait()

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        offset = 0
        with suppress(OSError), process.stdin as pipe:
            while True:
                complete = self._source.complete
                chunk = self._source.pread(_CHUNK, offset)
                if chunk:
                    offset += len(chunk)
                    view = memoryview(chunk)
                    while view:
                        view = view[pipe.write(view) or 0 :]
                elif complete:
                    return
                else:
                    time.sleep(_POLL)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Until the decoder is done; one that neither takes nor gives anything is not waited for."""
        seen, since = (-1, -1), time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                if process.wait(0.05) and self.available <= HEADER_ONLY:
                    raise SoundError(Problem.BROKEN)
                return
            now = (self.available, self._source.available)
            if now != seen:
                seen, since = now, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise SoundError(Problem.STALLED)

    def _by_soundfile(self) -> None:
        _wait(lambda: self._source.complete, 600)
        # Only where there is no ffmpeg: libsndfile costs 30 ms.
        try:
            import soundfile
        except (ImportError, OSError) as error:
            raise SoundError(Problem.NO_DECODER) from error
        raw = {"format": "RAW", "subtype": "GSM610", "samplerate": 8000, "channels": 1}
        options = raw if self._container is Container.GSM else {}
        os.lseek(self._source.fd, 0, os.SEEK_SET)
        try:
            with soundfile.SoundFile(self._source.fd, closefd=False, **options) as sound:
                self._file.write(header_bytes(sound.channels, sound.samplerate))
                # Not blocks(): it fails at the end of what cannot seek, such as GSM.
                while len(block := sound.read(sound.samplerate, dtype="int16", always_2d=True)):
                    self._file.write(block.tobytes())
                    self._file.flush()
        except soundfile.LibsndfileError as error:
            webm = self._container is Container.WEBM
            raise SoundError(Problem.NO_DECODER if webm else Problem.BROKEN) from error
