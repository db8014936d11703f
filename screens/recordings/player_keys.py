"""The keys of the player (R1) and its bar, for every screen that shows a call."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from backend_client.contract.calls import CallRequest
from backend_client.errors import BackendError
from backend_client.model.call import Call, Comment, Mark
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens.console_screen import ConsoleScreen
from screens.language import _
from screens.work import work

if TYPE_CHECKING:
    # The player's modules come with the first recording that is played.
    from screens.recordings.listening import Listening
    from screens.widgets.player_bar import PlayerBar

STEP = 10.0
"""Seconds of one step on or back, as in the original."""
LOUDER = 0.1


class PlayerKeys(ConsoleScreen):
    """A screen says which call it means, and where other calls are shown. What plays goes on when it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "listen", N_("Play"), id="player.play",
                tooltip=N_("Pause what plays; else play the call with the cursor, or go on")),
        Binding("left", "skip(-1)", N_("10 s back"), id="player.back", tooltip=N_("Ten seconds back"), show=False),
        Binding("right", "skip(1)", N_("10 s on"), id="player.forward", tooltip=N_("Ten seconds on"), show=False),
        Binding("left_square_bracket", "part(-1)", N_("Previous part"), id="player.previous-part", show=False,
                tooltip=N_("The beginning of this part of the recording, or the part before")),
        Binding("right_square_bracket", "part(1)", N_("Next part"), id="player.next-part", show=False,
                tooltip=N_("The next part of the recording")),
        Binding("equals_sign,plus", "speed(1)", N_("Faster"), id="player.faster", show=False,
                tooltip=N_("Play faster, at the same pitch")),
        Binding("minus", "speed(-1)", N_("Slower"), id="player.slower", show=False,
                tooltip=N_("Play slower, at the same pitch")),
        Binding("greater_than_sign", "volume(1)", N_("Louder"), id="player.louder", tooltip=N_("Louder"), show=False),
        Binding("less_than_sign", "volume(-1)", N_("Quieter"), id="player.quieter", tooltip=N_("Quieter"), show=False),
        Binding("S", "silence", N_("Skip silence"), id="player.silence", show=False,
                tooltip=N_("Pass over long silences, or hear them again")),
        Binding("t", "go_to_second", N_("Go to a time"), id="player.time", show=False,
                tooltip=N_("Go to a minute and second of the recording")),
        Binding("B", "mark", N_("Mark the place"), id="player.mark", show=False,
                tooltip=N_("Comment on the call at this second of its recording")),
        Binding("P", "played", N_("Played call"), id="player.call", tooltip=N_("Go to the call that is played"),
                show=False),
        Binding("s", "stop", N_("Stop"), id="player.stop", tooltip=N_("Stop and close the player"), show=False),
        Binding("w", "download", N_("Save recording"), id="player.download",
                tooltip=N_("Save the recording of the call with the cursor to files")),
        Binding("Z", "sound_way", N_("Way of sound"), id="player.way", show=False,
                tooltip=N_("How sound reaches you: here, through SSH, by a link or as a file")),
    ]  # fmt: skip
    _NEED_A_PLAYER = frozenset({"skip", "part", "speed", "volume", "silence", "go_to_second", "mark", "played", "stop"})

    @property
    def call(self) -> Call | None:
        """The call that is meant."""
        raise NotImplementedError

    def show_calls(self, ids: Sequence[int]) -> None:
        """Show calls by id."""
        raise NotImplementedError

    def commented(self, comment: Comment) -> None:
        """A comment was saved: show it."""

    @property
    def listening(self) -> Listening:
        """What the console listens to."""
        return self.console.listening

    @property
    def played(self) -> Call | None:
        """The call that is listened to."""
        so_far = self.console.listening_so_far
        return None if so_far is None else so_far.call

    def player_bar(self) -> Iterator[PlayerBar]:
        """The bar, for `compose`: none before anything was listened to."""
        if self.console.listening_so_far is not None:
            from screens.widgets.player_bar import PlayerBar

            yield PlayerBar(self.console.listening_so_far, id="player")

    def _show_bar(self) -> None:
        """Give the screen the bar that it was made without."""
        if not self.query("#player"):
            for bar in self.player_bar():
                self.mount(bar, before=self.status)

    def on_screen_resume(self) -> None:
        self._show_bar()

    def why_not(self, action: str) -> str:
        """Why an action is not possible."""
        if action in self._NEED_A_PLAYER and self.played is None:
            return _("nothing is played")
        if action == "mark" and not self.backend.session.may(Permission.COMMENT):
            return _("your role may not write comments")
        if action == "listen" and not (self.played and self.listening.playing):
            return self._why_not_listen()
        if action == "download":
            if not self.backend.session.may(Permission.DOWNLOAD):
                return _("your role may not download recordings")
            return "" if self._recorded else _("this call has no recording")
        return super().why_not(action)

    def _why_not_listen(self) -> str:
        if not self.backend.session.may(Permission.LISTEN):
            return _("your role may not listen to recordings")
        if self._recorded or self.played is not None:
            return ""
        return _("this call has no recording")

    @property
    def _recorded(self) -> bool:
        return self.call is not None and bool(self.call.marks & Mark.RECORDING)

    def action_listen(self) -> None:
        """What plays pauses; else the call with the cursor plays, and where it has no recording, the one before."""
        if self._refused("listen"):
            return
        heard, call = self.listening, self.call
        if heard.playing:
            heard.toggle()
        elif call is not None and self._recorded and (heard.call is None or heard.call.id != call.id or heard.problem):
            self._hear(call)
        else:
            heard.toggle()

    def _hear(self, call: Call) -> None:
        """Play the call in the way that was settled on; over SSH, where none is open, ask for one first."""
        from audio.outputs.ways import ways
        from screens.recordings.recording_words import FILE, LINK

        way = self.console.settings.sound
        if way == LINK:
            work(self, partial(self._link, call), "link")
        elif way == FILE:
            self.action_download()
        elif ways(os.environ, way):
            listening = self.listening
            self._show_bar()
            # The application's worker, not the screen's: it must not end with this screen.
            work(self.app, partial(listening.open, call), "listening", exclusive=False)
        else:
            self._ask_way(call)

    def action_sound_way(self) -> None:
        """Choose how sound reaches the listener; from the next recording on."""
        self._ask_way(None)

    def _ask_way(self, call: Call | None) -> None:
        from screens.recordings.sound_ways import SoundWaysDialog

        may_download = self.backend.session.may(Permission.DOWNLOAD)

        def chosen(way: str | None) -> None:
            if way is None:
                return
            self.console.keep("sound", way)
            if call is not None:
                self._hear(call)

        self.app.push_screen(SoundWaysDialog(self.console.settings.sound, may_download=may_download), chosen)

    async def _link(self, call: Call) -> None:
        """Show addresses by which the browser of the listener's computer plays the parts."""
        from screens.recordings.recording_file import link_to
        from screens.recordings.sound_ways import LinkDialog

        try:
            addresses, seconds = await link_to(self.backend, call.id)
        except BackendError as error:
            self._complain(error)
            return
        self.app.push_screen(LinkDialog(addresses, seconds))

    def action_skip(self, by: int) -> None:
        if not self._refused("skip"):
            self.listening.skip(by * STEP)

    def action_part(self, by: int) -> None:
        if not self._refused("part"):
            self.listening.change_part(by)

    def action_speed(self, by: int) -> None:
        if not self._refused("speed"):
            self.listening.change_speed(by)

    def action_volume(self, by: int) -> None:
        if not self._refused("volume"):
            self.listening.change_volume(by * LOUDER)

    def action_silence(self) -> None:
        if not self._refused("silence"):
            self.listening.turn_silence()

    def action_stop(self) -> None:
        if not self._refused("stop"):
            work(self.app, self.listening.close, "listening", exclusive=False)

    def action_played(self) -> None:
        """Go to the row of the call that is played, or open it where the filter does not show it."""
        call = self.played
        if not self._refused("played") and call is not None:
            work(self, partial(self._go_to, call.id), "played")

    async def _go_to(self, call_id: int) -> None:
        """The call by what it is now."""
        try:
            details = await self.backend.call(CallRequest(id=call_id))
        except BackendError as error:
            self._complain(error)
            return
        self.show_calls((details.call.id,))

    def action_mark(self) -> None:
        """Comment on the call that is played, with the second at which it was pressed."""
        call = self.played
        if not self._refused("mark") and call is not None:
            from screens.recordings.playing_time import playing_time

            place = self.listening.place
            at = playing_time(place.second)
            if len(self.listening.parts) > 1:
                at = _("part {index}, {time}").format(index=place.part + 1, time=at)
            work(self, partial(self._mark, call.id, f"[{at}]"), "mark")

    async def _mark(self, call_id: int, addition: str) -> None:
        from screens.calls.comment_editor import CommentEditor

        try:
            details = await self.backend.call(CallRequest(id=call_id))
        except BackendError as error:
            self._complain(error)
            return
        self.app.push_screen(CommentEditor(self.backend, details, addition), self._marked)

    def _marked(self, comment: Comment | None) -> None:
        if comment is not None:
            self.commented(comment)

    def action_go_to_second(self) -> None:
        """Ask for a minute and a second."""
        if self._refused("go_to_second"):
            return
        from audio.place import Place
        from screens.dialogs.time_dialog import TimeDialog

        place, shape = self.listening.place, self.listening.shape
        longest = int(shape.seconds) if shape is not None else 0

        def go(second: int | None) -> None:
            if second is not None:
                self.listening.seek(Place(place.part, second))

        self.app.push_screen(TimeDialog(int(place.second), longest), go)

    def on_player_bar_pointed(self, message: PlayerBar.Pointed) -> None:
        """The waveform was clicked."""
        from audio.place import Place

        heard, shape = self.listening, self.listening.shape
        if shape is not None:
            heard.seek(Place(heard.place.part, message.share * shape.seconds))

    def action_download(self) -> None:
        """Save the recording of the call with the cursor."""
        call = self.call
        if not self._refused("download") and call is not None:
            work(self, partial(self._download, call), "download", exclusive=False)

    async def _download(self, call: Call) -> None:
        from pathlib import Path

        from screens.recordings.recording_file import save_recording
        from screens.recordings.recording_words import fetch_command

        try:
            saved = await save_recording(self.backend, call.id, Path.cwd())
        except BackendError as error:
            self._complain(error)
            return
        except OSError as error:
            self.notify(_("The recording was not saved: {reason}").format(reason=error.strerror or error),
                        severity="warning", markup=False)  # fmt: skip
            return
        told = [_("Saved: {path}").format(path=path) for path in saved]
        commands = [fetch_command(str(path), os.environ) for path in saved]
        told += [_("On your computer: {command}").format(command=command) for command in commands if command]
        self.notify("\n".join(told), markup=False)
