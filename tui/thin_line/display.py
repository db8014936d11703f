"""`ThinDisplay`: an app that hands its updates to a `ThinDriver` as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from textual.app import App, ReturnType

from tui.thin_line.driver import ThinDriver
from tui.thin_line.frame import Frame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen


class ThinDisplay(App[ReturnType], Generic[ReturnType]):
    """Before the sequences are made that a `ThinDriver` would have to take apart again."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if isinstance(driver, ThinDriver) and self._running and not self._closed and not self._batch_count:
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            frame = Frame.of(renderable, cursor, self.console, at_once=self._sync_available)
            if frame is not None:
                self._previous_cursor_position = cursor
                driver.show(frame)
                return
        super()._display(screen, renderable)
