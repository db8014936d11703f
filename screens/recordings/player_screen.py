"""Lists of calls with a player."""

from __future__ import annotations

from screens.calls.opening import OpeningScreen
from screens.recordings.player_keys import PlayerKeys


class PlayerScreen(OpeningScreen, PlayerKeys):
    """The base of screens from whose calls recordings are heard."""
