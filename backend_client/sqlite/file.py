"""The store's file: made, opened, checked and migrated; what SQLite says becomes `BackendError` kinds."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from backend_client.errors import BackendError, Busy, Corrupt, Forbidden, Full, Invalid, NotFound, Outdated
from backend_client.model.ordinary_file import check_source
from backend_client.model.text import N_
from backend_client.sqlite.codes import SCHEMA_VERSION
from backend_client.sqlite.turnstile import OpenMark, Turnstile

APPLICATION_ID = 0x50756C74
"""`PRAGMA application_id`: "Pult" in ASCII."""
PAGE_SIZE = 4096
OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with it."""
MIGRATE_ALONE_BELOW = 100_000_000
"""Bytes: a larger store is migrated by command only, never by opening a console."""
BUSY_SECONDS = 5.0
READ_CACHE_KB = 200
"""Of each reader; with 500 KB or 2 MB no page or search was found quicker."""
READ_STATEMENTS = 64
"""Of each reader: more than any screen asks again and again, 4 KB each. In many stand days or numbers soon past."""
WRITE_CACHE_KB = 32_000
CHECKPOINT_PAGES = 24_000
"""98 MB: an import touches hot pages again and again, so that rarer checkpoints write less in all; twice as rare as
before, it takes 4 % more calls a second. With the transaction that brings it about, less than what the log is cut at:
writing over its pages costs a third of making them anew."""

_NETWORK_FILE_SYSTEMS = {
    "nfs": "NFS",
    "nfs4": "NFS",
    "cifs": "SMB",
    "smb3": "SMB",
    "smbfs": "SMB",
    "fuse.sshfs": "SSHFS",
}


class Replaced(Outdated):
    """Another file stands where the store was opened. Nothing was read or written."""


def _locked(path: Path) -> BackendError:
    return Busy(
        N_("The store {path} is locked by another program."),
        N_("Wait a moment and try again; if it stays so, close the program that holds it."),
        path=str(path),
    )


def _full(path: Path) -> BackendError:
    return Full(
        N_("There is no room left on the disk of {path}; nothing of this change was written."),
        N_("Free some space and try again."),
        path=str(path),
    )


def _corrupt(path: Path) -> BackendError:
    return Corrupt(
        N_("The store {path} is damaged."),
        N_("Make a copy of the file, then restore a backup, or import the records into a new store."),
        path=str(path),
    )


def _not_a_store(path: Path) -> BackendError:
    return Corrupt(
        N_("{path} is no Pult store."),
        N_("Name another file with --store; records of a telephone exchange are read by pult import."),
        path=str(path),
    )


def _no_permission(path: Path) -> BackendError:
    if _on_read_only_disk(path):
        # Without the index of the write-ahead log, which is made beside it, SQLite reads no store either.
        return Forbidden(
            N_("The store {path} stands on a disk that can only be read."),
            N_("Copy it to another disk, with the file {log} if there is one, and name the copy with --store."),
            path=str(path), log=f"{path.name}-wal",
        )  # fmt: skip
    return Forbidden(
        N_("The store {path} may not be opened or written by this user."),
        N_("Ask its owner for read and write permission on the file and its folder."),
        path=str(path),
    )


def newer_store(path: Path, version: int) -> BackendError:
    """What is said where such a store would be written."""
    return Outdated(
        N_("The store {path} was written by a newer Pult (version {version}); it can only be read."),
        N_("Start Pult again, or upgrade it."),
        path=str(path),
        version=version,
    )


def as_backend_error(error: sqlite3.Error, path: Path) -> BackendError | None:
    """The expected failure behind an SQLite error; None for a mistake of our own, which must not be hidden."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _locked(path)
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_NOTADB:
            return _not_a_store(path)
        case sqlite3.SQLITE_CORRUPT:
            return _corrupt(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return _no_permission(path)
        case sqlite3.SQLITE_IOERR:
            # A full disk has no room for the index of the write-ahead log either, and SQLite calls that a failure.
            if _has_no_room(path):
                return _full(path)
            return Corrupt(
                N_("The disk of {path} cannot be read or written."),
                N_("Look at the system's log for errors of the disk."),
                path=str(path),
            )
        case _:
            return None


def _on_read_only_disk(path: Path) -> bool:
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _has_no_room(path: Path) -> bool:
    try:
        told = os.statvfs(path.parent)
    except OSError:
        return False
    return told.f_bavail * told.f_frsize < PAGE_SIZE


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turns failures of SQLite and of the file system into `BackendError` kinds."""
    try:
        yield
    except sqlite3.Error as error:
        mapped = as_backend_error(error, path)
        if mapped is None:
            raise
        raise mapped from error
    except OverflowError as error:
        raise Invalid(N_("A number in the request is too large.")) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise _no_permission(path) from error
        raise


