"""The reports there are (product.md P1–P10, P12): what each counts, said as filters and in words."""

from __future__ import annotations

from msgspec import structs

from backend_client.model.call_filter import NOTHING, CallFilter, Handling, LeadCategory
from backend_client.model.report import By, Chart, Measure, Report, ReportColumn, RowKind, ServiceGoal, Unit
from backend_client.model.status import Direction, Family
from backend_client.model.text import N_

CALL_REPORTS = N_("Call reports")
DISTRIBUTION = N_("Distribution")
EFFICIENCY = N_("Efficiency")
MENU = (CALL_REPORTS, DISTRIBUTION, EFFICIENCY)
"""Headings of the menu, in order."""

INCOMING, OUTGOING = N_("Incoming"), N_("Outgoing")
_TIMES = (By.DAY, By.WEEK, By.MONTH)


def _family(id: str, title: str, family: Family, group: str = "") -> ReportColumn:
    return ReportColumn(id=id, title=title, group=group, fragment=CallFilter(families=(family,)))


def _way(id: str, title: str, direction: Direction, group: str = "", *, charted: bool = True) -> ReportColumn:
    return ReportColumn(id=id, title=title, group=group, fragment=CallFilter(directions=(direction,)), charted=charted)


_FAMILIES = (
    _family("accepted", N_("Accepted"), Family.ACCEPTED, INCOMING),
    _family("missed", N_("Missed"), Family.MISSED, INCOMING),
    _family("successful", N_("Successful"), Family.SUCCESSFUL, OUTGOING),
    _family("failed", N_("Failed"), Family.FAILED, OUTGOING),
)
_TOTAL = ReportColumn(id="total", title=N_("Total"), charted=False)

CALLS = Report(
    id="calls",
    title=N_("Number of calls"),
    group=CALL_REPORTS,
    definition=N_(
        "Ended external calls by the local day on which they began. Accepted and successful calls were answered by a "
        "person; every other incoming call is missed, every other outgoing call failed."
    ),
    bys=_TIMES,
    charts=(Chart.STACKED, Chart.LINES, Chart.BARS),
    columns=(
        *_FAMILIES[:2],
        _way("incoming", N_("Total"), Direction.INCOMING, INCOMING, charted=False),
        *(structs.replace(column, stack=1) for column in _FAMILIES[2:]),
        _way("outgoing", N_("Total"), Direction.OUTGOING, OUTGOING, charted=False),
    ),
)

_DIRECTIONS = (
    _way("incoming", INCOMING, Direction.INCOMING),
    _way("outgoing", OUTGOING, Direction.OUTGOING),
    ReportColumn(id="total", title=N_("Total")),
)

REGIONS = Report(
    id="regions",
    title=N_("Call direction"),
    group=CALL_REPORTS,
    definition=N_(
        "Where the outside numbers are at home, by their numbering plan. Mobile numbers belong to no region; a number "
        "that cannot be read, or was withheld, is unknown."
    ),
    bys=(By.NONE, *_TIMES),
    charts=(Chart.SHARES, Chart.BARS),
    columns=_DIRECTIONS,
    top=5,
)

_WITHIN = (
    _family("accepted", N_("Incoming, accepted"), Family.ACCEPTED),
    _family("missed", N_("Incoming, missed"), Family.MISSED),
    structs.replace(_way("outgoing", OUTGOING, Direction.OUTGOING), stack=1),
)
_AVERAGE_WORDS = N_(
    "Average: calls divided by the days of that kind from the later of the period's start and the first call to the "
    "earlier of its end and today, days without calls included. Peak: the largest single day of each series, the "
    "latest one of equals."
)

