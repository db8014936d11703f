"""The recordings of a call: what its legs name, and what was found for it in a folder."""

from __future__ import annotations

from collections.abc import Iterable

from backend_client.model.leg import CallEvent, Leg

SOURCE = "recording"
"""`CallEvent.source` of a file that a scan found; its data hold where the file lies."""


def found_file(place: str, at: float) -> CallEvent:
    """The fact that a recording of a call lies at `place`, relative to a root; `at` is its beginning."""
    return CallEvent(key=f"{int(at)}|{SOURCE}|{place}", at=at, source=SOURCE, name="FILE", data=(place,))


def recordings_of(legs: Iterable[Leg], events: Iterable[CallEvent]) -> tuple[str, ...]:
    """As the sources named them, in the order of their beginnings, each once."""
    named = [(leg.start, leg.recording) for leg in legs if leg.recording]
    known = {_base(text) for _start, text in named}
    named += [
        (event.at, event.data[0])
        for event in events
        if event.source == SOURCE and event.data and _base(event.data[0]) not in known
    ]
    return tuple(dict.fromkeys(text for _start, text in sorted(named)))


def _base(text: str) -> str:
    """The name without folders and suffix: a file that was converted is the same recording."""
    return text.rpartition("/")[2].rpartition(".")[0] or text
