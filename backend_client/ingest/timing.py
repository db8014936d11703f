"""How a source's dates are to be read, out of a sample of them: the order of their parts, and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from backend_client.ingest.clock import SourceClock, UtcClock, clock_of, id_epoch
from backend_client.ingest.dates import DateOrder, is_nothing, local_seconds, names_offset, order_of
from backend_client.ingest.profile import Profile, check_zone
from backend_client.ingest.source import SourceOptions, ZoneFrom


def read_clock(
    starts: Sequence[str], ids: Sequence[str], options: SourceOptions
) -> tuple[DateOrder, SourceClock, ZoneFrom]:
    """Order, clock, and what the clock was read off (decision 2); `ids` are the unique ids beside the starts.

    Raises Invalid for a zone that does not exist.
    """
    profile = options.profile or Profile()
    order = DateOrder(profile.dates) if profile.dates else order_of(starts, map(id_epoch, ids))
    given = [text for text in starts if not is_nothing(text)]
    if given and sum(map(names_offset, given)) * 2 > len(given):
        return order, UtcClock(), ZoneFrom.DATES
    records = []
    for text, unique in zip(starts, ids, strict=True):
        try:
            records.append((local_seconds(text, order), unique))
        except ValueError:
            continue
    asked = options.timezone or profile.timezone
    clock, zone_from = clock_of(records, check_zone(asked) if asked else None, ZoneInfo(options.settings.zone))
    return order, clock, zone_from
