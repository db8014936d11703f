"""The panel that keeps a call's details in view."""

from __future__ import annotations

from backend_client.model.call import CallDetails
from screens.widgets.columns import Look
from screens.widgets.lines_panel import LinesPanel


class DetailsPanel(LinesPanel):
    """The details of one call."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.details: CallDetails | None = None
        self._look: Look | None = None

    def show(self, details: CallDetails, look: Look) -> None:
        """Show another call, or the same one changed: then the place in it stays."""
        top = self.details is None or details.call.id != self.details.call.id
        self.details, self._look = details, look
        self._draw(top=top)

    def say(self, text: str) -> None:
        self.details = None
        super().say(text)

    def lay_out(self) -> None:
        self._draw(top=False)

    def _draw(self, *, top: bool) -> None:
        if self.details is not None and self._look is not None:
            # 2 ms, which the first paint has no need of.
            from screens.widgets.details_text import details_lines

            self.write(details_lines(self.details, self._look, self.text_width), top=top)
