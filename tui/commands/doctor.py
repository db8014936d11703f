"""`pult doctor`: is everything there that Pult needs, and what to do where it is not."""

from __future__ import annotations

import click
import msgspec

from backend_client.model.text import N_
from screens.language import _, pgettext
from tui.invocation import Invocation, pass_invocation

PARTS = {
    "store": N_("store"),
    "audit": N_("audit"),
    "sources": N_("sources"),
    "imports": N_("imports"),
    "data": N_("data"),
    "terminal": N_("terminal"),
    "sound": N_("sound"),
    "languages": N_("languages"),
    "settings": N_("settings"),
    "keys": N_("keys"),
    "versions": N_("versions"),
}
"""Words for what was looked at; in JSON it keeps its name."""


@click.command(
    "doctor",
    short_help=_("Check the store, the terminal, sound, languages and versions."),
    help=_("Check the store, the terminal, sound, languages and versions; each line is fine or says what to do.")
    + "\n\n\b\n" + _("Examples:") + "\n  pult doctor\n  pult --store /srv/calls.sqlite doctor --json",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help=_("one JSON array"))
@click.pass_context
@pass_invocation
def command(invocation: Invocation, ctx: click.Context, as_json: bool) -> None:
    """Print the findings; exit code 1 where something is wrong."""
    from tui.doctor import examine, redacted
    from tui.finding import Verdict

    findings = redacted(list(examine(invocation)))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(findings)))
    else:
        signs = {
            Verdict.FINE: pgettext("doctor", "fine"),
            Verdict.NOTE: pgettext("doctor", "note"),
            Verdict.WRONG: pgettext("doctor", "wrong"),
        }
        parts = [_(PARTS.get(finding.part, finding.part)) for finding in findings]
        part_width, sign_width = max(map(len, parts)), max(map(len, signs.values()))
        for part, finding in zip(parts, findings, strict=True):
            click.echo(f"{part:<{part_width}}  {signs[finding.verdict]:<{sign_width}}  {finding.text}")
            if finding.hint:
                click.echo(f"{'':<{part_width + sign_width + 4}}{finding.hint}")
    ctx.exit(1 if any(finding.verdict is Verdict.WRONG for finding in findings) else 0)