def network_file_system(path: Path, mounts: str | None = None) -> str:
    """The name of the network file system on which a path stands; blank for a local one.

    `mounts` is the text of /proc/self/mounts; systems without it are taken as local.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    place = os.path.realpath(path)
    longest, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:
            longest, found = len(point), fields[2]
    return _NETWORK_FILE_SYSTEMS.get(found, "")


def check_place(path: Path) -> None:
    """Raises Invalid where a store cannot stand: a folder, a network file system, an SQLite that is too old."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Invalid(
            N_("SQLite {version} is too old."),
            N_("Pult needs SQLite 3.37 or later; a newer Python or system brings it."),
            version=sqlite3.sqlite_version,
        )
    if path.is_dir():
        raise Invalid(
            N_("{path} is a folder, not a store."),
            N_("Name a file inside it, such as {example}."),
            path=str(path), example=str(path / "pult.db"),
        )  # fmt: skip
    check_source(path)
    network = network_file_system(path)
    if network:
        raise Invalid(
            N_("{path} is on a network file system ({name}), where a store breaks."),
            N_("Keep the store on a local disk and let others connect to pult serve."),
            path=str(path), name=network,
        )  # fmt: skip


class StoreFile:
    """An opened store: hands out connections. Made by `open_file`; keeps the store marked as open until closed.

    `read_only` is set where the store is newer than this program, or where the file may not be written.
    """

    def __init__(self, path: Path, *, version: int, writable: bool, mark: OpenMark | None) -> None:
        self.path = path
        self.version = version
        self.writable = writable
        self._mark = mark
        self._made_as = _identity(path)

    @property
    def read_only(self) -> bool:
        return not self.writable or self.version > SCHEMA_VERSION

    def reader(self) -> sqlite3.Connection:
        """A connection that cannot write. The caller closes it."""
        with store_errors(self.path):
            db = connect(self.path, "rw" if self.writable else "ro", statements=READ_STATEMENTS)
            _execute_all(
                db,
                f"PRAGMA cache_size=-{READ_CACHE_KB}", "PRAGMA mmap_size=0", "PRAGMA query_only=1",
                "PRAGMA temp_store=MEMORY",
            )  # fmt: skip
            return db

    def writer(self) -> sqlite3.Connection:
        """A connection that may write. The caller closes it. Raises Outdated or Forbidden where it may not."""
        if self.version > SCHEMA_VERSION:
            raise newer_store(self.path, self.version)
        if not self.writable:
            raise _no_permission(self.path)
        with store_errors(self.path):
            return _open_for_writing(self.path)

    def check_version(self, db: sqlite3.Connection) -> None:
        """Raises Outdated where a newer program has migrated the store meanwhile (0.7 µs)."""
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            self.version = version
            raise newer_store(self.path, version)

    def check_in_place(self) -> None:
        """Raises Replaced where another file stands at the path by now (2 µs): whoever holds the old one would show
        what nobody adds to, and write into what nobody reads."""
        if _identity(self.path) != self._made_as:
            raise Replaced(
                N_("The store {path} was replaced by another one."), N_("Start Pult again."), path=str(self.path)
            )

    def close(self) -> None:
        if self._mark is not None:
            self._mark.release()
            self._mark = None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        told = os.stat(path)
    except FileNotFoundError:
        return None
    return told.st_dev, told.st_ino


