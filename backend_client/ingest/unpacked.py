"""Packed files (gzip): unpacked beside the work, never without a limit."""

from __future__ import annotations

import gzip
import os
import tempfile
import weakref
import zlib
from pathlib import Path

from backend_client.errors import BackendError, Full, Invalid
from backend_client.model.text import N_, clean

SIGNATURE = b"\x1f\x8b"
LIMIT = 8_000_000_000
"""Bytes after unpacking: forty million records."""
RATIO = 400
"""Records pack about twenty-fold; what unpacks to more than this was made to fill a disk."""
_SMALL = 64_000_000
"""Under this no ratio is asked."""
_CHUNK = 1 << 20


def too_large(path: Path, limit: int) -> Invalid:
    """Why a packed file is not read."""
    return Invalid(
        N_("{path} unpacks to more than {limit} MB, which no export of calls does."),
        N_("Unpack it yourself, look at it, and read the result."),
        path=clean(str(path)), limit=limit // 1_000_000,
    )  # fmt: skip


def unpack(path: Path, *, limit: int = LIMIT) -> Path:
    """The unpacked text of a gzip file in a temporary file of the same name, removed when this process ends or the
    path is dropped. Raises Invalid for a damaged or an unreasonable one, Full where the disk is."""
    folder = tempfile.TemporaryDirectory(prefix="pult-")
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    target = _KeptPath(Path(folder.name) / (name or "unpacked"))
    weakref.finalize(target, folder.cleanup)
    most = min(limit, max(_SMALL, RATIO * path.stat().st_size))
    try:
        with gzip.open(path) as packed, target.open("wb") as out:
            written = 0
            while chunk := packed.read(_CHUNK):
                written += len(chunk)
                if written > most:
                    raise too_large(path, most)
                out.write(chunk)
    except BackendError:
        raise
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Invalid(
            N_("{path} is a damaged gzip file: {why}."), path=clean(str(path)), why=clean(str(error))
        ) from error
    except OSError as error:
        if error.errno == 28:
            raise Full(
                N_("There is no room left to unpack {path} in {folder}."), N_("Free some space, or set TMPDIR."),
                path=clean(str(path)), folder=os.path.dirname(folder.name),
            ) from error  # fmt: skip
        raise Invalid(N_("Cannot read {path}: {why}."), path=clean(str(path)), why=clean(str(error))) from error
    return target


class _KeptPath(type(Path())):  # type: ignore[misc]
    """A path whose file lives as long as the path does."""
