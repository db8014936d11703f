"""Whatever bytes come: they may be rejected; nothing crashes and nothing hangs."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from backend_client.errors import BackendError
from backend_client.ingest.profile import load_profile
from tests.ingest.lines import EXTRA, MASTER, master, opened

TITLES = (",".join([*MASTER, *EXTRA]) + "\n").encode()
WELL_FORMED = master().encode()


def swallow(data: bytes) -> None:
    """Look at and read such a file. Every leg must travel, and no text may hold what a terminal would obey."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Master.csv"
        path.write_bytes(data)
        try:
            source = opened(path)
        except BackendError as error:
            str(error)
            return
        source.preview()
        position = 0
        for portion in source.read():
            assert portion.position >= position
            position = portion.position
            for leg in portion.legs:
                assert leg.end is None or leg.end >= leg.start
                assert "\x1b" not in "".join(text for text in msgspec.to_builtins(leg) if isinstance(text, str))
            msgspec.msgpack.encode(portion.legs)
        assert position == len(data)


@given(st.binary(max_size=3000))
def test_any_bytes(data: bytes) -> None:
    swallow(data)


@given(st.binary(max_size=300), st.integers(0, 5), st.booleans())
@example(b'"', 3, False)
@example(b"\xff\xfe", 3, True)
@example(b"\r", 1, False)
def test_any_bytes_among_records(data: bytes, before: int, header: bool) -> None:
    swallow((TITLES if header else b"") + WELL_FORMED * before + data + WELL_FORMED)


@given(st.lists(st.tuples(st.integers(0, len(WELL_FORMED) - 1), st.binary(max_size=3)), max_size=6))
def test_damaged_records(damage: list[tuple[int, bytes]]) -> None:
    torn = bytearray(WELL_FORMED)
    for place, bytes_ in damage:
        torn[place : place + 1] = bytes_
    swallow(WELL_FORMED * 3 + bytes(torn) + WELL_FORMED)


CELL = st.one_of(
    st.sampled_from([str(value) for value in (*MASTER.values(), *EXTRA.values())]),
    st.sampled_from(["0000-00-00 00:00:00", "9999-99-99", "1e400", "nan", "-1", "9" * 30, "32/13/2026 25:61", "²"]),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELL, min_size=5, max_size=22), min_size=1, max_size=8))
def test_tables_of_anything(rows: list[list[str]]) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    swallow(text.encode("utf-8", "surrogatepass"))


@given(st.text(max_size=200))
def test_any_profile(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            load_profile(path)
        except BackendError as error:
            str(error)
