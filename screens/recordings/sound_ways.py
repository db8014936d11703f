"""How a recording reaches the listener's ears over SSH: the ways in their order, which are open, and what opens them;
and the link that a browser plays (R5)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from audio.outputs.ways import Way, over_ssh
from backend_client.model.text import N_
from screens.dialogs.dialog import Dialog
from screens.language import _, ngettext
from screens.recordings.recording_words import FILE, LINK
from screens.widgets.choice_list import Choice, ChoiceList

AUTOMATIC = ""


def sound_choices(environment: Mapping[str, str], *, may_download: bool) -> Sequence[Choice]:
    """The ways, the best first, with what each takes."""
    here = [
        Choice(Way.ALSA.value, _("this computer (ALSA)")),
        Choice(Way.DEVICE.value, _("this computer")),
    ]
    if not over_ssh(environment):
        return (Choice(AUTOMATIC, _("by itself")), *here, Choice(Way.SILENT.value, _("in silence")))
    forwarded = _("PULSE_SERVER is set") if environment.get("PULSE_SERVER") else _("needs PULSE_SERVER, see above")
    taken = "" if may_download else _("your role may not download recordings")
    return (
        Choice(Way.FORWARDED.value, _("your computer, through SSH"), forwarded),
        Choice(LINK, _("a link for the browser of your computer"), taken or _("holds 5 minutes")),
        Choice(FILE, _("a file, and the command that brings it to you"), taken),
        Choice(Way.SILENT.value, _("in silence"), _("waveform and position only")),
        Choice(Way.DEVICE.value, _("loudspeakers of this machine"), _("in the room where it stands")),
    )


class SoundWaysDialog(Dialog[str]):
    """Answers the way that is taken, to be remembered."""

    def __init__(self, current: str, *, may_download: bool) -> None:
        super().__init__(_("How sound reaches you"))
        self._current = current
        self._choices = sound_choices(os.environ, may_download=may_download)

    def body(self) -> list[Widget]:
        told = _("It is remembered; Z or the settings (,) change it.")
        if over_ssh(os.environ):
            told = "\n".join(
                (
                    _("You are here over SSH, where sound has no way of its own. Best of all, run the console on your "
                      "computer: pult --remote https://… "),
                    _("Or forward your sound server: ssh -R 4714:/run/user/1000/pulse/native HOST, and there: "
                      "export PULSE_SERVER=tcp:127.0.0.1:4714"),
                    told,
                )
            )  # fmt: skip
        return [Static(told, markup=False), ChoiceList(self._choices, typing=False)]

    def hints(self) -> list[tuple[str, str]]:
        return [("Enter", _("take")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        choices = self.query_one(ChoiceList)
        choices.focus()
        choices.go_to(self._current)

    def on_choice_list_taken(self, message: ChoiceList.Taken) -> None:
        message.stop()
        if message.line is not None:
            self.dismiss(str(message.line.value))


class LinkDialog(Dialog[None]):
    """Addresses that a browser opens, one a part: as a link of the terminal, as text, and in the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "cancel", N_("Back"), id="link.close", tooltip=N_("Close"), show=False),
        Binding("y", "copy", N_("Copy"), id="link.copy", tooltip=N_("Copy the address again")),
    ]

    def __init__(self, addresses: Sequence[str], seconds: int) -> None:
        super().__init__(_("Link to the recording"))
        self._addresses = addresses
        self._minutes = max(1, seconds // 60)

    def body(self) -> list[Widget]:
        told = ngettext(
            "Open it in the browser of your computer. For {count} minute it opens this recording for anybody who has "
            "it; that it was taken stands in the audit log under your name.",
            "Open it in the browser of your computer. For {count} minutes it opens this recording for anybody who has "
            "it; that it was taken stands in the audit log under your name.",
            self._minutes,
        )
        links = [Static(Content.styled(one, Style(link=one, underline=True)), markup=False) for one in self._addresses]
        return [Static(told.format(count=self._minutes), markup=False), *links]

    def hints(self) -> list[tuple[str, str]]:
        return [("y", _("copy")), ("Esc", _("back"))]

    def on_mount(self) -> None:
        super().on_mount()
        self.action_copy()

    def action_copy(self) -> None:
        """The addresses, to the terminal's clipboard (OSC 52)."""
        from screens.clipboard import copy

        copy(self.app, "\n".join(self._addresses))
