"""Where Pult keeps things: the folders of the XDG specification, made for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from backend_client.errors import Forbidden
from backend_client.model.text import N_

APPLICATION = "pult"


def _base(variable: str, default: str) -> Path:
    """A folder of the XDG specification; relative values are to be ignored, it says."""
    value = Path(os.environ.get(variable, ""))
    return (value if value.is_absolute() else Path.home() / default) / APPLICATION


def data_folder() -> Path:
    """Stores."""
    return _base("XDG_DATA_HOME", ".local/share")


def config_folder() -> Path:
    """settings.toml and keymap.toml."""
    return _base("XDG_CONFIG_HOME", ".config")


def state_folder() -> Path:
    """Logs and reports of rejected rows."""
    return _base("XDG_STATE_HOME", ".local/state")


def cache_folder() -> Path:
    """What can be made again: the demo store."""
    return _base("XDG_CACHE_HOME", ".cache")


def make(folder: Path) -> Path:
    """The folder, made if need be, readable by its owner alone. Raises Forbidden where it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Forbidden(
            N_("The folder {path} cannot be made: {reason}"),
            N_("Make it, or let the XDG variables name another."),
            path=folder, reason=error.strerror,
        ) from error  # fmt: skip
    return folder


def own_store() -> Path:
    """The store that `pult` opens when none is named."""
    return data_folder() / "pult.sqlite"


def demo_store() -> Path:
    """The store of `pult demo`."""
    return cache_folder() / "demo.sqlite"


def live_demo_store() -> Path:
    """The store into which `pult demo --live` plays."""
    return cache_folder() / "demo-live.sqlite"


def settings_file() -> Path:
    """The personal settings."""
    return config_folder() / "settings.toml"


def tokens_file() -> Path:
    """The tokens of servers, where there is no keyring."""
    return data_folder() / "tokens.json"


def keymap_file() -> Path:
    """The person's own keys."""
    return config_folder() / "keymap.toml"
