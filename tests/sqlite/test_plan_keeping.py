"""What becomes of tasks when somebody is forgotten, calls are let go, and records come late; and how calls of tasks are
found."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend_client.contract.clients import MergeClients, UndoClientDeed
from backend_client.contract.plan_report import PlanReportRequest
from backend_client.contract.tasks import AddTask, DropTask, PostponeTask, ReopenTask, ReturnTask, TaskListRequest
from backend_client.derive.local_time import local_time
from backend_client.errors import Invalid
from backend_client.model.call_filter import CallFilter
from backend_client.model.leg import CallFacts
from backend_client.model.period import Period
from backend_client.model.permissions import Role, Session
from backend_client.model.phone import number_key
from backend_client.model.task import TaskFilter, TaskState
from backend_client.sqlite.access.scope import Scope, TaskScope
from backend_client.sqlite.clients.client_changes import change_client
from backend_client.sqlite.filter_sql import Viewer, plan_of
from backend_client.sqlite.plan import problems, ranking
from backend_client.sqlite.plan.codes import STATE_CODE
from backend_client.sqlite.plan.days import iso_of
from backend_client.sqlite.plan.deeds import change_task
from backend_client.sqlite.plan.filter import TaskViewer, where_of
from backend_client.sqlite.plan.listing import in_order_of_work, read_task_list
from backend_client.sqlite.plan.report import read_plan_report
from backend_client.sqlite.plan.rows import TaskRow, read_row
from backend_client.sqlite.plan.tallies import wrong_task_tallies
from backend_client.sqlite.plan.writing import Author
from backend_client.sqlite.upkeep.check import check_store
from backend_client.sqlite.upkeep.erasure import forget
from backend_client.sqlite.upkeep.ledger import TOKEN
from backend_client.sqlite.upkeep.rebuild import rebuild
from tests.sqlite.stores import Desk
from tests.sqlite.test_writer import NOON, call, leg

OLENA, PETRO = "0672220001", "0672220002"
HEAD = Session(employee_id=None, name="head", roles=(Role.ADMINISTRATOR,))
AUTHOR = Author(HEAD, NOON, local_time("Europe/Kyiv"))
TODAY, TOMORROW = iso_of(AUTHOR.today), iso_of(AUTHOR.today + 1)
KYIV = ZoneInfo("Europe/Kyiv")
EVERYTHING = Scope(all_calls=True, employee_id=None)
TRACES = (b"672220001", b"Olena Bondar", b"Sadova", b"daughter", b"asked to wait", b"sold the house", b"ORDER-77")
FOLDED = (b"sadova", b"order-77")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Desk(tmp_path / "store.db")) as opened:
        opened.facts.put([called("1.1")])
        opened.link(OLENA, "Olena Bondar")
        yield opened


def called(key: str, at: int = NOON, outside: str = OLENA, talk: int = 20) -> CallFacts:
    return call(leg(key, at=at, talk=talk, outside=outside, outgoing=True))


def planned(desk: Desk, **fields: object) -> TaskRow:
    operator = desk.db.execute("SELECT employee_id FROM extension WHERE number = '201'").fetchone()[0]
    with desk.writer.transaction() as transaction:
        deed = AddTask(**{"contact_date": TODAY, "operator_id": operator, **fields})
        task = change_task(transaction, AUTHOR, EVERYTHING, deed).task
    assert task is not None
    return row_of(desk, task.id)


def row_of(desk: Desk, task: int) -> TaskRow:
    row = read_row(desk.db, task)
    assert row is not None
    return row


def test_the_tasks_of_who_is_forgotten_say_nothing_any_more(desk: Desk) -> None:
    client = desk.client("Olena Bondar")
    task = planned(
        desk, client_id=client, number=OLENA, address="Sadova 1", note="the daughter answers", order="ORDER-77"
    )
    with desk.writer.transaction() as transaction:
        move = PostponeTask(id=task.id, revision=0, contact_date=TOMORROW, text="asked to wait")
        change_task(transaction, AUTHOR, EVERYTHING, move)
        drop = DropTask(id=task.id, revision=1, text="sold the house")
        change_task(transaction, AUTHOR, EVERYTHING, drop)
    assert row_of(desk, task.id).calls == 1
    assert desk.db.execute("SELECT fold FROM task_text ORDER BY fold").fetchall() == [("order-77",), ("sadova 1",)]
    forget(desk.writer, HEAD, [], [client], now=5)
    assert desk.db.execute("SELECT count(*) FROM task_text").fetchone() == (0,)
    assert desk.db.execute("SELECT count(*) FROM task_word").fetchone() == (0,)
    row = row_of(desk, task.id)
    assert (row.client_id, row.state, row.calls) == (None, STATE_CODE[TaskState.DROPPED_CONFIRMED], 1)
    with pytest.raises(Invalid, match="was forgotten"), desk.writer.transaction() as transaction:
        change_task(transaction, AUTHOR, EVERYTHING, ReopenTask(id=task.id, revision=row.revision))
    held = b"".join(file.read_bytes() for file in desk.path.parent.glob(f"{desk.path.name}*"))
    assert [trace for trace in (*TRACES, *FOLDED) if trace in held] == []
    assert check_store(desk.writer, deep=True).attempts == 0


def test_a_client_who_stays_is_called_by_another_number(desk: Desk) -> None:
    desk.link(PETRO, "Olena Bondar")
    task = planned(desk, client_id=desk.client("Olena Bondar"), number=OLENA, address="Sadova 1")
    forget(desk.writer, HEAD, [number_key(OLENA, "UA").key], [], now=5)
    row = row_of(desk, task.id)
    assert (row.number_id, row.address, row.state) == (None, "Sadova 1", STATE_CODE[TaskState.PLANNED])
    assert check_store(desk.writer, deep=True).attempts == 0


def test_a_record_that_comes_late_or_goes_changes_the_attempts(desk: Desk) -> None:
    task = planned(desk, client_id=desk.client("Olena Bondar"))
    assert task.calls == 1
    desk.facts.put([called("2.1", at=NOON + 60), called("3.1", at=NOON - 86_400)])
    assert row_of(desk, task.id).calls == 2
    desk.link(OLENA, None)
    assert row_of(desk, task.id).calls == 0
    desk.link(OLENA, "Olena Bondar")
    assert row_of(desk, task.id).calls == 2
    rebuild(desk.writer)
    assert row_of(desk, task.id).calls == 2
    assert check_store(desk.writer, deep=True).attempts == 0


PLANS = {
    "any": (CallFilter(attempt=True), "attempt_start"),
    "of a task": (CallFilter(tasks=(1,)), "attempt_task"),
    "of an operator's tasks": (CallFilter(task_operators=(1,)), "PRIMARY KEY"),
    "of a manager's tasks": (CallFilter(attempt=True, task_managers=(1,)), "attempt_start"),
    "by plan date": (CallFilter(deliveries=(f"{TODAY}..",)), "attempt_start"),
}


@pytest.mark.parametrize("name", PLANS)
def test_calls_of_tasks_are_read_from_the_attempts(desk: Desk, name: str) -> None:
    wanted, index = PLANS[name]
    viewer = Viewer(EVERYTHING, None, NOON, KYIV, TaskScope(everything=True, employee_id=None))
    query = plan_of(wanted, viewer, desk.db).page(None, 50)
    steps = [row[3] for row in desk.db.execute(f"EXPLAIN QUERY PLAN {query.text}", query.values)]
    [driver] = [step for step in steps if step.startswith(("SEARCH a", "SCAN a")) and "EXISTS" not in step][:1]
    assert index in driver


@pytest.mark.parametrize("tasks", [None, TaskScope(everything=False, employee_id=77)])
def test_of_tasks_of_others_the_journal_tells_nothing(desk: Desk, tasks: TaskScope | None) -> None:
    planned(desk, client_id=desk.client("Olena Bondar"))
    viewer = Viewer(EVERYTHING, None, NOON, KYIV, tasks)
    for wanted in (CallFilter(attempt=True), CallFilter(tasks=(1,)), CallFilter(deliveries=(TODAY,))):
        plan = plan_of(wanted, viewer, desk.db)
        query = plan.page(None, 50)
        assert not plan.sources or desk.db.execute(query.text, query.values).fetchall() == []


def test_a_number_that_was_planned_again_is_forgotten_again(desk: Desk) -> None:
    key = number_key(OLENA, "UA").key
    forget(desk.writer, HEAD, [key], [], now=5)
    task = planned(desk, number=OLENA, address="Sadova 1")
    forget(desk.writer, HEAD, [key], [], now=6)
    assert row_of(desk, task.id).address == ""
    assert desk.db.execute("SELECT count(*) FROM number WHERE key = ?", (key,)).fetchone() == (0,)
    assert check_store(desk.writer, deep=True).sound


SPOILED = {
    "a count": "UPDATE task_tally SET planned = planned + 1",
    "a row that nothing stands for": "INSERT INTO reason_tally VALUES (7, 7, 10024300, 5, 1, 3)",
    "a client's trouble": "UPDATE day_trouble SET moved = x'0200'",
    "trouble of a task that is not there": "UPDATE day_trouble SET tasks = x'99000000'",
    "trouble of a month without tasks": "INSERT INTO day_trouble SELECT 30000, tasks, parties, operators, managers,"
    " plan_days, dropped, refused, missed, moved FROM day_trouble",
    "a reason that came again": "INSERT INTO reason_again VALUES (1, 5, 0, 20000, 20001)",
    "calls": "UPDATE task_tally SET calls = 0 WHERE period < 10000000",
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_wrong_tally_of_the_plan_is_found_and_mended(desk: Desk, what: str) -> None:
    task = planned(desk, client_id=desk.client("Olena Bondar"))
    with desk.writer.transaction() as transaction:
        move = PostponeTask(id=task.id, revision=0, contact_date=TOMORROW, text="asked to wait")
        change_task(transaction, AUTHOR, EVERYTHING, move)
    assert check_store(desk.writer, deep=True).sound
    with desk.writer.transaction() as transaction:
        transaction.db.execute(SPOILED[what])
    assert check_store(desk.writer, deep=True).tallies > 0
    assert (check_store(desk.writer).tallies > 0) is (what == "a count")
    rebuild(desk.writer)
    assert wrong_task_tallies(desk.db, deep=True) == 0
    assert check_store(desk.writer, deep=True).sound


def test_pages_of_open_tasks_are_those_of_the_whole_order(desk: Desk) -> None:
    client = desk.client("Olena Bondar")
    for place, (contact, delivered) in enumerate(
        [(2, 9), (-1, None), (0, 30), (-3, 2), (1, 30), (-2, None), (0, 9), (-1, 30), (4, None)]
    ):
        planned(
            desk, client_id=client, order=str(place), contact_date=iso_of(AUTHOR.today + contact), past=True,
            contact_time="10:00" if place % 2 else "", last_delivery=iso_of(delivered and AUTHOR.today - delivered),
        )  # fmt: skip
    viewer = TaskViewer(TaskScope(everything=True, employee_id=None), AUTHOR.today)

    def page(wanted: TaskFilter, offset: int, limit: int) -> list[int]:
        request = TaskListRequest(filter=wanted, offset=offset, limit=limit)
        return [task.id for task in read_task_list(desk.db, request, viewer).rows]

    # Asked of one client, they are gathered and sorted.
    ordered = page(TaskFilter(clients=(client,)), 0, 100)
    assert len(ordered) == 9
    for wanted in (TaskFilter(), TaskFilter(open=True), TaskFilter(search="olena")):
        assert page(wanted, 0, 100) == ordered
        assert [page(wanted, offset, 2) for offset in range(0, 9, 2)] == [
            ordered[offset : offset + 2] for offset in range(0, 9, 2)
        ]


def test_a_page_of_open_tasks_is_read_in_its_order(desk: Desk) -> None:
    where = where_of(desk.db, TaskFilter(open=True), TaskViewer(TaskScope(True, None), AUTHOR.today))
    steps = [row[3] for row in desk.db.execute(f"EXPLAIN QUERY PLAN {in_order_of_work(where, AUTHOR.today)}")]
    assert sum("task_work" in step for step in steps) == 2
    assert not [step for step in steps if "TEMP B-TREE" in step]


def dropped(desk: Desk, **fields: object) -> TaskRow:
    task = planned(desk, **fields)
    with desk.writer.transaction() as transaction:
        change_task(transaction, AUTHOR, EVERYTHING, DropTask(id=task.id, revision=0, text="moved away"))
    return task


def problem_clients(desk: Desk) -> list[tuple[int | None, str]]:
    report = read_plan_report(desk.db, PlanReportRequest(period=Period(), problems=True), AUTHOR)
    return [(problem.client_id, problem.number) for problem in report.problems]


def test_a_contact_date_keeps_no_trouble_that_was_taken_back(desk: Desk) -> None:
    task = dropped(desk, client_id=desk.client("Olena Bondar"))
    assert desk.db.execute("SELECT day FROM day_trouble").fetchall() == [(AUTHOR.today,)]
    with desk.writer.transaction() as transaction:
        change_task(transaction, AUTHOR, EVERYTHING, ReturnTask(id=task.id, revision=1))
    assert desk.db.execute("SELECT day FROM day_trouble").fetchall() == []


def test_the_first_problem_clients_are_those_of_all_however_few_days_are_read_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [desk.client(name) for name in ("Olena Bondar", "Petro", "Ivan", "Iryna")]
    for place, offset in ((0, 0), (1, 0), (1, 2), (2, 5), (2, 3), (2, 2), (3, 9)):
        contact = iso_of(AUTHOR.today + offset)
        dropped(desk, client_id=clients[place], contact_date=contact, order=f"{place} on {contact}")
    assert [client for client, _ in problem_clients(desk)] == [clients[place] for place in (2, 1, 3, 0)]
    every = read_plan_report(desk.db, PlanReportRequest(period=Period(), problems=True), AUTHOR).problems
    for days, most in ((1, 1), (1, 3), (2, 2), (2, 500)):
        monkeypatch.setattr(ranking, "_DAYS", days)
        monkeypatch.setattr(problems, "MOST", most)
        report = read_plan_report(desk.db, PlanReportRequest(period=Period(), problems=True), AUTHOR)
        assert report.problems == every[:most]
        assert report.more_problems is (most < len(every))


def test_the_trouble_of_merged_clients_goes_with_their_tasks_and_comes_back(desk: Desk) -> None:
    olena, petro = desk.client("Olena Bondar"), desk.client("Petro")
    dropped(desk, client_id=petro, order="1")
    dropped(desk, client_id=olena, order="2")
    for deed, left in ((MergeClients(id=olena, other=petro), {olena}), (UndoClientDeed(), {olena, petro})):
        with desk.writer.transaction() as transaction:
            change_client(transaction, desk.facts, HEAD, EVERYTHING, deed, NOON)
        assert {client for client, _ in problem_clients(desk)} == left
        assert wrong_task_tallies(desk.db, deep=True) == 0


def test_the_trouble_of_a_forgotten_number_that_calls_again_is_nobodys(desk: Desk) -> None:
    forget(desk.writer, HEAD, [number_key(OLENA, "UA").key], [], now=5)
    dropped(desk, number=OLENA)
    assert problem_clients(desk) == [(None, number_key(OLENA, "UA").key)]
    desk.facts.put([called("9.1", at=NOON + 90)])
    [(client, number)] = problem_clients(desk)
    assert client is None
    assert number.startswith(TOKEN)
    assert wrong_task_tallies(desk.db, deep=True) == 0
