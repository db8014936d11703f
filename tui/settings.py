"""Personal settings: one TOML file; every field has a default that needs no file."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from backend_client.errors import Forbidden, Invalid
from backend_client.model.text import N_
from tui import places

THEMES = ("dark", "light", "ansi", "colour-blind", "mono")
LANGUAGES = ("en", "uk", "ru")
SOUND = ("alsa", "device", "forwarded", "silent", "link", "file")
DIAL = ("tel", "command", "ami")
LINES = ("slow", "fast")
ALERT = ("bell", "desktop", "command")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True):
    """What a person may choose for themselves on this machine."""

    language: str = ""
    """en, uk or ru; blank follows the environment (LC_ALL, LC_MESSAGES, LANG)."""
    theme: str = ""
    """dark, light, ansi, colour-blind or mono; blank is dark, or mono where NO_COLOR is set."""
    status_names: str = "statuses"
    """"statuses" shows the 13 statuses, "families" the five short names (Accepted, Lost …)."""
    columns: tuple[str, ...] = ()
    """Columns of the journal in order, by name; empty lets the width of the window choose."""
    details_panel: bool = False
    """Details stand in a panel at the side; otherwise Enter opens them under the row."""
    numbers: str = "national"
    """"national" shows numbers of the home country as they are dialled there, "international" all with +country."""
    registration: str = "form"
    """"form" registers a caller with a name and Enter, "card" with the full card."""
    acting_as: dict[str, str] = {}
    """Path of a store → login, extension or name of the employee who you are there, where your system login tells
    nobody; asked once a store."""
    sound: str = ""
    """How recordings are heard: alsa, device, forwarded or silent; link shows a link for a browser, file saves;
    blank takes the best way there is."""
    dial: str = ""
    """How a number is called: "tel" (the desktop's telephone), "command" (dial-command) or "ami" (the exchange rings
    the own phone first); blank: numbers are only copied."""
    dial_command: tuple[str, ...] = ()
    """Program and arguments; the argument "{number}" stands for the number. No shell reads them."""
    dial_ami: str = ""
    """Address of the exchange's manager interface, ami://user@host:5038; its password is PULT_AMI_SECRET."""
    dial_channel: str = ""
    """The own phone as the exchange names it: PJSIP/201."""
    dial_context: str = "from-internal"
    """Where the exchange's dialplan takes numbers that the own phone dials."""
    blocks: tuple[str, ...] = ()
    """Blocks of the dashboard in order, by name; empty shows all that your role may see."""
    wall: bool = False
    """The dashboard is drawn in large digits, for a screen on a wall."""
    dashboard_bell: bool = False
    """The terminal's bell when something on the dashboard goes wrong."""
    alert: str = ""
    """How a new line of the missed-call queue is told, whatever screen is shown: "bell", "desktop" (a notification
    that the terminal shows) or "command" (alert-command); blank: not at all."""
    alert_command: tuple[str, ...] = ()
    """Program and arguments; the argument "{text}" stands for what happened. No shell reads them."""
    line: str = ""
    """"slow" saves bytes: fewer colours, no seconds, changes together; "fast" does not; blank measures the line."""
    mouse: bool = True
    """The console follows the mouse."""


def _check(settings: Settings) -> Settings:
    for value, allowed, name in (
        (settings.language, ("", *LANGUAGES), "language"),
        (settings.theme, ("", *THEMES), "theme"),
        (settings.sound, ("", *SOUND), "sound"),
        (settings.dial, ("", *DIAL), "dial"),
        (settings.alert, ("", *ALERT), "alert"),
        (settings.line, ("", *LINES), "line"),
        (settings.status_names, ("statuses", "families"), "status-names"),
        (settings.registration, ("form", "card"), "registration"),
        (settings.numbers, ("national", "international"), "numbers"),
    ):
        if value not in allowed:
            raise ValueError(f"{name}: {value!r}, not one of {', '.join(filter(None, allowed))}")
    return settings


def load(path: Path | None = None) -> Settings:
    """The settings of this person; the defaults where there is no file.

    Raises Invalid that names the file and the field.
    """
    path = path or places.settings_file()
    try:
        return _check(msgspec.toml.decode(path.read_bytes(), type=Settings))
    except FileNotFoundError:
        return Settings()
    except (msgspec.DecodeError, ValueError, OSError) as error:
        raise Invalid(
            N_("The settings in {path} cannot be read: {reason}"),
            N_("Mend the file, or delete it to start from the defaults."),
            path=path,
            reason=error,
        ) from error


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings whole or not at all. Raises Forbidden where they cannot be written."""
    path = path or places.settings_file()
    places.make(path.parent)
    lines = [f"{name} = {_toml(value)}\n" for name, value in msgspec.to_builtins(settings).items()]
    new = path.with_suffix(".new")
    try:
        new.write_text("".join(lines), encoding="utf-8")
        os.replace(new, path)
    except OSError as error:
        raise Forbidden(N_("{path} cannot be written: {reason}."), path=path, reason=error.strerror) from error


def _toml(value: object) -> str:
    """A TOML value of the few kinds that settings have: JSON writes all but tables alike."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(name)} = {_toml(inner)}" for name, inner in value.items()) + "}"
    return msgspec.json.encode(value).decode()
