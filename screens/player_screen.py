"""Lists of calls with a player."""

from __future__ import annotations

from screens.opening import OpeningScreen
from screens.player_keys import PlayerKeys


class PlayerScreen(OpeningScreen, PlayerKeys):
    """The base of screens from whose calls recordings are heard."""

    def why_not(self, action: str) -> str:
        return PlayerKeys.why_not(self, action) or super().why_not(action)
