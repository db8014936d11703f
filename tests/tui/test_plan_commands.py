"""The outbound plan on the command line: imported, listed, done, postponed, reported."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tui.command import pult

TASKS = """Дата контакту;Клієнт;Телефон;Дата плану;Адреса;Остання доставка
2099-11-21;[/foo] Ромашка;0672220001;2099-11-22;Садова 1;
2099-11-21;Ландиш;0672220002;;;01.10.2025
2099-11-21;Ландиш;0672220002;2099-11-22;;
99;Ландиш;0672220002;;;
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    assert pult("--store", path, "init").returncode == 0
    return path


@pytest.fixture
def planned(store: Path, tmp_path: Path) -> Path:
    file = tmp_path / "tasks.csv"
    file.write_text(TASKS)
    done = pult("--store", store, "plan", "import", file)
    assert done.returncode == 0, done.stderr
    return store


def data(store: Path, *arguments: str) -> Any:
    answer = pult("--store", store, "plan", *arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_a_list_is_rehearsed_and_then_taken_row_by_row(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text(TASKS)
    rehearsed = pult("--store", store, "plan", "import", file, "--dry-run")
    assert "Дата контакту → contact date: 2099-11-21" in rehearsed.stderr
    assert "row 4: Ландиш:" in rehearsed.stderr
    assert data(store, "list", "--all") == []
    fates = data(store, "import", str(file))
    assert [(fate["row"], fate["fate"]) for fate in fates] == [
        (2, "new-client"), (3, "new-client"), (4, "duplicate"), (5, "rejected")
    ]  # fmt: skip
    assert [(fate["fault"], fate["reason"]) for fate in fates[2:]] == [
        ("repeated", "The same client, date and order stand in row 3."), ("bad-date", "99 is no date.")
    ]  # fmt: skip
    assert len(data(store, "list", "--all")) == 2
    file.write_text(TASKS.splitlines()[0] + "\n20.11.2020;Ландиш;;;;\n")
    assert "1 of the new tasks has gone by" in pult("--store", store, "plan", "import", file).stderr
    file.write_text(TASKS.splitlines()[0] + "\n")
    assert "no row under them" in pult("--store", store, "plan", "import", file).stderr


def test_a_rehearsal_makes_no_store(tmp_path: Path) -> None:
    file, clients = tmp_path / "tasks.csv", tmp_path / "clients.csv"
    file.write_text(TASKS)
    clients.write_text("Клієнт;Телефон\nРомашка;0672220001\n")
    place = tmp_path / "none" / "store.db"
    rehearsed = pult("--store", place, "plan", "import", file, "--dry-run", "--json")
    assert [fate["fate"] for fate in json.loads(rehearsed.stdout)] == [
        "new-client", "new-client", "duplicate", "rejected"
    ]  # fmt: skip
    assert pult("--store", place, "client", "import", clients, "--dry-run").returncode == 0
    assert not place.parent.exists()


def test_a_task_is_postponed_done_and_reported(planned: Path) -> None:
    first, second = data(planned, "list", "--date", "2099-11-21")
    assert (first["client"], second["client"]) == ("Ландиш", "[/foo] Ромашка")
    refused = pult("--store", planned, "plan", "postpone", str(first["id"]), "2099-12-01")
    assert (refused.returncode, refused.stderr.count("reason")) == (1, 1)
    moved = data(planned, "postpone", str(first["id"]), "2099-12-01", "--text", "у відпустці")
    assert moved["task"]["state"] == "postponed"
    late = pult("--store", planned, "plan", "postpone", str(second["id"]), "2099-12-01", "--text", "later")
    assert "2099-11-22" in late.stderr
    done = data(planned, "done", str(second["id"]), "--order", "A-7", "--amount", "12,50", "--currency", "uah")
    assert done["task"]["amount"] == 12_500_000
    again = pult("--store", planned, "plan", "refuse", str(second["id"]), "--text", "no")
    assert (again.returncode, "closed" in again.stderr) == (1, True)
    report = data(planned, "report", "--period", "2099-11-01..2099-11-30")
    total = report["total"]
    assert (total["planned"], total["done_order"], total["postponed"], total["done_without_call"]) == (2, 1, 1, 1)
    shown = pult("--store", planned, "plan", "report", "--period", "2099-11-01..2099-11-30")
    assert "50.0 % /2" in shown.stdout
    card = pult("--store", planned, "plan", "show", str(first["id"]))
    assert "2099-11-21 → 2099-12-01, у відпустці" in card.stdout


def test_a_reason_of_the_list_is_named(planned: Path) -> None:
    assert data(planned, "reasons", "--for", "refuse", "--add", "Дорого") == [
        {"id": 1, "name": "Дорого", "event": "refuse", "active": True}
    ]
    [first, _second] = data(planned, "list", "--all")
    assert (first["state"], first["overdue"], first["calls"]) == ("planned", False, 0)
    task = str(first["id"])
    unknown = pult("--store", planned, "plan", "refuse", task, "--reason", "Дешево")
    assert (unknown.returncode, "Дорого" in unknown.stderr) == (1, True)
    assert data(planned, "refuse", task, "--reason", "дорого")["task"]["reason_id"] == 1
    [renamed] = data(planned, "reasons", "--for", "refuse", "--rename", "Дорого", "Задорого")
    assert renamed["name"] == "Задорого"


def test_a_call_is_added_dropped_confirmed_and_generated_no_more(planned: Path) -> None:
    made = data(planned, "add", "tomorrow", "--client", "Ландиш", "--address", "Лугова 2", "--time", "09:30")
    task = str(made["task"]["id"])
    data(planned, "drop", task, "--text", "sold")
    assert data(planned, "confirm", task)["task"]["state"] == "dropped-confirmed"
    assert data(planned, "reopen", task)["task"]["state"] == "dropped"
    assert data(planned, "return", task, "+3")["task"]["state"] == "postponed"
    assert data(planned, "generate", "--days", "10", "--dry-run") == []
    wrong = pult("--store", planned, "plan", "add", "someday", "--client", "Ландиш")
    assert (wrong.returncode, "someday" in wrong.stderr) == (1, True)
