"""`pult`: the command line. Each sub-command is a module of tui/commands, imported when it is called.

Exit codes: 0 fine, 1 failed, 2 wrong usage, 130 interrupted. Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from tui import __version__
from tui.start import spare_the_encoding

SUBCOMMANDS = {
    "demo": "demo", "import": "import_calls", "follow": "follow", "profile": "profile",
    "calls": "calls", "report": "report", "now": "now", "missed": "missed",
    "call": "call", "comment": "comment",
    "clients": "clients", "client": "client", "employees": "employees", "channels": "channels", "groups": "groups",
    "tariffs": "tariffs", "plan": "plan",
    "play": "play", "recordings": "recordings",
    "rebuild": "rebuild", "settings": "settings", "doctor": "doctor", "keys": "keys",
    "check": "check", "serve": "serve", "user": "user", "login": "login", "logout": "logout", "whoami": "whoami",
    "audit": "audit", "rights": "rights",
    "init": "init", "backup": "backup", "restore": "restore", "migrate": "migrate",
    "forget": "forget", "retention": "retention",
}  # fmt: skip
"""Name on the command line → module of tui/commands."""

FAILED = 1
INTERRUPTED = 130


class ReaderGone(Exception):
    """Whoever reads stdout, such as head, has what it wanted. Click would make a failure of it."""


class Pult(click.Group):
    """The group of sub-commands, each imported at need."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        module = importlib.import_module(f"tui.commands.{SUBCOMMANDS[cmd_name]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command


def look_options() -> list[click.Parameter]:
    """Who acts and how the console looks: options of `pult` and of `pult demo`."""
    from screens.language import _
    from tui.settings import LANGUAGES, THEMES

    return [
        click.Option(["--as", "acting_as"], metavar="NAME", help=_("Who you are: an employee's login or name.")),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), help=_("Language of the console.")),
        click.Option(["--theme"], type=click.Choice(THEMES), help=_("Colours of the console.")),
        click.Option(["--no-mouse"], is_flag=True, help=_("Leave the mouse to the terminal.")),
        click.Option(
            ["--driver"], type=click.Choice(["thin", "stock"]),
            help=_("How the screen is written: only what changes, or everything."),
        ),
        click.Option(
            ["--low-bandwidth"], is_flag=True,
            help=_("Save bytes on a slow line; without it the line is measured where the terminal answers."),
        ),
    ]  # fmt: skip


def build() -> click.Group:
    """The command with its words in the language installed."""
    from screens.language import _

    options: list[click.Parameter] = [
        click.Option(
            ["--store"], metavar="PATH", envvar="PULT_STORE",
            help=_("The store of calls (also PULT_STORE); by default your own, in the XDG data folder."),
        ),
        click.Option(
            ["--remote"], metavar="URL", envvar="PULT_REMOTE",
            help=_("A server instead of a store (also PULT_REMOTE): https://… or unix:PATH"),
        ),
        click.Option(
            ["--follow"], metavar="SOURCE", multiple=True,
            help=_("Keep the store up to date while the console is open; see: pult follow --help"),
        ),
        *look_options(),
        click.Option(
            ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_tell_version,
            help=_("Tell the version."),
        ),
    ]  # fmt: skip
    told = "\n\n".join(
        (
            _("Pult, a console for call centres. Without a command it opens the console."),
            "\b\n" + _("Examples:") + "\n"
            "  pult demo\n"
            "  pult import /var/log/asterisk/cdr-csv/Master.csv\n"
            "  pult\n"
            "  pult calls period:today is:lost --csv",
            _("Each command tells more with --help."),
        )
    )
    return Pult(
        "pult", params=options, callback=_open, invoke_without_command=True, help=told,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )  # fmt: skip


def _tell_version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"pult {__version__}")
        ctx.exit()


@click.pass_context
def _open(
    ctx: click.Context,
    store: str | None,
    remote: str | None,
    follow: tuple[str, ...],
    acting_as: str | None,
    lang: str | None,
    theme: str | None,
    no_mouse: bool,
    driver: str | None,
    low_bandwidth: bool,
) -> None:
    from tui.invocation import Invocation

    ctx.obj = Invocation.of(
        store=store, acting_as=acting_as, theme=theme, no_mouse=no_mouse, driver=driver,
        low_bandwidth=low_bandwidth, remote=remote,
    )  # fmt: skip
    if ctx.invoked_subcommand is None:
        from tui.companion import following
        from tui.console import open_console

        with following(ctx.obj, follow):
            code = open_console(ctx.obj)
        ctx.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run `pult` with these arguments; its exit code."""
    from tui import failure

    try:
        _speak(arguments)
        code = build().main(list(arguments), prog_name="pult", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        # Nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        failure.tell(error)
        return FAILED
    return code if isinstance(code, int) else 0


def _speak(arguments: Sequence[str]) -> None:
    """Install the language before anything that has words is made; click itself reads --lang only later."""
    if list(arguments) == ["--version"]:
        return
    from tui import settings, translations

    wish = next((after for option, after in pairwise(arguments) if option == "--lang"), "")
    wish = next((a.removeprefix("--lang=") for a in arguments if a.startswith("--lang=")), wish)
    translations.install(translations.choose(wish, settings.load().language, os.environ))


def main() -> None:
    """Entry point of the command."""
    spare_the_encoding()
    sys.exit(run(sys.argv[1:]))
