"""zstd for answers over a network, where the library is there: half of gzip's time, and smaller."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import Any

from litestar.config.compression import CompressionConfig
from litestar.middleware.compression.facade import CompressionFacade

LEVEL = 3
GZIP_LEVEL = 1
SMALLEST = 1400
"""Bytes: a packet of Ethernet; fewer are not worth it."""


class ZstdCompression(CompressionFacade):
    """What Litestar's middleware writes into."""

    encoding = "zstd"

    def __init__(self, buffer: BytesIO, compression_encoding: str, config: CompressionConfig) -> None:
        import zstandard

        self._buffer = buffer
        self._stream: Any = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self._block = zstandard.COMPRESSOBJ_FLUSH_BLOCK

    def write(self, body: bytes) -> None:
        self._buffer.write(self._stream.compress(body) + self._stream.flush(self._block))

    def close(self) -> None:
        self._buffer.write(self._stream.flush())


def compression(exclude: list[str]) -> CompressionConfig:
    """zstd where it is installed, gzip for whoever cannot read it."""
    if find_spec("zstandard") is None:
        return CompressionConfig(
            backend="gzip", minimum_size=SMALLEST, gzip_compress_level=GZIP_LEVEL, exclude=exclude
        )  # fmt: skip
    return CompressionConfig(
        backend="zstd", minimum_size=SMALLEST, gzip_compress_level=GZIP_LEVEL, exclude=exclude,
        compression_facade=ZstdCompression, gzip_fallback=True,
    )  # fmt: skip
