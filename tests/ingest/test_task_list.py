"""Lists of tasks: titles in three languages, dates in any layout, and a reason for every row that is none."""

from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from backend_client.errors import Invalid, NotFound
from backend_client.ingest.list_rows import rows_of
from backend_client.ingest.task_list import TITLES, TaskFile, read_task_file
from backend_client.model.task import TaskFate
from backend_client.model.task_fault import TaskFault


def read(folder: Path, text: str, encoding: str = "utf-8") -> TaskFile:
    path = folder / "tasks.csv"
    path.write_bytes(text.encode(encoding))
    return read_task_file(path)


@pytest.mark.parametrize(
    ("titles", "encoding"),
    [
        ("Contact date,Plan date,Operator,Client,Phone,Order,Amount,Last delivery", "utf-8"),
        ("Дата контакту;Дата плану;Оператор;Контрагент;Телефон;№ замовлення;Сума;Остання доставка", "utf-8-sig"),
        ("Дата контакта;Дата плана;Оператор;Клиент;Номер телефона;Заказ №;Сумма;Дата последней доставки", "cp1251"),
        ("ДАТА ЗВОНКА\tДата доставки\tОператор\tНазвание\tТел.\tЗаказ\tсумма заказа\tпоследняя доставка", "utf-16"),
    ],
)
def test_columns_are_found_by_their_titles(tmp_path: Path, titles: str, encoding: str) -> None:
    comma = next(mark for mark in ";\t," if mark in titles)
    row = comma.join(["21.11.2026", "2026-11-23", "Olena", "Ромашка", "0501112233", "77", "1 250", "1/10/26"])
    found = read(tmp_path, f"{titles}\n{row}\n", encoding)
    [record] = found.records
    assert (record.row, record.contact_date, record.plan_date) == (2, "2026-11-21", "2026-11-23")
    assert (record.operator, record.client, record.number, record.order) == ("Olena", "Ромашка", "0501112233", "77")
    assert (record.amount, record.last_delivery, found.ignored) == (1_250_000_000, "2026-10-01", ())


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("01.12.2026", "2026-12-01"),
        ("1.12.26", "2026-12-01"),
        ("01/12/2026", "2026-12-01"),
        ("2026-12-01 00:00:00", "2026-12-01"),
        ("46357", "2026-12-01"),
    ],
)
def test_a_day_is_read_in_any_usual_layout(tmp_path: Path, text: str, day: str) -> None:
    [record] = read(tmp_path, f"date,client\n{text},A\n").records
    assert record.contact_date == day


def test_all_dates_of_a_file_say_together_whether_months_come_first(tmp_path: Path) -> None:
    found = read(tmp_path, "date,delivery,client\n2026-12-01,,A\n12/01/2026,12/02/2026,B\n12/02/2026,12/25/2026,C\n")
    assert [(one.contact_date, one.plan_date) for one in found.records] == [
        ("2026-12-01", ""), ("2026-12-01", "2026-12-02"), ("2026-12-02", "2026-12-25")
    ]  # fmt: skip


def test_what_cannot_be_read_is_refused_with_its_row_and_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "date,time,client,amount,order\n"
        "31.02.2026,,A,,\n\n21.11.2026,25:00,A,,\n21.11.2026,,A,many,\n21.11.2026,9.30,A,,7\n",
    )
    assert [(one.row, one.fate) for one in found.refused] == [
        (2, TaskFate.REJECTED), (4, TaskFate.REJECTED), (5, TaskFate.REJECTED)
    ]  # fmt: skip
    assert [one.fields for one in found.refused] == [
        {"text": "31.02.2026"}, {"text": "25:00"}, {"text": "many"}
    ]  # fmt: skip
    assert [one.contact_time for one in found.records] == ["09:30"]


def test_a_time_that_stands_with_the_contact_date_is_kept(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "date,time,client\n2026-12-01 10:30,,A\n01.12.2026 9:05:00,,B\n2026-12-01 00:00,,C\n2026-12-01 10:30,11:00,D\n",
    )
    assert [one.contact_time for one in found.records] == ["10:30", "09:05", "", "11:00"]


