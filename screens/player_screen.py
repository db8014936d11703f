"""Lists of calls with a player."""

from __future__ import annotations

from screens.opening import OpeningScreen
from screens.player_keys import PlayerKeys


class PlayerScreen(OpeningScreen, PlayerKeys):
    """The base of screens from whose calls recordings are heard."""
