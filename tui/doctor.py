"""Checks of what Pult stands on: each is fine, worth knowing, or wrong with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from backend_client.errors import BackendError
from screens.language import _, number
from screens.words import error_text
from tui import __version__, failure, places, translations
from tui.finding import Finding, Verdict
from tui.invocation import Invocation

LEAST_COLUMNS, LEAST_ROWS = 80, 24


def examine(invocation: Invocation, environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Every check, in the order in which a newcomer meets the parts."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: store(invocation),
        lambda: audit_log(invocation),
        lambda: data(invocation),
        lambda: terminal(environment),
        sound,
        languages,
        own_files,
        versions,
    )
    for check in checks:
        yield from check()


def store(invocation: Invocation) -> Iterator[Finding]:
    """The store: whether it is there, opens, and holds calls."""
    path = invocation.store
    if not path.exists():
        yield Finding(
            "store", Verdict.NOTE, _("no store yet: {path}").format(path=path),
            _("Bring calls in: pult import FILE. Or look around first: pult demo"),
        )  # fmt: skip
        return
    from backend_client.contract.backend import Backend
    from backend_client.contract.changes import Clock

    async def ask(backend: Backend) -> Clock:
        return await backend.clock()

    try:
        clock = invocation.ask(ask)
        ZoneInfo(clock.zone)
    except BackendError as error:
        yield Finding("store", Verdict.WRONG, *error_text(error))
        return
    except KeyError as error:
        # ZoneInfoNotFoundError is one; the doctor goes on with the other parts.
        yield Finding("store", Verdict.WRONG, *failure.lines_about(error))
        return
    size = _("{number} MB").format(number=number(path.stat().st_size // 1_000_000))
    yield Finding("store", Verdict.FINE, f"{path}, {size}, {clock.zone}")
    if not invocation.remote:
        yield from _age(path)
    if not clock.calls_anywhere:
        yield Finding("store", Verdict.NOTE, _("it holds no calls yet"), _("Bring calls in: pult import FILE"))


def _age(path: Path) -> Iterator[Finding]:
    """A store of a newer program opens, but nothing can be written: better known before somebody types a comment."""
    from backend_client.sqlite.codes import SCHEMA_VERSION
    from backend_client.sqlite.file import connect, newer_store, version_of

    with closing(connect(path, "ro")) as db:
        written_by = version_of(db, path)
    if written_by > SCHEMA_VERSION:
        yield Finding("store", Verdict.NOTE, *error_text(newer_store(path, written_by)))


def data(invocation: Invocation) -> Iterator[Finding]:
    """Sources, the import log and what does not fit together, for those who may import."""
    if not (invocation.remote or invocation.store.exists()):
        return
    from backend_client.contract.backend import Backend
    from backend_client.contract.sources import Sources, SourcesRequest
    from tui.data_quality import RUNS, findings

    async def ask(backend: Backend) -> Sources:
        return await backend.sources(SourcesRequest(runs=RUNS))

    try:
        found = list(findings(invocation.ask(ask)))
    except (BackendError, KeyError):
        # The check of the store has told it, or it is nothing for this person.
        return
    yield from found


def audit_log(invocation: Invocation) -> Iterator[Finding]:
    """The newest line of the audit log: an older one of these, kept elsewhere, must still stand in the log."""
    if not invocation.store.exists():
        return
    from contextlib import closing

    from backend_client.sqlite.access.audit import head
    from backend_client.sqlite.file import connect

    try:
        with closing(connect(invocation.store, "ro")) as db:
            newest = head(db)
    except sqlite3.Error:
        # The store above has said what is wrong with it.
        return
    yield Finding("audit", Verdict.FINE, newest or _("nothing written down yet"))


def terminal(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What the terminal can show."""
    kind = environment.get("TERM", "")
    if not sys.stdout.isatty():
        yield Finding("terminal", Verdict.NOTE, _("the output is no terminal, so its size is not known"))
    else:
        columns, rows = shutil.get_terminal_size()
        small = columns < LEAST_COLUMNS or rows < LEAST_ROWS
        yield Finding(
            "terminal", Verdict.NOTE if small else Verdict.FINE,
            _("{columns} columns, {rows} rows").format(columns=columns, rows=rows),
            _("Pult is at its best from 80 columns and 24 rows.") if small else "",
        )  # fmt: skip
    if kind in ("", "dumb"):
        yield Finding(
            "terminal", Verdict.WRONG, _("TERM is {kind}: no screen can be drawn").format(kind=kind or "—"),
            _("Set TERM to what your terminal is, such as xterm-256color; commands with --json work without."),
        )  # fmt: skip
    else:
        colours = "16.7 M" if environment.get("COLORTERM") in ("truecolor", "24bit") else _colours_of(kind)
        yield Finding("terminal", Verdict.FINE, _("{kind}, {colours} colours").format(kind=kind, colours=colours))
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        yield Finding(
            "terminal", Verdict.WRONG, _("the encoding is {encoding}").format(encoding=encoding or "—"),
            _("Set LANG to a UTF-8 locale, such as C.UTF-8 or uk_UA.UTF-8."),
        )  # fmt: skip


