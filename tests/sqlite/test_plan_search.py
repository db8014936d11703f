"""Tasks by any part of the client, the number, the address or the order, however many tasks have it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.contract.tasks import EditTask, TaskListRequest
from backend_client.model.task import TaskFilter
from backend_client.sqlite.access.scope import TaskScope
from backend_client.sqlite.plan import listing, searching
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.filter import TaskViewer, where_of
from backend_client.sqlite.plan.listing import read_task_list
from backend_client.sqlite.upkeep.check import check_store
from tests.sqlite.stores import Desk
from tests.sqlite.test_plan_keeping import AUTHOR, EVERYTHING, OLENA, PETRO, TOMORROW, called, planned

HEAD = TaskViewer(TaskScope(True, None), AUTHOR.today)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put([called("1.1")])
        opened.link(OLENA, "Ромашка")
        planned(opened, client_id=opened.client("Ромашка"), address="вул. Садова, 17", order="ЗМ-4012")
        planned(opened, number=PETRO, address="ВУЛ. САДОВА, 170")
        planned(opened, client_id=opened.client("Ромашка"), address="просп. Миру, 5", order="17-А")
        planned(opened, number=PETRO, address="Вул. Ґонти Єв’ген,  Ёлкина 9")
        planned(opened, number=PETRO, address="дім №８ корп. [а]*")
        yield opened


def found(desk: Desk, text: str) -> list[int]:
    request = TaskListRequest(filter=TaskFilter(search=text))
    return sorted(task.id for task in read_task_list(desk.db, request, HEAD).rows)


@pytest.mark.parametrize("many", [searching.MANY, 0], ids=["gathered", "asked one by one"])
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("садова, 17", [1, 2]),
        ("САДОВА, 170", [2]),
        ("миру", [3]),
        ("зм-40", [1]),
        ("17", [1, 2, 3]),
        ("ромаш", [1, 3]),
        ("067 222 00 02", [2, 4, 5]),
        ("2220002", [2, 4, 5]),
        ("#3", [3]),
        ("# 3", []),
        ("вул. ґонти", [4]),
        ("ВУЛ. гонти", [4]),
        ("єв'ген, елкина", [4]),
        ("no8 КОРП", [5]),
        ("[А]*", [5]),
        ("Ї", []),
        ("ёл", [4]),
        ("такого немає", []),
        ('"', []),
    ],
)
def test_any_part_finds_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, many: int, text: str, ids: list[int]) -> None:
    monkeypatch.setattr(searching, "MANY", many)
    assert found(desk, text) == ids


def test_a_search_follows_what_is_written_anew(desk: Desk) -> None:
    with desk.writer.transaction() as transaction:
        edit = EditTask(id=1, revision=0, contact_date=TOMORROW, number=OLENA, address="вул. Лісова, 2", order="17-А")
        change_task(transaction, AUTHOR, EVERYTHING, edit)
    assert (found(desk, "садова, 17"), found(desk, "лісова"), found(desk, "зм-4")) == ([2], [1], [])
    assert found(desk, "17-а") == [1, 3]
    assert check_store(desk.writer, deep=True).search == ()


def test_what_few_tasks_have_is_looked_up_by_its_index(desk: Desk) -> None:
    where = where_of(desk.db, TaskFilter(search="садова, 17"), HEAD)
    query = f"EXPLAIN QUERY PLAN SELECT t.id FROM {where.source} WHERE {where.text}"
    steps = [row[3] for row in desk.db.execute(query, where.values)]
    assert "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert not [step for step in steps if step.startswith("SCAN t")]


def test_a_task_with_the_text_in_both_places_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(3):
        planned(desk, number=PETRO, address=f"склад {place}", order=f"склад-{place}")
    for module in (searching, listing):
        monkeypatch.setattr(module, "COUNT_EXACTLY_TO", 4)
    told = read_task_list(desk.db, TaskListRequest(filter=TaskFilter(search="склад")), HEAD)
    assert (len(told.rows), told.total, told.exact) == (3, 3, True)


@pytest.mark.parametrize(("filter", "tasks"), [(TaskFilter(search="склад"), 12), (TaskFilter(), 17)])
def test_the_last_page_says_that_it_is_the_last_however_long_the_list(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, filter: TaskFilter, tasks: int
) -> None:
    """Or who reads on would ask for ever what comes after it."""
    for place in range(12):
        planned(desk, number=PETRO, address=f"склад {place}")
    for module in (searching, listing):
        monkeypatch.setattr(module, "COUNT_EXACTLY_TO", 5)
    first, last = (
        read_task_list(desk.db, TaskListRequest(filter=filter, offset=offset, limit=5), HEAD)
        for offset in (0, tasks - 2)
    )
    assert (len(first.rows), first.total, first.exact) == (5, 5, False)
    assert (len(last.rows), last.total, last.exact) == (2, tasks, True)
