"""The audit log: who did what, newest first; ids and amounts, no names of clients, no numbers, no texts (A3)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from backend_client.contract.audit import AuditPage, AuditRequest
from backend_client.errors import BackendError
from backend_client.model.audit import AuditEntry, Deed
from backend_client.model.text import N_, clean, sort_key
from screens.console_screen import ConsoleScreen
from screens.dialogs.choice_dialog import ChoiceDialog
from screens.feed import Changed
from screens.language import _, date_and_time, moment, ngettext, number
from screens.message import FieldMessage
from screens.upkeep.audit_words import DEEDS, OF_CALLS, OF_CLIENTS, amount_text, deed_sign, object_text
from screens.widgets.choice_list import Choice
from screens.widgets.columns import Column
from screens.widgets.page_cache import Key
from screens.widgets.row_table import RowTable
from screens.widgets.status_line import StatusLine
from screens.widgets.title_line import TitleLine
from screens.words import Role, error_text
from screens.work import work

EVERYBODY = 0
EVERYTHING = ""


@dataclass(frozen=True)
class AuditLook:
    """What the cells of a line depend on beside the line."""

    zone: ZoneInfo
    employees: dict[int, str] = field(default_factory=dict)


def key_of(entry: AuditEntry) -> Key:
    """Newest first."""
    return (-entry.id,)


class AuditTable(RowTable[AuditEntry]):
    """Lines of the log, newest first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(key_of, lambda entry: deed_sign(entry.deed).role, id=id)
        self.audit_look = AuditLook(ZoneInfo("UTC"))

    def choose_columns(self) -> Sequence[Column[AuditEntry]]:
        look = self.audit_look
        return (
            Column("id", N_("No."), lambda entry: number(entry.id), 7, right=True),
            Column("when", N_("When"), lambda entry: date_and_time(moment(entry.at, look.zone)), 19),
            Column("who", N_("Who"), lambda entry: self._who(entry), 12, share=3, most=40),
            Column("deed", N_("Deed"), lambda entry: deed_sign(entry.deed).word, 16, share=2, most=30),
            Column("object", N_("To what"), lambda entry: object_text(entry, look.employees), 10, share=2, most=30),
            Column("amount", N_("How much"), amount_text, 9, share=1, most=16, right=True),
        )

    def _who(self, entry: AuditEntry) -> str:
        if entry.employee_id is None:
            return "—" if entry.deed is Deed.SIGN_IN_REFUSED else _("owner of the store")
        return self.audit_look.employees.get(entry.employee_id, f"#{entry.employee_id}")

    def show_as(self, look: AuditLook) -> None:
        """Draw by another look."""
        self.audit_look = look
        self.lay_out()


