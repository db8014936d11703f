"""A module is one noun: a drawer for everything has no name of its own."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("tui", "screens", "audio", "backend_client", "server", "benchmarks", "docs", "tests")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def test_no_module_is_a_drawer() -> None:
    modules = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    assert len(modules) > len(FOLDERS)
    assert not [path for path in modules if DRAWERS & set(path.with_suffix("").parts)]
