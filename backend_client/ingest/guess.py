"""Which column holds what, judged by the values alone: for cdr_custom files in an order that nobody knows.

What cannot be told apart is asked, never assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from backend_client.errors import Invalid
from backend_client.ingest.clock import id_epoch
from backend_client.ingest.dates import DateOrder, is_calendar_date, is_nothing, local_seconds, order_of
from backend_client.ingest.layouts import (
    SHAPES,
    Layout,
    column,
    is_application,
    is_caller_id,
    is_channel,
    is_disposition,
    is_party,
    is_seconds,
    is_unique_id,
    share,
)
from backend_client.model.text import N_, clean

_SURE = 0.9
_MOSTLY = 0.5
_INNER_NUMBER = re.compile(r'<([^<>]*)>"?\s*$')
_CHANNEL_COUNT = re.compile(r"-([0-9a-f]{8})(?:;[12])?$")
Rows = Sequence[Sequence[str]]


class _Guess:
    """The columns of one file, taken one field after the other, the surest first."""

    def __init__(self, rows: Rows, name: str) -> None:
        self.rows = rows
        self.name = name
        self.width = len(rows[0])
        self.fields: dict[str, int] = {}

    def free(self, test: Callable[[str], bool], needed: float) -> list[int]:
        """Columns not yet taken of whose values such a share passes."""
        taken = set(self.fields.values())
        return [
            index
            for index in range(self.width)
            if index not in taken and share(column(self.rows, index), test) >= needed
        ]

    def take(self, field: str, index: int | None) -> None:
        if index is not None:
            self.fields[field] = index

    def filled(self, index: int) -> int:
        return len(column(self.rows, index))

    def ask(self, question: str, columns: Sequence[int] = ()) -> Invalid:
        """The question as an error; `columns` are those in doubt, all where none is named."""
        named = columns or range(self.width)
        return Invalid(
            question,
            N_("Write a profile with columns = [\"src\", \"dst\", …] in the file's order, and name it with --profile."),
            file=clean(self.name), columns=", ".join(str(index + 1) for index in named),
        )  # fmt: skip


def guess_layout(rows: Rows, name: str) -> Layout:
    """The layout that the values of rows (all of one width) show.

    Raises Invalid with the question that a person must answer, naming the columns by number from 1.
    """
    guess = _Guess(rows, name)
    _take_dates(guess)
    words = guess.free(is_disposition, _SURE)
    spelt = [index for index in words if any(not value.isdigit() for value in column(rows, index))]
    if len(spelt or words) != 1:
        raise guess.ask(
            N_("{file}: which column holds the disposition (ANSWERED, NO ANSWER …)? (columns {columns})"),
            spelt or words,
        )
    guess.take("disposition", (spelt or words)[0])
    _take_ids(guess)
    _take_channels(guess)
    guess.take("clid", next(iter(guess.free(is_caller_id, _MOSTLY)), None))
    guess.take("lastapp", next(iter(guess.free(is_application, _SURE)), None))
    guess.take("recordingfile", next(iter(guess.free(SHAPES["recordingfile"][0], _SURE)), None))
    _take_spans(guess)
    _take_parties(guess)
    by_index = {index: field for field, index in guess.fields.items()}
    return Layout("asterisk-custom", tuple(by_index.get(index, "") for index in range(guess.width)))


def _take_dates(guess: _Guess) -> None:
    """Start, answer, end by what comes when: the start is never blank, an answer may be, the end is latest."""
    dates = [
        index
        for index in guess.free(lambda text: is_nothing(text) or is_calendar_date(text), _SURE)
        if share(column(guess.rows, index), is_calendar_date) > 0
    ]
    dates = [index for index in dates if share(column(guess.rows, index), is_seconds) < _SURE]
    if not dates or len(dates) > 3:
        raise guess.ask(N_("{file}: which column holds the start of the call? (columns {columns})"), dates)
    texts = [value for index in dates for value in column(guess.rows, index)]
    order = order_of(texts, [None] * len(texts))

    def mean(index: int) -> float:
        values = [_seconds(row[index].strip(), order) for row in guess.rows]
        others = [_seconds(row[dates[0]].strip(), order) for row in guess.rows]
        both = [v - o for v, o in zip(values, others, strict=True) if v is not None and o is not None]
        return sum(both) / len(both) if both else 0.0

    def dated(index: int) -> int:
        return sum(_seconds(row[index].strip(), order) is not None for row in guess.rows)

    always = sorted((i for i in dates if dated(i) == len(guess.rows)), key=lambda i: (mean(i), i))
    sometimes = [i for i in dates if i not in always]
    if len(dates) == 1 and not always:
        raise guess.ask(N_("{file}: which column holds the start of the call? (columns {columns})"), dates)
    if not always or len(sometimes) > 1:
        raise guess.ask(
            N_("{file}: which column holds the start of the call, and which the answer? (columns {columns})"), dates
        )
    guess.take("start", always[0])
    if len(always) == 3:
        guess.take("answer", always[1])
    if len(always) > 1:
        guess.take("end", always[-1])
    guess.take("answer", sometimes[0] if sometimes else guess.fields.get("answer"))


def _seconds(text: str, order: DateOrder) -> float | None:
    try:
        return local_seconds(text, order)
    except ValueError:
        return None


def _take_ids(guess: _Guess) -> None:
    """Two unique ids in a row: the linked id is the older one, as the oldest channel of a call names it."""
    ids = guess.free(is_unique_id, _MOSTLY)
    if not ids or len(ids) > 2:
        raise guess.ask(N_("{file}: which column holds the unique id? (columns {columns})"), ids)
    if len(ids) == 2:
        pairs = [(id_epoch(row[ids[0]].strip()), id_epoch(row[ids[1]].strip())) for row in guess.rows]
        first_older = sum(a is not None and b is not None and a < b for a, b in pairs)
        second_older = sum(a is not None and b is not None and b < a for a, b in pairs)
        guess.take("linkedid", ids[0] if first_older > second_older else ids[1])
        ids = [index for index in ids if index != guess.fields["linkedid"]]
    guess.take("uniqueid", ids[0])


def _take_channels(guess: _Guess) -> None:
    """The calling channel is there in every record and was made first: its hexadecimal count is the smaller one."""
    channels = guess.free(is_channel, _SURE)
    if len(channels) > 2:
        raise guess.ask(
            N_("{file}: which column holds the calling channel, and which the called one? (columns {columns})"),
            channels,
        )
    if len(channels) == 2:
        one, other = channels
        counts = [(_count_of(row[one]), _count_of(row[other])) for row in guess.rows]
        later = sum(a > b for a, b in counts if a and b) - sum(a < b for a, b in counts if a and b)
        filled = guess.filled(other) - guess.filled(one)
        if filled > 0 or (filled == 0 and later > 0):
            channels = [other, one]
    for field, index in zip(("channel", "dstchannel"), channels, strict=False):
        guess.take(field, index)


def _count_of(channel: str) -> int:
    match = _CHANNEL_COUNT.search(channel.strip())
    return int(match[1], 16) if match else 0


def _take_spans(guess: _Guess) -> None:
    """Duration is at least the seconds of talk in every row; the talk is 0 where nobody answered."""
    spans = [index for index in guess.free(is_seconds, _SURE) if guess.filled(index) == len(guess.rows)]
    rows = guess.rows
    disposition = guess.fields["disposition"]
    pairs = [
        (long, short)
        for long in spans
        for short in spans
        if long != short
        and all(float(row[long]) >= float(row[short]) for row in rows)
        and any(float(row[long]) > float(row[short]) for row in rows)
        and any(float(row[short]) > 0 for row in rows)
        and all(float(row[short]) == 0 for row in rows if row[disposition].strip().upper() == "NO ANSWER")
    ]
    beside = [pair for pair in pairs if abs(pair[0] - pair[1]) == 1]
    for found in (pairs, beside):
        if len(found) == 1:
            guess.take("duration", found[0][0])
            guess.take("billsec", found[0][1])
            return
    if "end" not in guess.fields:
        raise guess.ask(
            N_("{file}: which column holds the duration, and which the seconds of talk? (columns {columns})"), spans
        )


def _take_parties(guess: _Guess) -> None:
    """The caller's number is the one inside the caller id; the other number is what was dialled."""
    parties = [index for index in guess.free(is_party, _MOSTLY) if guess.filled(index) * 2 > len(guess.rows)]
    if "clid" in guess.fields:
        numbers = [_INNER_NUMBER.search(row[guess.fields["clid"]]) for row in guess.rows]
        known = [(row, match[1].strip()) for row, match in zip(guess.rows, numbers, strict=True) if match]
        callers = [i for i in parties if known and sum(row[i].strip() == n for row, n in known) > len(known) / 2]
        if len(callers) == 1:
            guess.take("src", callers[0])
    left = [index for index in parties if index not in guess.fields.values()]
    varied = [index for index in left if len(set(column(guess.rows, index))) > 1] or left
    if "src" not in guess.fields or len(varied) != 1:
        raise guess.ask(
            N_("{file}: which column holds the caller's number, and which the number dialled? (columns {columns})"),
            left,
        )
    guess.take("dst", varied[0])
