"""A new store stands where its machine stands; its settings can be read and changed."""

import json
from pathlib import Path

import pytest

from tests.tui.command import pult
from tests.tui.records import imported_records
from tui.home import country_of, home_settings


@pytest.mark.parametrize(
    ("machine", "language", "zone", "country"),
    [
        ("Europe/Moscow", "uk_UA.UTF-8", "Europe/Moscow", "RU"),
        ("Asia/Almaty", "C", "Asia/Almaty", "KZ"),
        ("UTC", "uk_UA.UTF-8", "Europe/Kyiv", "UA"),
        ("UTC", "ru_RU.UTF-8", "Europe/Moscow", "RU"),
        ("Nowhere/Land", "C", "Europe/Kyiv", "UA"),
        ("../../etc/passwd", "C", "Europe/Kyiv", "UA"),
    ],
)
def test_a_new_store_takes_the_zone_of_its_machine(
    machine: str, language: str, zone: str, country: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", machine)
    monkeypatch.setenv("LANG", language)
    assert (home_settings().zone, home_settings().home_country) == (zone, country)


def test_a_zone_that_the_table_does_not_know_has_no_country() -> None:
    assert country_of("Mars/Olympus") == ""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = imported_records(tmp_path)
    monkeypatch.setenv("PULT_STORE", str(path))
    monkeypatch.chdir(tmp_path)
    return path


def starts(store: Path) -> set[str]:
    return {call["start"][-6:] for call in json.loads(pult("--store", store, "calls", "--json").stdout)}


def test_another_zone_derives_the_calls_again(store: Path) -> None:
    assert starts(store) <= {"+02:00", "+03:00"}
    done = pult("settings", "zone", "Asia/Almaty")
    assert done.returncode == 0, done.stderr
    assert pult("settings", "zone").stdout == "Asia/Almaty\n"
    assert starts(store) <= {"+05:00", "+06:00"}
    assert pult("rebuild", "--check").returncode == 0


def test_a_cause_means_on_a_line_what_its_rule_says(store: Path) -> None:
    rules = "PJSIP/provider* 17 unavailable, SIP/old* 34 no-answer"
    done = pult("settings", "cause-rules", rules)
    assert done.returncode == 0, done.stderr
    assert pult("settings", "cause-rules").stdout.strip() == rules
    assert pult("rebuild", "--check").returncode == 0
    assert pult("settings", "cause-rules", "").returncode == 0
    assert pult("settings", "cause-rules").stdout == "\n"


def test_what_is_read_against_the_clock_is_set_at_once(store: Path) -> None:
    assert pult("settings", "pending-minutes").stdout == "5\n"
    assert pult("settings", "pending-minutes", "0").returncode == 0
    assert pult("settings", "pending-minutes").stdout == "0\n"
    assert pult("settings", "live-silence-seconds", "soon").returncode == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cause-rules", "PJSIP/provider* 17"), ("cause-rules", "PJSIP/provider* 17 answered"),
        ("zone", "Europe/Nowhere"), ("home-country", "XX"), ("callback-window", "-5"), ("callback-window", "0"),
        ("internal-digits", "5..2"), ("internal-digits", "many"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_and_changes_nothing(store: Path, name: str, value: str) -> None:
    before = pult("settings").stdout
    done = pult("settings", "--", name, value)
    assert done.returncode == 1
    assert value in done.stderr
    assert pult("settings").stdout == before


def test_settings_are_written_as_they_are_read(store: Path) -> None:
    for name, value in (("callback-window", "60"), ("internal-digits", "3..4"), ("outside-numbers", "102,103")):
        assert pult("settings", name, value).returncode == 0
        assert pult("settings", name).stdout == f"{value}\n"
