"""A small Master.csv: a morning of a call centre, twelve calls and one record that cannot be read."""

import tempfile
from collections.abc import Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path

from tests.tui.command import pult

EMPLOYEES = {"201": "Olena Bondar", "202": "Ivan Koval"}


def write_records(folder: Path) -> Path:
    """Write the file into a folder; its path."""
    path = folder / "Master.csv"
    path.write_text("".join(_record(number) for number in range(12)) + _record(99, start="yesterday"))
    return path


def imported_records(folder: Path) -> Path:
    """The file in a folder, and beside it a store that took it in; the store's path."""
    for name, content in _imported().items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return folder / "calls.sqlite"


@cache
def _imported() -> Mapping[str, bytes]:
    """What `pult import` left in a folder, by name: running it for each test would take 0.3 s."""
    # Records that cannot be read are kept where one stands.
    with tempfile.TemporaryDirectory() as made, chdir(made):
        folder = Path(made)
        done = pult("--store", folder / "calls.sqlite", "import", write_records(folder))
        assert done.returncode == 0, done.stderr
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def _record(number: int, start: str = "") -> str:
    """One call: even ones come in, odd ones go out, every third is not answered."""
    minute = f"2026-11-20 09:{number:02}"
    outside = f"38044000{number % 4:04}"
    extension, answered = ("201", "202")[number % 2], number % 3 != 0
    incoming = number % 2 == 0
    source, target = (outside, extension) if incoming else (extension, outside)
    name = f"Client {number % 4}" if incoming else EMPLOYEES[extension]
    channels = [f"SIP/trunk-{number:08x}", f"SIP/{extension}-{number:08x}"]
    if not incoming:
        channels.reverse()
    fields = [
        "", source, target, "from-trunk" if incoming else "from-internal", f'""{name}"" <{source}>', *channels,
        "Dial", f"SIP/{target}" if incoming else f"SIP/trunk/{target}",
        start or f"{minute}:00", f"{minute}:05" if answered else "",
        f"{minute}:35" if answered else f"{minute}:20", "35" if answered else "20", "30" if answered else "0",
        "ANSWERED" if answered else "NO ANSWER", "DOCUMENTATION", f"{1795158000 + number * 60}.{number}", "",
    ]  # fmt: skip
    return ",".join(f'"{field}"' for field in fields) + "\n"
