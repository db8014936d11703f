"""`python -m benchmarks.generate N PATH`: a store of N synthetic calls in the real schema, for measurements.

The same N, seed and `--until` give the same store. Rows are loaded without indexes, which are built after them.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from backend_client.model.call import Mark
from backend_client.sqlite.file import open_file
from backend_client.sqlite.tallied_days import RECOUNT
from backend_client.sqlite.upkeep.recount import recount
from backend_client.sqlite.writer import Writer
from benchmarks.centre import CHANNELS, EMPLOYEES, LINES, Centre, Ints, make_centre
from benchmarks.names import COMMENTS, PREFIXES, REGIONS, RESULTS, clients, forms_of, people

SLICE = 200_000
SEED = 20261121
CALL_COLUMNS = (
    "id, start, answered, ended, day, hour, kind, busy, marks, number_id, region_id, line_id, channel_id, employees,"
    " application, wait, talk, hung_up, settled_by, callback, price, currency, result_id"
)


def generate(calls: int, path: Path, *, seed: int = SEED, until: datetime, facts: bool = False) -> None:
    """Write a new store of `calls` calls at `path`; an existing file is replaced."""
    clock = _Stopwatch()
    centre = make_centre(calls, seed, until)
    clock.lap("calls drawn")
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        file.unlink(missing_ok=True)
    db, indexes = _empty_store(path)
    db.execute("BEGIN")
    rng = np.random.default_rng(seed + 1)
    _load_people(db, centre, rng)
    clock.lap("people, clients, numbers")
    _load_calls(db, centre)
    clock.lap("calls")
    _load_people_of_calls(db, centre)
    clock.lap("employees of calls")
    _load_deeds(db, centre)
    if facts:
        _load_facts(db, centre)
    clock.lap("identity, comments")
    for statement in indexes:
        db.execute(statement)
    db.execute("INSERT INTO number_tallied SELECT id, client_id FROM number WHERE client_id IS NOT NULL")
    db.execute("INSERT INTO setting SELECT ?, max(day) + 1 FROM call", (RECOUNT,))
    db.execute("INSERT INTO client_search(client_search) VALUES ('rebuild')")
    db.execute("INSERT INTO number_search(number_search) VALUES ('rebuild')")
    db.execute("COMMIT")
    clock.lap("indexes, search")
    db.execute("PRAGMA locking_mode = NORMAL")
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    _count(path)
    clock.lap("tallies")
    print(f"{path}: {path.stat().st_size / 1e6:,.0f} MB", flush=True)


def _count(path: Path) -> None:
    with closing(open_file(path)) as file, closing(Writer(file)) as writer:
        recount(writer)


class _Stopwatch:
    def __init__(self) -> None:
        self._begun = self._lap = time.perf_counter()

    def lap(self, what: str) -> None:
        now = time.perf_counter()
        print(f"{now - self._begun:7.1f} s  +{now - self._lap:6.1f}  {what}", flush=True)
        self._lap = now


def _empty_store(path: Path) -> tuple[sqlite3.Connection, list[str]]:
    """A store of the newest schema without its indexes, and the statements that make them."""
    open_file(path).close()
    db = sqlite3.connect(path, isolation_level=None)
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'call'"
    ).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    return db, [sql for _, sql in indexes]


def _nulls(column: Ints, null: int = 0) -> list[int | None]:
    return [None if value == null else value for value in column.tolist()]


def _slices(count: int) -> Iterator[slice]:
    return (slice(begin, min(begin + SLICE, count)) for begin in range(0, count, SLICE))


def _load_people(db: sqlite3.Connection, centre: Centre, rng: np.random.Generator) -> None:
    names = people(rng, EMPLOYEES)
    db.executemany(
        "INSERT INTO employee (id, name, fold, sort_key, login, department, active) VALUES (?,?,?,?,?,?,?)",
        (
            (i + 1, name, *forms_of(name), f"agent{i + 1}", f"Відділ {i % 8 + 1}", int(i % 25 != 24))
            for i, name in enumerate(names)
        ),
    )
    db.executemany(
        "INSERT INTO extension (number, employee_id) VALUES (?,?)", ((str(101 + i), i + 1) for i in range(EMPLOYEES))
    )
    db.executemany("INSERT INTO line VALUES (?,?,?)", ((i + 1, f"trunk-{i + 1}", "") for i in range(LINES)))
    db.executemany(
        "INSERT INTO channel VALUES (?,?,?)",
        ((i + 1, f"+38044500{i:04}", f"Реклама {i + 1}" if i % 3 else "") for i in range(CHANNELS)),
    )
    db.executemany("INSERT INTO region (id, key) VALUES (?,?)", ((i + 1, key) for i, key in enumerate(REGIONS)))
    db.executemany("INSERT INTO result (id, name) VALUES (?,?)", ((i + 1, name) for i, name in enumerate(RESULTS)))
    responsible = rng.integers(0, EMPLOYEES * 2, centre.clients).tolist()
    db.executemany(
        "INSERT INTO client (id, name, fold, sort_key, kind, responsible_id) VALUES (?,?,?,?,?,?)",
        (
            (i + 1, name, *forms_of(name), int(company), owner if 0 < owner <= EMPLOYEES else None)
            for i, ((name, company), owner) in enumerate(zip(clients(rng, centre.clients), responsible, strict=True))
        ),
    )
    db.executemany(
        "INSERT INTO number (id, key, forms, region_id, client_id, known_since, last_start) VALUES (?,?,?,?,?,?,?)",
        _number_rows(centre),
    )


def _number_rows(centre: Centre) -> Iterable[tuple[object, ...]]:
    book = centre.numbers
    region_ids = {key: i + 1 for i, key in enumerate(REGIONS)}
    prefixes = [(country + area, "0" + area, region_ids[region]) for region, country, area, _ in PREFIXES]
    columns = (book.region, book.subscriber, book.client, book.known_since, book.last_start)
    for i, (prefix, subscriber, client, since, last) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        whole, local, region = prefixes[prefix]
        digits = f"{whole}{subscriber:07}"
        forms = f"{digits} {local}{subscriber:07}" if whole.startswith("380") else digits
        yield (
            i + 1,
            f"+{digits}",
            forms,
            region,
            client or None,
            since if client else None,
            last,
        )


def region_of_number(centre: Centre) -> Ints:
    """Region id by number id; 0 for none."""
    region_ids = {key: i + 1 for i, key in enumerate(REGIONS)}
    region_of_prefix = np.array([region_ids[region] for region, *_ in PREFIXES], np.int64)
    found: Ints = np.append(0, region_of_prefix[centre.numbers.region])
    return found


def _load_calls(db: sqlite3.Connection, centre: Centre) -> None:
    calls = centre.calls
    regions = region_of_number(centre)
    place = ",".join("?" * len(CALL_COLUMNS.split(",")))
    for part in _slices(len(calls.start)):
        number = calls.number[part]
        employees = _employees(part, centre)
        nobody = ["" if text else "IVR" for text in employees]
        outgoing_talk = np.where((calls.kind[part] // 16 == 1) & (calls.talk[part] > 0), calls.talk[part] * 16_000, -1)
        price = _nulls(outgoing_talk, -1)
        db.executemany(
            f"INSERT INTO call ({CALL_COLUMNS}) VALUES ({place})",
            zip(
                range(part.start + 1, part.stop + 1),
                calls.start[part].tolist(),
                _nulls(calls.answered[part]),
                *(column[part].tolist() for column in (calls.ended, calls.day, calls.hour, calls.kind, calls.busy)),
                calls.marks[part].tolist(),
                _nulls(number),
                _nulls(regions[number]),
                _nulls(calls.line[part]),
                _nulls(calls.channel[part]),
                employees,
                nobody,
                *(column[part].tolist() for column in (calls.wait, calls.talk, calls.hung_up)),
                _nulls(calls.settled_by[part]),
                _nulls(calls.callback[part], -1),
                price,
                ["" if amount is None else "UAH" for amount in price],
                _nulls(calls.result[part]),
                strict=True,
            ),
        )


def _own_talk(centre: Centre) -> list[Ints]:
    """Seconds of each of the three: the talk, halved where it was handed over."""
    calls = centre.calls
    shared = calls.people[1] > 0
    internal = calls.kind >= 32
    first = np.where(shared & ~internal, calls.talk // 2, calls.talk)
    second = np.where(internal, calls.talk, calls.talk - first)
    return [first, second, np.zeros_like(first)]


def _employees(part: slice, centre: Centre) -> list[str]:
    people, talks = centre.calls.people, _own_talk_of(part, centre)
    texts = [f"{e}:{100 + e}:{t}" if e else "" for e, t in zip(people[0][part].tolist(), talks[0], strict=True)]
    for who, talk in zip(people[1:], talks[1:], strict=True):
        ids = who[part]
        for i in np.flatnonzero(ids).tolist():
            texts[i] += f",{ids[i]}:{100 + ids[i]}:{talk[i]}"
    return texts


def _own_talk_of(part: slice, centre: Centre) -> list[list[int]]:
    calls = centre.calls
    talk, shared, internal = calls.talk[part], calls.people[1][part] > 0, calls.kind[part] >= 32
    first = np.where(shared & ~internal, talk // 2, talk)
    return [first.tolist(), np.where(internal, talk, talk - first).tolist(), [0] * len(talk)]


def _load_people_of_calls(db: sqlite3.Connection, centre: Centre) -> None:
    """In key order, so that the table is only appended to."""
    calls, talks = centre.calls, _own_talk(centre)
    index = [np.flatnonzero(who) for who in calls.people]
    who = np.concatenate([who[i] for who, i in zip(calls.people, index, strict=True)])
    call = np.concatenate(index)
    talk = np.concatenate([talk[i] for talk, i in zip(talks, index, strict=True)])
    order = np.lexsort((call, who))
    for part in _slices(len(order)):
        rows = order[part]
        columns = (who[rows], calls.start[call[rows]], call[rows] + 1, talk[rows])
        db.executemany(
            "INSERT INTO call_employee VALUES (?,?,?,?)", zip(*(column.tolist() for column in columns), strict=True)
        )


def _load_deeds(db: sqlite3.Connection, centre: Centre) -> None:
    """Identity of each call, and its comment where it is marked."""
    calls = centre.calls
    db.execute("INSERT INTO system (id, name) VALUES (1, 'main')")
    db.executemany(
        "INSERT INTO call_key VALUES (1,?,?)",
        ((f"{start}.{i}", i) for i, start in enumerate(calls.start.tolist(), 1)),
    )
    commented = np.flatnonzero(calls.marks & Mark.COMMENT)
    db.executemany(
        "INSERT INTO comment VALUES (?,?,?,?,?,1)",
        (
            (i + 1, COMMENTS[i % len(COMMENTS)], who or None, "", end + 60)
            for i, who, end in zip(
                commented.tolist(), calls.people[0][commented].tolist(), calls.ended[commented].tolist(), strict=True
            )
        ),
    )


def _load_facts(db: sqlite3.Connection, centre: Centre) -> None:
    """One leg a call: enough for details, not for deriving the store again."""
    from backend_client.model.leg import CallFacts, Leg
    from backend_client.sqlite.body import pack

    calls = centre.calls
    columns = (calls.start, calls.answered, calls.ended, calls.talk)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    db.executemany(
        "INSERT INTO facts VALUES (?,?)",
        (
            (
                i,
                pack(
                    CallFacts(
                        system="main",
                        call_key=f"{start}.{i}",
                        legs=(
                            Leg(
                                key=f"{start}.{i}",
                                uniqueid=f"{start}.{i}",
                                linkedid=f"{start}.{i}",
                                start=start,
                                answer=answered or None,
                                end=ended,
                                duration=ended - start,
                                billsec=talk,
                                disposition="ANSWERED" if talk else "NO ANSWER",
                            ),
                        ),
                    )
                ),
            )
            for i, (start, answered, ended, talk) in enumerate(rows, 1)
        ),
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--until", help="UTC instant before which the last call starts, ISO; now, to the hour")
    parser.add_argument("--facts", action="store_true", help="store a source record for each call too")
    given = parser.parse_args()
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    until = datetime.fromisoformat(given.until).replace(tzinfo=UTC) if given.until else now
    generate(given.calls, given.path, seed=given.seed, until=until, facts=given.facts)


if __name__ == "__main__":
    main()
