"""A store to write into: what a benchmark changes is not the store that it was given."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend_client.sqlite.file import open_file


@contextmanager
def copied(store: Path | None) -> Iterator[Path]:
    """A copy, beside the store in a folder of its own, or an empty store where there is none; deleted afterwards."""
    with tempfile.TemporaryDirectory(dir=store.parent if store else None) as folder:
        path = Path(folder) / "store.sqlite"
        if store:
            shutil.copyfile(store, path)
        else:
            open_file(path).close()
        yield path
