"""The personal settings as lines of the settings screen."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from screens.language import _
from screens.settings import Choice
from tui.settings import Settings


def choices(chosen: Settings) -> Sequence[Choice]:
    """Every setting that has a short list of values, with what is chosen."""
    at_start = _("from the next start on")
    on_off = ((True, _("on")), (False, _("off")))
    return (
        Choice(
            "theme",
            _("Theme"),
            (
                ("", _("by itself")),
                ("dark", _("dark")),
                ("light", _("light")),
                ("ansi", _("the terminal's 16 colours")),
                ("colour-blind", _("colour-blind")),
                ("mono", _("without colour")),
            ),
            chosen.theme,
        ),
        Choice(
            "language",
            _("Language"),
            (("", _("by itself")), ("en", "English"), ("uk", "Українська"), ("ru", "Русский")),
            chosen.language,
            at_start,
        ),
        Choice(
            "status_names",
            _("Names of statuses"),
            (("statuses", _("thirteen statuses")), ("families", _("short names"))),
            chosen.status_names,
            at_start,
        ),
        Choice(
            "registration",
            _("Registration method"),
            (("form", _("quick form")), ("card", _("full card"))),
            chosen.registration,
        ),
        Choice(
            "numbers",
            _("Numbers"),
            (("national", _("as dialled at home")), ("international", _("with the country"))),
            chosen.numbers,
        ),
        Choice("details_panel", _("Details panel"), on_off, chosen.details_panel, at_start),
        Choice(
            "sound",
            _("Sound of recordings"),
            (
                ("", _("by itself")),
                ("alsa", _("this computer (ALSA)")),
                ("device", _("this computer")),
                ("forwarded", _("your computer, through SSH")),
                ("silent", _("in silence")),
                ("link", _("a link for the browser of your computer")),
                ("file", _("a file, and the command that brings it to you")),
            ),
            chosen.sound,
            _("from the next recording on"),
        ),
        Choice(
            "dial",
            _("Calling a number"),
            (
                ("", _("off: numbers are copied")),
                ("tel", _("this desktop's telephone")),
                ("command", _("a command of your own")),
                ("ami", _("through the exchange")),
            ),
            chosen.dial,
        ),
        Choice("dashboard_bell", _("Bell of the dashboard"), on_off, chosen.dashboard_bell),
        Choice(
            "alert",
            _("New missed calls are told"),
            (
                ("", _("not at all")),
                ("bell", _("by the bell")),
                ("desktop", _("by a notification of the desktop")),
                ("command", _("by a command (alert-command)")),
            ),
            chosen.alert,
        ),
        Choice(
            "line",
            _("Line to the terminal"),
            (("", _("measured at the start")), ("slow", _("slow: fewer bytes")), ("fast", _("fast"))),
            chosen.line,
        ),
        Choice("mouse", _("Mouse"), on_off, chosen.mouse, at_start),
    )


def changed(before: Settings, name: str, value: object) -> Settings:
    """The settings with another value."""
    return msgspec.structs.replace(before, **{name: value})
