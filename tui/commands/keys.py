"""`pult keys`: the keys in force, and what is wrong with one's own."""

from __future__ import annotations

import json

import click

from screens.language import _


@click.command(
    "keys",
    short_help=_("Show the keys in force and check your own."),
    help=_("Show the keys in force and check your own keymap file.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult keys\n  pult keys --json",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON object"))
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Print the map; exit code 1 where the keymap file has something wrong in it."""
    from tui import keymap, places

    known = keymap.all_bindings()
    own = keymap.load()
    rows = keymap.sheet(keymap.effective(own.keys, known).values())
    if as_json:
        names = {name: {"keys": keys.split(), "does": does} for name, keys, does in rows}
        click.echo(json.dumps({"keys": names, "problems": own.problems}, ensure_ascii=False, indent=2))
    else:
        name_width, key_width = (max(len(row[column]) for row in rows) for column in (0, 1))
        for name, keys, does in rows:
            click.echo(f"{name:<{name_width}}  {keys:<{key_width}}  {does}")
        click.echo(_("Your own keys: {path}").format(path=places.keymap_file()), err=True)
        click.echo(_("One line an action, such as {example}").format(example='"filter.search" = "ctrl+f"'), err=True)
    for problem in own.problems:
        click.echo(problem, err=True)
    ctx.exit(1 if own.problems else 0)
