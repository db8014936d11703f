"""`pult comment`: set, change or delete the comment of a call."""

from __future__ import annotations

import click

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, CommentRequest
from screens.language import _
from tui.invocation import Invocation, pass_invocation
from tui.usage import decoded


@click.command(
    "comment",
    short_help=_("Comment on a call."),
    help=_("Comment on a call, in at most 200 characters. An empty TEXT deletes the comment.")
    + "\n\n\b\n" + _("Examples:") + "\n"
    '  pult comment 1284 "asked for an invoice"\n'
    '  pult comment 1284 ""',
)  # fmt: skip
@click.argument("id", type=int)
@click.argument("text")
@pass_invocation
def command(invocation: Invocation, id: int, text: str) -> None:
    """Write the comment over the text that stands there now."""
    decoded(text)

    async def write(backend: Backend) -> str:
        before = (await backend.call(CallRequest(id=id))).comment
        request = CommentRequest(call_id=id, text=text, revision=before.revision)
        return (await backend.comment(request)).text

    written = invocation.ask(write)
    click.echo(_("Saved.") if written else _("The comment is deleted."), err=True)
