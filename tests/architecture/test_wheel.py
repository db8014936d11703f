"""What an install brings, read from a wheel that is built here without a network."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tui import __version__

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    [built] = folder.glob("*.whl")
    return ZipFile(built)


def test_the_wheel_holds_the_five_packages_and_nothing_else(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    packages = {"tui", "screens", "audio", "backend_client", "server"}
    assert tops == packages | {f"pult-{__version__}.dist-info"}


def test_every_module_is_in_the_wheel(wheel: ZipFile) -> None:
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "backend_client").rglob("*.py")}
    assert there
    assert there <= set(wheel.namelist())


def test_every_language_is_in_the_wheel_compiled(wheel: ZipFile) -> None:
    catalogues = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tui/locale").glob("*/*/*.po")}
    assert {path.with_suffix(".mo").as_posix() for path in map(Path, catalogues)} <= set(wheel.namelist())


def test_nothing_native_stands_in_the_way_of_an_install(wheel: ZipFile) -> None:
    metadata = wheel.read(f"pult-{__version__}.dist-info/METADATA").decode()
    required = re.findall(r"^Requires-Dist: ([\w-]+)(?!.*extra ==).*$", metadata, re.MULTILINE)
    assert "textual" in required
    assert not [name for name in required if name.startswith("simpleaudio")]
