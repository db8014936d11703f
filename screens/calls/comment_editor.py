"""The comment of a call: write, change, delete; a draft is never lost and nobody's text is overwritten unseen."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CommentRequest
from backend_client.errors import BackendError, Conflict
from backend_client.model.call import CallDetails, Comment
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.drafts import Draft
from screens.language import _, date_and_time, moment
from screens.words import error_text
from screens.work import work

LIMIT = 200
"""Code points after cleaning (J9)."""
_NEW_LINE = frozenset({"ctrl+n", "alt+enter", "shift+enter", "ctrl+j", "\r"})
"""Ctrl+N reaches every program over plain SSH, the others where the terminal tells them from Enter; the last is how
Alt+Enter arrives from tmux and xterm (modifyOtherKeys)."""
_DRAFT_EVERY = 0.5
"""Seconds between looks at whether the draft must be written."""


class CommentArea(TextArea):
    """Text of several lines in which Enter finishes."""

    class Finished(Message):
        """Enter was pressed."""

    async def _on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Finished())
        elif event.key in _NEW_LINE:
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert(clean(event.text, multiline=True))


class CommentEditor(Dialog[Comment]):
    """Answers the comment as it was saved; None where it stays as it was."""

    DEFAULT_CSS = """
    CommentEditor CommentArea { height: 7; border: none; padding: 0 1; background: $surface; }
    CommentEditor CommentArea:focus { border: none; }
    CommentEditor Static { height: auto; }
    CommentEditor #counter { text-align: right; color: $text-muted; }
    CommentEditor #counter.-over { color: $text-error; text-style: bold; }
    CommentEditor #author { color: $text-muted; }
    CommentEditor #theirs { display: none; max-height: 7; background: $surface; padding: 0 1; }
    CommentEditor #history { display: none; max-height: 12; overflow-y: auto; color: $text-muted; }
    CommentEditor.-conflict #theirs { display: block; }
    CommentEditor.-history #history { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", N_("Leave"), id="comment.leave", priority=True,
                tooltip=N_("Leave; asks if something would be lost")),
        Binding("y", "confirm", N_("Yes"), id="comment.yes", tooltip=N_("Yes, do what is asked"), show=False),
        Binding("n", "leave", N_("No"), id="comment.no", tooltip=N_("No, back to the text"), show=False),
        Binding("ctrl+t", "theirs", N_("Take theirs"), id="comment.theirs", priority=True,
                tooltip=N_("Take the text that somebody else wrote meanwhile")),
        Binding("ctrl+r", "history", N_("History"), id="comment.history", priority=True,
                tooltip=N_("Earlier texts of this comment")),
    ]  # fmt: skip

    def __init__(self, backend: Backend, details: CallDetails, addition: str = "") -> None:
        """`addition` is put behind the text that stands: the place of the recording that is commented on."""
        super().__init__(_("Comment"))
        self._backend = backend
        self._details = details
        self._comment = details.comment
        self._zone = ZoneInfo(details.zone or "UTC")
        call = details.call
        identity = (backend.session.name, details.system, details.source_id, str(call.start), str(call.id))
        self._draft = Draft("|".join(("comment", *identity)), backend)
        self._drafted = self._draft.read()
        text = self._comment.text if self._drafted is None else self._drafted
        if addition:
            text = f"{text} {addition} ".lstrip()
        self._area = CommentArea(text, show_line_numbers=False, highlight_cursor_line=False, compact=True)
        self._area.cursor_blink = False
        self._begun_with = text
        self._question = ""
        """What waits for a yes: "leave", "delete" or nothing."""
        self._saving = self._finished = False

    def body(self) -> list[Widget]:
        return [
            Static(self._written(self._comment), id="author", markup=False),
            self._area,
            Static(id="counter", markup=False),
            Static(id="theirs", markup=False),
            Static(self._earlier(), id="history", markup=False),
        ]

    def hints(self) -> list[tuple[str, str]]:
        if self._question:
            return [("y", _("yes")), ("Esc", _("no"))]
        if self.has_class("-conflict"):
            return [("Enter", _("keep mine")), ("Ctrl+T", _("take theirs")), ("Esc", _("leave"))]
        keys = [("Enter", _("save")), ("Ctrl+N", _("new line")), ("Esc", _("leave"))]
        return [*keys, ("Ctrl+R", _("history"))] if self._details.history else keys

    def on_mount(self) -> None:
        self._area.move_cursor(self._area.document.end)
        self._area.focus()
        self._count()
        if self._drafted is None:
            work(self, self._fetch_draft, "draft")
        self._tell_of_draft()
        self.set_interval(_DRAFT_EVERY, self._keep_draft)

    async def _fetch_draft(self) -> None:
        """A draft that was left in another console, unless something was typed meanwhile."""
        text = await self._draft.fetch()
        if text is not None and self._drafted is None and self._area.text == self._begun_with:
            self._drafted = text
            self._area.load_text(text)
            self._area.move_cursor(self._area.document.end)
            # After the text area has told of its text, which takes complaints away.
            self.call_after_refresh(self._tell_of_draft)

    def _tell_of_draft(self) -> None:
        if self._drafted is not None and self._drafted != self._comment.text:
            self.complain(_("This is a draft that was left unfinished. Enter saves it."))

    def on_unmount(self) -> None:
        self._keep_draft()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        self._count()

    async def on_comment_area_finished(self, event: CommentArea.Finished) -> None:
        """Enter: save what is in order, ask before a comment is deleted."""
        text = self._text
        if self._question or self._saving:
            return
        if len(text) > LIMIT:
            self.complain(
                _("{over} characters too many: a comment holds {limit}.").format(over=len(text) - LIMIT, limit=LIMIT)
            )
        elif text == self._comment.text:
            self._finish(None)
        elif not text:
            self._ask("delete", _("Delete the comment?"))
        else:
            await self._save()

    async def action_confirm(self) -> None:
        """Do what was asked."""
        question = self._question
        self._ask("")
        if question == "leave":
            self._finish(None)
        elif question == "delete":
            await self._save()

    def action_leave(self) -> None:
        """Leave; what is typed and not saved is asked about first."""
        if self._question:
            self._ask("")
        elif self._text == self._comment.text:
            self._finish(None)
        else:
            self._ask("leave", _("Leave without saving? The text will be gone."))

    def action_theirs(self) -> None:
        """The other's text stays as it is."""
        if self.has_class("-conflict"):
            self._finish(self._comment)

    def action_history(self) -> None:
        """Show earlier texts, or hide them."""
        if self._details.history:
            self.toggle_class("-history")

    @property
    def _text(self) -> str:
        return clean(self._area.text, multiline=True)

    async def _save(self) -> None:
        self._saving = True
        request = CommentRequest(call_id=self._details.call.id, text=self._text, revision=self._comment.revision)
        try:
            saved = await self._backend.comment(request)
        except Conflict as error:
            self._meet(error)
        except BackendError as error:
            self._keep_draft()
            self.complain("\n".join((*filter(None, error_text(error)), _("Your text is kept as a draft."))))
        else:
            self._finish(saved)
        finally:
            self._saving = False

    def _meet(self, error: Conflict) -> None:
        """Somebody wrote meanwhile: show both texts and let the person choose."""
        fields = error.fields
        at = fields.get("at")
        revision = fields.get("revision")
        self._comment = Comment(
            call_id=self._details.call.id,
            text=clean(str(fields.get("text", "")), multiline=True),
            author=clean(str(fields.get("author", ""))),
            at=at if isinstance(at, int) else 0,
            revision=revision if isinstance(revision, int) else self._comment.revision,
        )
        self.query_one("#theirs", Static).update(f"{self._written(self._comment)}\n{self._comment.text or '—'}")
        self.add_class("-conflict")
        self.complain(_("Somebody changed this comment while you were writing. Yours is above, theirs below."))
        self.show_keys()

    def _ask(self, question: str, words: str = "") -> None:
        self._question = question
        # Without the keys of the text, a plain y answers.
        self._area.disabled = bool(question)
        if not question:
            self._area.focus()
        self.complain(words)
        self.show_keys()

    def _finish(self, comment: Comment | None) -> None:
        self._finished = True
        self._draft.forget()
        self.dismiss(comment)

    def _keep_draft(self) -> None:
        """Write the draft where it differs from what is kept, and forget it where nothing would be lost."""
        if self._finished:
            return
        text = self._area.text
        if text == self._comment.text:
            if self._drafted is not None:
                self._draft.forget()
                self._drafted = None
        elif text != self._drafted:
            self._draft.write(text)
            self._drafted = text

    def _count(self) -> None:
        count = len(self._text)
        counter = self.query_one("#counter", Static)
        counter.update(f"{count}/{LIMIT}")
        counter.set_class(count > LIMIT, "-over")
        if not self._question and not self.has_class("-conflict"):
            self.complain()

    def _written(self, comment: Comment) -> str:
        if not comment.revision:
            return _("No comment yet.")
        at = date_and_time(self._local(comment.at))
        return _("{author}, {at}").format(author=clean(comment.author) or "—", at=at)

    def _earlier(self) -> str:
        lines = []
        for version in self._details.history:
            at = date_and_time(self._local(version.at))
            lines.append(_("{author}, {at}").format(author=clean(version.author) or "—", at=at))
            lines.append(clean(version.text, multiline=True) or _("(deleted)"))
        return "\n".join(lines)

    def _local(self, at: int) -> datetime:
        return moment(at, self._zone)
