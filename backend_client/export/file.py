"""An export to a file: whole under its name, or not there at all."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from backend_client.contract.backend import Backend
from backend_client.contract.calls import COUNT_EXACTLY_TO, CountRequest, ExportRequest
from backend_client.errors import BackendError, Conflict, Forbidden, Full, Invalid
from backend_client.export.clients import CLIENT_COLUMNS, client_pages
from backend_client.export.columns import COLUMNS, Column, columns_named
from backend_client.export.pages import pages
from backend_client.export.writers import Codes, Format, Wording, writer_for
from backend_client.model.call_filter import CallFilter
from backend_client.model.client_filter import ClientFilter
from backend_client.model.ordinary_file import check_target
from backend_client.model.permissions import Permission
from backend_client.model.text import N_


async def export_list(
    backend: Backend,
    filter: CallFilter | ClientFilter,
    path: Path,
    format: Format,
    *,
    columns: Sequence[Column] = (),
    wording: Wording | None = None,
    limit: int | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write the calls or clients of a filter to `path`, readable by its owner alone; the number of rows.

    The file is written under another name beside it and renamed when it is whole; cancelled or failed, nothing
    stays. Raises Forbidden without the right to export, Conflict where the file exists and `overwrite` is not
    said, Full on a full disk, Invalid where the file cannot be written.
    """
    await permit_export(backend, filter, limit)
    zone = ZoneInfo((await backend.clock()).zone)
    rows = 0
    with whole_file(path, overwrite=overwrite) as stream:
        writer = writer_for(format, stream, columns or columns_of(filter), zone, wording or Codes(), mark=True)
        try:
            async for page in rows_of(backend, filter, limit):
                # A page of a workbook takes 60 ms: too long for the thread that draws.
                await asyncio.to_thread(writer.write, page)
                rows += len(page)
                if progress is not None:
                    progress(rows)
            await asyncio.to_thread(writer.finish)
        finally:
            writer.close()
    return rows


def columns_of(filter: CallFilter | ClientFilter, names: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of these ids, of all where none is named. Raises Invalid for an id that is none."""
    return columns_named(names, CLIENT_COLUMNS if isinstance(filter, ClientFilter) else COLUMNS)


def rows_of(
    backend: Backend, filter: CallFilter | ClientFilter, limit: int | None = None
) -> AsyncIterator[tuple[Any, ...]]:
    """Calls or clients, a page at a time."""
    if isinstance(filter, ClientFilter):
        return client_pages(backend, filter, limit)
    return pages(backend, filter, limit)


def count_request(filter: CallFilter | ClientFilter, limit: int = COUNT_EXACTLY_TO) -> CountRequest:
    """How many rows there are."""
    if isinstance(filter, ClientFilter):
        return CountRequest(clients=filter, limit=limit)
    return CountRequest(filter=filter, limit=limit)


async def permit_export(backend: Backend, filter: CallFilter | ClientFilter, limit: int | None) -> None:
    """Have the export written down. Raises Forbidden where the session may not export (product.md, Rights)."""
    if not backend.session.may(Permission.EXPORT):
        raise Forbidden(
            N_("Your role may not export lists."), N_("Ask an administrator; a supervisor, a head may export.")
        )
    if isinstance(filter, ClientFilter):
        await backend.export(ExportRequest(clients=filter, limit=limit))
    else:
        await backend.export(ExportRequest(filter=filter, limit=limit))


@contextmanager
def whole_file(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A stream that becomes `path` when the block ends well, and nothing otherwise; for its owner alone.

    Raises Conflict where the file exists and `overwrite` is not said, Full on a full disk, Invalid where the file
    cannot be written.
    """
    with _failures(path), _whole_file(path, overwrite=overwrite) as stream:
        yield stream


@contextmanager
def _whole_file(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    check_target(path)
    if path.exists() and not overwrite:
        raise Conflict(N_("There is a file {path} already."), N_("Choose another name, or replace it."), path=path)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    """What the file system refuses, as an expected failure."""
    try:
        yield
    except BackendError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Full(
                N_("There is no room for {path}."), N_("Free some space, or choose another disk."), path=path
            ) from error
        raise Invalid(
            N_("{path} cannot be written: {reason}."), N_("Choose another folder."), path=path, reason=error.strerror
        ) from error
