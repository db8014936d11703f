"""How many operators a goal needs, by Erlang C: calls that come at random, wait without giving up, and are answered in
their order by any free operator.

With the load U = calls an hour × seconds of a talk ÷ 3600 (erlangs) and M > U operators, a call has to wait with
probability C = E·M ÷ (M − U·(1 − E)), E being the loss of Erlang B for U and M; it is answered within t seconds with
probability 1 − C·exp(−(M − U)·t ÷ talk).
"""

from __future__ import annotations

import math

MOST_OPERATORS = 10_000


def waiting_probability(load: float, operators: int) -> float:
    """The share of calls that find every operator busy; 1 where the load (erlangs) is more than they can carry."""
    if load >= operators:
        return 1.0
    loss = 1.0
    for busy in range(1, operators + 1):
        loss = load * loss / (busy + load * loss)
    return loss * operators / (operators - load * (1 - loss))


def service_level(load: float, talk: float, operators: int, seconds: float) -> float:
    """The share of calls answered within some seconds; `talk` is the mean talk in seconds."""
    if load >= operators:
        return 0.0
    if not load:
        return 1.0
    return 1 - waiting_probability(load, operators) * math.exp(-(operators - load) * seconds / talk)


def operators_needed(calls: float, talk: float, share: float, seconds: float) -> int | None:
    """The fewest operators with whom that share (0 to 1) of `calls` an hour, of `talk` seconds each, is answered within
    `seconds`. None where no number of them reaches it."""
    load = calls * talk / 3600
    if not load:
        return 0
    operators = math.floor(load) + 1
    while operators <= MOST_OPERATORS:
        if service_level(load, talk, operators, seconds) >= share:
            return operators
        operators += 1
    return None
