"""What is wrong with how a command was called, where click cannot see it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from backend_client.errors import Invalid
from backend_client.model.text import N_
from tui import failure


class WrongValue(click.UsageError):
    """A value that stands for nothing here; told in two lines like every failure."""

    def __init__(self, error: Invalid) -> None:
        super().__init__(str(error))
        self.error = error

    def show(self, file: IO[Any] | None = None) -> None:
        failure.tell(self.error)


@contextmanager
def values() -> Iterator[None]:
    """A block that reads values of the command line: what is invalid there is wrong usage. Raises WrongValue."""
    try:
        yield
    except Invalid as error:
        raise WrongValue(error) from error


def check_reading(format: str, zone: str) -> None:
    """What records are read by, where it is given. Raises WrongValue for a format or a time zone that is none."""
    from backend_client.ingest.formats import format_named
    from backend_client.ingest.profile import check_zone

    with values():
        if format:
            format_named(format)
        if zone:
            check_zone(zone)


def decoded(text: str) -> str:
    """A text as it was given. Raises Invalid where its bytes are none of the encoding: cleaned, it would be another."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(
            N_("The text cannot be read as {encoding}."),
            N_("Convert it first, such as by: iconv -f CP1251 -t UTF-8"),
            encoding=sys.getfilesystemencoding().upper(),
        ) from error
    return text
