"""The stream under a workbook, which is a zip file."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO


class ZipStream:
    """A stream that, once it failed or was closed, takes whatever comes.

    A zip file that could not be finished writes its end all the same when Python takes it away, and what comes of that
    is a traceback on stderr that nobody can catch.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._failed = False

    def write(self, data: bytes) -> int:
        return self._unless_over(lambda: self._stream.write(data))

    def seek(self, place: int, whence: int = 0) -> int:
        return self._unless_over(lambda: self._stream.seek(place, whence))

    def tell(self) -> int:
        return self._unless_over(self._stream.tell)

    def flush(self) -> None:
        self._unless_over(self._stream.flush)

    def _unless_over(self, deed: Callable[[], int | None]) -> int:
        if self._failed or self._stream.closed:
            return 0
        try:
            return deed() or 0
        except OSError:
            self._failed = True
            raise
