"""`pult serve`: the store for consoles and programs over HTTP."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from backend_client.errors import Invalid
from backend_client.model.permissions import Permission
from backend_client.model.text import N_
from screens.language import _
from tui import __version__, logs
from tui.invocation import Invocation, pass_invocation


@click.command(
    "serve",
    short_help=_("Serve the store over HTTP."),
    help="\n\n".join(
        (
            _("Serve the store over HTTP, to consoles (pult --remote) and programs (/openapi.json)."),
            _("It listens on this machine only, until TLS is given or a proxy in front does it. On a Unix socket"
              " nobody signs in: each user is who the system says."),
        )
    )
    + "\n\n\b\n" + _("Examples:") + "\n"
    "  pult serve\n"
    "  pult serve --unix /run/pult/pult.sock\n"
    "  pult serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help=_("address to listen on"))
@click.option("--port", default=7878, show_default=True, type=click.IntRange(0, 65535), help=_("port to listen on"))
@click.option("--unix", type=click.Path(path_type=Path), metavar="PATH", help=_("listen on a Unix socket instead"))
@click.option("--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help=_("certificate chain, PEM"))
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help=_("its private key, PEM"))
@click.option("--behind-proxy", is_flag=True, help=_("a proxy in front does TLS"))
@pass_invocation
def command(
    invocation: Invocation,
    host: str,
    port: int,
    unix: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    behind_proxy: bool,
) -> None:
    """Serve until asked to stop."""
    if find_spec("litestar") is None or find_spec("uvicorn") is None or find_spec("argon2") is None:
        raise Invalid(N_("The server is not installed with this Pult."), N_("Install it: pipx install 'pult[server]'"))
    # As the console does: what is served first may be filled afterwards.
    invocation.make()
    store = invocation.need(Permission.ADMINISTER)
    # 0.5 s, paid by this command alone.
    from server.listening import Address, run

    logs.begin("server", aloud=True)
    address = Address(
        host=host, port=port, unix=unix.absolute() if unix else None, certificate=tls_cert, key=tls_key,
        proxied=behind_proxy,
    )  # fmt: skip
    run(store, address, __version__, _tell)


def _tell(where: str) -> None:
    click.echo(_("Serving on {where}. Ctrl+C stops.").format(where=where), err=True)
