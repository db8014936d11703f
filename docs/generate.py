"""Writes docs/keys.md and docs/commands.md from the code.

python -m docs.generate [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from textual.screen import Screen

from tui import keymap
from tui.cli import build
from tui.keymap import BoundKey

FOLDER = Path(__file__).parent
WIDTH = 96


def keys() -> str:
    """The sheet of keys: a table a place."""
    lines = [
        "# Keys",
        "",
        "Written by `python -m docs.generate`. `?` in the console shows the keys of the screen that you are on, and "
        "`pult keys` those in force with your own.",
        "",
        "A letter is its place on the keyboard: with a Russian or Ukrainian layout the same keys act, "
        "so that `s`, `ы` and `і` are one.",
        "",
        "Your own keys stand in `~/.config/pult/keymap.toml`, one line an action; `pult keys` checks them:",
        "",
        "```toml",
        '"app.quit" = "ctrl+x"',
        '"filter.export" = ["ctrl+e", "e"]',
        "```",
    ]
    for place, bound in _by_place().items():
        lines += ["", f"## {place}", "", "| Action | Keys | What it does |", "|---|---|---|"]
        lines += [_key_row(one) for one in bound]
    return "\n".join(lines) + "\n"


def _by_place() -> dict[str, list[BoundKey]]:
    places: dict[str, list[BoundKey]] = {}
    for bound in keymap.all_bindings().values():
        places.setdefault(_place_name(bound.owner), []).append(bound)
    return places


def _place_name(owner: type) -> str:
    if not issubclass(owner, Screen) and owner.__module__ == "tui.app":
        return "Everywhere"
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in owner.__name__).strip()
    return words.removesuffix(" screen").capitalize()


def _key_row(bound: BoundKey) -> str:
    _id, shown, title = next(iter(keymap.sheet([bound])))
    pressed = " ".join(f"`{key}`" for key in shown.replace("|", "\\|").split())
    return f"| `{bound.binding.id}` {title} | {pressed} | {bound.binding.tooltip} |"


def commands() -> str:
    """What every command says for --help."""
    group = build()
    lines = ["# Commands", "", "Written by `python -m docs.generate`.", ""]
    lines += [
        "Exit codes: 0 fine, 1 failed, 2 wrong usage, 130 interrupted. Data goes to stdout, talk to stderr.",
        "A failure is two lines: what, and what to do.",
    ]
    for name, text in _helps(group):
        lines += ["", f"## {name}", "", "```", text, "```"]
    return "\n".join(lines) + "\n"


def _helps(group: click.Group) -> Iterator[tuple[str, str]]:
    context = click.Context(group, info_name="pult", terminal_width=WIDTH, max_content_width=WIDTH)
    yield "pult", group.get_help(context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, context, name, terminal_width=WIDTH, max_content_width=WIDTH)
        yield f"pult {name}", command.get_help(inner)


PAGES = {"keys.md": keys, "commands.md": commands}


def main() -> None:
    """Write the pages; with --check only say, by the exit code, whether they are up to date."""
    stale = []
    for name, write in PAGES.items():
        path, text = FOLDER / name, write()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"not up to date: {', '.join(stale)}. Write them with: python -m docs.generate")


if __name__ == "__main__":
    main()
