"""Everything about a call as lines of text, for any width: under a row, in a panel, on a screen of its own (J7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rich.cells import cell_len

from backend_client.model.call import Call, CallDetails, Mark, PriceState, RouteLeg
from backend_client.model.phone import format_number
from backend_client.model.status import RUNNING, TALKED, Direction, Name
from backend_client.model.status_rule import RULE_WORDS
from screens import words
from screens.language import (
    NO_VALUE,
    _,
    clock_time,
    date_and_time,
    duration,
    moment,
    ngettext,
)
from screens.widgets.columns import Look
from screens.widgets.painted import Piece, Pieces, cut, fit, width_of, wrap
from screens.words import Role

Field = tuple[str, str]
"""Label and value."""

FIELD_WIDTH = 36
"""Cells that a field takes at least where several stand side by side."""
GAP = "  "


def details_lines(details: CallDetails, look: Look, width: int) -> list[Pieces]:
    """The lines of a call's details, each at most `width` cells; most wanted first."""
    zone = ZoneInfo(details.zone) if details.zone else look.zone
    lines: list[Pieces] = [*_headline(details.call, look, width)]
    groups = [list(group) for group in (_people(details, look), _times(details, zone), _source(details, look))]
    label_width = max(cell_len(label) for group in groups for label, _value in group) + 1
    for group in groups:
        lines += _grid(group, label_width, width)
    lines += _comment(details, zone, width)
    lines += _links(details, look, width)
    lines += _route(details.route, look, zone, width)
    lines += _reason(details, width)
    return [cut(line, width) for line in lines]


def _headline(call: Call, look: Look, width: int) -> Iterator[Pieces]:
    """Direction, status and marks, in as many lines as they need."""
    line: list[Piece] = []
    for sign in (words.DIRECTIONS[call.direction], words.status_sign(call, names=look.names), *_marks(call)):
        piece = (f"{sign.mark(look.ascii)} {sign.word}", sign.role)
        if line and width_of([*line, piece]) + len(GAP) > width:
            yield line
            line = []
        line += [(GAP, Role.PLAIN), piece] if line else [piece]
    yield line


def _marks(call: Call) -> Iterator[words.Sign]:
    if call.lost:
        yield words.NAMES[Name.LOST]
    elif call.marks & Mark.ATTENTION:
        yield words.ATTENTION
    if call.marks & Mark.FIRST_CONTACT:
        yield words.FIRST_CONTACT
    if call.marks & Mark.BY_HAND:
        yield words.BY_HAND


def _people(details: CallDetails, look: Look) -> Iterator[Field]:
    call = details.call
    yield _("Client"), words.client_text(call, look.home)
    if call.number:
        shown, dialled = format_number(call.number, look.home), details.dialled
        yield _("Number"), shown if dialled in ("", shown) else f"{shown} ({dialled})"
    if details.caller_name:
        yield _("Caller's name"), details.caller_name
    for employee in call.employees:
        known = employee.extension and employee.extension != employee.name
        name = f"{employee.name}, {employee.extension}" if known else employee.name
        yield _("Employee"), f"{name}: {duration(employee.talk)}" if employee.talk else name
    if not call.employees:
        yield _("Employee"), words.application_text(call.application) or _("nobody")
    if by := words.HUNG_UP_BY[call.hung_up_by]:
        yield _("Hung up"), _(by)


def _times(details: CallDetails, zone: ZoneInfo) -> Iterator[Field]:
    call = details.call
    started = moment(call.start, zone)

    def instant(at: int | None) -> str:
        if at is None:
            return NO_VALUE
        local = moment(at, zone)
        return clock_time(local, seconds=True) if local.date() == started.date() else date_and_time(local)

    yield _("Started"), date_and_time(started)
    yield _("Answered"), instant(call.answered)
    yield _("Ended"), _("still running") if call.ended is None else instant(call.ended)
    wait = duration(call.wait)
    if call.queue_wait is not None:
        wait = _("{wait}, in the queue {queue_wait}").format(wait=wait, queue_wait=duration(call.queue_wait))
    yield _("Wait"), wait
    yield _("Talk"), duration(call.talk) if call.talk or call.status in TALKED else NO_VALUE
    yield _("Total"), NO_VALUE if call.total is None else duration(call.total)
    if details.price.state is not PriceState.MASKED:
        yield _("Price"), words.price_text(details.price)


def _source(details: CallDetails, look: Look) -> Iterator[Field]:
    call = details.call
    yield _("Line"), call.line or NO_VALUE
    channel = call.channel or details.did
    if details.did and details.did != channel:
        channel = f"{channel} ({details.did})"
    yield _("Channel"), channel or NO_VALUE
    yield _("Region"), dict(look.regions).get(details.region, details.region) or NO_VALUE
    if details.operator:
        yield _("Carrier"), details.operator
    yield _("Call result"), call.result or NO_VALUE
    recording = _(words.RECORDINGS[details.recording])
    if len(details.recordings) > 1:
        parts = ngettext("{count} part", "{count} parts", len(details.recordings))
        recording = f"{recording}, {parts.format(count=len(details.recordings))}"
    yield _("Recording"), recording
    source = f"{details.system}, {details.source_id}" if details.system else details.source_id
    yield _("Source id"), source or NO_VALUE


