"""Calling a number from a screen, in whatever way the person has chosen."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from backend_client.errors import BackendError
from screens.language import _
from screens.words import error_text
from screens.work import work

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from screens.calls.opening import Console

_DIALLABLE = re.compile(r"\+?[0-9*#]{2,20}")


class Dialler(Protocol):
    """What can make a call; the application has one."""

    def why_not(self) -> str:
        """Why no number at all can be called, translated; blank where dialling is on and set up."""
        ...

    async def dial(self, number: str) -> str:
        """Call a number that is `diallable`; what to tell the person, translated. Raises BackendError kinds."""
        ...


def diallable(number: str) -> bool:
    """Whether a text is a number that may be handed to a telephone: digits, * and #, perhaps a + before them.

    Such a text is never an option of a command, and holds nothing that a shell, a URL or a line protocol reads.
    """
    return _DIALLABLE.fullmatch(number) is not None


def why_not_dial(node: DOMNode, number: str) -> str:
    """Why a number cannot be called from this screen, translated; blank where it can."""
    if not number:
        return _("there is no number")
    if not diallable(number):
        return _("this is no number that can be dialled: only digits, * and # are, at most 20, and + before them")
    return cast("Console", node.app).dialler.why_not()


def dial(node: DOMNode, number: str) -> None:
    """Call a number and tell how it went; one that cannot be called says why."""
    if reason := why_not_dial(node, number):
        node.app.notify(reason, severity="warning", markup=False)
    else:
        # The application's worker: leaving the screen must not stop a call half-way.
        work(node.app, partial(_dial, node, number), "dial")


async def _dial(node: DOMNode, number: str) -> None:
    app = node.app
    try:
        app.notify(await cast("Console", app).dialler.dial(number), markup=False)
    except BackendError as error:
        app.notify("\n".join(filter(None, error_text(error))), severity="warning", markup=False)