HOURS = Report(
    id="hours",
    title=N_("Within the day"),
    group=DISTRIBUTION,
    definition=_AVERAGE_WORDS,
    measures=(Measure.AVERAGE, Measure.PEAK),
    charts=(Chart.STACKED, Chart.BARS, Chart.LINES),
    columns=_WITHIN,
)
WEEKDAYS = Report(
    id="weekdays",
    title=N_("Within the week"),
    group=DISTRIBUTION,
    definition=_AVERAGE_WORDS,
    measures=(Measure.AVERAGE, Measure.PEAK),
    charts=(Chart.STACKED, Chart.BARS, Chart.LINES),
    columns=_WITHIN,
)
HEAT = Report(
    id="heat",
    title=N_("Hours of the week"),
    group=DISTRIBUTION,
    definition=N_(
        "Calls by the local hour and weekday on which they began. Average: calls divided by the days of that kind from "
        "the later of the period's start and the first call to the earlier of its end and today, days without calls "
        "included."
    ),
    measures=(Measure.AVERAGE, Measure.COUNT),
    charts=(Chart.HEAT,),
    columns=(
        *(
            ReportColumn(id=f"weekday:{day}", kind=RowKind.WEEKDAY, key=day, fragment=CallFilter(weekdays=(day,)))
            for day in range(1, 8)
        ),
        _TOTAL,
    ),
)
CHANNELS = Report(
    id="channels",
    title=N_("By acquisition channel"),
    group=DISTRIBUTION,
    definition=N_(
        "Incoming calls by the number that was dialled. Channels of one name are added up; a channel without a name "
        "shows its number."
    ),
    bys=(By.NONE, *_TIMES),
    charts=(Chart.STACKED_SHARES, Chart.SHARES, Chart.BARS),
    columns=(
        _family("accepted", N_("Accepted"), Family.ACCEPTED),
        _family("missed", N_("Missed"), Family.MISSED),
        _way("total", N_("Total"), Direction.INCOMING, charted=False),
    ),
    top=4,
    incoming=True,
)
EMPLOYEES = Report(
    id="employees",
    title=N_("By employee"),
    group=DISTRIBUTION,
    definition=N_(
        "Each call counts for everybody who took part, so rows may add up to more than the total, which counts it "
        "once. Others: calls in which somebody took part and none of those named. Nobody: no phone rang."
    ),
    charts=(Chart.HORIZONTAL, Chart.BARS),
    columns=(*_FAMILIES, _TOTAL),
    top=10,
)
CLIENTS = Report(
    id="clients",
    title=N_("By client"),
    group=DISTRIBUTION,
    definition=N_("The most active clients first, by all calls from and to their numbers as these belong to them now."),
    bys=(By.NONE, By.NUMBER),
    charts=(Chart.SHARES, Chart.HORIZONTAL),
    columns=(*_FAMILIES, _TOTAL),
    top=5,
)
LEADS = Report(
    id="leads",
    title=N_("Leads"),
    group=EFFICIENCY,
    definition=N_(
        "Incoming calls from numbers that belonged to no client when they called. Lost: missed, and nobody spoke with "
        "the number in time; else registered, if the number belongs to a client now, or unregistered. By numbers: the "
        "same of each number's first contact."
    ),
    bys=_TIMES,
    measures=(Measure.COUNT, Measure.NUMBERS),
    charts=(Chart.STACKED_SHARES, Chart.STACKED, Chart.LINES),
    columns=(
        ReportColumn(id="registered", title=N_("Registered"), fragment=CallFilter(leads=(LeadCategory.REGISTERED,))),
        ReportColumn(
            id="unregistered", title=N_("Unregistered"), fragment=CallFilter(leads=(LeadCategory.UNREGISTERED,))
        ),
        ReportColumn(id="lost", title=N_("Lost"), fragment=CallFilter(leads=(LeadCategory.LOST,))),
        ReportColumn(
            id="total",
            title=N_("Total leads"),
            fragment=CallFilter(directions=(Direction.INCOMING,), new=True),
            line=True,
        ),
        ReportColumn(
            id="lost_share",
            title=N_("Lost, %"),
            unit=Unit.SHARE,
            fragment=CallFilter(leads=(LeadCategory.LOST,)),
            of=CallFilter(directions=(Direction.INCOMING,), new=True),
            charted=False,
        ),
    ),
    drops_empty=True,
    incoming=True,
)

MISSED_CALLS = CallFilter(families=(Family.MISSED,))
_CALLABLE = CallFilter(handling=(Handling.IN_WINDOW, Handling.LATER, Handling.NEVER))
_HANDLED = N_("Handled in time")
_UNHANDLED = N_("Not handled")
_BACK = N_("Call-back time")


def _called_back(id: str, title: str, seconds: int) -> ReportColumn:
    return ReportColumn(
        id=id, title=title, group=_BACK, unit=Unit.SHARE, charted=False,
        fragment=CallFilter(handling=(Handling.IN_WINDOW, Handling.LATER), callback_to=seconds), of=_CALLABLE,
    )  # fmt: skip


def _of_clients(group: str, prefix: str, new: bool) -> tuple[ReportColumn, ReportColumn]:
    fragment = CallFilter(families=(Family.MISSED,), new=new)
    handled = CallFilter(handling=(Handling.IN_WINDOW,), new=new)
    return (
        ReportColumn(id=prefix, title=N_("Missed"), group=group, fragment=fragment, charted=False),
        ReportColumn(
            id=f"{prefix}_share", title=N_("Handled in time, %"), group=group, unit=Unit.SHARE,
            fragment=handled, of=fragment, charted=False,
        ),
    )  # fmt: skip


