"""Clients, employees and channels on the command line."""

import json
from pathlib import Path

import pytest

from tests.tui.command import pult
from tests.tui.records import imported_records


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Twelve calls of four numbers."""
    return imported_records(tmp_path)


def test_a_client_is_added_shown_assigned_merged_and_undone(store: Path) -> None:
    added = pult("--store", store, "client", "add", "[/foo] Олена", "--number", "380440000000", "--json")
    assert added.returncode == 0, added.stderr
    change = json.loads(added.stdout)
    assert change["calls"] == 3
    client = str(change["client"]["id"])
    assigned = pult("--store", store, "client", "assign", client, "380440000001", "--person", "Anna")
    assert (assigned.returncode, assigned.stdout) == (0, f"{client}\n")
    assert "3 calls are linked to [/foo] Олена." in assigned.stderr
    shown = pult("--store", store, "client", "show", client)
    assert "Anna" in shown.stdout
    other = json.loads(pult("--store", store, "client", "add", "Other", "--json").stdout)["client"]["id"]
    assert pult("--store", store, "client", "merge", client, str(other)).returncode == 0
    listed = json.loads(pult("--store", store, "clients", "--json").stdout)
    assert [row["name"] for row in listed] == ["[/foo] Олена"]
    for _ in range(4):
        assert pult("--store", store, "client", "undo").returncode == 0
    assert json.loads(pult("--store", store, "clients", "--json").stdout) == []
    nothing = pult("--store", store, "client", "undo")
    assert (nothing.returncode, nothing.stderr.strip()) == (1, "There is nothing to undo.")


def test_a_number_of_somebody_else_is_not_moved(store: Path) -> None:
    pult("--store", store, "client", "add", "First", "--number", "380440000000")
    taken = pult("--store", store, "client", "add", "Second", "--number", "380440000000")
    assert taken.returncode == 1
    assert "belongs to First" in taken.stderr
    assert "Second" not in pult("--store", store, "clients").stdout


def test_a_list_is_rehearsed_and_brought_in(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Name,Phone\n=HYPERLINK(1),380440000000\nAgain,380440000000\n,1\n", encoding="utf-8")
    rehearsal = pult("--store", store, "client", "import", path, "--dry-run")
    assert "1  new" in rehearsal.stdout
    assert "row 3: Again: A number of it belongs to =HYPERLINK(1)." in rehearsal.stderr
    assert pult("--store", store, "clients").stdout == ""
    assert pult("--store", store, "client", "import", path).stdout == rehearsal.stdout
    listed = pult("--store", store, "clients", "--csv").stdout
    assert "'=HYPERLINK(1)" in listed


def test_employees_and_channels_are_listed_and_named(store: Path) -> None:
    employees = json.loads(pult("--store", store, "employees", "--json").stdout)
    assert {one["extensions"][0]["number"] for one in employees} == {"201", "202"}
    channels = json.loads(pult("--store", store, "channels", "--json").stdout)
    if channels:
        did = channels[0]["did"]
        assert "Billboard" in pult("--store", store, "channels", did, "Billboard").stdout
    missing = pult("--store", store, "channels", "999", "x")
    assert (missing.returncode, missing.stderr) == (1, "No call came in by 999.\n")


def test_a_call_is_logged_as_ones_own(store: Path) -> None:
    nobody = pult("--store", store, "call", "add", "380440000000", "--minutes", "2")
    assert nobody.returncode == 1
    assert "--as NAME" in nobody.stderr
    logged = pult(
        "--store", store, "--as", "201", "call", "add", "380440000000", "--minutes", "2.5", "--comment", "fair"
    )
    assert logged.returncode == 0, logged.stderr
    found = json.loads(pult("--store", store, "calls", "--by-hand", "--json").stdout)
    assert [str(call["id"]) for call in found] == [logged.stdout.strip()]


@pytest.mark.parametrize("how", [(), ("--json",), ("--dry-run",)])
def test_a_list_of_which_nothing_can_be_read_has_failed(store: Path, tmp_path: Path, how: tuple[str, ...]) -> None:
    clients, tasks = tmp_path / "clients.csv", tmp_path / "tasks.csv"
    clients.write_text("Name;Phone\n" + "x" * 5000 + ";0672220001\n")
    tasks.write_text("Contact date;Client;Phone\nnever;" + "x" * 5000 + ";0672220001\n")
    for command, path in (("client", clients), ("plan", tasks)):
        done = pult("--store", store, command, "import", path, *how)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert max(map(len, done.stderr.splitlines()), default=0) < 200


def test_a_list_of_titles_alone_is_told(store: Path, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Name;Phone\n")
    done = pult("--store", store, "client", "import", path)
    assert (done.returncode, done.stderr) == (0, "There are titles, and no row under them.\n")
