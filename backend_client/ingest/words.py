"""Whether the words for how calls ended are known; where most are not, a person is asked what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from backend_client.derive.verdict import is_known
from backend_client.model.leg import Leg

_SHOWN = 10


def unknown_words(legs: Iterable[Leg]) -> tuple[str, ...]:
    """The unknown dispositions, the commonest first, if more than half of the legs that have one and no hang-up cause
    have such: as they stand every one of these calls would be an error. Else none."""
    words = Counter(leg.disposition for leg in legs if leg.disposition and not leg.cause)
    unknown = {word: count for word, count in words.items() if not is_known(word)}
    if sum(unknown.values()) * 2 <= words.total():
        return ()
    return tuple(sorted(unknown, key=lambda word: (-unknown[word], word)))[:_SHOWN]
