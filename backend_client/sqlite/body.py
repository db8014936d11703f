"""The stored form of a call's facts: msgpack, compressed with a dictionary; the first byte names both."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable

import msgspec

from backend_client.model.leg import CallFacts
from backend_client.sqlite.statement import ids_json

_FIRST = b"\x01"
_DICTIONARY = (
    b"outboundinboundmacro-dialfrom-queuedefaultHangupVoiceMailPlaybackBackGroundWaitLocal/@from-queue-;1;2"
    b"PJSIP/DAHDI/i1/IAX2/ConfBridgeFAILEDCONGESTIONrecordings/monitor/q-out-in-ext-queuesext-localfrom-pstn"
    b"from-trunk-from-didUAHBUSYNO ANSWERANSWEREDfrom-internalfrom-internal-xferQueuefreepbx-csvAppDialDial"
    b"SIP/trunk-0000000SIP/10,20,tTkfrom-trunkasterisk-csvexternal-.wav+380050067044093380mainmain"
)
"""Texts that Asterisk's records are made of, the commonest last. Never changed: a new one gets another first byte."""
ERASED = b"\x00"
"""The body that is left where the records of a call were erased: its row stands for good, nothing is derived again."""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(CallFacts)


def pack(facts: CallFacts) -> bytes:
    """About 60–160 bytes a leg; 6 µs."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, -12, 5, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY)
    return _FIRST + compressor.compress(_encoder.encode(facts)) + compressor.flush()


def unpack(body: bytes) -> CallFacts:
    """What `pack` packed. Raises ValueError for a body that no version of this program wrote."""
    if body[:1] != _FIRST:
        raise ValueError(f"facts of an unknown form: {body[:1]!r}")
    return _decoder.decode(zlib.decompressobj(-12, _DICTIONARY).decompress(body[1:]))


def read_facts(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, CallFacts]:
    """The stored facts of these calls, but of those whose records were erased."""
    wanted = ids_json(ids)
    if wanted == "[]":
        return {}
    rows = db.execute(
        "SELECT call_id, body FROM facts WHERE call_id IN (SELECT value FROM json_each(?))", (wanted,)
    ).fetchall()
    return {id: unpack(body) for id, body in rows if body != ERASED}


def erased_calls(db: sqlite3.Connection, ids: Iterable[int]) -> set[int]:
    """Those of these calls whose records were erased."""
    rows = db.execute(
        "SELECT call_id FROM facts WHERE call_id IN (SELECT value FROM json_each(?)) AND body = ?",
        (ids_json(ids), ERASED),
    ).fetchall()
    return {id for (id,) in rows}
