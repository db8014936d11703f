"""Saved views: filters under a name of one's own, to choose, save, rename and delete."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from backend_client.contract.backend import Backend
from backend_client.contract.views import View, ViewRequest, Views
from backend_client.errors import BackendError
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Directories
from backend_client.model.text import N_, clean
from screens.dialogs.dialog import Dialog
from screens.filter_words import NOBODY, filter_words
from screens.language import _
from screens.widgets.choice_list import Choice, ChoiceList
from screens.words import error_text


class SavedViewsDialog(Dialog[CallFilter]):
    """The views by name with what they ask; Enter shows one."""

    DEFAULT_CSS = """
    SavedViewsDialog > #box { width: 76; }
    SavedViewsDialog Input { display: none; }
    SavedViewsDialog.-naming Input { display: block; }
    SavedViewsDialog #question { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", N_("Save"), id="views.save", tooltip=N_("Save the filter that is shown under a name")),
        Binding("r", "rename", N_("Rename"), id="views.rename", tooltip=N_("Give the view another name")),
        Binding("d,delete", "delete", N_("Delete"), id="views.delete", tooltip=N_("Delete the view, after asking")),
        Binding("y", "confirm", N_("Yes"), id="views.yes", tooltip=N_("Yes, do it"), show=False),
        Binding("escape", "back", N_("Back"), id="views.back", tooltip=N_("Back")),
    ]

    def __init__(
        self, backend: Backend, filter: CallFilter, directories: Directories, clients: Mapping[int, str] = NOBODY
    ) -> None:
        super().__init__(_("Saved views"))
        self._backend = backend
        self._filter = filter
        self._directories = directories
        self._clients = clients
        self._views: tuple[View, ...] = ()
        self._renamed: View | None = None
        self._asked: View | None = None
        """The view that is to be deleted, or replaced under its name, once the person says yes."""
        self._replacing = False

    def body(self) -> list[Widget]:
        name = Input(placeholder=_("name of the view"), id="name", select_on_focus=False)
        name.cursor_blink = False
        return [ChoiceList((), typing=False), Static(id="question", markup=False), name]

    def hints(self) -> list[tuple[str, str]]:
        if self.has_class("-naming"):
            return [("Enter", _("save")), ("Esc", _("back"))]
        if self._asked is not None:
            return [("y", _("yes")), ("Esc", _("no"))]
        if not self._views:
            return [("s", _("save the filter shown")), ("Esc", _("back"))]
        # Short words: in every language all five stand in one line.
        return [("Enter", _("show")), ("s", _("save")), ("r", _("rename")), ("d", _("delete")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        self.run_worker(self._take(self._backend.views()))

    def on_choice_list_taken(self, event: ChoiceList.Taken) -> None:
        if view := self._view:
            self.dismiss(view.filter)

    def action_save(self) -> None:
        """Ask for a name for the filter that is shown."""
        self._renamed = None
        self._begin_naming("")

    def action_rename(self) -> None:
        """Ask for another name."""
        if view := self._view:
            self._renamed = view
            self._begin_naming(view.name)

    def action_delete(self) -> None:
        """Ask before deleting."""
        if view := self._view:
            self._ask(view, _("Delete “{name}”?").format(name=clean(view.name)))

    async def action_confirm(self) -> None:
        """Do what was asked."""
        view = self._asked
        if view is None:
            return
        self._ask(None)
        if self._replacing:
            await self._keep(view.name)
        else:
            await self._take(self._backend.save_view(ViewRequest(name=view.name)))

    def action_back(self) -> None:
        """One step back: from the name, from the question, from the dialog."""
        if self.has_class("-naming"):
            self._end_naming()
        elif self._asked is not None:
            self._ask(None)
        else:
            self.dismiss(None)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        name = clean(event.value)
        if not name:
            self.complain(_("A view needs a name."))
            return
        self._end_naming()
        known = next((view for view in self._views if view.name == name), None)
        if known is not None and known != self._renamed:
            self._ask(known, _("Replace “{name}”?").format(name=name))
            self._replacing = True
        else:
            await self._keep(name)

    @property
    def _view(self) -> View | None:
        """The highlighted view; none while something else is asked."""
        line = self.query_one(ChoiceList).line
        if line is None or self._asked is not None or self.has_class("-naming"):
            return None
        return next((view for view in self._views if view.name == line.value), None)

    async def _keep(self, name: str) -> None:
        """Save what is shown, or the renamed view's filter, under a name; the old name goes last."""
        renamed = self._renamed
        kept = renamed.filter if renamed else self._filter
        if await self._take(self._backend.save_view(ViewRequest(name=name, filter=kept))):
            self.query_one(ChoiceList).go_to(name)
            if renamed is not None and renamed.name != name:
                await self._take(self._backend.save_view(ViewRequest(name=renamed.name)))

    async def _take(self, answer: Awaitable[Views]) -> bool:
        try:
            self._views = (await answer).views
        except BackendError as error:
            self.complain(" ".join(part for part in error_text(error) if part))
            return False
        self.complain()
        self._show()
        return True

    def _show(self) -> None:
        views = self.query_one(ChoiceList)
        views.supply([Choice(view.name, clean(view.name), self._words(view.filter)) for view in self._views])
        views.display = bool(self._views)
        views.focus()
        question = "" if self._views else _("No view is saved yet. Press s to save the filter that is shown.")
        self.query_one("#question", Static).update(question)
        self.show_keys()

    def _words(self, filter: CallFilter) -> str:
        words = [words for _field, words in filter_words(filter, self._directories, clients=self._clients)]
        if filter.search:
            words.append(_("“{text}”").format(text=clean(filter.search)))
        return " · ".join(words)

    def _ask(self, view: View | None, question: str = "") -> None:
        self._asked = view
        if view is not None:
            self._replacing = False
        self.query_one("#question", Static).update(question)
        self.show_keys()

    def _begin_naming(self, name: str) -> None:
        if self._asked is None:
            field = self.query_one("#name", Input)
            field.value = name
            field.cursor_position = len(name)
            self.add_class("-naming")
            field.focus()
            self.show_keys()

    def _end_naming(self) -> None:
        self.remove_class("-naming")
        self.complain()
        self.query_one(ChoiceList).focus()
        self.show_keys()
