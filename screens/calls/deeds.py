"""What a person does with the call under the cursor: comment on it, copy it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.calls import CallRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call, Comment
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens import words
from screens.console_screen import ConsoleScreen
from screens.dialling import dial, why_not_dial
from screens.language import _

if TYPE_CHECKING:
    from screens.widgets.columns import Look


class DeedsScreen(ConsoleScreen):
    """The base of screens with calls: it says which call has the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "comment", N_("Comment"), id="call.comment", tooltip=N_("Write, change or delete the comment")),
        Binding("y", "copy_number", N_("Copy number"), id="call.copy-number", tooltip=N_("Copy the number")),
        Binding("H", "dial", N_("Dial"), id="call.dial",
                tooltip=N_("Call the number, in the way that the settings say")),
        Binding("Y", "copy_row", N_("Copy row"), id="call.copy-row", tooltip=N_("Copy the call as one line of text")),
        Binding("r", "related", N_("Related call"), id="call.related",
                tooltip=N_("Go to the call that settled this one, or that this one settled")),
    ]  # fmt: skip

    @property
    def call(self) -> Call | None:
        """The call under the cursor."""
        raise NotImplementedError

    @property
    def look(self) -> Look:
        """How calls are drawn."""
        raise NotImplementedError

    def commented(self, comment: Comment) -> None:
        """A comment was saved: show it."""

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action == "comment" and not self.backend.session.may(Permission.COMMENT):
            return _("your role may not write comments")
        if action in ("comment", "copy_number", "copy_row", "dial", "related") and self.call is None:
            return _("no call is chosen")
        if action == "copy_number" and self.call is not None and not self.call.number:
            return _("this call has no number")
        if action == "dial" and self.call is not None:
            return why_not_dial(self, self.call.number)
        return super().why_not(action)

    async def action_comment(self) -> None:
        """Open the comment of the call."""
        if self._refused("comment") or self.call is None:
            return
        from screens.calls.comment_editor import CommentEditor

        try:
            details = await self.backend.call(CallRequest(id=self.call.id))
        except BackendError as error:
            self._complain(error)
            return
        self.app.push_screen(CommentEditor(self.backend, details), self._saved)

    async def action_copy_number(self) -> None:
        """The number of the call, to the clipboard."""
        if not self._refused("copy_number") and self.call is not None:
            from screens.clipboard import copy

            copy(self.app, self.call.number)

    def action_dial(self) -> None:
        """Call the other side of the call."""
        if not self._refused("dial") and self.call is not None:
            dial(self, self.call.number)

    async def action_copy_row(self) -> None:
        """The call as a line with tabs, to the clipboard."""
        if self._refused("copy_row") or self.call is None:
            return
        from screens.calls.export_dialog import row_text
        from screens.clipboard import copy

        try:
            zone = (await self.backend.clock()).zone
        except BackendError as error:
            self._complain(error)
            return
        copy(self.app, row_text(self.call, zone))

    async def action_related(self) -> None:
        """Open the call that settled this one, or those that this one settled."""
        if self._refused("related") or self.call is None:
            return
        try:
            details = await self.backend.call(CallRequest(id=self.call.id))
        except BackendError as error:
            self._complain(error)
            return
        call = details.call
        related = details.settles if not call.settled_by else (call.settled_by, *details.settles)
        if related:
            self.show_calls(related)
        else:
            self.notify(words.no_related_text(call), markup=False)

    def show_calls(self, ids: Sequence[int]) -> None:
        """Show the details of calls by id, wherever they stand in the journal."""
        from screens.calls.details import DetailsScreen

        self.app.push_screen(DetailsScreen(tuple(ids), self.look))

    def _saved(self, comment: Comment | None) -> None:
        if comment is not None:
            self.commented(comment)
