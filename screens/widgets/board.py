"""A board of blocks: each has a title, the age of its data and lines; the cursor goes from number to number.

It draws its lines itself. Another content costs the lines that differ, and nothing is laid out but by the window.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region
from textual.strip import Strip

from backend_client.model.text import N_
from screens.message import FieldMessage
from screens.widgets.block_layout import GAP, Placed
from screens.widgets.painted import Painted, Piece, fit
from screens.words import CURSOR, Role


class Cell(NamedTuple):
    """A text in a block. What `opens` something begins with a blank, in which the cursor is drawn."""

    text: str
    role: Role = Role.PLAIN
    opens: object = None
    key: Hashable = None
    """By what the cursor finds it again when the block is drawn anew."""


Line = Sequence[Cell]


@dataclass(frozen=True)
class Frame:
    """What a block shows. `dim`: its data cannot be trusted any more; then `note` says since when."""

    title: str
    lines: Sequence[Line] = ()
    note: str = ""
    short_note: str = ""
    """The note where there is no room for all of it."""
    note_role: Role = Role.MUTED
    dim: bool = False
    ascii: bool = False


class Spot(NamedTuple):
    """A place that the cursor can be at, in cells of the board."""

    block: Hashable
    key: Hashable
    x: int
    y: int
    width: int
    opens: object


class Board(Painted, can_focus=True):
    """Blocks side by side and one under the other."""

    DEFAULT_CSS = """
    Board { height: 1fr; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "go(1, 0)", N_("Right"), id="board.right", tooltip=N_("The number to the right"),
                show=False),
        Binding("left,h", "go(-1, 0)", N_("Left"), id="board.left", tooltip=N_("The number to the left"), show=False),
        Binding("down,j", "go(0, 1)", N_("Down"), id="board.down", tooltip=N_("The number below"), show=False),
        Binding("up,k", "go(0, -1)", N_("Up"), id="board.up", tooltip=N_("The number above"), show=False),
        Binding("tab", "block(1)", N_("Next block"), id="board.next", tooltip=N_("To the next block"), show=False),
        Binding("shift+tab", "block(-1)", N_("Block before"), id="board.previous", tooltip=N_("To the block before"),
                show=False),
        Binding("enter", "choose", N_("Calls"), id="board.open", tooltip=N_("Open the calls behind the number")),
    ]  # fmt: skip

    class Chosen(FieldMessage):
        """What a number opens is asked for."""

        spot: Spot

    class Resized(FieldMessage):
        """The room changed: blocks have to be placed anew."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ascii = False
        self.placed: tuple[Placed, ...] = ()
        self.spots: Sequence[Spot] = ()
        self._frames: Mapping[Hashable, Frame] = {}
        self._drawn: dict[Hashable, list[list[Piece]]] = {}
        self._here: tuple[Hashable, Hashable] | None = None

    @property
    def spot(self) -> Spot | None:
        """Where the cursor is."""
        return next((spot for spot in self.spots if (spot.block, spot.key) == self._here), None)

    def place(self, placed: Sequence[Placed]) -> None:
        """Other places; what stands in them is shown next."""
        self.placed = tuple(placed)
        self._drawn = {}
        self.refresh()

    def show(self, frames: Mapping[Hashable, Frame]) -> None:
        """Other contents of some blocks; only lines that differ are drawn."""
        before = self.spot
        self._frames = {**self._frames, **frames}
        spots = [spot for spot in self.spots if spot.block not in frames]
        for place in self.placed:
            if place.id in frames:
                spots += _spots(place, self._frames[place.id])
        self.spots = sorted(spots, key=lambda spot: (spot.y, spot.x))
        if self.spot is None and self.spots:
            near = self.spots[0] if before is None else min(self.spots, key=lambda spot: _distance(spot, before))
            self._here = (near.block, near.key)
        self._draw(frames)

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    # Moving

    def action_go(self, right: int, down: int) -> None:
        """The next number in a direction."""
        here = self.spot
        if here is None:
            return
        ahead = [s for s in self.spots if (s.x - here.x) * right + (s.y - here.y) * down > 0]
        # What lies straight ahead is nearer than what lies aside; a cell is half as wide as it is high.
        aside = 6 if right else 3
        nearest = min(
            ahead,
            key=lambda s: abs(s.x - here.x) * (1 if right else aside) / 2 + abs(s.y - here.y) * (aside if right else 1),
            default=None,
        )
        if nearest is not None:
            self._go(nearest)

    def action_block(self, by: int) -> None:
        """The first number of the next block that has one."""
        order = [place.id for place in self.placed if any(spot.block == place.id for spot in self.spots)]
        if order:
            at = order.index(self._here[0]) if self._here and self._here[0] in order else -by
            wanted = order[(at + by) % len(order)]
            self._go(next(spot for spot in self.spots if spot.block == wanted))

    def action_choose(self) -> None:
        """Open what the number here stands for."""
        if (spot := self.spot) is not None:
            self.post_message(self.Chosen(spot))

    def on_click(self, event: Click) -> None:
        """A click moves the cursor, a second one opens."""
        for spot in self.spots:
            if spot.y == event.y and spot.x <= event.x < spot.x + spot.width:
                if spot == self.spot:
                    self.action_choose()
                else:
                    self._go(spot)
                return

    def _go(self, spot: Spot) -> None:
        before = self._here
        self._here = (spot.block, spot.key)
        self._draw({block: None for block in (spot.block, before[0] if before else spot.block)})

    # Drawing

    def _draw(self, blocks: Mapping[Hashable, object]) -> None:
        """Make the lines of some blocks anew, and refresh those that differ."""
        regions = []
        for place in self.placed:
            if place.id not in blocks or place.id not in self._frames:
                continue
            new = self._block(place)
            old = self._drawn.get(place.id, [])
            for line, pieces in enumerate(new):
                if line >= len(old) or old[line] != pieces:
                    regions.append(Region(place.x, place.y + line, place.width, 1))
            self._drawn[place.id] = new
        if regions:
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn = {}

    def _block(self, place: Placed) -> list[list[Piece]]:
        """All lines of a block, each exactly as wide as it is."""
        frame = self._frames[place.id]
        here = self._here[1] if self._here and self._here[0] == place.id else None
        lines = [_head(frame, place.width)]
        for line in frame.lines[: place.height - 1]:
            pieces: list[Piece] = []
            left = place.width
            for cell in line:
                if left <= 0:
                    break
                shown, role = cell.text, Role.MUTED if frame.dim else cell.role
                if cell.opens is not None:
                    # The cursor is in view where the keys are.
                    mark = CURSOR.mark(self.ascii) if cell.key == here and here is not None else " "
                    pieces.append((mark, CURSOR.role))
                    left -= 1
                wide = cell_len(shown)
                if wide > left:
                    shown, wide = fit(shown, left), left
                pieces.append((shown, role))
                left -= wide
            pieces.append((" " * max(0, left), Role.PLAIN))
            lines.append(pieces)
        lines += [[(" " * place.width, Role.PLAIN)]] * (place.height - len(lines))
        return lines

    def render_lines(self, crop: Region) -> list[Strip]:
        """Straight from the pieces: Textual would keep every line and each of its parts, 1.5 MB after a while."""
        return [self.render_line(y).crop(crop.x, crop.right) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        pieces: list[Piece] = []
        used = 0
        for place in self.placed:
            if not place.y <= y < place.y + place.height:
                continue
            drawn = self._drawn.get(place.id)
            if drawn is None:
                if place.id not in self._frames:
                    continue
                drawn = self._drawn[place.id] = self._block(place)
            pieces.append((" " * (place.x - used), Role.PLAIN))
            pieces += drawn[y - place.y]
            used = place.x + place.width
        return self.strip(pieces, width)


def _head(frame: Frame, width: int) -> list[Piece]:
    """Title, a rule, and the age of what stands below."""
    note = f" {frame.note}" if frame.note else ""
    if cell_len(frame.title) + cell_len(note) + 2 > width and frame.short_note:
        note = f" {frame.short_note}"
    if cell_len(note) > width - GAP:
        note = fit(note, width - GAP)
    title = f"{frame.title} "
    room = width - cell_len(note)
    if cell_len(title) > room:
        title = fit(title, room)
    rule = ("-" if frame.ascii else "─") * (room - cell_len(title))
    return [(title, Role.MUTED if frame.dim else Role.TITLE), (rule, Role.MUTED), (note, frame.note_role)]


def _spots(place: Placed, frame: Frame) -> list[Spot]:
    found = []
    for number, line in enumerate(frame.lines[: place.height - 1], 1):
        x = 0
        for cell in line:
            width = cell_len(cell.text) + (cell.opens is not None)
            if cell.opens is not None and x < place.width:
                found.append(Spot(place.id, cell.key, place.x + x, place.y + number, width, cell.opens))
            x += width
    return found


def _distance(spot: Spot, other: Spot) -> int:
    return abs(spot.x - other.x) + 2 * abs(spot.y - other.y) + (0 if spot.block == other.block else 1000)
