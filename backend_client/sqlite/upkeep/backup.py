"""A copy of a store while it is in use, and a store made of a copy.

`VACUUM INTO` reads one snapshot; SQLite's stepwise backup begins again at every write of somebody else and never ends.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.errors import Corrupt, Full, Invalid, NotFound
from backend_client.model.ordinary_file import check_source, check_target
from backend_client.model.text import N_
from backend_client.sqlite.file import check_place, connect, open_file, store_errors, version_of
from backend_client.sqlite.replacement import clear_place
from backend_client.sqlite.upkeep.check import damage_of
from backend_client.sqlite.upkeep.erasure import erase_again
from backend_client.sqlite.upkeep.ledger import Ledger, keep_ledger, ledger_path, merged_ledgers
from backend_client.sqlite.writer import Writer

Progress = Callable[[int, int], None]
"""Called twice a second with the bytes written and about how many there will be."""
_TOLD_EVERY = 0.5


def back_up(store: Path, target: Path, progress: Progress | None = None) -> int:
    """Write a whole, checked copy of the store to `target`; gives its bytes. Others may read and write meanwhile.
    A store of any version is copied as it is.

    Until it is whole it stands under another name beside `target`, which it then replaces: a copy that was there
    before stays until that moment, and after a kill. Raises Invalid (the store itself, a folder), NotFound (no such
    folder), Full, Forbidden, Corrupt where the copy is not whole.
    """
    _check_target(store, target)
    partial = _beside(target)
    with store_errors(target):
        _sweep(target)
        # Made here, so that nobody else may ever read it; SQLite writes into an empty file.
        os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with _watched(partial, store.stat().st_size, progress):
                _copy(store, partial)
            _to_disk(partial)
            os.replace(partial, target)
            _to_disk(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    return target.stat().st_size


def restore(copy: Path, target: Path, erasures: Iterable[Path] = ()) -> int:
    """Make a new store at `target` of a copy; gives how many numbers were erased again.

    What was erased after the copy was made stays erased: `erasures` are ledgers (`ledger.read_ledger`), and the one
    beside `target`, if a store stood there before, is always read. Raises Invalid where something is there already, if
    only the log of a store that was moved away, NotFound without the copy, Corrupt for one that is not whole.
    """
    if not copy.exists():
        raise NotFound(N_("There is no file {path}."), path=str(copy))
    check_source(copy)
    if target.exists():
        raise Invalid(
            N_("There is a store at {path} already."),
            N_("Name a new place; a store is never written over. A damaged one can be moved away first."),
            path=str(target),
        )
    check_place(target)
    clear_place(target)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = _beside(target)
    known = merged_ledgers([*erasures, ledger_path(target)])
    with store_errors(target):
        _sweep(target)
        try:
            os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            with store_errors(copy):
                _copy(copy, partial)
            erased = _take_up(partial, known)
            keep_ledger(target, known)
            _to_disk(partial)
            # A link, unlike a renaming, never replaces a store that somebody made here meanwhile.
            os.link(partial, target)
            _to_disk(target.parent)
        finally:
            _take_away(partial)
    return erased


def _copy(store: Path, partial: Path) -> None:
    """A copy of one snapshot, checked. Raises Corrupt for a file that is no store, or a copy that is not whole."""
    with closing(connect(store, "rw" if os.access(store, os.W_OK) else "ro")) as db:
        if not version_of(db, store):
            raise Corrupt(N_("{path} is no Pult store."), path=str(store))
        db.execute("PRAGMA mmap_size=0")
        db.execute("VACUUM INTO ?", (str(partial),))
    _check_copy(partial)


def _take_up(path: Path, known: Ledger) -> int:
    """Make a copy a store that several may use, and erase in it what was erased since."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
    with closing(open_file(path, create=False)) as file, closing(Writer(file)) as writer:
        return erase_again(writer, known)


def _take_away(partial: Path) -> None:
    """The file and what stands beside a store: its log, its locks."""
    for leftover in partial.parent.glob(f"{partial.name}*"):
        leftover.unlink(missing_ok=True)


def _check_target(store: Path, target: Path) -> None:
    if target.is_dir():
        raise Invalid(N_("{path} is a folder; name a file in it."), path=str(target))
    check_target(target)
    if not target.parent.is_dir():
        raise NotFound(N_("There is no folder {path}."), path=str(target.parent))
    if target.exists() and os.path.samefile(store, target):
        raise Invalid(N_("{path} is the store itself; name another file."), path=str(target))
    size, free = store.stat().st_size, _free(target.parent)
    if free < size:
        raise Full(
            N_("There is no room for a copy on the disk of {path}: it needs {size} MB, and {free} MB are free."),
            N_("Free some space, or name a file on another disk."),
            path=str(target), size=size // 1_000_000, free=free // 1_000_000,
        )  # fmt: skip


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.partial")


def _sweep(target: Path) -> None:
    """Take away what a killed process left; one that is at work is left alone."""
    for partial in target.parent.glob(f".{target.name}.*.partial*"):
        process = partial.name.removeprefix(f".{target.name}.").partition(".")[0]
        if process.isdigit() and int(process) != os.getpid() and Path(f"/proc/{process}").exists():
            continue
        partial.unlink(missing_ok=True)


def _check_copy(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        damage = damage_of(db)
    if damage:
        raise Corrupt(
            N_("The copy is not whole: {line}"),
            N_("Look at the store with pult check, and at the system's log for errors of the disk."),
            line=damage[0],
        )


def _to_disk(path: Path) -> None:
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


@contextmanager
def _watched(partial: Path, size: int, progress: Progress | None) -> Iterator[None]:
    """Tell the size of the growing copy while SQLite writes it."""
    if progress is None:
        yield
        return
    done = threading.Event()

    def tell() -> None:
        while not done.wait(_TOLD_EVERY):
            progress(partial.stat().st_size, size)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
