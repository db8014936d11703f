"""How old the data of the dashboard's blocks is: what the followers last said of their sources."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from backend_client.model.live import SourceState
from backend_client.model.now import Freshness
from backend_client.sqlite.supervision.live import read_sources
from backend_client.sqlite.supervision.played_clock import longest_silence


def read_freshness(db: sqlite3.Connection) -> tuple[Freshness, Freshness]:
    """Of running calls, and of everything that is counted. Where several sources tell, the worst of them."""
    sources = read_sources(db)
    silence = longest_silence(db)
    live = _worst((source for source in sources if source.live), silence)
    records = _worst((source for source in sources if not source.live), silence) or live
    return live or Freshness(), records or Freshness(at=_newest_end(db))


def _worst(sources: Iterable[SourceState], silence: int) -> Freshness | None:
    found = sorted(sources, key=lambda source: (not source.problem, source.at))
    if not found:
        return None
    worst = found[0]
    return Freshness(followed=True, at=worst.at, source=worst.name, problem=worst.problem, silence=silence)


def _newest_end(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT ended FROM call INDEXED BY call_start ORDER BY start DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])
