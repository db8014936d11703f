"""Whatever bytes any format is given: it may reject, never crash, never hang, and let nothing through that a terminal
would obey."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend_client.errors import BackendError
from backend_client.ingest.formats import FORMATS, open_source
from backend_client.ingest.grouping import CallGrouper
from backend_client.ingest.profile import Profile
from backend_client.ingest.source import SourceOptions
from tests.ingest.lines import DATA, master
from tests.ingest.test_formats import AMO, FREESWITCH, MIKO, table

LAB = DATA / "asterisk-lab"


def swallow(data: bytes, name: str, format: str = "", options: SourceOptions = SourceOptions()) -> None:  # noqa: B008
    """Open, preview and read; only refusals in words are allowed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            _, source = open_source(path, options, format)
            source.preview()
            source.sample_legs()
            grouper = CallGrouper("main")
            for portion in source.read():
                msgspec.msgpack.encode(grouper.add(portion.legs, portion.events))
                told = msgspec.json.encode((portion.legs, portion.events))
                assert rb"\u001b" not in told
        except BackendError as error:
            str(error)


def spreadsheet() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["start", "src", "dst", "duration", "billsec", "disposition", "uniqueid"])
        sheet.write_row(1, 0, ["2026-11-20 21:47:31", "380672220001", "201", 9, 6, "ANSWERED", "1795204051.44"])
    return out.getvalue()


def dump() -> bytes:
    values = ", ".join(f"'{value}'" for value in MIKO.values())
    return f"CREATE TABLE cdr_general ({', '.join(MIKO)});\nINSERT INTO cdr_general VALUES({values});\n".encode() * 3


def stored(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return table(Path(folder) / "cdr.db", tuple(MIKO), *[MIKO] * 5, name=name).read_bytes()


SAMPLES = {
    "queue-log": (LAB / "queue_log").read_bytes(),
    "cel-csv": (LAB / "cel.csv").read_bytes()[:6000],
    "freeswitch-csv": FREESWITCH.format(answer="2026-11-20 21:47:34", billsec=6, cause="NORMAL_CLEARING").encode() * 4,
    "amocrm-json": json.dumps(AMO).encode(),
    "json-lines": b'{"id": "1", "start": "2026-11-20 21:47:31", "from": "1", "to": "2", "talk": 3}\n' * 4,
    "mikopbx": dump(),
    "freeswitch-db": (DATA / "freeswitch" / "cdr_pusher_sample.db").read_bytes(),
    "asterisk-db": stored("cdr"),
    "xlsx": spreadsheet(),
    "asterisk-csv": master().encode() * 4,
}  # fmt: skip


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == {entry.name for entry in FORMATS}


@pytest.mark.parametrize("format", SAMPLES)
@given(data=st.binary(max_size=2000))
@settings(max_examples=40)
def test_any_bytes_under_any_format(format: str, data: bytes) -> None:
    swallow(data, "file", format)


@pytest.mark.parametrize("format", SAMPLES)
@given(damage=st.lists(st.tuples(st.integers(0, 2**20), st.binary(max_size=4), st.integers(0, 40)), max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_damaged_samples(format: str, damage: list[tuple[int, bytes, int]]) -> None:
    data = bytearray(SAMPLES[format])
    for place, came, gone in damage:
        at = place % (len(data) + 1)
        data[at : at + gone] = came
    swallow(bytes(data), "file", format)
    swallow(bytes(data), "file")


@pytest.mark.parametrize("cut", [1, 100, 1000, 4096, 5000])
@pytest.mark.parametrize("format", SAMPLES)
def test_cut_off_samples(format: str, cut: int) -> None:
    swallow(SAMPLES[format][:cut], "file", format)
    swallow(gzip.compress(SAMPLES[format])[:cut], "file.gz")


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "uniq",
            "start",
            "created_at",
            "duration",
            "talk",
            "phone",
            "direction",
            "from",
            "to",
            "price",
            "call_status",
            "linked_id",
            "cause",
            "hung_up_by",
            "disposition",
        ]
    ),
    VALUE
    | st.sampled_from(["inbound", "outbound", "in", 1795204051, "2026-11-20 21:47:31", "1e999999", "٣", "\x1b[2J"]),
)


@given(st.lists(MEMBERS, max_size=4))
@settings(deadline=None)
def test_json_of_anything(records: list[dict[str, object]]) -> None:
    swallow(json.dumps(records).encode(), "calls.json", "amocrm-json")
    swallow("\n".join(map(json.dumps, records)).encode(), "calls.jsonl", "json-lines")


@given(
    st.lists(
        st.lists(
            st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=9) | st.binary(max_size=9),
            min_size=8,
            max_size=8,
        ),
        max_size=5,
    ),
    st.sampled_from(["mikopbx", "asterisk-db", "freeswitch-db"]),
)
@settings(deadline=None)
def test_tables_of_any_values(rows: list[list[object]], format: str) -> None:
    columns = {
        "mikopbx": ("start", "UNIQUEID", "src_num", "dst_num", "endtime", "duration", "is_app", "linkedid"),
        "asterisk-db": ("calldate", "uniqueid", "src", "dst", "duration", "billsec", "disposition", "linkedid"),
        "freeswitch-db": ("start_stamp", "uuid", "caller_id_number", "destination_number", "duration", "billsec",
                          "hangup_cause", "answer_stamp"),
    }[format]  # fmt: skip
    name = "cdr_general" if format == "mikopbx" else "cdr"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cdr.db"
        with closing(sqlite3.connect(path)) as db:
            db.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            for row in rows:
                try:
                    db.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * 8)})", row)
                except (UnicodeEncodeError, OverflowError):
                    continue
            db.commit()
        swallow(path.read_bytes(), "cdr.db", format)


@given(st.text(max_size=200))
def test_any_template(text: str) -> None:
    data = SAMPLES["freeswitch-csv"]
    swallow(data, "file", "freeswitch-csv", SourceOptions(profile=Profile(template="${uuid}" + text)))


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from backend_client.errors import Invalid
    from backend_client.ingest import spreadsheet as module

    monkeypatch.setattr(module, "LIMIT", 1_000_000)
    path = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    with pytest.raises(Invalid, match="unpacks to more"):
        open_source(path, SourceOptions())
