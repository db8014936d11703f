"""The playing itself, inside the process that owns sound: parts, place, output, and what is told about them."""

from __future__ import annotations

import time
from collections.abc import Callable

from audio.failure import Problem
from audio.outputs.output import Output
from audio.outputs.ways import Way, open_output
from audio.parts import Parts
from audio.place import Place
from audio.protocol import Event, Failed, Load, State
from audio.reel import Reel
from audio.sound import Sound
from audio.stretch import FASTEST, SLOWEST

TICK = 0.05
"""Seconds between looks at the clock while something plays."""
SHORT_TICK = 0.01
"""While the first sound is waited for."""
COALESCE = 0.08
"""Seconds between two starts: seeks in between wait, and only the last of them is heard."""
_DRIFT = 0.03
_DRAIN = 0.1
"""Seconds that the device needs for what it has taken."""
_FIRST, _ENOUGH = 0.4, 1.0
"""Seconds that must have come before playing begins, and before it goes on after it ran dry."""
_LOST = 3.0
"""Seconds without a frame taken after which an output counts as lost."""
LOUDEST = 2.0


class Deck:
    """Plays the parts of one recording. Used by one thread; the parts are opened by another."""

    def __init__(self, load: Load, parts: Parts, tell: Callable[[Event], None]) -> None:
        self.opened = parts.opened
        self.silences = parts.silences
        self.playing = load.playing
        self._place = Place(load.part, load.second)
        self._ways = tuple(Way(way) for way in load.ways)
        self._tell = tell
        self._way: Way | None = None
        self._output: Output | None = None
        self._format = (0, 0)
        self._reel: Reel | None = None
        self._starved = False
        """The recording came too slowly once."""
        self._dirty = True
        """What plays is not what is wanted."""
        self._started = 0.0
        self._moved = (0.0, 0.0)
        """Frames heard, and when they last became more."""
        self._told = State(playing=False, part=0, second=0.0, speed=1.0, at=0.0)
        self.tune(load.speed, load.volume, load.skip_silence)

    # What is wanted

    def play(self) -> None:
        """Play on; from the beginning where the end was reached."""
        if not self.playing:
            sound = self.opened[self._place.part]
            at_end = isinstance(sound, Sound) and sound.complete and self._place.second >= sound.seconds - 0.05
            if at_end and self._place.part == len(self.opened) - 1:
                self._place = Place(0, 0.0)
            self.playing = self._dirty = True

    def pause(self) -> None:
        self._place = self.place
        self.playing = False
        self._halt()
        self._say()

    def seek(self, part: int, second: float) -> None:
        """Go to a place; beyond the end of a part is its end, an unknown part the last."""
        part = max(0, min(part, len(self.opened) - 1))
        sound = self.opened[part]
        longest = sound.seconds if isinstance(sound, Sound) else second
        self._place = Place(part, max(0.0, min(second, longest)))
        self._dirty = True
        if not self.playing:
            self._say()

    def tune(self, speed: float, volume: float, skip_silence: bool) -> None:
        self._place = self.place
        self.speed = max(SLOWEST, min(speed, FASTEST))
        self.volume = max(0.0, min(volume, LOUDEST))
        self.skip_silence = skip_silence
        self._dirty = True
        self._say()

    # What happens

    @property
    def place(self) -> Place:
        """What is heard now; while something else is wanted, the place wanted."""
        if self._reel is None or self._output is None or self._dirty:
            return self._place
        return self._reel.place_at(min(self._output.heard(), self._reel.made))

    @property
    def patience(self) -> float | None:
        """In how many seconds `settle` has to be called again; None: not before something is said."""
        if not self.playing:
            return None
        return SHORT_TICK if self._told.waiting else TICK

    def settle(self) -> None:
        """Bring what plays to what is wanted; look whether a part ended or the recording ran dry."""
        if not self.playing:
            return
        if self._dirty:
            if time.monotonic() - self._started >= COALESCE:
                self._start()
            return
        if self._reel is None or self._output is None:
            return
        heard, made = self._output.heard(), self._reel.made
        if self._stands_still(heard):
            self._place = self.place
            self._lose_output()
            self._dirty = True
            return
        if self._reel.ended and heard >= made + _DRAIN * self._reel.rate:
            self._part_ended()
        elif self._reel.starving and heard >= made:
            self._wait()
        else:
            self._check_told()
            self._reel.forget_before(heard - self._reel.rate)

    def close(self) -> None:
        self._halt()
        if self._output is not None:
            self._output.close()

    def _start(self) -> None:
        sound = self.opened[self._place.part]
        if sound is None or (isinstance(sound, Sound) and not self._is_there(sound)):
            if not self._told.waiting or not self._told.playing:
                self._halt()
                self._say(waiting=True)
            return
        if isinstance(sound, Problem):
            self._pass_over()
            return
        self._halt()
        if not self._has_output(sound):
            self.playing = False
            # The state first: who hears of the trouble finds that nothing plays any more.
            self._say()
            self._tell(Failed(Problem.NO_DEVICE))
            return
        assert self._output is not None
        self._reel = Reel(
            [one if isinstance(one, Sound) else None for one in self.opened], self._place,
            speed=self.speed, volume=self.volume, silences=self.silences if self.skip_silence else (),
        )  # fmt: skip
        try:
            self._output.start(self._reel.read)
        except OSError:
            self._lose_output()
            return
        self._started = time.monotonic()
        self._moved = (0.0, self._started)
        self._dirty = False
        self._say(delay=self._output.delay)

    def _is_there(self, sound: Sound) -> bool:
        ahead = _ENOUGH if self._starved else _FIRST
        return sound.complete or sound.frames / sound.rate >= self._place.second + ahead

    def _has_output(self, sound: Sound) -> bool:
        wanted = (sound.rate, sound.channels)
        if self._output is not None and self._format == wanted:
            return True
        if self._output is not None:
            self._output.close()
            self._output = None
        for way in self._ways:
            try:
                self._output = open_output(way, *wanted)
            except OSError:
                continue
            self._way, self._format = way, wanted
            return True
        return False

    def _lose_output(self) -> None:
        """The way was open and is not any more, as when a device is pulled out: the next one, at the next look."""
        self._output, self._reel = None, None
        self._ways = tuple(way for way in self._ways if way is not self._way)

    def _stands_still(self, heard: float) -> bool:
        """Whether the device has taken nothing for a while: it was pulled out, or its server has gone."""
        now = time.monotonic()
        if heard != self._moved[0]:
            self._moved = (heard, now)
        return now - self._moved[1] > _LOST

    def _halt(self) -> None:
        if self._output is not None:
            self._output.stop()
        self._reel = None

    def _part_ended(self) -> None:
        """The stream is over: parts of another format, or that were still being opened, begin a new one."""
        last = self.place.part
        self._halt()
        if last + 1 < len(self.opened):
            self._place, self._dirty, self._started = Place(last + 1, 0.0), True, 0.0
            return
        sound = self.opened[last]
        self._place = Place(last, sound.seconds if isinstance(sound, Sound) else 0.0)
        self.playing = False
        self._say(ended=True)

    def _pass_over(self) -> None:
        """This part cannot be heard; the one after it may."""
        part = self._place.part
        if part + 1 < len(self.opened):
            self._place = Place(part + 1, 0.0)
        else:
            self.playing = False
            self._halt()
            self._say(ended=True)

    def _wait(self) -> None:
        self._starved = True
        self._place = self.place
        self._halt()
        self._dirty = True
        self._say(waiting=True)

    # What is told

    def _check_told(self) -> None:
        """Where playing jumped (a part's end, a skipped silence), what was told does not hold any more."""
        place, told = self.place, self._told
        expected = told.second + (time.monotonic() - told.at) * told.speed
        if place.part != told.part or abs(place.second - expected) > _DRIFT:
            self._say()

    def _say(self, *, waiting: bool = False, ended: bool = False, delay: float = 0.0) -> None:
        place = self.place
        self._told = State(
            playing=self.playing, part=place.part, second=place.second, speed=self.speed, at=time.monotonic() + delay,
            way=self._way.value if self._way else "", waiting=waiting, ended=ended,
        )  # fmt: skip
        self._tell(self._told)
