"""Who am I here, which roles are mine, and what they permit; what they do not, and who can allow it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from backend_client.model.permissions import Permission, Session
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.directories.employee_dialog import ROLES
from screens.language import _

PERMISSIONS: dict[Permission, str] = {
    Permission.ALL_CALLS: N_("see the calls of everybody"),
    Permission.LISTEN: N_("listen to recordings"),
    Permission.DOWNLOAD: N_("download recordings"),
    Permission.COMMENT: N_("comment, set call results, write calls down"),
    Permission.SEE_PRICE: N_("see prices"),
    Permission.EXPORT: N_("export calls"),
    Permission.REGISTER_CLIENT: N_("register clients"),
    Permission.MANAGE_CLIENTS: N_("move numbers between clients, merge, archive"),
    Permission.MISSED_QUEUE: N_("work off missed calls"),
    Permission.ALL_MISSED: N_("see the missed calls of everybody"),
    Permission.DASHBOARD: N_("see the dashboard"),
    Permission.OWN_TASKS: N_("work off own tasks of the plan"),
    Permission.PLAN_REPORT: N_("see the report of the plan"),
    Permission.MANAGE_PLAN: N_("make and reassign tasks, confirm drops"),
    Permission.DIRECTORIES: N_("edit directories and tariffs"),
    Permission.IMPORT: N_("import calls and clients"),
    Permission.AUDIT: N_("read the audit log"),
    Permission.ADMINISTER: N_("manage accounts, roles and the store's settings"),
}
"""Permission → what one may do with it, as the object of "may"."""


def permission_words(permissions: Iterable[Permission]) -> list[str]:
    """What the permissions are called, in the order of the list above."""
    wanted = set(permissions)
    return [_(word) for permission, word in PERMISSIONS.items() if permission in wanted]


class MeDialog(Dialog[None]):
    """The session, read."""

    DEFAULT_CSS = """
    MeDialog VerticalScroll { height: auto; max-height: 18; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(_("Who you are here"))
        self._session = session

    def body(self) -> list[Widget]:
        session = self._session
        roles = ", ".join(_(ROLES[role]) if role in ROLES else role.value for role in session.roles)
        lines = [Content(f"{clean(session.name)}: {roles}")]
        if session.employee_id is None:
            lines.append(Content.styled(_("No employee of the store is meant: nothing is “my call”."), "$text-warning"))
        if session.only is not None:
            lines.append(Content.styled(_("This token is narrowed."), "$text-warning"))
        may = session.permissions
        lines += [Content.assemble(("✓ ", "$text-success"), word) for word in permission_words(may)]
        missing = permission_words(set(Permission) - may)
        lines += [Content.styled(f"– {word}", "$text-muted") for word in missing]
        if missing:
            lines.append(Content.styled(_("What is missing the administrator of the store can allow."), "$text-muted"))
        return [VerticalScroll(Static(Content("\n").join(lines), markup=False))]

    def hints(self) -> list[tuple[str, str]]:
        return [("Esc", _("back"))]
