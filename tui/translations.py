"""Which language to speak, and its catalogue."""

from __future__ import annotations

import os
from collections.abc import Mapping
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from screens import language

LOCALE = Path(__file__).with_name("locale")
DOMAIN = "pult"
ENGLISH = "en"


def available() -> tuple[str, ...]:
    """Languages that there is a compiled catalogue for, English first."""
    found = sorted(path.parents[1].name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return (ENGLISH, *found)


def choose(wish: str, setting: str, environment: Mapping[str, str]) -> str:
    """The language by the command line, else the setting, else the environment; English where none is known.

    The environment is read as POSIX says: the first of LC_ALL, LC_MESSAGES and LANG that is set decides.
    """
    for name in (wish, setting):
        if name:
            return _code(name)
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return _code(value)
    return ENGLISH


def _code(name: str) -> str:
    code = name.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return code if code in available() else ENGLISH


def load(code: str) -> NullTranslations:
    """The catalogue of a language; English needs none."""
    if code == ENGLISH:
        return NullTranslations()
    with (LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as catalogue:
        return GNUTranslations(catalogue)


def install(code: str) -> None:
    """Speak this language on screens, in commands, and where click speaks by itself.

    Click takes its own words from gettext's default domain, so that is pointed at the same catalogues.
    """
    import gettext

    language.install(load(code), code)
    os.environ["LANGUAGE"] = code
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
