"""The player: who is heard, where in the recording, how, and its waveform; hidden while nothing is listened to."""

from __future__ import annotations

from typing import ClassVar

from textual.events import Click
from textual.strip import Strip
from textual.timer import Timer

from backend_client.model.status import Direction
from backend_client.model.text import N_
from screens.actions import shown_keys
from screens.language import _
from screens.message import FieldMessage
from screens.pace import is_slow
from screens.recordings.listening import Listening
from screens.recordings.playing_time import playing_time
from screens.recordings.recording_words import WAYS
from screens.widgets.braille import lane
from screens.widgets.painted import Painted, Piece, Pieces, fit, width_of
from screens.words import Role, client_text, employees_text

PERIOD = 0.5
"""Seconds between two looks at the position while something plays."""
SPEAKERS_FROM = 60
"""Cells from which there is room for who speaks."""
SLOW_BEATS = 10
"""Of so many looks one is drawn on a slow line."""
_SIGNS: dict[str, tuple[str, Role]] = {
    "playing": ("►", Role.GOOD), "paused": ("‖", Role.MUTED), "waiting": ("…", Role.WARNING),
}  # fmt: skip
_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("player.play",), N_("pause")),
    (("player.back", "player.forward"), N_("10 s")),
    (("player.slower", "player.faster"), N_("speed")),
    (("player.stop",), N_("stop")),
    (("player.previous-part", "player.next-part"), N_("part")),
    (("player.call",), N_("call")),
)
"""Ids of bindings and the word for them, the most wanted first."""


