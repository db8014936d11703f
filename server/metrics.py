"""What the server counts of itself, as Prometheus reads it. No name, number or id of anybody or any call."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from litestar.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds; upper bounds of the histogram."""


class Metrics:
    """Counts since the server started. Used by one event loop."""

    def __init__(self) -> None:
        self.started = time.time()
        self._answers: Counter[tuple[str, int]] = Counter()
        self._within: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        self._open: Counter[str] = Counter()

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Counts what goes through it, by the address as it is written down, without what stands in for its parts."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            path, began, status = scope.get("path_template") or "other", time.perf_counter(), 500

            async def seen(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            self._open[path] += 1
            try:
                await app(scope, receive, seen)
            finally:
                self._open[path] -= 1
                self._count(path, status, time.perf_counter() - began)

        return counted

    def _count(self, path: str, status: int, seconds: float) -> None:
        self._answers[path, status] += 1
        self._seconds[path] += seconds  # type: ignore[assignment]
        within = self._within.setdefault(path, [0] * len(BOUNDS))
        for place, bound in enumerate(BOUNDS):
            within[place] += seconds <= bound

    def text(self, change: int, sessions: int) -> str:
        """The page, with the store's change number and how many sessions are kept."""
        return "\n".join(self._lines(change, sessions)) + "\n"

    def _lines(self, change: int, sessions: int) -> Iterator[str]:
        yield from _head("pult_start_time_seconds", "gauge", "When the server started, UTC epoch seconds.")
        yield f"pult_start_time_seconds {self.started:.3f}"
        yield from _head("pult_change_number", "counter", "Change number of the store.")
        yield f"pult_change_number {change}"
        yield from _head("pult_sessions", "gauge", "Sessions that asked lately.")
        yield f"pult_sessions {sessions}"
        yield from _head("pult_requests_open", "gauge", "Requests that are being answered; event streams stay open.")
        for path, count in sorted(self._open.items()):
            yield f'pult_requests_open{{path="{path}"}} {count}'
        yield from _head("pult_requests_total", "counter", "Requests answered.")
        for (path, status), count in sorted(self._answers.items()):
            yield f'pult_requests_total{{path="{path}",status="{status}"}} {count}'
        yield from _head("pult_request_seconds", "histogram", "How long answers took, to their last byte.")
        for path, within in sorted(self._within.items()):
            for bound, count in zip(BOUNDS, within, strict=True):
                yield f'pult_request_seconds_bucket{{path="{path}",le="{bound:g}"}} {count}'
            total = sum(count for (known, _status), count in self._answers.items() if known == path)
            yield f'pult_request_seconds_bucket{{path="{path}",le="+Inf"}} {total}'
            yield f'pult_request_seconds_sum{{path="{path}"}} {self._seconds[path]:.6f}'
            yield f'pult_request_seconds_count{{path="{path}"}} {total}'


def _head(name: str, kind: str, told: str) -> tuple[str, str]:
    return f"# HELP {name} {told}", f"# TYPE {name} {kind}"