def _grid(fields: Iterable[Field], label_width: int, width: int) -> Iterator[Pieces]:
    """Fields side by side, as many as there is room for; a value that is too long takes the lines it needs."""
    side_by_side = max(1, min(4, width // FIELD_WIDTH))
    room = width // side_by_side
    line: list[Piece] = []
    for label, value in fields:
        cell = [(fit(label, label_width), Role.MUTED), (value, Role.PLAIN)]
        if "\n" not in value and label_width + cell_len(value) + len(GAP) <= room:
            line += [*cell, (" " * (room - width_of(cell)), Role.PLAIN)]
            if width_of(line) > width - room:
                yield line
                line = []
            continue
        if line:
            yield line
            line = []
        for n, part in enumerate(wrap(value, max(10, width - label_width))):
            yield [(fit(label if n == 0 else "", label_width), Role.MUTED), (part, Role.PLAIN)]
    if line:
        yield line


def _comment(details: CallDetails, zone: ZoneInfo, width: int) -> Iterator[Pieces]:
    comment = details.comment
    if comment.text:
        yield _byline(_("Comment"), comment.author, comment.at, zone)
        yield from _indented(comment.text, width)
    for version in details.history:
        yield _byline(_("Earlier comment"), version.author, version.at, zone)
        yield from _indented(version.text, width, Role.MUTED)
    if details.source_note:
        yield [(_("Note of the source"), Role.TITLE)]
        yield from _indented(details.source_note, width)


def _byline(title: str, author: str, at: int, zone: ZoneInfo) -> Pieces:
    when = date_and_time(moment(at, zone)) if at else ""
    return [(title, Role.TITLE), (GAP + ", ".join(filter(None, (author, when))), Role.MUTED)]


def _indented(text: str, width: int, role: Role = Role.PLAIN) -> Iterator[Pieces]:
    for line in wrap(text, max(10, width - len(GAP))):
        yield [(GAP + line, role)]


def _links(details: CallDetails, look: Look, width: int) -> Iterator[Pieces]:
    sign = words.CALL_BACK
    settled_by = details.call.settled_by
    told = []
    if settled_by == 0:
        told.append(_("A later contact settled this call"))
    elif settled_by is not None:
        told.append(_("Settled by call {id}").format(id=settled_by))
    if details.settles:
        text = ngettext(
            "Settled {count} missed call: {ids}", "Settled {count} missed calls: {ids}", len(details.settles)
        )
        told.append(text.format(count=len(details.settles), ids=", ".join(map(str, details.settles))))
    for text in told:
        for part in wrap(f"{sign.mark(look.ascii)} {text}", width):
            yield [(part, sign.role)]


def _route(legs: Sequence[RouteLeg], look: Look, zone: ZoneInfo, width: int) -> Iterator[Pieces]:
    """The way through the telephones, a line a leg, each transfer under a heading of its own."""
    if not legs:
        return
    yield [(_("Route"), Role.TITLE)]
    outcome = max(cell_len(_("answered")), cell_len(_("not answered")))
    end = max(8, cell_len(_("Ended")))
    fixed = 3 + 9 + end + 1 + outcome + 1 + 8
    who = min(36, (width - fixed - 2) // 2)
    wide = who >= 12
    if wide:
        titles = (fit(_("Started"), 8), fit(_("From"), who), fit(_("To"), who), fit(_("Ended"), end))
        yield [(f"   {' '.join(titles)} {fit(_('Status'), outcome)} {fit(_('Talk'), 8, right=True)}", Role.MUTED)]
    for n, leg in enumerate(legs, 1):
        if leg.transfer_by is not None and leg.transfer_to is not None:
            text = _("{who} transferred the call to {whom}").format(
                who=words.party_text(leg.transfer_by, look.home), whom=words.party_text(leg.transfer_to, look.home)
            )
            yield [(fit(f"   {text}", width), Role.ACCENT)]
        started = clock_time(moment(leg.start, zone), seconds=True)
        ended = "" if leg.end is None else clock_time(moment(leg.end, zone), seconds=True)
        talked = _("answered") if leg.answered else _("not answered")
        ending = f"{fit(talked, outcome)} {fit(duration(leg.talk) if leg.talk else NO_VALUE, 8, right=True)}"
        caller, callee = words.party_text(leg.caller, look.home), _callee(leg, look)
        if wide:
            parties = f"{fit(caller, who)} {fit(callee, who)}"
            yield [(f"{n:>2} {started} {parties} {fit(ended, end)} {ending}", Role.PLAIN)]
        else:
            parties = f"{caller} {words.DIRECTIONS[Direction.OUTGOING].mark(look.ascii)} {callee}"
            times = [part.strip() for part in wrap(f"{started} {fit(ended, 8)} {ending}", width - 3)]
            for k, line in enumerate((*times, *wrap(parties, width - 3))):
                yield [(f"{'' if k else n:>2} {line}", Role.PLAIN)]


def _callee(leg: RouteLeg, look: Look) -> str:
    """Who was called, and the application that took the call."""
    callee = words.party_text(leg.callee, look.home)
    if not leg.application or leg.application in callee:
        return callee
    application = words.application_text(leg.application)
    return application if callee == NO_VALUE else f"{callee} ({application})"


def _reason(details: CallDetails, width: int) -> Iterator[Pieces]:
    """Why this status: the rule in words, and what it read."""
    if details.call.status in RUNNING or not details.reason.rule:
        return
    yield [(_("Why this status"), Role.TITLE)]
    rule = RULE_WORDS.get(details.reason.rule)
    yield from _indented(_(rule) if rule else details.reason.rule, width)
    facts = GAP.join(f"{name}={value or NO_VALUE}" for name, value in details.reason.facts)
    if facts:
        yield from _indented(facts, width, Role.MUTED)
