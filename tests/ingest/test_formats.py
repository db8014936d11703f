"""Every source format: recognised by itself, read, and what its records say."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from backend_client.errors import Busy, Invalid
from backend_client.ingest import foreign_database, spreadsheet, unpacked
from backend_client.ingest.formats import open_source
from backend_client.ingest.profile import Profile
from backend_client.ingest.source import CallLine, Rejection, SourceOptions
from backend_client.model.leg import Leg
from backend_client.model.reason import Reason
from tests.ingest.lines import DATA, EXTRA, MASTER, master, read

LAB = DATA / "asterisk-lab"
FREEPBX = (
    "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration", "billsec",
    "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did", "recordingfile", "cnum", "cnam",
    "linkedid", "peeraccount", "sequence",
)  # fmt: skip


def everything(
    path: Path,
    options: SourceOptions = SourceOptions(),  # noqa: B008
) -> tuple[str, list[Leg], list[CallLine], list[Rejection]]:
    """The format that a file is taken for, and all that is in it."""
    chosen, source = open_source(path, options)
    source.preview()
    portions = list(source.read())
    return (
        chosen.name,
        [leg for portion in portions for leg in portion.legs],
        [line for portion in portions for line in portion.events],
        [rejection for portion in portions for rejection in portion.rejections],
    )


def database(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
    return path


def record(**changed: object) -> dict[str, object]:
    return {**MASTER, **EXTRA, **changed}


def table(path: Path, columns: tuple[str, ...], *records: dict[str, object], name: str = "cdr") -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        for fields in records:
            values = [fields["start"] if column == "calldate" else fields.get(column, "") for column in columns]
            db.execute(f"INSERT INTO {name} VALUES ({marks})", values)
        db.commit()
    return path


@pytest.mark.parametrize(
    "columns",
    [
        (*MASTER, *EXTRA),
        ("AcctId INTEGER PRIMARY KEY", *(name for name in MASTER), "uniqueid", "userfield"),
        FREEPBX,
    ],
    ids=["as Master.csv", "with an own id", "FreePBX"],
)
def test_an_asterisk_database_says_what_its_csv_says(tmp_path: Path, columns: tuple[str, ...]) -> None:
    plain = tuple(column.partition(" ")[0] for column in columns)
    path = tmp_path / "cdr.db"
    with closing(sqlite3.connect(path)) as db:
        quoted = ", ".join(f'"{c.partition(" ")[0]}" {c.partition(" ")[2]}' for c in columns)
        db.execute(f"CREATE TABLE cdr ({quoted})")
        fields = record(calldate=MASTER["start"], AcctId=7)
        db.execute(f"INSERT INTO cdr VALUES ({', '.join('?' * len(plain))})", [fields.get(c, "") for c in plain])
        db.commit()
    name, [leg], _, rejections = everything(path)

    assert name == "asterisk-db"
    assert rejections == []
    assert (leg.caller, leg.callee, leg.billsec, leg.disposition) == ("380672220001", "380442000001", 6, "ANSWERED")
    assert (leg.end or 0) - leg.start == 9
    assert leg.answer == leg.start + 3
    assert leg.dstchannel == "PJSIP/201-0000001b"


def test_a_database_and_its_csv_give_the_same_records(tmp_path: Path) -> None:
    text = tmp_path / "Master.csv"
    text.write_text(master())
    _, from_csv, _, _ = everything(text)
    _, from_table, _, _ = everything(table(tmp_path / "cdr.db", (*MASTER, *EXTRA), record()))
    assert from_table == from_csv


def test_cdr_and_cel_of_one_database_both_come(tmp_path: Path) -> None:
    path = table(tmp_path / "asterisk.db", (*MASTER, *EXTRA), record())
    database(
        path,
        "CREATE TABLE cel (id INTEGER PRIMARY KEY, eventtype, eventtime, channame, uniqueid, linkedid, extra)",
        "INSERT INTO cel VALUES (1, 'CHAN_START', '2026-11-20 21:47:31', 'PJSIP/a-1', '1795204051.44', '1795204051.44',"
        " '')",
        "INSERT INTO cel VALUES (2, 'HANGUP', '2026-11-20 21:47:40', 'PJSIP/a-1', '1795204051.44', '1795204051.44',"
        ' \'{"hangupcause":16,"hangupsource":"PJSIP/a-1","dialstatus":"ANSWER"}\')',
    )
    _, [leg], [line], _ = everything(path)
    assert line.call == leg.linkedid
    assert line.event.data == ("PJSIP/a-1", "16", "PJSIP/a-1", "ANSWER")
    assert line.event.at == leg.end


def test_a_view_in_place_of_the_table_is_not_read(tmp_path: Path) -> None:
    path = database(
        tmp_path / "cdr.db",
        f"CREATE TABLE real ({', '.join((*MASTER, *EXTRA))})".replace("end,", '"end",'),
        "CREATE VIEW cdr AS SELECT * FROM real",
    )
    with pytest.raises(Invalid, match="holds no table of calls"):
        open_source(path, SourceOptions())


def test_a_statement_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "cdr.db", (*MASTER, *EXTRA), *[record(sequence=n) for n in range(3000)])
    monkeypatch.setattr(foreign_database, "STEPS", 10_000)
    with pytest.raises(Invalid, match="unreasonably long"):
        everything(path)


def test_a_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_database, "_PATIENCE", 0.01)
    path = table(tmp_path / "cdr.db", (*MASTER, *EXTRA), record())
    with closing(sqlite3.connect(path, isolation_level=None)) as owner:
        owner.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy, match="locked"):
            open_source(path, SourceOptions())


def test_reading_leaves_somebody_elses_write_ahead_log_alone(tmp_path: Path) -> None:
    path = table(tmp_path / "cdr.db", (*MASTER, *EXTRA), record())
    with closing(sqlite3.connect(path, isolation_level=None)) as owner:
        owner.execute("PRAGMA journal_mode=WAL")
        owner.execute("INSERT INTO cdr SELECT * FROM cdr")
        log = Path(f"{path}-wal")
        before = log.read_bytes()
        _, legs, _, _ = everything(path)
        assert len(legs) == 2
        assert log.read_bytes() == before


MIKO = {
    "id": 1, "start": "2026-11-20 21:47:31.101", "endtime": "2026-11-20 21:47:40.300",
    "answer": "2026-11-20 21:47:34.200", "src_chan": "PJSIP/SIP-1-0000001a", "src_num": "380672220001",
    "src_name": "Joana", "dst_chan": "PJSIP/201-0000001b", "dst_num": "201", "UNIQUEID": "mikopbx-1795204051.44_ab",
    "linkedid": "mikopbx-1795204051.44", "did": "380442000001", "appname": "", "disposition": "ANSWERED",
    "recordingfile": "/storage/monitor/2026/11/20/21/mikopbx-1795204051.44_ab.webm", "is_app": "0", "duration": "9",
    "billsec": "6", "work_completed": "1",
}  # fmt: skip


def test_mikopbx_keeps_a_row_under_its_own_id_when_it_changes(tmp_path: Path) -> None:
    first = table(tmp_path / "a.db", tuple(MIKO), MIKO, name="cdr_general")
    later = table(tmp_path / "b.db", tuple(MIKO), {**MIKO, "disposition": "NOANSWER"}, name="cdr_general")
    name, [leg], _, _ = everything(first)
    _, [changed], _, _ = everything(later)
    assert name == "mikopbx"
    assert leg.key == changed.key
    assert (leg.caller, leg.callee, leg.caller_name, leg.did) == ("380672220001", "201", "Joana", "380442000001")
    assert leg.recording.endswith(".webm")


def test_mikopbx_rows_of_running_calls_wait_and_applications_are_no_phones(tmp_path: Path) -> None:
    running = {**MIKO, "UNIQUEID": "mikopbx-2", "endtime": "", "answer": "", "work_completed": "0", "duration": ""}
    menu = {**MIKO, "UNIQUEID": "mikopbx-3", "is_app": "1", "dst_chan": "App:2200102", "appname": "ivr"}
    path = table(tmp_path / "cdr.db", tuple(MIKO), running, menu, name="cdr_general")
    _, [leg], _, [waiting] = everything(path)
    assert waiting.reason is Reason.HALF_WRITTEN
    assert (leg.dstchannel, leg.app) == ("", "ivr")


def test_a_file_said_to_be_a_mikopbx_dump_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(master())
    with pytest.raises(Invalid, match="holds no table cdr_general"):
        open_source(path, SourceOptions(), "mikopbx")


def test_a_mikopbx_dump_of_inserts_is_read_like_its_database(tmp_path: Path) -> None:
    values = ", ".join(
        "NULL" if value is None else "'" + str(value).replace("'", "''") + "'" for value in MIKO.values()
    )
    quoted = values.replace("Joana", "O''Neil; (x)")
    path = tmp_path / "cdr.sql"
    path.write_text(
        f"CREATE TABLE cdr_general ({', '.join(MIKO)});\nINSERT INTO other VALUES (1);\n"
        f'INSERT INTO cdr_general VALUES({values});\nINSERT INTO "cdr_general" VALUES({quoted});\n'
    )
    name, legs, _, rejections = everything(path)
    _, [stored], _, _ = everything(table(tmp_path / "cdr.db", tuple(MIKO), MIKO, name="cdr_general"))
    assert name == "mikopbx"
    assert rejections == []
    assert legs[0] == stored
    assert legs[1].caller_name == "O'Neil; (x)"


def test_the_freeswitch_sample_is_read_whole() -> None:
    name, legs, _, rejections = everything(DATA / "freeswitch" / "cdr_pusher_sample.db")
    assert name == "freeswitch-db"
    assert (len(legs), rejections) == (50, [])
    assert {leg.billsec for leg in legs} == {116, 279}
    assert all(leg.end == leg.start + leg.duration for leg in legs)
    assert len({leg.key for leg in legs}) == 50


FREESWITCH = (
    '"Joana","380672220001","380442000001","public","2026-11-20 21:47:31","{answer}","2026-11-20 21:47:40","9",'
    '"{billsec}","{cause}","c0041bbc-d88a-4f7b-6462-9b3d674b4c3e","","","PCMA","PCMA"\n'
)


def test_a_freeswitch_csv_of_the_stock_template_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(
        FREESWITCH.format(answer="2026-11-20 21:47:34", billsec=6, cause="NORMAL_CLEARING")
        + FREESWITCH.format(answer="", billsec=0, cause="ORIGINATOR_CANCEL")
    )
    name, [talked, cancelled], _, _ = everything(path)
    assert name == "freeswitch-csv"
    assert (talked.disposition, talked.cause, talked.context) == ("ANSWERED", "NORMAL_CLEARING", "public")
    assert (cancelled.disposition, cancelled.cause) == ("", "ORIGINATOR_CANCEL")


def test_an_own_freeswitch_template_comes_with_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "c0041bbc-d88a-4f7b-6462-9b3d674b4c3e;2026-11-20 21:47:31;201;0501112233;12;7;NORMAL_CLEARING;recv_bye\n"
    )
    template = (
        "${uuid};${start_stamp};${caller_id_number};${destination_number};${duration};${billsec};${hangup_cause};"
    )
    profile = Profile(template=template + "${sip_hangup_disposition}", delimiter=";")
    name, [leg], _, _ = everything(path, SourceOptions(profile=profile))
    assert name == "freeswitch-csv"
    assert (leg.caller, leg.callee, leg.billsec, leg.hung_up_by) == ("201", "0501112233", 7, "caller")


def test_queue_log_of_the_laboratory() -> None:
    name, legs, lines, rejections = everything(LAB / "queue_log")
    assert (name, legs, rejections) == ("queue-log", [], [])
    assert [line.event.name for line in lines] == [
        "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "ENTERQUEUE", "RINGNOANSWER", "RINGNOANSWER", "ABANDON",
    ]  # fmt: skip
    assert {line.call for line in lines} == {"1795211276.50", "1795211286.52"}


def test_a_half_written_line_of_queue_log_waits(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(
        "1795211276|1795211276.50|sales|NONE|ENTERQUEUE||380672220004|1\n1795211279|1795211276.50|sales|IAX2/201|CONN"
    )
    _, _, lines, [waiting] = everything(path)
    assert len(lines) == 1
    assert waiting.reason is Reason.HALF_WRITTEN


def test_cel_of_the_laboratory_with_and_without_titles(tmp_path: Path) -> None:
    name, legs, lines, rejections = everything(LAB / "cel.csv")
    assert (name, legs, rejections) == ("cel-csv", [], [])
    assert {line.event.name for line in lines} == {"HANGUP", "LINKEDID_END"}
    titles = (
        "eventtype,eventtime,cid_name,cid_num,cid_ani,cid_rdnis,cid_dnid,exten,context,channame,appname,appdata,"
        "amaflags,accountcode,uniqueid,linkedid,peer,userfield,userdeftype,extra\n"
    )
    titled = tmp_path / "cel.csv"
    titled.write_text(titles + (LAB / "cel.csv").read_text())
    assert everything(titled)[2] == lines


AMO = [
    {"uniq": "a1", "direction": "inbound", "duration": 60, "phone": "+380672220001", "call_responsible": "Олена",
     "call_status": 4, "call_result": "замовлення", "created_at": 1795204051, "source": "x"},
    {"uniq": "a2", "direction": "outbound", "duration": 0, "phone": "+380672220002", "responsible_user_id": 504141,
     "call_status": 3, "created_at": 1795204151, "source": "x"},
    {"uniq": "a3", "direction": "sideways", "duration": 0, "phone": "1", "created_at": 1795204151},
]  # fmt: skip


@pytest.mark.parametrize("wrapped", [False, True])
def test_amocrm_calls(tmp_path: Path, wrapped: bool) -> None:
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({"_embedded": {"calls": AMO}} if wrapped else AMO))
    name, [accepted, unavailable], _, [rejected] = everything(path)
    assert name == "amocrm-json"
    assert (accepted.direction, accepted.caller, accepted.callee) == ("in", "+380672220001", "Олена")
    assert (accepted.start, accepted.billsec, accepted.disposition) == (1795204051, 60, "ANSWERED")
    assert accepted.note == "conversation took place, замовлення"
    assert (unavailable.direction, unavailable.caller, unavailable.disposition) == ("out", "504141", "CHANUNAVAIL")
    assert rejected.line == 3


def test_json_lines_replace_what_they_said_before(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    started = {
        "id": "z-1",
        "start": "2026-11-20T21:47:31+02:00",
        "from": "380672220001",
        "to": "201",
        "direction": "in",
    }
    ended = {**started, "duration": 9, "talk": 6, "disposition": "answered", "price": "0.08", "currency": "UAH"}
    path.write_text("\n".join(map(json.dumps, (started, ended))) + '\n{"id": "z-2"')
    name, [first, last], _, [waiting] = everything(path)
    assert name == "json-lines"
    assert first.key == last.key
    assert (last.billsec, last.disposition, last.price, last.currency) == (6, "ANSWERED", 80_000, "UAH")
    assert first.start == 1795204051
    assert waiting.reason is Reason.HALF_WRITTEN


def test_a_spreadsheet_by_its_titles_and_by_a_profile(tmp_path: Path) -> None:
    from datetime import datetime

    import xlsxwriter

    path = tmp_path / "calls.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Початок", "Хто", "Кому", "Тривалість", "Розмова", "Підсумок", "Вид"])
        sheet.write_datetime(
            1, 0, datetime(2026, 11, 20, 21, 47, 31), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        )
        sheet.write_row(1, 1, ["380672220001", 201, 9, 6, "Розмова", "Вхідний"])
    with pytest.raises(Invalid, match="titles do not say"):
        open_source(path, SourceOptions())
    profile = Profile(
        titles={"Початок": "start", "Хто": "src", "Кому": "dst", "Тривалість": "duration", "Розмова": "billsec",
                "Підсумок": "disposition", "Вид": "direction"},
        dispositions={"розмова": "ANSWERED"},
    )  # fmt: skip
    name, [leg], _, _ = everything(path, SourceOptions(profile=profile))
    assert name == "xlsx"
    assert (leg.caller, leg.callee, leg.billsec, leg.disposition, leg.direction) == (
        "380672220001", "201", 6, "ANSWERED", "in",
    )  # fmt: skip
    assert leg.start == 1795204051


def test_a_spreadsheet_with_dates_and_times_in_columns_of_their_own(tmp_path: Path) -> None:
    from datetime import date, time

    import xlsxwriter

    path = tmp_path / "calls.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Date", "Time", "Source", "Destination", "Duration", "Billsec", "Disposition"])
        sheet.write_datetime(1, 0, date(2026, 11, 20), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(1, 1, time(21, 47, 31), book.add_format({"num_format": "hh:mm:ss"}))
        sheet.write_row(1, 2, ["380672220001", 201, 9, 6, "ANSWERED"])

    _, [leg], _, _ = everything(path, SourceOptions())

    assert leg.start == 1795204051


def test_a_gzip_file_is_what_is_inside(tmp_path: Path) -> None:
    packed = tmp_path / "Master.csv.gz"
    packed.write_bytes(gzip.compress(master().encode()))
    plain = tmp_path / "Master.csv"
    plain.write_text(master())
    assert everything(packed) == everything(plain)


def test_what_is_wrong_inside_a_gzip_file_is_told_by_its_own_name(tmp_path: Path) -> None:
    packed = tmp_path / "Master.csv.gz"
    packed.write_bytes(gzip.compress(gzip.compress(master().encode())))

    with pytest.raises(Invalid, match=str(packed)):
        open_source(packed, SourceOptions())


def test_a_gzip_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "_SMALL", 1_000_000)
    bomb = tmp_path / "Master.csv.gz"
    bomb.write_bytes(gzip.compress(b"0" * 3_000_000))
    with pytest.raises(Invalid, match="unpacks to more"):
        open_source(bomb, SourceOptions())


def workbook(path: Path, *rows: tuple[str, ...]) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def changed(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Put other bytes into a part of a workbook."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)


SHEET = "xl/worksheets/sheet1.xml"
CALL_TITLES = ("start", "src", "dst", "duration", "billsec", "disposition")


def test_a_workbook_of_a_few_repeated_bytes_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "_SMALL", 1_000_000)
    path = workbook(tmp_path / "calls.xlsx", CALL_TITLES)
    changed(path, SHEET, b"</row>", b"<c><v>1</v></c>" * 200_000 + b"</row>")

    with pytest.raises(Invalid, match="unpacks to more"):
        open_source(path, SourceOptions())


def test_a_row_further_down_than_a_sheet_goes_is_none(tmp_path: Path) -> None:
    call = ("2026-11-20 21:47:31", "380672220001", "201", "9", "6", "ANSWERED")
    path = workbook(tmp_path / "calls.xlsx", CALL_TITLES, call, call)
    changed(path, SHEET, b'<row r="3"', b'<row r="1100000"')

    legs, rejections = read(path)

    assert len(legs) == 1
    assert not rejections


def test_a_workbook_of_nothing_but_charts_is_empty(tmp_path: Path) -> None:
    path = workbook(tmp_path / "calls.xlsx", CALL_TITLES)
    book = "xl/workbook.xml"
    changed(path, book, b'<sheet name="Sheet1" sheetId="1" r:id="rId1"/>', b"")
    with pytest.raises(Invalid, match="is empty"):
        open_source(path, SourceOptions())


def test_damaged_packed_files_are_refused_in_words(tmp_path: Path) -> None:
    torn = tmp_path / "Master.csv.gz"
    torn.write_bytes(gzip.compress(master().encode() * 100)[:-9])
    with pytest.raises(Invalid, match="damaged gzip"):
        open_source(torn, SourceOptions())
    sheet = tmp_path / "calls.xlsx"
    sheet.write_bytes(b"PK\x03\x04" + b"xl/" * 50)
    with pytest.raises(Invalid, match="Cannot read the spreadsheet"):
        open_source(sheet, SourceOptions())
