"""`pult` as a process: exit codes, stdout for data, stderr for talk, the next step in every failure."""

import json
import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.tui.command import PULT, pult
from tests.tui.records import imported_records, write_records
from tui import __version__
from tui.cli import SUBCOMMANDS


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the calls of a morning, and a folder to work in, with their records."""
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def test_the_version() -> None:
    assert pult("--version").stdout == f"pult {__version__}\n"


@pytest.mark.parametrize("command", ["", *SUBCOMMANDS])
@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_every_command_explains_itself_with_examples(command: str, language: str) -> None:
    done = pult("--lang", language, *([command] if command else []), "--help")
    assert done.returncode == 0, done.stderr
    words = {"en": "Examples:", "uk": "Приклади:", "ru": "Примеры:"}
    assert words[language] in done.stdout
    assert f"pult {command}".strip() in done.stdout


def test_a_file_of_no_format_stops_an_import_and_is_named(store: Path) -> None:
    (store.parent / "shopping.txt").write_text("milk, bread\nand so on\n")
    stopped = pult("import", "Master.csv", "shopping.txt")
    assert stopped.returncode == 1
    assert "shopping.txt" in stopped.stderr
    assert "Nothing was read" in stopped.stderr
    assert "Nothing was read" not in pult("import", "shopping.txt").stderr


def test_an_import_that_finds_no_record_says_so(store: Path) -> None:
    with closing(sqlite3.connect(store.parent / "cdr.db")) as db:
        db.execute("CREATE TABLE cdr (start, src, dst, duration, billsec, disposition, uniqueid)")
    done = pult("import", "cdr.db")
    assert (done.returncode, done.stderr) == (0, "  No record was found in it.\n")


def test_an_import_that_takes_no_record_fails(store: Path) -> None:
    (store.parent / "mine.toml").write_text('columns = ["", "start", "dst", "src", "", "duration", "billsec"]\n')
    done = pult("import", "--profile", "mine.toml", "Master.csv")
    assert done.returncode == 1, done.stdout
    assert "rejected" in done.stdout


def test_no_calls_asked_for_are_no_calls_told(store: Path) -> None:
    done = pult("calls", "--limit", "0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "arguments", [["--nonsense"], ["nonsense"], ["call", "x"], ["import"], ["calls", "--csv", "--json"]]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    done = pult(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["calls", "--direction", "sideways"], ["calls", "--period", "nonsense"], ["calls", "--period", ""],
        ["calls", "--hour", "25"], ["calls", "--talk", ""], ["calls", "--lost", "--not-lost"],
        ["calls", "--columns", "bogus", "--csv"], ["calls", "--employee", "#99999"], ["calls", "--employee", "nobody"],
        ["calls", "--department", "foo"], ["calls", "--line", "zzz"], ["calls", "--search", os.fsdecode(b"\xff")],
        ["clients", "--kind", "robot"], ["report", "calls", "period:nonsense"], ["report", "calls", "--against", "x"],
        ["report", "calls", "--columns", "bogus"],
        ["import", "--format", "nonsense", "Master.csv"], ["import", "--timezone", "Mars/Phobos", "Master.csv"],
        ["follow", "--format", "nonsense", "Master.csv"],
    ],
)  # fmt: skip
def test_a_value_that_stands_for_nothing_is_wrong_usage(arguments: list[str], store: Path) -> None:
    done = pult(*arguments)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert len(done.stderr.splitlines()) <= 2, done.stderr


def test_an_empty_search_looks_for_nothing(store: Path) -> None:
    assert pult("calls", "--search", "", "--count").stdout == "12\n"


def test_columns_without_a_table_are_wrong_usage(store: Path) -> None:
    done = pult("calls", "--columns", "bogus")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--csv" in done.stderr


def test_wrong_usage_is_told_in_the_language_too() -> None:
    assert "Ошибка: Нет параметра '--nonsense'." in pult("--lang", "ru", "--nonsense").stderr
    assert "Нет команды 'nonsense'." in pult("nonsense", LANG="ru_RU.UTF-8").stderr


@pytest.mark.parametrize("command", [["calls"], ["call", "1"], ["comment", "1", "x"], ["rebuild"]])
def test_a_missing_store_is_told_with_the_next_step(command: list[str], tmp_path: Path) -> None:
    done = pult("--store", tmp_path / "none.sqlite", *command)
    assert done.returncode == 1
    assert done.stdout == ""
    what, hint = done.stderr.splitlines()
    assert str(tmp_path / "none.sqlite") in what
    assert "pult import FILE" in hint
    assert not (tmp_path / "none.sqlite").exists()


def test_a_file_that_is_no_store_is_told_in_two_lines() -> None:
    done = pult("--store", __file__, "calls")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    assert "no Pult store" in done.stderr


def test_a_damaged_store_is_told_by_every_command(store: Path) -> None:
    contents = bytearray(store.read_bytes())
    contents[8192:] = b"Z" * (len(contents) - 8192)
    store.write_bytes(contents)
    for command in (["calls"], ["call", "5"], ["comment", "5", "late"], ["doctor"]):
        done = pult(*command)
        assert done.returncode == 1
        assert "is damaged" in done.stdout + done.stderr, command


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    for variable, command in (("XDG_DATA_HOME", ["import", write_records(tmp_path)]), ("XDG_CACHE_HOME", ["demo"])):
        done = pult(*command, **{variable: str(in_the_way)})
        assert done.returncode == 1
        assert f"The folder {in_the_way}/pult cannot be made" in done.stderr


def test_a_locale_without_arrows_gets_an_answer_all_the_same(store: Path) -> None:
    done = pult("calls", "--limit", "1", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "2026-11-20" in done.stdout


def test_a_full_disk_behind_stdout_is_told(store: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([PULT, "calls", "--csv"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "There is no room for stdout." in done.stderr


def test_the_doctor_tells_of_a_newer_store(store: Path) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA user_version = 999")
    told = pult("doctor").stdout
    assert "was written by a newer Pult (version 999)" in told


def test_importing_again_changes_nothing(store: Path) -> None:
    again = pult("import", store.parent / "Master.csv")
    assert again.returncode == 0
    assert "0 new, 0 updated, 12 unchanged" in again.stdout
    assert "1 record rejected" in again.stdout


def test_a_dry_run_shows_the_mapping_and_writes_nothing(tmp_path: Path) -> None:
    records = write_records(tmp_path)
    done = pult("--store", tmp_path / "none.sqlite", "import", "--dry-run", records)
    assert done.returncode == 0
    assert "→ channel: SIP/trunk-00000000" in done.stdout
    assert "Format: asterisk-csv\n" in done.stdout
    assert list(tmp_path.iterdir()) == [records]


def test_calls_in_every_form_tell_the_same(store: Path) -> None:
    count = int(pult("calls", "--count").stdout)
    rows = json.loads(pult("calls", "--json").stdout)
    lines = [json.loads(line) for line in pult("calls", "--jsonl").stdout.splitlines()]
    table = pult("calls", "--csv").stdout.splitlines()
    listed = pult("calls").stdout.splitlines()
    assert count == len(rows) == len(table) - 1 == len(listed) == 12
    assert rows == lines
    assert [row["start"] for row in rows] == sorted((row["start"] for row in rows), reverse=True)


def test_columns_and_limit(store: Path) -> None:
    table = pult("calls", "--csv", "--columns", "id, status", "--limit", "2").stdout.splitlines()
    assert table[0] == "id,status"
    assert len(table) == 3


def test_options_and_filter_text_are_the_same_filter(store: Path) -> None:
    by_option = pult(
        "calls", "--direction", "out", "--status", "answered,no-answer", "--employee", "Ivan Koval", "--jsonl"
    )
    by_text = pult("calls", "direction:out", "status:answered,no-answer", 'employee:"Ivan Koval"', "--jsonl")
    assert by_option.returncode == by_text.returncode == 0, by_option.stderr
    assert by_option.stdout == by_text.stdout != ""


def test_an_unknown_filter_is_told_with_what_there_is(store: Path) -> None:
    done = pult("calls", "colour:red")
    assert done.returncode == 2
    assert "“colour”" in done.stderr
    assert "employee" in done.stderr


def test_a_call_and_its_comment(store: Path) -> None:
    [call] = json.loads(pult("calls", "--json", "--limit", "1").stdout)
    assert pult("comment", str(call["id"]), "asked for an invoice").returncode == 0
    assert "asked for an invoice" in pult("call", str(call["id"])).stdout
    assert json.loads(pult("call", str(call["id"]), "--json").stdout)["comment"]["text"] == "asked for an invoice"
    assert json.loads(pult("calls", "--comment", "--json").stdout)[0]["id"] == call["id"]
    assert pult("comment", str(call["id"]), "").returncode == 0
    assert pult("calls", "--comment", "--count").stdout == "0\n"


def test_the_name_that_a_caller_came_with_is_told(store: Path) -> None:
    details = json.loads(pult("call", "1", "--json").stdout)
    assert details["caller_name"] == "Client 0"
    assert re.search(r"^Caller's name +Client 0$", pult("call", "1").stdout, re.MULTILINE)


def test_a_call_is_told_in_the_language_with_its_comment_in_one_column(store: Path) -> None:
    assert pult("comment", "8", "one\ntwo").returncode == 0
    told = pult("--lang", "uk", "call", "8").stdout
    [first] = [line for line in told.splitlines() if line.startswith("Коментар")]
    assert "\n" + " " * first.index("one") + "two\n" in told
    # The facts of the exchange's record stand under the words as they were written down.
    recorded = [line.strip() for line in told.splitlines() if "ANSWER" in line]
    assert [line.partition(";")[0] for line in recorded] == ["disposition: ANSWERED"]
    assert "UA " not in told


def test_a_comment_too_long_is_refused(store: Path) -> None:
    done = pult("comment", "1", "x" * 201)
    assert done.returncode == 1
    assert "201" in done.stderr


def test_a_comment_of_another_encoding_is_refused_and_the_old_one_stays(store: Path) -> None:
    assert pult("comment", "8", "call back").returncode == 0
    for text in (os.fsdecode("Перезвонить".encode("cp1251")), "\u200b", "   "):
        done = pult("comment", "8", text)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 2), done.stderr
    assert "call back" in pult("call", "8").stdout


def test_rebuilding_changes_nothing(store: Path) -> None:
    assert "0 calls changed" in pult("rebuild").stdout
    assert pult("rebuild", "--check").returncode == 0


def test_a_reader_that_has_enough_is_no_error(store: Path) -> None:
    done = subprocess.run(
        f"{PULT} calls --json | head -c 1; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_console_wants_a_terminal(store: Path) -> None:
    done = pult()
    assert done.returncode == 1
    assert "pult calls --help" in done.stderr


def test_the_doctor_tells_what_is_there(store: Path) -> None:
    findings = json.loads(pult("doctor", "--json").stdout)
    assert {finding["part"] for finding in findings} >= {"store", "terminal", "sound", "languages", "keys", "versions"}
    assert not [finding for finding in findings if finding["verdict"] != "fine" and not finding["hint"]
                and finding["part"] != "terminal"]  # fmt: skip


def test_the_doctor_names_parts_in_the_language_asked_for_and_for_scripts_by_their_own(store: Path) -> None:
    assert pult("--lang", "uk", "doctor").stdout.startswith("сховище ")
    assert json.loads(pult("--lang", "uk", "doctor", "--json").stdout)[0]["part"] == "store"


def test_the_doctor_says_what_to_do_about_a_dumb_terminal(tmp_path: Path) -> None:
    done = pult("doctor", TERM="dumb", PULT_STORE=str(tmp_path / "none.sqlite"))
    assert done.returncode == 1
    assert "xterm-256color" in done.stdout
    assert "pult import FILE" in done.stdout


def test_own_keys_are_checked(own_home: Path) -> None:
    assert pult("keys").returncode == 0
    folder = own_home / ".config/pult"
    folder.mkdir(parents=True)
    (folder / "keymap.toml").write_text('"app.quit" = "ctrl+x"\n"app.nonsense" = "y"\n')
    done = pult("keys", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["problems"] == ["app.nonsense: there is no such action"]
    assert told["keys"]["app.quit"]["keys"] == ["^x"] or told["keys"]["app.quit"]["keys"] == ["ctrl+x"]


def test_the_line_that_is_given_as_an_example_of_an_own_key_holds(own_home: Path) -> None:
    advised = pult("keys").stderr.splitlines()[-1]
    folder = own_home / ".config/pult"
    folder.mkdir(parents=True)
    (folder / "keymap.toml").write_text(advised[advised.index('"') :] + "\n")
    told = json.loads(pult("keys", "--json").stdout)
    assert (told["problems"], told["keys"]["filter.search"]["keys"]) == ([], ["ctrl+f"])


def test_wrong_settings_are_told(own_home: Path) -> None:
    folder = own_home / ".config/pult"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text('theme = "pink"\n')
    done = pult("calls")
    assert done.returncode == 1
    assert "settings.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_filter_that_no_call_satisfies_says_why(store: Path) -> None:
    for printed in ("--count", "--csv", "--limit=5"):
        done = pult("calls", "family:accepted", "direction:out", printed)
        assert done.returncode == 0
        assert "No call is both “Outgoing” and “Accepted”." in done.stderr


def test_a_number_is_found_as_it_is_dialled(store: Path) -> None:
    written = {call["number"] for call in json.loads(pult("calls", "--json").stdout)}
    key = next(number for number in written if number.startswith("+380"))
    there = pult("calls", "--count", "--number", key).stdout
    assert int(there) > 0
    for dialled in ("0" + key[4:], key[1:], f"{key[:4]} {key[4:6]} {key[6:]}"):
        assert pult("calls", "--count", "--number", dialled).stdout == there, dialled


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_are_no_failure(store: Path, closed: str) -> None:
    done = subprocess.run(["sh", "-c", f"'{PULT}' calls --csv {closed}"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
