"""Recordings on a web server: found by HEAD, read by ranges, kept in a cache of bounded size."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from backend_client.errors import NotFound, Unreachable
from backend_client.model.recording import Missing
from backend_client.model.text import N_
from backend_client.recordings.block_cache import BlockCache
from backend_client.recordings.names import Unsafe, is_address, safe_parts
from backend_client.recordings.place import HEADER_ONLY, Named

if TYPE_CHECKING:
    import httpx

BLOCK = 1 << 20
PATIENCE = 10.0
"""Seconds without a byte."""
LONGEST = 60.0
"""Seconds for one block, however steadily it drips."""
AWAY = 15.0
"""Seconds in which a server that did not answer is not asked again."""


class Web:
    """A web address under which recordings lie. Addresses of other places are refused: a record is not to be trusted
    with whom this machine talks to."""

    def __init__(self, root: str, cache: Path) -> None:
        self._root = root.rstrip("/") + "/"
        self._cache = BlockCache(cache / "blocks")
        self._sizes: dict[str, int] = {}
        self._away_until = 0.0

    @cached_property
    def _client(self) -> httpx.Client:
        # 100 ms, and only where a recording lies on the web.
        import httpx

        return httpx.Client(timeout=httpx.Timeout(PATIENCE, connect=5.0), follow_redirects=False)

    def find(self, named: Named) -> tuple[str, int] | Missing:
        import httpx

        try:
            candidates = self._candidates(named)
        except Unsafe:
            return Missing.OUTSIDE
        if time.monotonic() < self._away_until:
            return Missing.UNREACHABLE
        for place in candidates:
            try:
                size = self._size(place)
            except httpx.HTTPError:
                self._away_until = time.monotonic() + AWAY
                return Missing.UNREACHABLE
            if size is not None:
                return (place, size) if size > HEADER_ONLY else Missing.EMPTY
        return Missing.GONE

    def _candidates(self, named: Named) -> list[str]:
        """Addresses to ask for, relative to the root."""
        if is_address(named.text):
            path = urlsplit(named.text).path
            if not named.text.startswith(self._root) or ".." in path.split("/") or "%" in path:
                raise Unsafe(named.text)
            return [named.text.removeprefix(self._root)]
        parts = safe_parts(named.text)
        dated = f"{named.started:%Y/%m/%d}/{parts[-1]}"
        return list(dict.fromkeys((quote("/".join(parts)), quote(dated), quote(parts[-1]))))

    def _size(self, place: str) -> int | None:
        """Bytes of what lies there; None where nothing does."""
        known = self._sizes.get(place)
        if known is not None:
            return known
        answer = self._client.head(self._root + place)
        if answer.status_code == 405:
            # The head of the answer only: a server that knows no ranges would send all of it.
            with self._client.stream("GET", self._root + place, headers={"Range": "bytes=0-0"}) as answer:
                pass
        if answer.status_code >= 500:
            answer.raise_for_status()
        if answer.status_code not in (200, 206):
            return None
        told = answer.headers.get("Content-Range", "").rpartition("/")[2] or answer.headers.get("Content-Length", "")
        if not told.isdecimal():
            return None
        self._sizes[place] = int(told)
        return int(told)

    def delete(self, place: str) -> bool:
        return False

    def read(self, place: str, start: int, length: int) -> bytes:
        import httpx

        try:
            size = self._size(place)
            if size is None:
                raise NotFound(N_("The recording is not there any more."), N_("It may have been deleted or moved."))
            end = min(start + length, size)
            pieces = []
            for block in range(start // BLOCK, -(-end // BLOCK)):
                data = self._block(place, block, size)
                pieces.append(data[max(0, start - block * BLOCK) : end - block * BLOCK])
        except httpx.HTTPError as error:
            raise Unreachable(
                N_("The server of recordings does not answer: {reason}"), N_("Try again in a moment."),
                reason=type(error).__name__,
            ) from error  # fmt: skip
        return b"".join(pieces)

    def _block(self, place: str, block: int, size: int) -> bytes:
        """A block from the cache or the server, cut where the server gives more than it was asked for."""
        key = f"{self._root}{place} {size} {block}"
        kept = self._cache.get(key)
        if kept is not None:
            return kept
        first, last = block * BLOCK, min((block + 1) * BLOCK, size) - 1
        data = bytearray()
        until = time.monotonic() + LONGEST
        with self._client.stream(
            "GET", self._root + place, headers={"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
        ) as answer:
            answer.raise_for_status()
            skip = first if answer.status_code == 200 else 0
            for chunk in answer.iter_bytes():
                data += chunk[skip:]
                skip = max(0, skip - len(chunk))
                if len(data) > last - first or time.monotonic() > until:
                    break
        whole = bytes(data[: last - first + 1])
        if len(whole) == last - first + 1:
            self._cache.put(key, whole)
        return whole
