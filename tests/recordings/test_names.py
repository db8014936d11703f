"""Where recorders put files, and which call a file's name tells (domain: MikoPBX, FreePBX and others)."""

from datetime import datetime
from itertools import islice

import pytest

from backend_client.recordings.names import Unsafe, call_keys, places, stamp_of

STARTED = datetime(2026, 11, 21, 14, 5, 6)


@pytest.mark.parametrize(
    ("named", "place"),
    [
        ("out-201-067-20261120-235959-1795.7.wav", "2026/11/20/out-201-067-20261120-235959-1795.7.wav"),
        ("mikopbx-1795262706.7.mp3", "2026/11/21/14/mikopbx-1795262706.7.mp3"),
        ("/storage/usbdisk1/mikopbx/astspool/monitor/2026/11/21/14/mikopbx-1795262706.7.mp3",
         "2026/11/21/14/mikopbx-1795262706.7.mp3"),
        ("20260427190445-1651-2005-2002-Internal.wav", "20260427/20260427190445-1651-2005-2002-Internal.wav"),
        ("auto-1795262706-201-0671234567.wav", "auto-1795262706-201-0671234567.wav"),
        ("1795262706.7.wav", "1795262706.7.wav"),
        ("1795262706.7.wav", "1795262706.7.WAV"),
        ("1795262706.7.wav", "2026/11/21/1795262706.7.webm"),
        ("recorded-without-suffix", "recorded-without-suffix.gsm"),
    ],
)  # fmt: skip
def test_a_recording_is_looked_for_where_its_recorder_puts_it(named: str, place: str) -> None:
    assert place in list(places(named, STARTED))


def test_the_place_as_written_comes_first() -> None:
    assert list(islice(places("2026/11/21/a.wav", STARTED), 1)) == ["2026/11/21/a.wav"]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/../../b.wav", "a\0b.wav", "", "/", "..\\..\\secret", "x" * 2000]
)
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(Unsafe):
        list(places(name, STARTED))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("external-201-0671234567-20261120-235959-1795262706.71.wav", "1795262706.71"),
        ("mikopbx-1795262706.7_Xy12.webm", "mikopbx-1795262706.7"),
        ("1795262706.7.wav", "1795262706.7"),
        ("20220427190445-1651057485.21-2005-2002-Internal.wav", "1651057485.21"),
    ],
)
def test_a_name_tells_its_call(name: str, key: str) -> None:
    assert call_keys(name)[0] == key


def test_a_stamp_that_is_no_date_is_none() -> None:
    assert stamp_of("out-1-2-20269999-999999-1.wav") is None
