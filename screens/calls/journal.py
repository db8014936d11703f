"""The journal: all calls, filtered as one likes."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from backend_client.model.text import N_
from screens.calls.calls import CallsScreen


class JournalScreen(CallsScreen):
    """Every call of the store that the session may see."""

    TITLE = N_("Journal")
    BINDINGS: ClassVar[list[BindingType]] = []
    HINTS = ("journal.details", "journal.panel", "call.related", "app.today", "app.help")