MISSED = Report(
    id="missed",
    title=N_("Missed calls"),
    group=EFFICIENCY,
    definition=N_(
        "Missed calls, and whether somebody spoke with the number, or another one of its client, after it called: in "
        "time (the call-back window), later or never. A withheld number cannot be called back. Call-back times run "
        "from the start of the missed call to the beginning of that talk, to the minute (past an hour to five, past "
        "four to fifteen, past a day to the hour, past a week to the day); their shares count calls never "
        "called back as well."
    ),
    bys=_TIMES,
    charts=(Chart.STACKED_SHARES, Chart.STACKED, Chart.LINES),
    columns=(
        ReportColumn(
            id="we_called", title=N_("We called"), group=_HANDLED,
            fragment=CallFilter(handling=(Handling.IN_WINDOW,), handled_by=(Direction.OUTGOING,)),
        ),
        ReportColumn(
            id="client_reached", title=N_("The client reached us"), group=_HANDLED,
            fragment=CallFilter(handling=(Handling.IN_WINDOW,), handled_by=(Direction.INCOMING,)),
        ),
        ReportColumn(
            id="later", title=N_("Later"), group=_UNHANDLED, fragment=CallFilter(handling=(Handling.LATER,))
        ),
        ReportColumn(
            id="never", title=N_("Never"), group=_UNHANDLED, fragment=CallFilter(handling=(Handling.NEVER,))
        ),
        ReportColumn(
            id="impossible", title=N_("Cannot be called back"),
            fragment=CallFilter(handling=(Handling.IMPOSSIBLE,)),
        ),
        ReportColumn(id="total", title=N_("Total missed"), fragment=MISSED_CALLS, line=True),
        ReportColumn(
            id="handled_share", title=N_("Handled in time, %"), unit=Unit.SHARE, charted=False,
            fragment=CallFilter(handling=(Handling.IN_WINDOW,)), of=MISSED_CALLS,
        ),
        ReportColumn(
            id="median", title=N_("Median"), group=_BACK, unit=Unit.MEDIAN_SECONDS, charted=False,
            fragment=CallFilter(handling=(Handling.IN_WINDOW, Handling.LATER), callback_from=0),
        ),
        _called_back("in_5", N_("≤ 5 min"), 300),
        _called_back("in_15", N_("≤ 15 min"), 900),
        _called_back("in_60", N_("≤ 60 min"), 3600),
        *_of_clients(N_("New clients"), "new", True),
        *_of_clients(N_("Old clients"), "old", False),
    ),
    drops_empty=True,
    incoming=True,
)  # fmt: skip

MADE = CallFilter(families=(Family.ACCEPTED, Family.SUCCESSFUL, Family.FAILED))
COMPARED = Report(
    id="compared",
    title=N_("Employees compared"),
    group=EFFICIENCY,
    definition=N_(
        "Incoming calls that were accepted and outgoing calls that were made, answered or not, by everybody who took "
        "part; by talk: everybody's own seconds. Rows are the active employees of the filter. Total: the company's "
        "calls, each once. Average: the total divided by the rows listed, rounded up."
    ),
    measures=(Measure.COUNT, Measure.TALK),
    charts=(Chart.HORIZONTAL, Chart.BARS),
    columns=(
        _family("incoming", N_("Incoming, accepted"), Family.ACCEPTED),
        _way("outgoing", N_("Outgoing, made"), Direction.OUTGOING),
        ReportColumn(id="sum", title=N_("Sum"), fragment=MADE, charted=False),
    ),
)


def _share(id: str, title: str, fragment: CallFilter, of: CallFilter, *, optional: bool = False) -> ReportColumn:
    return ReportColumn(id=id, title=title, unit=Unit.SHARE, fragment=fragment, of=of, charted=False, optional=optional)


TALKED = CallFilter(families=(Family.ACCEPTED, Family.SUCCESSFUL))
_ACCEPTED = CallFilter(families=(Family.ACCEPTED,))
_IN, _OUT = CallFilter(directions=(Direction.INCOMING,)), CallFilter(directions=(Direction.OUTGOING,))
_AFTER = CallFilter(families=(Family.MISSED,), rang=True)
_SUCCESSFUL, _FAILED = CallFilter(families=(Family.SUCCESSFUL,)), CallFilter(families=(Family.FAILED,))