class PlayerBar(Painted):
    """Three lines over the status line. It draws what a `Listening` tells, and sends where was clicked."""

    DEFAULT_CSS = """
    PlayerBar { height: 3; background: $surface; display: none; }
    PlayerBar.-open { display: block; }
    """
    HEIGHT: ClassVar[int] = 3

    class Pointed(FieldMessage):
        """A place of the waveform was clicked: 0 is its beginning, 1 its end."""

        share: float

    def __init__(self, listening: Listening, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listening = listening
        self._timer: Timer | None = None
        self._drawn: list[list[Piece]] = []
        self._keys: list[Pieces] = []
        self._beats = 0
        self._waves: tuple[object, list[str]] = (None, [])

    def on_mount(self) -> None:
        self._timer = self.set_interval(PERIOD, self._beat, pause=True)
        self._listening.watchers.add(self.show)
        self.show()

    def on_unmount(self) -> None:
        self._listening.watchers.discard(self.show)

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Draw what is heard now; nothing is written where nothing changed."""
        open_ = self._listening.call is not None
        self.set_class(open_, "-open")
        if self._timer is not None:
            (self._timer.resume if self._listening.playing else self._timer.pause)()
        if open_:
            if not self._keys and self.screen.is_current:
                self._keys = self._read_keys()
            self._tick()

    def _beat(self) -> None:
        self._beats += 1
        if not is_slow(self) or self._beats % SLOW_BEATS == 0:
            self._tick()

    def _tick(self) -> None:
        if not self.screen.is_current or not self.size.width:
            return
        drawn = [self._title(), *self._wave()]
        for y, (line, before) in enumerate(zip(drawn, [*self._drawn, *[None] * self.HEIGHT], strict=False)):
            if line != before:
                self.refresh_line(y)
        self._drawn = drawn

    def refresh_line(self, y: int) -> None:
        """Draw one line again."""
        from textual.geometry import Region

        self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        line: Pieces = self._drawn[y] if y < len(self._drawn) else ()
        return self.strip(line, self.size.width)

    def _title(self) -> list[Piece]:
        """Sign, time, who, how; what there is no room for is cut off at the right."""
        heard, call = self._listening, self._listening.call
        state, shape, place = heard.state, heard.shape, heard.place
        if call is None:
            return []
        sign = "waiting" if state is not None and state.playing and state.waiting else "paused"
        sign = "playing" if heard.playing and sign != "waiting" else sign
        glyph, role = _SIGNS[sign]
        line: list[Piece] = [(f" {glyph} ", role)]
        if shape is not None:
            line.append((f"{playing_time(place.second)} / {playing_time(shape.seconds)}", Role.PLAIN))
        line.append((f"  {client_text(call)} : {employees_text(call)}", Role.TITLE))
        if len(heard.parts) > 1:
            text = _("part {index} of {count}").format(index=place.part + 1, count=len(heard.parts))
            line.append((f"  {text}", Role.PLAIN))
        if heard.speed != 1.0:
            line.append((f"  ×{heard.speed:g}", Role.ACCENT))
        if heard.volume != 1.0:
            line.append(("  " + _("volume {percent} %").format(percent=round(heard.volume * 100)), Role.ACCENT))
        if heard.skip_silence:
            line.append(("  " + _("without silence"), Role.ACCENT))
        if state is not None and state.way in WAYS:
            line.append(("  " + _("sound: {way}").format(way=_(WAYS[state.way])), Role.MUTED))
        return self._with_keys(line)

    def _with_keys(self, line: list[Piece]) -> list[Piece]:
        """The keys at the right, as many as there is room for."""
        room = self.size.width - width_of(line) - 1
        shown: list[Piece] = []
        for group in self._keys:
            if width_of(group) + 2 > room:
                break
            shown += [("  ", Role.PLAIN), *group]
            room -= width_of(group) + 2
        return [*line, (" " * room, Role.PLAIN), *shown] if shown else line

    def _read_keys(self) -> list[Pieces]:
        """Keys that the person has for what matters here."""
        bound = shown_keys(self.screen)
        return [
            [("".join(bound[one] for one in ids), Role.ACCENT), (f" {_(word)}", Role.MUTED)]
            for ids, word in _KEYS
            if all(one in bound for one in ids)
        ]

    def _wave(self) -> list[list[Piece]]:
        """Two lines: a lane a channel, or one lane twice as high; what was heard in colour. Or why there is none."""
        heard, width = self._listening, self.size.width
        if heard.problem:
            text = heard.problem
            first = fit(text, width - 2).removesuffix("…") if len(text) > width - 2 else text
            return [[(f" {first}", Role.WARNING)], [(f" {fit(text[len(first) :], width - 2)}", Role.WARNING)]]
        shape = heard.shape
        if shape is None or not shape.seconds:
            return [[(" " + _("The recording is being opened …"), Role.MUTED)], []]
        names = self._speakers(shape.channels, width)
        margin = max(map(len, names), default=0)
        width -= margin
        done = round(width * min(1.0, heard.place.second / shape.seconds))
        return [
            [(name.ljust(margin), Role.PLAIN), (line[:done], Role.ACCENT), (line[done:], Role.MUTED)]
            for name, line in zip(names, self._lanes(width), strict=True)
        ]

    def _speakers(self, channels: int, width: int) -> list[str]:
        """Who speaks on which lane, where two channels are there and the store says which is whose."""
        heard, call = self._listening, self._listening.call
        if channels < 2 or not heard.first_channel or call is None or width < SPEAKERS_FROM:
            return ["", ""]
        if call.direction is Direction.INTERNAL:
            lanes = [_("caller"), _("callee")]
            as_written = heard.first_channel in ("caller", "client")
        else:
            lanes = [_("client"), _("employee")]
            outer = "caller" if call.direction is Direction.INCOMING else "callee"
            as_written = heard.first_channel in ("client", outer)
        return [f" {speaker} " for speaker in (lanes if as_written else reversed(lanes))]

    def _lanes(self, width: int) -> list[str]:
        """The waveform's cells, kept until the part or the width is another."""
        shape = self._listening.shape
        key = (id(shape), width)
        if shape is not None and self._waves[0] != key:
            if not shape.columns:
                lines = [" " * width, "─" * width]
            elif shape.channels == 1:
                lines = lane(shape.columns, width, rows=2)
            else:
                lines = [lane(shape.columns[side :: shape.channels], width)[0] for side in (0, 1)]
            self._waves = (key, lines)
        return self._waves[1]

    def on_click(self, event: Click) -> None:
        event.stop()
        shape = self._listening.shape
        margin = max(map(len, self._speakers(shape.channels if shape else 0, self.size.width)))
        if event.y and self.size.width > margin:
            self.post_message(self.Pointed(max(0, event.x - margin) / (self.size.width - margin)))
