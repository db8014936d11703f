"""A follower beside the console, for an office without a server of its own (`pult --follow`).

A process of its own: reading and deriving never hold up the screen. It ends with the console, even one that was killed,
since its stdin then ends; in every console of an office one follows and the others stand by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tui.invocation import Invocation
from tui.own_program import own_process


@contextmanager
def following(invocation: Invocation, sources: Sequence[str]) -> Iterator[None]:
    """Follow these sources while the block runs; what goes wrong with them is shown in the console."""
    if not sources:
        yield
        return
    who = ["--as", invocation.acting_as] if invocation.acting_as else []
    command = ("follow", "--quiet", "--with-stdin", "--", *sources)
    with own_process("--store", str(invocation.store), *who, *command):
        yield
