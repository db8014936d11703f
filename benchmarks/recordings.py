"""`python -m benchmarks.recordings`: a recording of an hour as WAV, MP3 and Opus: how soon it is heard, how fast it is
sought in, and what it costs; beside plain ffmpeg and pydub. The sound goes nowhere, so any machine can run it."""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from audio.outputs.ways import Way
from audio.place import Place
from audio.player import PartBuffer, Player

MINUTES = 60
START, SEEK, MEMORY = 300, 100, 40
"""Goals: milliseconds, milliseconds, megabytes."""
FORMATS = {"wav": (), "mp3": ("-b:a", "32k"), "opus": ("-c:a", "libopus", "-b:a", "16k")}
STARTS = 5
SEEKS = (1800.0, 1810.0, 1800.0, 3500.0, 60.0, 1000.0)


def make(folder: Path) -> dict[str, Path]:
    """The same hour in every format: a tone that wanders over noise."""
    source = f"aevalsrc='0.3*sin(2*PI*(200+50*sin(t))*t)*gt(sin(3*t),0)+0.01*random(0)':d={MINUTES * 60}:s=8000"
    files = {name: folder / f"hour.{name}" for name in FORMATS}
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, files["wav"]], check=True)
    for name, options in FORMATS.items():
        if name != "wav":
            subprocess.run(["ffmpeg", "-v", "error", "-i", files["wav"], *options, files[name]], check=True)
    return files


def memory_of(pid: int) -> int:
    """Megabytes that a process has to itself or shares in part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) // 1024
    return 0


class Heard:
    """A recording being heard, and how long that took."""

    def __init__(self, data: bytes, folder: str) -> None:
        self._told = asyncio.Event()
        self._folder = folder
        self.player = Player(lambda _event: self._told.set())
        self.part = PartBuffer(len(data), folder)
        self.part.write(data)

    async def start(self) -> float:
        """Milliseconds from the key to the first sound, the process included."""
        began = time.monotonic()
        await self.player.open([self.part], [Way.SILENT], self._folder)
        return (await self.until(lambda: self.player.state.way and not self.player.state.waiting) - began) * 1000

    async def until(self, ready: Callable[[], object]) -> float:
        """The moment at which it was so."""
        while not ready():
            self._told.clear()
            await asyncio.wait_for(self._told.wait(), 30)
        return time.monotonic()

    async def close(self) -> None:
        """End the process."""
        await self.player.close()
        self.part.close()


async def start_of(data: bytes, folder: str) -> float:
    """Milliseconds to the first sound, the middle one of STARTS."""
    taken = []
    for _ in range(STARTS):
        heard = Heard(data, folder)
        taken.append(await heard.start())
        await heard.close()
    return median(taken)


async def ours(data: bytes, folder: str) -> tuple[float, float, int]:
    """Milliseconds to the whole waveform, of the slowest seek; megabytes."""
    heard = Heard(data, folder)
    player = heard.player

    def there(second: float) -> bool:
        return abs(player.state.second - second) < 1

    began = time.monotonic()
    try:
        await heard.start()
        shape = await heard.until(lambda: player.shapes.get(0) and player.shapes[0].final) - began
        slowest = 0.0
        for second in SEEKS:
            asked = time.monotonic()
            player.seek(Place(0, second))
            slowest = max(slowest, await heard.until(partial(there, second)) - asked)
            await asyncio.sleep(0.2)
        return shape * 1000, slowest * 1000, memory_of(player.pid or 0)
    finally:
        await heard.close()


def timed(*command: str | Path) -> float:
    """Milliseconds that a command takes."""
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1000


def pydub(file: Path) -> tuple[float, int]:
    """Milliseconds until pydub can play a first sample, and megabytes, in a process of its own."""
    program = "import sys; from pydub import AudioSegment; AudioSegment.from_file(sys.argv[1])"
    taken = timed(sys.executable, "-W", "ignore", "-c", program, file)
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def main() -> None:
    """Print the table."""
    print(f"goals: start {START} ms, seek {SEEK} ms, {MEMORY} MB")
    print(f"{'':6}{'start':>8}{'waveform':>10}{'seek':>8}{'MB':>6} |", end="")
    print(f" ffmpeg: {'decode':>8}{'seek':>8} | pydub: {'start':>8}{'MB':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for name, file in make(Path(folder)).items():
            start = asyncio.run(start_of(file.read_bytes(), folder))
            shape, seek, megabytes = asyncio.run(ours(file.read_bytes(), folder))
            decode = timed("ffmpeg", "-v", "error", "-i", file, "-f", "null", "-")
            jump = timed("ffmpeg", "-v", "error", "-ss", "3000", "-i", file, "-t", "0.1", "-f", "null", "-")
            load, most = pydub(file)
            print(
                f"{name:6}{start:8.0f}{shape:10.0f}{seek:8.0f}{megabytes:6} |"
                f"         {decode:8.0f}{jump:8.0f} |        {load:8.0f}{most:6}"
            )


if __name__ == "__main__":
    main()
