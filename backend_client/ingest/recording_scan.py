"""Files of recordings that no record names: found in a folder, linked to their calls by what their names tell."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from backend_client.derive.recordings import found_file, recordings_of
from backend_client.errors import NotFound
from backend_client.model.leg import CallFacts
from backend_client.model.text import N_
from backend_client.recordings.names import SUFFIXES, call_keys, stamp_of
from backend_client.recordings.place import HEADER_ONLY
from backend_client.sqlite.body import read_facts
from backend_client.sqlite.facts import FactWriter
from backend_client.sqlite.settings import read_derive_settings
from backend_client.sqlite.writer import Writer

_BATCH = 500
_EPOCH = re.compile(r"(?<!\d)(1\d{9})(?!\d|\.\d)")
_NUMBER = re.compile(r"(?<!\d)\d{2,15}(?!\d)")
_SLACK = 5
"""Seconds by which a recorder's clock may differ from the record's."""
_LONGEST_CALL = 4 * 3600


class ScanReport(msgspec.Struct, kw_only=True):
    """What lay in the folder. `orphans` are names relative to it that no call could be found for."""

    files: int = 0
    linked: int = 0
    known: int = 0
    """Named by their calls' records, or linked before."""
    empty: int = 0
    orphans: list[str] = []


def scan(
    writer: Writer,
    db: sqlite3.Connection,
    folder: Path,
    root: Path,
    *,
    keep: bool = True,
    progress: Callable[[int], None] = lambda _files: None,
) -> ScanReport:
    """Link what lies in `folder`, inside the root `root`; without `keep` only tell what would be. `db` only reads.

    Scanning again changes nothing. Raises NotFound without the folder.
    """
    if not folder.is_dir():
        raise NotFound(N_("There is no folder {path}."), path=str(folder))
    report = ScanReport()
    zone = ZoneInfo(read_derive_settings(db).zone)
    facts = FactWriter(writer)
    batch: list[CallFacts] = []
    for path, size in _files(folder):
        report.files += 1
        if size <= HEADER_ONLY:
            report.empty += 1
            continue
        found = _call_of(db, path.name, zone)
        if found is None:
            report.orphans.append(str(path.relative_to(folder)))
            continue
        place = str(path.relative_to(root))
        link = _link(found, path.name, place)
        if link is None:
            report.known += 1
            continue
        report.linked += 1
        batch.append(link)
        if keep and len(batch) >= _BATCH:
            facts.put(batch)
            batch.clear()
        progress(report.files)
    if keep and batch:
        facts.put(batch)
    return report


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """Files with a suffix of recordings, links left alone."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix in SUFFIXES and not path.is_symlink() and path.is_file():
                yield path, path.stat().st_size


def _call_of(db: sqlite3.Connection, name: str, zone: ZoneInfo) -> CallFacts | None:
    """The facts of the one call that a file's name tells: by unique id, else by its time and both numbers."""
    for key in call_keys(name):
        rows = db.execute("SELECT DISTINCT call_id FROM call_key WHERE key = ?", (key,)).fetchall()
        if len(rows) == 1:
            return read_facts(db, [rows[0][0]]).get(rows[0][0])
    at = _instant(name, zone)
    if at is None:
        return None
    rows = db.execute(
        "SELECT id FROM call WHERE start BETWEEN ? AND ? AND ended >= ?", (at - _LONGEST_CALL, at + _SLACK, at - _SLACK)
    ).fetchall()
    numbers = set(_NUMBER.findall(name))
    fitting = [facts for facts in read_facts(db, [id for (id,) in rows]).values() if _fits(facts, at, numbers)]
    return fitting[0] if len(fitting) == 1 else None


def _instant(name: str, zone: ZoneInfo) -> float | None:
    """UTC epoch seconds that a name tells."""
    if found := _EPOCH.search(name):
        return float(found.group(1))
    stamp = stamp_of(name)
    return None if stamp is None else stamp.replace(tzinfo=zone).timestamp()


def _fits(facts: CallFacts, at: float, numbers: set[str]) -> bool:
    """Whether some leg was under way then, between two of these numbers."""
    return any(
        leg.start - _SLACK <= at <= (leg.end or leg.start) + _SLACK and {leg.caller, leg.callee} <= numbers
        for leg in facts.legs
    )


def _link(facts: CallFacts, name: str, place: str) -> CallFacts | None:
    """The fact to be put; None where the call names the recording already."""
    stem = name.rpartition(".")[0]
    for known in recordings_of(facts.legs, facts.events):
        if known.rpartition("/")[2].rpartition(".")[0] == stem:
            return None
    first = min((leg.answer or leg.start for leg in facts.legs), default=0.0)
    return CallFacts(system=facts.system, call_key=facts.call_key, events=(found_file(place, first),))