def connect(path: Path, mode: str, *, statements: int = 256) -> sqlite3.Connection:
    """A bare connection; `mode` is that of SQLite's URIs ("ro", "rw"), `statements` how many it keeps prepared. The
    caller closes it."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=statements,
    )  # fmt: skip


def _execute_all(db: sqlite3.Connection, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


def _open_for_writing(path: Path) -> sqlite3.Connection:
    db = connect(path, "rw")
    _execute_all(
        db,
        f"PRAGMA cache_size=-{WRITE_CACHE_KB}", "PRAGMA mmap_size=0", "PRAGMA foreign_keys=1",
        "PRAGMA temp_store=MEMORY", f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    )  # fmt: skip
    return db


def version_of(db: sqlite3.Connection, path: Path) -> int:
    """The schema's version; 0 for a file without one. Raises Corrupt for somebody else's database."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return version
    if version or db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise _not_a_store(path)
    return 0


_TOLD_ELSEWHERE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.ENAMETOOLONG)


def _make_place(path: Path) -> None:
    """The folder (0700) and an empty file (0600): file permissions are the wall around a local store.

    Raises Forbidden where no file can be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno in _TOLD_ELSEWHERE:
            raise
        raise Forbidden(
            N_("No store can be made at {path}: {reason}."), N_("Name another place with --store."),
            path=str(path), reason=error.strerror,
        ) from error  # fmt: skip


def check_fts(db: sqlite3.Connection) -> None:
    """Raises Invalid where this SQLite was built without full-text search (20 µs)."""
    if not db.execute("SELECT 1 FROM pragma_module_list WHERE name='fts5'").fetchone():
        raise Invalid(
            N_("This build of SQLite has no full-text search."),
            N_("Pult needs SQLite with FTS5; the Python of Debian, Ubuntu and python.org has it."),
        )


def migrate(path: Path) -> None:
    """Bring the store's schema up to date, in one transaction, whole or not at all."""
    # sqlite_utils costs 110 ms, so it is imported only where a schema changes.
    from sqlite_utils import Database

    from backend_client.sqlite.schema import store

    with store_errors(path), closing(Turnstile(path)) as turnstile, turnstile.hold():
        db = connect(path, "rw")
        try:
            check_fts(db)
            if not version_of(db, path):
                _execute_all(db, f"PRAGMA page_size={PAGE_SIZE}", "PRAGMA journal_mode=WAL")
            db.execute("BEGIN IMMEDIATE")
            try:
                if version_of(db, path) < SCHEMA_VERSION:
                    store.apply(Database(db))
                    _execute_all(db, f"PRAGMA application_id={APPLICATION_ID}", f"PRAGMA user_version={SCHEMA_VERSION}")
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
        finally:
            db.close()


def _read_version(path: Path) -> tuple[int, bool]:
    """The version and whether the file may be written."""
    writable = os.access(path, os.W_OK)
    db = connect(path, "rw" if writable else "ro")
    try:
        version = version_of(db, path)
        check_fts(db)
        return version, writable
    finally:
        db.close()


def open_file(path: Path, *, create: bool = True) -> StoreFile:
    """Open the store, making it where there is none and migrating a small old one that nobody else has open.

    Raises NotFound (no file, and not to be created), Invalid (a folder, a network file system, an SQLite too
    old), Corrupt (damaged, or no store), Forbidden (no permission), Busy (locked), Outdated (an older schema that
    `pult migrate` must bring up to date). A store newer than this program opens, read-only.
    """
    with store_errors(path):
        check_place(path)
        if not path.exists():
            if not create:
                raise NotFound(N_("There is no store {path}."), N_("pult import makes one."), path=str(path))
            _make_place(path)
        if not os.access(path, os.R_OK):
            raise _no_permission(path)
        version, writable = _read_version(path)
        if not version and not create:
            raise _not_a_store(path)
        mark = OpenMark(path) if writable else None
        try:
            if version < SCHEMA_VERSION:
                version = _bring_up_to_date(path, version, mark)
            if mark is not None:
                mark.share()
            return StoreFile(path, version=version, writable=writable, mark=mark)
        except BaseException:
            if mark is not None:
                mark.release()
            raise


def _bring_up_to_date(path: Path, version: int, mark: OpenMark | None) -> int:
    if mark is None:
        raise _no_permission(path)
    if version and (path.stat().st_size >= MIGRATE_ALONE_BELOW or not mark.is_alone()):
        raise Outdated(
            N_("The store {path} was made by an older Pult."),
            N_("Close the other consoles and run pult migrate."),
            path=str(path),
        )
    migrate(path)
    return SCHEMA_VERSION
