"""FreeSWITCH's call records: variables of mod_cdr_csv's templates and columns of mod_cdr_sqlite to fields (B8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import structs

from backend_client.ingest.layouts import Layout, is_seconds, share
from backend_client.model.leg import Leg

FIELDS = {
    "caller_id_name": "cnam", "caller_id_number": "src", "destination_number": "dst", "context": "dcontext",
    "start_stamp": "start", "answer_stamp": "answer", "end_stamp": "end", "duration": "duration", "billsec": "billsec",
    "hangup_cause": "cause", "uuid": "uniqueid", "bleg_uuid": "linkedid", "accountcode": "accountcode",
    "account_code": "accountcode", "caller_id": "clid", "channel_name": "channel", "bridge_channel": "dstchannel",
    "last_app": "lastapp", "last_arg": "lastdata", "userfield": "userfield", "sip_hangup_disposition": "hungup",
    "record_name": "recordingfile", "direction": "direction", "originating_leg_uuid": "linkedid",
    "start_epoch": "start", "answer_epoch": "answer", "end_epoch": "end",
}  # fmt: skip
"""Field of each variable. A leg's own direction (inbound is from its phone) is not the call's: see `without`."""
TEMPLATES: dict[str, tuple[str, ...]] = {
    "example": (
        "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp",
        "end_stamp", "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec",
        "write_codec",
    ),
    "asterisk": (
        "accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name",
        "bridge_channel", "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec",
        "hangup_cause", "amaflags", "uuid", "userfield",
    ),
}  # fmt: skip
"""Templates of the stock configuration, by name."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_CAUSE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|UNALLOCATED|UNSPECIFIED")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
FEED = "freeswitch"


def variables_of(template: str) -> tuple[str, ...]:
    """Names of the variables in a template, in order."""
    return tuple(_VARIABLE.findall(template))


def layout_of(variables: Sequence[str], name: str) -> Layout:
    """The layout of these variables; of two that give one field the first does."""
    fields: list[str] = []
    for variable in variables:
        field = FIELDS.get(variable, "") if variable != "direction" else ""
        fields.append("" if field in fields else field)
    return Layout(name, tuple(fields), True)


def fit(variables: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """How well rows fit a template, by what only FreeSWITCH writes: causes by name and UUIDs."""
    fitting = [row for row in rows if len(row) == len(variables)]
    if not fitting:
        return 0.0
    named = dict(zip(variables, zip(*fitting, strict=True), strict=True))
    causes, ids = [text for text in named["hangup_cause"] if text], [text for text in named["uuid"] if text]
    spans = [text for text in named["billsec"] if text]
    tests = (
        share(causes, lambda text: _CAUSE.fullmatch(text) is not None),
        share(ids, lambda text: _UUID.fullmatch(text) is not None),
        share(spans, is_seconds),
    )
    return min(tests) * len(fitting) / len(rows)


def finish(leg: Leg, row: Sequence[str]) -> Leg:
    """A leg has a UUID of its own, and that is its key. Its disposition is its cause and its seconds."""
    return structs.replace(
        leg, key=f"{leg.uniqueid or leg.linkedid}|freeswitch", disposition="ANSWERED" if leg.billsec else "", feed=FEED
    )
