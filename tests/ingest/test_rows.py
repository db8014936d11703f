"""Files as they are: line ends, encodings, quotes, damage, and what is no text at all."""

from __future__ import annotations

import bz2
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from backend_client.errors import BackendError, Invalid, NotFound
from backend_client.ingest import rows
from backend_client.model.reason import Reason
from tests.ingest.lines import master, read, read_text

NAME = '"Їжакевич Ґанна" <380672220001>'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(tmp_path: Path, end: str) -> None:
    legs, rejections = read_text(tmp_path, (master() * 3 + master(start="never")).replace("\n", end))

    assert len(legs) == 3
    assert [r.line for r in rejections] == [4]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1251", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
def test_every_encoding(tmp_path: Path, encoding: str, mark: bytes) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(mark + (master(clid=NAME) * 3).encode(encoding))

    legs, rejections = read(path)

    assert [leg.caller_name for leg in legs] == ["Їжакевич Ґанна"] * 3
    assert legs[0].account == ""
    assert not rejections


def test_a_file_that_changed_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(master(clid=NAME).encode() + master(clid=NAME).encode("cp1251"))

    assert [leg.caller_name for leg in read(path)[0]] == ["Їжакевич Ґанна"] * 2


@pytest.mark.parametrize("chunk", [1, 7, 64, 331, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_where_the_file_is_cut_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, end: str
) -> None:
    text = master(userfield="two\nlines", clid=NAME) + master(start="never") + master() * 2
    monkeypatch.setattr(rows, "CHUNK", chunk)

    legs, rejections = read_text(tmp_path, text.replace("\n", end))

    assert [leg.userfield for leg in legs] == ["two lines", "", ""]
    assert [r.line for r in rejections] == [3]


def test_quoted_line_breaks_and_doubled_quotes(tmp_path: Path) -> None:
    text = master(userfield='she said "call me"\nand hung up') + master(clid='"""" <8016>')

    legs, rejections = read_text(tmp_path, text)

    assert legs[0].userfield == 'she said "call me" and hung up'
    assert len(legs) == 2
    assert not rejections


def test_an_open_quotation_mark_takes_no_other_record_along(tmp_path: Path) -> None:
    torn = master()[:60] + "\n"
    assert torn.count('"') % 2

    legs, rejections = read_text(tmp_path, master() * 2 + torn + master() * 3)

    assert len(legs) == 5
    assert [(r.line, r.reason) for r in rejections] == [(3, Reason.OPEN_QUOTE)]


@pytest.mark.parametrize("kept", range(1, len(master()) - 4, 9))
def test_a_half_written_last_line_is_left_out_and_said(tmp_path: Path, kept: int) -> None:
    legs, [half] = read_text(tmp_path, master() * 3 + master()[:kept])

    assert len(legs) == 3
    assert (half.line, half.reason) == (4, Reason.HALF_WRITTEN)


@pytest.mark.parametrize("before", ["uniqueid", "uniqueid userfield peeraccount linkedid sequence"])
@pytest.mark.parametrize("kept", [16, 17, 18, 19, 20])
def test_a_line_that_breaks_where_a_narrower_set_of_columns_ends_is_half_written(
    tmp_path: Path, kept: int, before: str
) -> None:
    torn = ",".join(master(lastdata="").split(",")[:kept])

    legs, [half] = read_text(tmp_path, master(before) * 3 + master() + torn)

    assert len(legs) == 4
    assert (half.line, half.reason) == (5, Reason.HALF_WRITTEN)


def test_a_whole_last_line_needs_no_line_end(tmp_path: Path) -> None:
    legs, rejections = read_text(tmp_path, (master() * 3).rstrip("\n"))

    assert len(legs) == 3
    assert not rejections


def test_a_line_too_long_is_rejected_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 4096)

    legs, rejections = read_text(tmp_path, master() * 2 + "x" * 200_000 + "\n" + master() * 2)

    assert len(legs) == 4
    assert [(r.line, r.reason) for r in rejections] == [(3, Reason.TOO_LONG)]


def test_blank_lines_are_nothing(tmp_path: Path) -> None:
    legs, rejections = read_text(tmp_path, "\n" + master() + "\n\n" + master() + "\n")

    assert len(legs) == 2
    assert not rejections


def zipped(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("Master.csv", text)
    return out.getvalue()


def tarred(text: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        entry = tarfile.TarInfo("Master.csv")
        entry.size = len(text)
        packed.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (bytes(100_000), "not a text file"),
        (b"SQLite format 3\0" + bytes(range(256)) * 20, "not a database"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(300), "not a text file"),
        (zipped(master() * 20), "is an archive"),
        (tarred(master() * 20), "is an archive"),
        (bz2.compress(master().encode()), "is an archive"),
        (b"x" * 100_000, "no lines"),
        (b"Dear diary,\ntoday nobody called.\n", "does not look like call records"),
        (b",".join([b"1"] * 30_000) + b"\n", "does not look like call records"),
        (b"\n\n\n", "does not look like call records"),
        ("a;b\n1;2\n".encode("utf-16"), "does not look like call records"),
    ],
)
def test_a_file_of_something_else_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(content)

    with pytest.raises(Invalid) as refused:
        read(path)

    assert words in str(refused.value)


def test_a_directory_a_missing_file_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Invalid, match="is a directory"):
        read(tmp_path)
    with pytest.raises(NotFound):
        read(tmp_path / "absent.csv")
    with pytest.raises(Invalid, match="no ordinary file"):
        read(tmp_path / "pipe")


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="Cannot read"):
        read(tmp_path / ("long" * 100))
