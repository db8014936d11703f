"""Reading ahead: a process of its own reads a large file, groups its records and makes the calls ready, while this one
writes those before."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from backend_client.derive.collapsed import Basis
from backend_client.errors import BackendError
from backend_client.ingest.asterisk_csv import AsteriskCsvFile
from backend_client.ingest.batches import Batch, read_batches
from backend_client.ingest.source import Source
from backend_client.model.leg import CallFacts
from backend_client.model.text import N_
from backend_client.sqlite.beforehand import Beforehand, Ready, make_ready

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LARGE = 2_000_000
"""Bytes; smaller files are read before another process has begun."""


class _Calls(Struct, array_like=True):
    calls: Sequence[CallFacts]
    ready: Sequence[Ready]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Calls)


def pays(source: Source) -> bool:
    """Whether reading ahead takes less time. Of the formats only this one comes in gigabytes; the process is a fork,
    over which no source with a connection to a database could be taken."""
    return isinstance(source, AsteriskCsvFile) and source.size >= LARGE and len(os.sched_getaffinity(0)) > 1


def read_ahead(source: Source, system: str, basis: Basis) -> Generator[Batch, None, None]:
    """The batches of a source as `read_batches` gives them, with their calls made ready. Raises what that raises, and
    BackendError where the other process was killed."""
    # 12 ms, for large files only.
    import multiprocessing

    forking = multiprocessing.get_context("fork")
    ours, its = forking.Pipe(duplex=False)
    process = forking.Process(target=_read, args=(source, system, basis, ours, its), daemon=True)
    process.start()
    its.close()
    try:
        while True:
            got, calls = _received(ours)
            if got is None:
                return
            if isinstance(got, BaseException):
                raise got
            yield _with_calls(got, _decoder.decode(calls), basis)
    finally:
        ours.close()
        process.kill()
        process.join()


def _received(ours: Connection) -> tuple[Batch | BaseException | None, bytes]:
    try:
        got = ours.recv()
        return got, ours.recv_bytes() if isinstance(got, Batch) else b""
    except (EOFError, OSError):
        # An OSError where it was killed in the middle of a message.
        raise BackendError(
            N_("The process that reads the records was stopped."), N_("Import again: what is in the store is whole.")
        ) from None


def _read(source: Source, system: str, basis: Basis, ours: Connection, its: Connection) -> None:
    """The other process. It ends by itself where nobody reads it any more."""
    ours.close()
    # Ctrl+C goes to both; who cancels is asked in the first one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        for batch in read_batches(source, system):
            calls = _encoder.encode(_Calls(batch.calls, [make_ready(facts, basis) for facts in batch.calls]))
            batch.calls = ()
            its.send(batch)
            its.send_bytes(calls)
        its.send(None)
    except BrokenPipeError:
        return
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))
        its.send(error)


def _with_calls(batch: Batch, sent: _Calls, basis: Basis) -> Batch:
    batch.calls = sent.calls
    keys = (facts.call_key for facts in sent.calls)
    batch.beforehand = Beforehand(basis, dict(zip(keys, sent.ready, strict=True)))
    return batch