class AuditScreen(ConsoleScreen):
    """The log of heads and the administrator; others are told why they do not see it."""

    TITLE = N_("Audit log")
    AUTO_FOCUS = "#table"
    DEFAULT_CSS = """
    AuditScreen { layout: vertical; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Open"), id="audit.open", tooltip=N_("The call or the client of the line")),
        Binding("e", "employee", N_("Employee"), id="audit.employee", tooltip=N_("Only what one employee did")),
        Binding("d", "deed", N_("Deed"), id="audit.deed", tooltip=N_("Only deeds of one kind")),
        Binding("x", "clear", N_("Clear"), id="audit.clear", tooltip=N_("Show the whole log again")),
        Binding("f5,ctrl+r", "reload", N_("Again"), id="audit.reload",
                tooltip=N_("Ask again for what is shown, and check the chain")),
    ]  # fmt: skip
    HINTS: ClassVar[Sequence[str]] = ("audit.open", "audit.employee", "audit.deed", "audit.clear", "app.help")

    class Answered(FieldMessage):
        """Lines for the table's request of this number."""

        number: int
        page: AuditPage

    class Checked(FieldMessage):
        """The whole chain was gone through."""

        page: AuditPage

    class Refused(FieldMessage):
        """No lines for the table's request of this number."""

        number: int
        error: BackendError

    def __init__(self) -> None:
        super().__init__()
        self.request = AuditRequest()

    @property
    def table(self) -> AuditTable:
        return self.query_one(AuditTable)

    def compose(self) -> ComposeResult:
        yield TitleLine(self.TITLE, id="title")
        yield AuditTable(id="table")
        yield StatusLine(self.HINTS, id="status")

    def on_mount(self) -> None:
        self.table.focus()

    def on_screen_resume(self) -> None:
        work(self, self.learn, "learn")
        work(self, self._check, "check")
        self._again()
        self._tell()

    def on_console_screen_learnt(self, message: ConsoleScreen.Learnt) -> None:
        names = {one.id: clean(one.name) for one in message.directories.employees}
        look = AuditLook(ZoneInfo(message.clock.zone), names)
        if look != self.table.audit_look:
            self.table.show_as(look)
            self._tell()

    async def _check(self) -> None:
        try:
            page = await self.backend.audit(AuditRequest(limit=1, check=True))
        except BackendError:
            return
        self.post_message(self.Checked(page))

    def on_audit_screen_checked(self, message: Checked) -> None:
        """Say whether every line is what was written, and the head to compare with the one kept elsewhere."""
        page = message.page
        count, _colon, digest = page.head.partition(":")
        if page.broken is not None:
            told = [(_("line {id} is not what was written").format(id=number(page.broken)), Role.BAD)]
        elif page.head:
            chain = _("chain whole, head {count}:{digest}…").format(count=count.replace("_", ""), digest=digest[:8])
            told = [(chain, Role.GOOD)]
        else:
            told = []
        self.title_line.counters = [told] if told else []
        self.title_line.show()

    # Lines

    def on_row_table_wanted(self, message: RowTable.Wanted) -> None:
        at = None if message.anchor is None else -int(message.anchor[0])
        request = replace(
            self.request, at=at, above=message.above, limit=max(1, message.below), oldest=message.last
        )  # fmt: skip
        work(self, partial(self._fetch, message.number, request), "rows", exclusive=False)

    async def _fetch(self, number_: int, request: AuditRequest) -> None:
        try:
            page = await self.backend.audit(request)
        except BackendError as error:
            self.post_message(self.Refused(number_, error))
        else:
            self.post_message(self.Answered(number_, page))

    def on_audit_screen_answered(self, message: Answered) -> None:
        page, table = message.page, self.table
        self.feed.start(self.backend, page.change)
        if table.supply(message.number, page.entries, more_above=page.more_above, more_below=page.more):
            if not len(table.cache):
                table.say(_("No line of the log is like this."), _("x shows the whole log again."))
            self._tell()

    def on_audit_screen_refused(self, message: Refused) -> None:
        self.table.failed(message.number)
        what, hint = error_text(message.error)
        self.table.say(what, hint)
        self.status.say(what, Role.BAD)
        self.feed.start(self.backend, 0)

    def on_changed(self, message: Changed) -> None:
        self.tell_stale(None)
        self._again()

    def _again(self) -> None:
        if len(self.table.cache):
            self.table.reload()
        else:
            self.table.open()

    # What is shown

    def _narrow(self, request: AuditRequest) -> None:
        if request != self.request:
            self.request = request
            self.table.open()
            self._tell()

    def _tell(self) -> None:
        names = self.table.audit_look.employees
        parts = [names.get(id, f"#{id}") for id in self.request.employees]
        parts += [deed_sign(deed).word for deed in self.request.deeds]
        self.title_line.subject = " · ".join(parts)
        self.title_line.show()
        cache = self.table.cache
        more = "+" if cache.more_above or cache.more_below else ""
        told = ngettext("{count} line", "{count} lines", len(cache)).format(count=number(len(cache)) + more)
        self.status.say(told if len(cache) else "")

    def action_employee(self) -> None:
        """Choose whose deeds are shown."""
        names = sorted(self.table.audit_look.employees.items(), key=lambda item: sort_key(item[1]))
        choices = [Choice(EVERYBODY, _("Everybody")), *(Choice(id, name) for id, name in names)]
        current = next(iter(self.request.employees), EVERYBODY)

        def chosen(value: Hashable | None) -> None:
            if isinstance(value, int):
                self._narrow(replace(self.request, employees=(value,) if value else ()))

        self.app.push_screen(ChoiceDialog(_("Employee"), choices, current), chosen)

    def action_deed(self) -> None:
        """Choose which deeds are shown."""
        choices = [Choice(EVERYTHING, _("All deeds")), *(Choice(deed.value, sign.word) for deed, sign in DEEDS.items())]
        current = next((deed.value for deed in self.request.deeds), EVERYTHING)

        def chosen(value: Hashable | None) -> None:
            if isinstance(value, str):
                self._narrow(replace(self.request, deeds=(Deed(value),) if value else ()))

        self.app.push_screen(ChoiceDialog(_("Deed"), choices, current), chosen)

    def action_clear(self) -> None:
        """The whole log."""
        self._narrow(AuditRequest())

    def action_reload(self) -> None:
        self.on_screen_resume()

    # What a line is about

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        entry = self.table.row
        if action == "open" and (entry is None or entry.object_id is None or not self._opens(entry)):
            return _("this line is about no call and no client")
        return ""

    @staticmethod
    def _opens(entry: AuditEntry) -> bool:
        return entry.deed in OF_CALLS or entry.deed in OF_CLIENTS

    def on_row_table_chosen(self, message: RowTable.Chosen) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The call or the client that the deed was done to."""
        entry = self.table.row
        if not self._refused("open") and entry is not None and entry.object_id is not None:
            work(self, partial(self._open, entry.deed in OF_CALLS, entry.object_id), "open")

    async def _open(self, is_call: bool, id: int) -> None:
        from datetime import date

        from screens.calls.details import DetailsScreen
        from screens.widgets.columns import Look

        if is_call:
            self.app.push_screen(DetailsScreen((id,), Look(self.table.audit_look.zone, date.min)))
        else:
            await self.open_card(id)