def test_a_cell_far_away_makes_no_rows_of_blanks(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Contact date", "Client", "Phone"])
    sheet.append(["2026-11-21", "Ромашка", "0501112233"])
    sheet.cell(5000, 3).value = "0501112244"
    sheet.cell(5001, 5000).value = "far"
    book.save(tmp_path / "tasks.xlsx")

    rows = rows_of(tmp_path / "tasks.xlsx", TITLES)

    assert [row.line for row in rows] == [1, 2, 5000]
    assert max(len(row.cells) for row in rows) <= 200


def test_a_spreadsheets_moment_and_part_of_a_day_are_times(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Date", "Time", "Client"], [datetime(2026, 12, 1, 14, 15), None, "A"], ["2026-12-01", 0.5, "B"]):
        sheet.append(row)
    book.save(tmp_path / "tasks.xlsx")
    found = read_task_file(tmp_path / "tasks.xlsx")
    assert [one.contact_time for one in found.records] == ["14:15", "12:00"]


def test_a_cell_too_long_loses_its_row_alone(tmp_path: Path) -> None:
    found = read(tmp_path, f"date,client\n2026-12-01,{'x' * (2 << 20)}\n2026-12-02,B\n{'9' * 5000},C\n")
    assert [(one.row, one.client) for one in found.records] == [(3, "B")]
    assert [one.row for one in found.refused] == [2, 4]
    assert all(len(text) <= 60 for one in found.refused for text in (one.client, *one.fields.values()))


def test_a_reason_is_one_line(tmp_path: Path) -> None:
    [refused] = read(tmp_path, 'date,client\n"never\nmind",A\n2026-12-01,B\n').refused
    assert "\n" not in refused.fields["text"]


def test_a_quotation_mark_that_stays_open_loses_its_line_alone(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "План на понеділок\n\ndate;client;note\n"
        '2026-12-01;"ТОВ ""Ромашка""";"one\ntwo"\n2026-12-01;"Водій;x\n2026-12-02;B;"c"\nnever;C;\n'
        '2026-12-03;D;19" screen\n2026-12-04;E;"x\n',
    )
    assert [(one.row, one.client, one.note) for one in found.records] == [
        (4, 'ТОВ "Ромашка"', "one\ntwo"), (7, "B", "c"), (9, "D", '19" screen')
    ]  # fmt: skip
    assert [(one.row, one.fault) for one in found.refused] == [
        (6, TaskFault.OPEN_QUOTE), (8, TaskFault.BAD_DATE), (10, TaskFault.OPEN_QUOTE)
    ]  # fmt: skip


def test_commas_of_addresses_part_no_columns(tmp_path: Path) -> None:
    rows = "".join(f"2026-12-01;Client {n};вул. Садова, 1, під. 2, кв. {n}, код 5\n" for n in range(40))
    found = read(tmp_path, f"Дата;Клієнт;Адреса\n{rows}")
    assert len(found.records) == 40
    assert found.records[7].address == "вул. Садова, 1, під. 2, кв. 7, код 5"


def test_a_formula_without_its_result_is_no_blank(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Date", "Client", "Plan date"], ["2026-12-01", "A", "=TODAY()"], ["2026-12-01", "B", None]):
        sheet.append(row)
    book.save(tmp_path / "tasks.xlsx")
    found = read_task_file(tmp_path / "tasks.xlsx")
    assert [(one.row, one.fields) for one in found.refused] == [(2, {"text": "=TODAY()"})]
    assert [one.row for one in found.records] == [3]


def test_a_spreadsheet_keeps_dates_times_and_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["План обзвону", None])
    sheet.append(["Дата", "Час", "Клієнт", "Телефон", "Сума", "Колір"])
    sheet.append([datetime(2026, 11, 21), time(9, 30), "Ромашка", 380501112233, 99.5, "red"])
    book.save(tmp_path / "tasks.xlsx")
    found = read_task_file(tmp_path / "tasks.xlsx")
    [record] = found.records
    assert (record.row, record.contact_date, record.contact_time) == (3, "2026-11-21", "09:30")
    assert (record.number, record.amount, found.ignored) == ("380501112233", 99_500_000, ("Колір",))


def test_a_file_that_is_no_list_of_tasks_is_told(tmp_path: Path) -> None:
    for text in ("", "a,b\n1,2\n", "client,phone\nA,1\n"):
        with pytest.raises(Invalid):
            read(tmp_path, text)
    with pytest.raises(NotFound):
        read_task_file(tmp_path / "nowhere.csv")


def test_no_title_means_two_things() -> None:
    titles = [title for known in TITLES.values() for title in known]
    assert len(titles) == len(set(titles))
