"""Who are you: asked once, where the operating system's user is nobody that the store knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from backend_client.model.directory import Employee
from backend_client.model.text import N_, fold
from screens.closing import ClosingScreen
from screens.language import _
from screens.widgets.finder import Finder


class WhoScreen(ModalScreen[Employee | None], ClosingScreen[Employee | None]):
    """Choose yourself among the employees; None is "nobody of these"."""

    DEFAULT_CSS = """
    WhoScreen { background: $background; }
    WhoScreen > .who--title { height: 1; padding: 0 1; color: $text-primary; text-style: bold; }
    WhoScreen > .who--text { height: auto; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", N_("None of these"), id="who.nobody", tooltip=N_("Go on without a name")),
    ]

    def __init__(self, employees: Sequence[Employee], login: str) -> None:
        super().__init__()
        self._employees = [employee for employee in employees if employee.active]
        self._found = self._employees
        self._login = login

    def compose(self) -> ComposeResult:
        yield Static(_("Who are you?"), classes="who--title", markup=False)
        told = _(
            "The store knows nobody with the login {login}. Choose yourself and you are not asked again: "
            "“my calls” and your comments then carry your name. Esc goes on without."
        )
        yield Static(told.format(login=self._login), classes="who--text", markup=False)
        yield Finder(_("Name or extension"), _("Nobody of that name."))

    def on_mount(self) -> None:
        self._show("")

    def on_finder_changed(self, message: Finder.Changed) -> None:
        self._show(message.text)

    def on_finder_wanted(self) -> None:
        if self._found:
            self.dismiss(self._found[0])

    def on_finder_taken(self, message: Finder.Taken) -> None:
        self.dismiss(self._found[message.index])

    def _show(self, text: str) -> None:
        wanted = fold(text).split()
        self._found = [e for e in self._employees if all(word in _looked_in(e) for word in wanted)]
        self.query_one(Finder).supply([_line(employee) for employee in self._found])


def name_of(employee: Employee) -> str:
    """By what a store finds the employee again: the login, else an extension, else the name."""
    current = [extension.number for extension in employee.extensions if extension.until is None]
    return employee.login or next(iter(current), "") or employee.name


def _looked_in(employee: Employee) -> str:
    return fold(" ".join((employee.name, *(extension.number for extension in employee.extensions))))


def _line(employee: Employee) -> Content:
    numbers = ", ".join(extension.number for extension in employee.extensions if extension.until is None)
    return Content.assemble(employee.name, (f"  {numbers}  {employee.department}", "$text-muted"))
