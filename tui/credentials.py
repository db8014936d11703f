"""Tokens of servers that the person signed in to: in the keyring of the desktop, else in a file for their eyes only."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import msgspec

from backend_client.errors import Invalid
from backend_client.model.text import N_
from tui import places

_SERVICE = "pult"


def token_for(url: str) -> str:
    """The token for a server: of the environment (PULT_TOKEN, for scripts), the keyring or the file; blank: none."""
    return os.environ.get("PULT_TOKEN", "") or _from_keyring(url) or _load().get(url, "")


def keep(url: str, token: str) -> str:
    """Keep a token; where it is kept, for a person to read."""
    if _to_keyring(url, token):
        return "keyring"
    _save({**_load(), url: token})
    return str(places.tokens_file())


def forget(url: str) -> None:
    """Keep no token for a server any more."""
    _drop_from_keyring(url)
    kept = _load()
    if kept.pop(url, None) is not None:
        _save(kept)


def _load() -> dict[str, str]:
    path = places.tokens_file()
    try:
        if path.stat().st_mode & 0o077:
            raise Invalid(
                N_("Others may read your tokens in {path}."),
                N_("Make it yours alone: chmod 600 {path}. Then sign in anew, for they may have been read."),
                path=path,
            )
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, OSError) as error:
        raise Invalid(
            N_("The tokens in {path} cannot be read."), N_("Delete the file and sign in again: pult login"), path=path
        ) from error


def _save(tokens: dict[str, str]) -> None:
    path = places.tokens_file()
    places.make(path.parent)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(new, "xb", opener=_private) as file:
        file.write(msgspec.json.encode(tokens))
    os.replace(new, path)


def _private(name: str | Path, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _usable_keyring() -> bool:
    # 60 ms to import where it is installed; no dependency of Pult. A machine without a desktop has no keyring.
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) and find_spec("keyring") is not None


def _from_keyring(url: str) -> str:
    if not _usable_keyring():
        return ""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, url) or ""
    except KeyringError:
        return ""


def _to_keyring(url: str, token: str) -> bool:
    if not _usable_keyring():
        return False
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, url, token)
    except KeyringError:
        return False
    return True


def _drop_from_keyring(url: str) -> None:
    if not _usable_keyring():
        return
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(_SERVICE, url)
    except KeyringError:
        return