def _colours_of(kind: str) -> str:
    return "256" if "256" in kind else "16"


def sound() -> Iterator[Finding]:
    """Which ways there are for sound to come out of this machine."""
    if find_spec("simpleaudio") is not None:
        yield Finding("sound", Verdict.FINE, _("simpleaudio plays through ALSA"))
    else:
        yield Finding(
            "sound", Verdict.NOTE, _("simpleaudio is not installed"),
            _("For ALSA: apt install gcc libasound2-dev, then pipx install '.[alsa]'"),
        )  # fmt: skip
    if find_spec("miniaudio") is not None:
        yield Finding("sound", Verdict.FINE, _("miniaudio plays through PulseAudio, PipeWire or ALSA"))
    else:
        yield Finding("sound", Verdict.NOTE, _("miniaudio is not installed"), _("Get it by: pip install miniaudio"))


def languages() -> Iterator[Finding]:
    """Which catalogues are there, and which is in force."""
    from screens.language import locale
    from tui.settings import LANGUAGES

    there = translations.available()
    missing = [code for code in LANGUAGES if code not in there]
    yield Finding(
        "languages", Verdict.WRONG if missing else Verdict.FINE,
        _("in use: {code}; there are: {codes}").format(code=locale(), codes=", ".join(there)),
        _("In a clone: make catalogues") if missing else "",
    )  # fmt: skip


def own_files() -> Iterator[Finding]:
    """Settings were read before any check; the keymap is checked here."""
    settings, keymap_file = places.settings_file(), places.keymap_file()
    there = str(settings) if settings.exists() else _("none, the defaults hold")
    yield Finding("settings", Verdict.FINE, there)
    if not keymap_file.exists():
        yield Finding("keys", Verdict.FINE, _("none of your own"))
        return
    # Textual costs 170 ms; only somebody with keys of their own pays it here.
    from tui import keymap

    problems = keymap.load().problems
    if not problems:
        yield Finding("keys", Verdict.FINE, str(keymap_file))
    for problem in problems:
        yield Finding("keys", Verdict.WRONG, problem, _("Mend {path}").format(path=keymap_file))


def versions() -> Iterator[Finding]:
    """Pult and what it runs on."""
    yield Finding("versions", Verdict.FINE, f"pult {__version__}, Python {platform.python_version()}, {_system()}")
    packages = ("textual", "msgspec", "click", "phonenumbers", "sqlite-utils", "httpx", "pydub")
    yield Finding("versions", Verdict.FINE, ", ".join(f"{name} {_version(name)}" for name in packages))
    yield _sqlite()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return _("missing")


def _sqlite() -> Finding:
    with sqlite3.connect(":memory:") as database:
        options = {row[0] for row in database.execute("PRAGMA compile_options")}
    database.close()
    text = f"SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < (3, 37) or "ENABLE_FTS5" not in options:
        hint = _("Pult needs SQLite 3.37 or later with FTS5: use a newer Python, such as the one that uv brings.")
        return Finding("versions", Verdict.WRONG, text, hint)
    return Finding("versions", Verdict.FINE, _("{sqlite} with FTS5").format(sqlite=text))


def redacted(findings: list[Finding]) -> list[Finding]:
    """The findings without the name of the person's home folder, fit to be sent to somebody."""
    home = str(Path.home())
    return [msgspec.structs.replace(finding, text=finding.text.replace(home, "~")) for finding in findings]