def service_columns(goal: ServiceGoal) -> tuple[ReportColumn, ...]:
    """The service indicators under these settings (domain.md A2 and E1). Operators are those of an hour."""
    short = CallFilter(families=TALKED.families, talk_to=goal.short_call - 1)
    in_time = CallFilter(families=(Family.ACCEPTED,), wait_to=goal.seconds)
    offered = CallFilter(offered=(goal.short_abandon,)) if goal.count_abandoned else _ACCEPTED
    lost = CallFilter(families=(Family.MISSED,), lost=True)
    before = CallFilter(families=(Family.MISSED,), rang=False)

    def count(
        id: str,
        title: str,
        fragment: CallFilter,
        unit: Unit = Unit.CALLS,
        *,
        charted: bool = False,
        optional: bool = False,
    ) -> ReportColumn:
        return ReportColumn(
            id=id, title=title, fragment=fragment, unit=unit, charted=charted, optional=optional
        )  # fmt: skip

    return (
        count("total", N_("Total"), NOTHING),
        count("incoming", INCOMING, _IN),
        _share("incoming_share", N_("Incoming, %"), _IN, NOTHING, optional=True),
        count("outgoing", OUTGOING, _OUT),
        _share("outgoing_share", N_("Outgoing, %"), _OUT, NOTHING, optional=True),
        count("talked", N_("Answered"), TALKED, charted=True),
        _share("talked_share", N_("Answered, %"), TALKED, NOTHING),
        count("missed_after", N_("Missed after ringing"), _AFTER, charted=True),
        _share("missed_share", N_("Missed after ringing, %"), _AFTER, _IN),
        count("missed_before", N_("Missed before ringing"), before, charted=True),
        _share("lost_share", N_("Lost, %"), lost, _IN),
        _share("service_level", N_("Service level"), in_time, offered),
        count("asa", N_("Average wait"), _ACCEPTED, Unit.MEAN_SECONDS),
        count("talk_mean", N_("Average talk"), TALKED, Unit.MEAN_SECONDS),
        count("talk", N_("Total talk"), TALKED, Unit.SECONDS),
        count("short", N_("Short calls"), short, optional=True),
        _share("short_share", N_("Short calls, %"), short, TALKED),
        count("failed", N_("Failed"), _FAILED, charted=True),
        _share("failed_share", N_("Failed, %"), _FAILED, _OUT, optional=True),
        _share("reach", N_("Reached, %"), _SUCCESSFUL, _OUT),
        count("once", N_("One-off callers"), CallFilter(once=True), Unit.NUMBERS),
        _share(
            "resolved", N_("First call resolution"),
            CallFilter(families=(Family.ACCEPTED,), resolved=(goal.resolved_days,)), _ACCEPTED,
        ),
        count("staff", N_("Operators needed"), CallFilter(offered=(0,)), Unit.OPERATORS),
    )  # fmt: skip


SERVICE = Report(
    id="service",
    title=N_("Service indicators"),
    group=EFFICIENCY,
    definition=N_(
        "Service level, {percent} % wanted: accepted within {seconds} s ÷ calls that were answered, or given up after "
        "a phone or a queue rang and at least {short_abandon} s. Waits run from the entry into the queue where the "
        "source tells it, else from the start. Short calls: talk under {short_call} s. One-off callers: numbers with "
        "one call in the period. First call resolution: accepted calls without a further call of the number within "
        "{resolved_days} days. Lost: missed calls from new numbers that nobody spoke with in time."
    ),
    bys=(By.DAY, By.HOUR, By.EMPLOYEE),
    charts=(Chart.STACKED, Chart.LINES, Chart.BARS),
    columns=service_columns(ServiceGoal()),
)

STAFFING = N_(
    "Operators needed, by Erlang C: the fewest with whom {percent} % of the calls of an hour of an average day are "
    "answered within {seconds} s, if calls come at random, nobody gives up, and talks last as they do on average."
)
"""What is said beside the last column of the service indicators by hour."""

REPORTS: dict[str, Report] = {
    report.id: report
    for report in (
        CALLS, REGIONS, HOURS, WEEKDAYS, HEAT, CHANNELS, EMPLOYEES, CLIENTS, LEADS, MISSED, COMPARED, SERVICE,
    )
}  # fmt: skip
"""By id, in the order of the menu."""

RESULTS = "results"
"""Columns of the employees compared: a count of calls for each call result."""
COLUMNS: dict[str, tuple[str, ...]] = {
    SERVICE.id: tuple(column.id for column in SERVICE.columns),
    COMPARED.id: (RESULTS,),
}
"""What may be chosen, by report."""
