"""What each floor loads: a fresh interpreter is asked, for no static check sees what a library imports."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BELOW_SCREENS = ("backend_client", "audio", "server")
SCREEN_LIBRARIES = {"rich", "textual", "textual_plotext"}
DEAR_LIBRARIES = {
    *("argon2", "babel", "httpx", "litestar", "miniaudio", "numpy", "openpyxl", "phonenumbers", "plotext"),
    *("pydub", "sqlite_utils", "soundfile", "textual_plotext", "uvicorn", "xlsxwriter"),
}


def modules_of(package: str) -> list[str]:
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / package).rglob("*.py")
    )


def modules_loaded_by(program: str) -> set[str]:
    """All modules in memory after a program has run in an interpreter of its own, whatever ended it."""
    tell = "import sys; print('loaded:', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import atexit\natexit.register(lambda: exec({tell!r}))\n{program}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.partition("loaded:")[2].split())


def loaded_by(program: str) -> set[str]:
    """The top-level ones of these."""
    return {name.partition(".")[0] for name in modules_loaded_by(program)}


@pytest.mark.parametrize("package", BELOW_SCREENS)
def test_nothing_below_the_screens_loads_what_draws(package: str) -> None:
    loaded = loaded_by("\n".join(f"import {module}" for module in modules_of(package)))
    assert package in loaded
    assert not loaded & SCREEN_LIBRARIES


@pytest.mark.parametrize("module", ["backend_client.contract.backend", "backend_client.model.call"])
def test_the_contract_loads_no_store_and_no_dear_library(module: str) -> None:
    assert not loaded_by(f"import {module}") & (DEAR_LIBRARIES | SCREEN_LIBRARIES | {"sqlite3"})


def test_the_command_line_loads_neither_the_console_nor_dear_libraries() -> None:
    loaded = loaded_by("import tui.cli")
    assert "click" in loaded
    assert not loaded & (DEAR_LIBRARIES | SCREEN_LIBRARIES | {"server"})


def test_telling_the_version_loads_next_to_nothing() -> None:
    loaded = loaded_by("import sys; sys.argv = ['pult', '--version']\nfrom tui.cli import main; main()")
    assert not loaded & (DEAR_LIBRARIES | SCREEN_LIBRARIES | {"server", "sqlite3"})


def test_the_console_starts_without_dear_libraries() -> None:
    assert not loaded_by("import tui.app") & (DEAR_LIBRARIES | {"server"})


def test_the_console_by_itself_needs_no_command_line() -> None:
    loaded = loaded_by(
        "import tui.start, tui.console, tui.invocation, tui.app, screens.calls.today, backend_client.opening"
    )
    assert "textual" in loaded
    assert not loaded & {"click", "tomllib"}


def test_finding_something_loads_no_editor_of_texts() -> None:
    """2 MB of each session, which most never need."""
    loaded = modules_loaded_by("import tui.app, screens.calls.today, screens.palette, screens.help")
    assert "textual.screen" in loaded
    assert "textual.widgets._text_area" not in loaded


def test_the_first_picture_waits_neither_for_what_writes_nor_for_the_requests_of_other_screens() -> None:
    loaded = modules_loaded_by("import tui.app, screens.calls.today, backend_client.sqlite.store")
    areas = {name.rpartition(".")[2] for name in loaded if name.startswith("backend_client.contract.")}
    assert areas == {"audit", "calls", "changes", "live", "wire"}
    assert "backend_client.sqlite.store" in loaded
    assert "audio" not in loaded
    assert not loaded & {f"backend_client.sqlite.{name}" for name in ("call_row", "facts", "tallies", "transaction")}


def test_the_floors_hold() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
