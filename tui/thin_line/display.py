"""`ThinDisplay`: an app that hands its updates to a `ThinDriver` as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from textual.app import App, ReturnType
from textual.filter import ANSIToTruecolor

from tui.thin_line.driver import ThinDriver
from tui.thin_line.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual.filter import LineFilter
    from textual.screen import Screen


class ThinDisplay(App[ReturnType], Generic[ReturnType]):
    """Before the sequences are made that a `ThinDriver` would have to take apart again."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without the one that makes true colours of the terminal's own: it looks at every piece of every strip, where
        a `ThinDriver` looks at every style once. What shimmers through a screen is mixed before it comes there."""
        filters = super().get_line_filters()
        return [] if self._recolour_of(filters) is not None and self.screen.styles.background.a == 1 else filters

    def _recolour_of(self, filters: Sequence[LineFilter]) -> ANSIToTruecolor | None:
        """The filter that the driver can stand in for, where it is the only one."""
        match filters:
            case [ANSIToTruecolor() as only] if isinstance(self._driver, ThinDriver):
                return only
        return None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if isinstance(driver, ThinDriver) and self._running and not self._closed and not self._batch_count:
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            background = self.screen.background_colors[1]
            frame = Frame.of(
                renderable, cursor, self.console,
                at_once=self._sync_available, recolour=self._recolour_of(super().get_line_filters()),
                background=background,
            )  # fmt: skip
            if frame is not None:
                self._previous_cursor_position = cursor
                driver.show(frame)
                return
        super()._display(screen, renderable)
