"""Words of the audit log: what each deed is called, what it was done to, how much it was."""

from __future__ import annotations

from collections.abc import Mapping

from backend_client.model.audit import AuditEntry, Deed
from backend_client.model.text import N_
from screens.language import _, duration, file_size, ngettext, number
from screens.words import Role, Sign

DEEDS: dict[Deed, Sign] = {
    Deed.SIGN_IN: Sign(N_("signed in")),
    Deed.SIGN_IN_REFUSED: Sign(N_("sign-in refused"), role=Role.BAD),
    Deed.LISTEN: Sign(N_("listened")),
    Deed.DOWNLOAD: Sign(N_("downloaded"), role=Role.ACCENT),
    Deed.EXPORT: Sign(N_("exported"), role=Role.ACCENT),
    Deed.COMMENT: Sign(N_("commented")),
    Deed.REGISTER: Sign(N_("registered a client")),
    Deed.CLIENT: Sign(N_("changed a client")),
    Deed.DIRECTORY: Sign(N_("changed a directory")),
    Deed.RESULT: Sign(N_("set a call result")),
    Deed.LOG_CALL: Sign(N_("wrote a call down")),
    Deed.QUEUE: Sign(N_("worked off missed calls")),
    Deed.TASK: Sign(N_("changed the plan")),
    Deed.DELETE: Sign(N_("deleted"), role=Role.BAD),
    Deed.ACCOUNT: Sign(N_("changed an account"), role=Role.WARNING),
    Deed.RIGHTS: Sign(N_("changed rights"), role=Role.WARNING),
}
OF_CALLS = frozenset({Deed.LISTEN, Deed.DOWNLOAD, Deed.COMMENT, Deed.RESULT, Deed.LOG_CALL, Deed.QUEUE})
OF_CLIENTS = frozenset({Deed.REGISTER, Deed.CLIENT})


def deed_sign(deed: Deed) -> Sign:
    """How a deed is shown; one of a newer Pult by its code."""
    return DEEDS.get(deed) or Sign(deed.value, role=Role.MUTED)


def object_text(entry: AuditEntry, employees: Mapping[int, str]) -> str:
    """What it was done to, by its number."""
    if entry.object_id is None:
        return ""
    if entry.deed in OF_CALLS:
        return _("call {id}").format(id=entry.object_id)
    if entry.deed in OF_CLIENTS:
        return _("client {id}").format(id=entry.object_id)
    if entry.deed is Deed.TASK:
        return _("task {id}").format(id=entry.object_id)
    if entry.deed is Deed.ACCOUNT:
        return employees.get(entry.object_id, f"#{entry.object_id}")
    return f"#{entry.object_id}"


def amount_text(entry: AuditEntry) -> str:
    """How much, in the unit of the deed."""
    if entry.amount is None:
        return _("begun") if entry.deed is Deed.LISTEN else ""
    if entry.deed is Deed.LISTEN:
        return duration(entry.amount)
    if entry.deed is Deed.DOWNLOAD:
        return file_size(entry.amount)
    if entry.deed is Deed.EXPORT or entry.deed in OF_CLIENTS:
        return ngettext("{count} call", "{count} calls", entry.amount).format(count=number(entry.amount))
    return number(entry.amount)
