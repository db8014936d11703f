"""Master.csv of every width, cdr_custom in any order, FreePBX exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_client.ingest.profile import load_profile
from backend_client.ingest.source import SourceOptions
from backend_client.model.reason import Reason
from tests.ingest.lines import EXTRA, MASTER, line, master, preview_of, question, read, read_text

START = 1795204051
"""2026-11-20 21:47:31 in Kyiv."""
FREEPBX = [
    "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration",
    "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
]  # fmt: skip
EXPORT = [
    *FREEPBX, "did", "cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam", "recordingfile", "linkedid",
    "peeraccount", "sequence",
]  # fmt: skip
TABLE = [
    *FREEPBX, "did", "recordingfile", "cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam", "linkedid",
    "peeraccount", "sequence",
]  # fmt: skip


def freepbx(columns: list[str], **changed: object) -> str:
    fields: dict[str, object] = {
        **MASTER, **EXTRA, "calldate": "2026-11-20 21:47:31", "did": "380442000001", "cnum": "380672220001",
        "cnam": "Joana", "outbound_cnum": "", "outbound_cnam": "", "dst_cnam": "Olena", "amaflags": 3,
        "recordingfile": "in-201-380672220001-20261120-214731-1795204051.44.wav", **changed,
    }  # fmt: skip
    return line(fields, columns)


@pytest.mark.parametrize(
    ("columns", "uniqueid", "sequence"),
    [
        ("", "1795211251.PJSIP/provider-0000001a", ""),
        ("uniqueid", "1795204051.44", ""),
        ("userfield", "1795211251.PJSIP/provider-0000001a", ""),
        ("uniqueid userfield", "1795204051.44", ""),
        ("peeraccount linkedid sequence", "", "57"),
        ("uniqueid peeraccount linkedid sequence", "1795204051.44", "57"),
        ("userfield peeraccount linkedid sequence", "", "57"),
        ("uniqueid userfield peeraccount linkedid sequence", "1795204051.44", "57"),
    ],
)
def test_a_master_csv_of_any_width(tmp_path: Path, columns: str, uniqueid: str, sequence: str) -> None:
    [leg], rejections = read_text(tmp_path, master(columns, userfield="a note"))

    assert not rejections
    assert (leg.caller, leg.caller_name, leg.callee) == ("380672220001", "Joana", "380442000001")
    assert (leg.start, leg.answer, leg.end, leg.duration, leg.billsec) == (START, START + 3, START + 9, 9, 6)
    assert (leg.channel, leg.dstchannel) == ("PJSIP/provider-0000001a", "PJSIP/201-0000001b")
    assert (leg.disposition, leg.app, leg.appdata, leg.context) == ("ANSWERED", "Dial", "PJSIP/201,20", "from-trunk")
    assert (leg.uniqueid, leg.sequence) == (uniqueid, sequence)
    assert leg.userfield == ("a note" if "userfield" in columns else "")


def test_legs_of_one_channel_group_where_the_file_has_no_ids(tmp_path: Path) -> None:
    legs, _ = read_text(tmp_path, master("") + master("", dstchannel="PJSIP/202-0000001c"))

    assert len({leg.uniqueid for leg in legs}) == 1
    assert len({leg.key for leg in legs}) == 2


def test_callers_of_one_second_stay_apart_where_the_file_has_neither_ids_nor_channels(tmp_path: Path) -> None:
    text = "start;src;dst;duration;billsec;disposition\n"
    text += "2026-11-20 21:47:31;380672220001;201;9;6;ANSWERED\n2026-11-20 21:47:31;380672220002;202;9;6;ANSWERED\n"

    legs, _ = read_text(tmp_path, text)

    assert len({leg.uniqueid for leg in legs}) == 2


@pytest.mark.parametrize("channel", ["NOT_AVAILABLE", "PJSIP/trunk-1"])
def test_callers_of_one_second_stay_apart_where_their_channels_are_named_alike(tmp_path: Path, channel: str) -> None:
    named = {"channel": channel, "dstchannel": channel}

    legs, _ = read_text(tmp_path, master("", src="380672220001", **named) + master("", src="380672220002", **named))

    assert len({leg.uniqueid for leg in legs}) == 2


SPLIT = """{titles};Source;Destination;Duration;Billsec;Disposition
20.11.2026{midnight};21:47:31;380672220001;201;9;6;ANSWERED
20.11.2026{midnight};9:47:31;380672220002;202;9;6;ANSWERED
21.11.2026{midnight};;380672220003;202;9;6;ANSWERED
"""


@pytest.mark.parametrize("midnight", ["", " 00:00:00"])
@pytest.mark.parametrize("titles", ["Date;Time", "Date;Wann"])
def test_a_date_and_a_time_of_day_in_columns_of_their_own_are_one_start(
    tmp_path: Path, titles: str, midnight: str
) -> None:
    text = SPLIT.format(titles=titles, midnight=midnight)

    legs, [timeless] = read_text(tmp_path, text)

    assert [leg.start for leg in legs] == [START, START - 12 * 3600]
    assert (timeless.line, timeless.reason, timeless.raw[0]) == (4, Reason.BAD_DATE, f"21.11.2026{midnight}")
    assert [column.field for column in preview_of(tmp_path, text).columns[:2]] == ["start", "time"]


def test_a_time_of_day_far_from_its_date_is_asked(tmp_path: Path) -> None:
    text = "Date;Source;Destination;Begin;Billsec;Disposition\n20.11.2026;380672220001;201;21:47:31;6;ANSWERED\n"

    assert "columns 4" in question(tmp_path, text)
    (tmp_path / "mine.toml").write_text(
        'columns = ["start", "src", "dst", "time", "billsec", "disposition"]\nheader = true\n'
    )
    [leg], _ = read(tmp_path / "Master.csv", SourceOptions(profile=load_profile(tmp_path / "mine.toml")))
    assert leg.start == START


def test_an_upgraded_asterisk_goes_on_with_more_columns(tmp_path: Path) -> None:
    legs, rejections = read_text(tmp_path, master("uniqueid userfield") * 3 + master())

    assert [leg.sequence for leg in legs] == ["", "", "", "57"]
    assert not rejections


def test_the_example_of_cdr_custom(tmp_path: Path) -> None:
    columns = [
        "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end",
        "duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "sequence",
    ]  # fmt: skip
    text = line({**MASTER, **EXTRA, "duration": "9", "billsec": "6", "sequence": "57"}, columns)

    [leg], _ = read_text(tmp_path, text)

    assert (leg.caller, leg.callee, leg.start, leg.sequence) == ("380672220001", "380442000001", START, "57")


def shuffled(tmp_path: Path, columns: list[str]) -> Path:
    """Four records in an order that nobody knows."""
    answered = {**MASTER, **EXTRA}
    missed = {
        **answered, "src": "380672220002", "clid": '"" <380672220002>', "answer": "", "billsec": 0,
        "disposition": "NO ANSWER", "uniqueid": "1795204060.46", "linkedid": "1795204060.46", "sequence": 58,
        "start": "2026-11-20 21:47:40", "end": "2026-11-20 21:47:49", "dst": "380442000002",
    }  # fmt: skip
    second = {**answered, "uniqueid": "1795204055.45", "sequence": 59, "dstchannel": "PJSIP/202-0000001c"}
    outgoing = {
        **answered, "src": "201", "clid": '"Olena" <201>', "dst": "380501110001", "dcontext": "from-internal",
        "channel": "PJSIP/201-0000001d", "dstchannel": "PJSIP/provider-0000001e", "uniqueid": "1795204070.47",
        "linkedid": "1795204070.47", "sequence": 60,
    }  # fmt: skip
    path = tmp_path / "Master.csv"
    path.write_text("".join(line(fields, columns) for fields in (answered, missed, second, outgoing)))
    return path


def test_columns_in_any_order_are_told_by_their_values(tmp_path: Path) -> None:
    columns = [
        "disposition", "billsec", "end", "linkedid", "dst", "clid", "start", "duration", "src", "uniqueid",
        "dstchannel", "answer", "channel", "lastapp",
    ]  # fmt: skip

    legs, rejections = read(shuffled(tmp_path, columns))

    assert not rejections
    assert [leg.caller for leg in legs] == ["380672220001", "380672220002", "380672220001", "201"]
    assert [leg.callee for leg in legs] == ["380442000001", "380442000002", "380442000001", "380501110001"]
    assert [leg.linkedid for leg in legs] == ["1795204051.44", "1795204060.46", "1795204051.44", "1795204070.47"]
    assert legs[2].uniqueid == "1795204055.45"
    assert [leg.billsec for leg in legs] == [6, 0, 6, 6]
    assert legs[1].answer is None
    assert legs[0].dstchannel == "PJSIP/201-0000001b"


def test_what_cannot_be_told_apart_is_asked_with_its_columns(tmp_path: Path) -> None:
    path = shuffled(tmp_path, ["src", "dst", "start", "end", "disposition", "uniqueid"])

    asked = question(tmp_path, path.read_text())

    assert "caller's number" in asked
    assert "columns 1, 2" in asked
    assert "--profile" in asked


def test_one_column_of_dates_is_asked_for_the_start_alone(tmp_path: Path) -> None:
    record = "2026-11-20 21:47:31,380672220001,201,9,6,ANSWERED,1795204051.44\n"

    asked = question(tmp_path, "Anfang,Quelle,Ziel,Dauer,Gespräch,Status,Kennung\n" + record * 12)

    assert "which column holds the start of the call? (columns 1)" in asked


def test_a_profile_answers_the_question(tmp_path: Path) -> None:
    path = shuffled(tmp_path, ["src", "dst", "start", "end", "disposition", "uniqueid"])
    (tmp_path / "mine.toml").write_text(
        'columns = ["src", "dst", "start", "end", "disposition", "uniqueid"]\ntimezone = "Europe/Kyiv"\n'
    )

    legs, _ = read(path, SourceOptions(profile=load_profile(tmp_path / "mine.toml")))

    assert [leg.caller for leg in legs] == ["380672220001", "380672220002", "380672220001", "201"]


@pytest.mark.parametrize("columns", [EXPORT, TABLE, FREEPBX, TABLE[:18]])
@pytest.mark.parametrize("header", [True, False])
def test_a_freepbx_export(tmp_path: Path, columns: list[str], header: bool) -> None:
    text = (",".join(columns) + "\n" if header else "") + freepbx(columns) * 2

    legs, rejections = read_text(tmp_path, text, "cdr.csv")

    assert not rejections
    leg = legs[0]
    assert (leg.start, leg.answer, leg.end) == (START, START + 3, START + 9)
    assert (leg.caller, leg.caller_name, leg.uniqueid) == ("380672220001", "Joana", "1795204051.44")
    if "recordingfile" in columns:
        assert leg.recording == "in-201-380672220001-20261120-214731-1795204051.44.wav"
        assert leg.did == "380442000001"


def test_a_freepbx_call_that_nobody_answered_has_no_answer(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, freepbx(EXPORT, disposition="NO ANSWER", billsec=0))

    assert leg.answer is None
    assert leg.end == START + 9


@pytest.mark.parametrize(
    ("code", "word"),
    [("0", "NO ANSWER"), ("2", "FAILED"), ("4", "BUSY"), ("8", "ANSWERED"), ("16", "CONGESTION"), ("32", "CANCEL")],
)
def test_integer_dispositions(tmp_path: Path, code: str, word: str) -> None:
    [leg], _ = read_text(tmp_path, freepbx(EXPORT, disposition=code))

    assert leg.disposition == word


def test_titles_name_their_columns_and_unknown_ones_are_not_read(tmp_path: Path) -> None:
    columns = ["scenario", *list(MASTER)[::-1], "uniqueid", "sequence", "linkedid", "mood"]
    text = ",".join(columns) + "\n" + line({**MASTER, **EXTRA, "scenario": "One", "mood": "fine"}, columns)

    [leg], _ = read_text(tmp_path, text)

    assert (leg.caller, leg.sequence, leg.start) == ("380672220001", "57", START)


@pytest.mark.parametrize(
    ("clid", "name"),
    [
        ('"Joana" <3035>', "Joana"),
        ('"" <8016>', ""),
        ('"Alice <100>"', "Alice"),
        ("Joana <3035>", "Joana"),
        ("<3035>", ""),
        ("", ""),
        ('"Олена \u202eКоваль" <3035>', "Олена Коваль"),
    ],
)
def test_the_name_in_a_caller_id(tmp_path: Path, clid: str, name: str) -> None:
    [leg], _ = read_text(tmp_path, master(clid=clid))

    assert leg.caller_name == name


def test_a_blank_caller_is_read_from_the_caller_id(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(src="", clid='"Joana" <3035>'))

    assert leg.caller == "3035"


def test_a_caller_id_without_a_name_is_the_number_alone(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(src="", clid="380672220001"))

    assert (leg.caller, leg.caller_name) == ("380672220001", "")


def test_text_from_outside_is_cleaned(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(dst="\x1b[31m380442000001", lastdata="a\x00b\x85c"))

    assert leg.callee == "[31m380442000001"
    assert leg.appdata == "ab c"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"start": "0000-00-00 00:00:00"}, Reason.NO_START),
        ({"start": "yesterday"}, Reason.BAD_DATE),
        ({"start": "2026-02-30 10:00:00"}, Reason.BAD_DATE),
        ({"end": "2013-04-13:12:08"}, Reason.BAD_DATE),
        ({"end": "2026-11-20 21:47:30"}, Reason.ENDS_BEFORE_START),
        ({"answer": "2026-11-20 21:47:30"}, Reason.ANSWER_OUTSIDE),
        ({"answer": "2026-11-20 21:50:00"}, Reason.ANSWER_OUTSIDE),
        ({"uniqueid": "", "linkedid": ""}, Reason.NO_IDENTITY),
        ({"duration": "many"}, Reason.BAD_NUMBER),
        ({"billsec": -5}, Reason.BAD_NUMBER),
    ],
)
def test_a_record_that_cannot_be_is_rejected_with_its_line(
    tmp_path: Path, changed: dict[str, object], reason: Reason
) -> None:
    legs, [rejection] = read_text(tmp_path, master() + master() + master(**changed) + master())

    assert len(legs) == 3
    assert (rejection.line, rejection.reason) == (3, reason)
    assert rejection.raw[9] == changed.get("start", MASTER["start"])


def test_seconds_of_talk_alone_make_a_call(tmp_path: Path) -> None:
    text = (
        "start;src;dst;billsec;disposition;uniqueid\n2026-11-20 21:47:31;380672220001;201;83;ANSWERED;1795204051.44\n"
    )

    [leg], rejections = read_text(tmp_path, text)

    assert not rejections
    assert (leg.answer, leg.end, leg.duration, leg.billsec) == (leg.start, leg.start + 83, 83, 83)


def test_an_answer_and_seconds_of_talk_tell_the_end(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(end="", duration=""))

    assert (leg.end, leg.duration, leg.billsec) == (leg.start + 9, 9, 6)


def test_spans_as_people_write_them(tmp_path: Path) -> None:
    [_, leg], rejections = read_text(
        tmp_path, master() + master(duration="1:01:29", billsec="00:01:23", end="", answer="")
    )

    assert not rejections
    assert (leg.duration, leg.billsec, leg.end) == (3689, 83, leg.start + 3689)


@pytest.mark.parametrize("span", ["1:29", "1:60:00", "1:00:60", "0:0:9", "-1:00:00", "999999999:00:00"])
def test_spans_that_could_mean_anything_are_rejected(tmp_path: Path, span: str) -> None:
    _, [rejection] = read_text(tmp_path, master() + master(duration=span))

    assert (rejection.reason, rejection.detail) == (Reason.BAD_NUMBER, f"duration: {span}")


def test_an_answer_of_zeros_is_no_answer(tmp_path: Path) -> None:
    [leg], _ = read_text(tmp_path, master(answer="0000-00-00 00:00:00", billsec=0, disposition="NO ANSWER"))

    assert leg.answer is None


def test_the_preview_says_which_column_fills_which_field(tmp_path: Path) -> None:
    preview = preview_of(tmp_path, master())

    assert preview.layout == "asterisk-csv"
    assert [(c.number, c.field, c.samples) for c in preview.columns[1:3]] == [
        (2, "src", ("380672220001",)), (3, "dst", ("380442000001",)),
    ]  # fmt: skip
    assert (preview.encoding, preview.delimiter, preview.header, preview.dates) == ("utf-8", ",", False, "ymd")


def test_excel_saved_it_with_semicolons_and_its_own_dates(tmp_path: Path) -> None:
    columns = [*EXPORT]
    text = ";".join(columns) + "\r\n" + freepbx(columns, calldate="2026/11/20 21:47").replace(",", ";")

    [leg], rejections = read_text(tmp_path, text, "cdr.csv")

    assert not rejections
    assert leg.start == START - 31


def test_joined_exports_repeat_their_header(tmp_path: Path) -> None:
    export = ",".join(EXPORT) + "\n" + freepbx(EXPORT)

    legs, rejections = read_text(tmp_path, export * 3)

    assert len(legs) == 3
    assert not rejections
