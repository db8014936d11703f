"""Profiles: what a person may say about a file, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_client.errors import Invalid
from backend_client.ingest.profile import load_profile
from backend_client.ingest.source import SourceOptions
from tests.ingest.lines import EXTRA, MASTER, line, opened, read


def profile(tmp_path: Path, text: str) -> SourceOptions:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return SourceOptions(profile=load_profile(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "mine"\ncolumns = [\n', "line 2"),
        ("name = mine", "line 1"),
        ('header = "yes"', "header has a value of the wrong kind"),
        ('[titles]\n"Кому" = 1', "titles has a value of the wrong kind"),
        ('columns = ["src", "destination"]', "destination"),
        ('columns = ["src", "src"]', "twice"),
        ('colums = ["src"]', "colums"),
        ('dates = "backwards"', "ymd"),
        ('delimiter = "||"', "one character"),
        ('timezone = "Europe/Atlantis"', "Europe/Atlantis"),
    ],
)
def test_a_profile_that_cannot_be_followed_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        profile(tmp_path, text)

    assert words in str(refused.value)


def test_a_profile_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Cannot read the profile"):
        load_profile(tmp_path / "absent.toml")


def test_titles_of_any_language(tmp_path: Path) -> None:
    titles = ["Початок", "Хто", "Кому", "Тривалість", "Розмова", "Підсумок", "Номер запису"]
    fields = ["start", "src", "dst", "duration", "billsec", "disposition", "uniqueid"]
    path = tmp_path / "calls.csv"
    path.write_text(";".join(titles) + "\n" + line({**MASTER, **EXTRA}, fields, ";"), "cp1251")
    options = profile(tmp_path, "[titles]\n" + "\n".join(f'"{t}" = "{f}"' for t, f in zip(titles, fields, strict=True)))

    [leg], rejections = read(path, options)

    assert not rejections
    assert (leg.caller, leg.callee, leg.answer, leg.end) == (
        "380672220001", "380442000001", leg.start + 3, leg.start + 9,
    )  # fmt: skip


def test_dates_encoding_and_header_as_said(tmp_path: Path) -> None:
    fields = ["start", "src", "dst", "duration", "billsec", "disposition", "uniqueid"]
    path = tmp_path / "calls.csv"
    row = {**MASTER, **EXTRA, "start": "03/05/2026 10:00:00", "uniqueid": "a", "src": "Сергій"}
    path.write_text("a|b|c|d|e|f|g\n" + line(row, fields, "|"), "koi8-u")
    options = profile(
        tmp_path,
        f'columns = {fields}\nheader = true\ndelimiter = "|"\ndates = "mdy"\nencoding = "koi8-u"\ntimezone = "UTC"\n',
    )

    source = opened(path, options)
    [leg] = next(iter(source.read())).legs

    assert leg.caller == "Сергій"
    assert leg.start == 1772704800
    assert source.preview().zone == "UTC"


def test_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("start,src\n")

    for name in ("utf-32", "rot13", "klingon"):
        with pytest.raises(Invalid, match=name):
            opened(path, profile(tmp_path, f'encoding = "{name}"'))
