"""How this machine calls a number: the desktop's telephone, a command of the person's, or the exchange."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from urllib.parse import quote

from backend_client.errors import Invalid
from backend_client.model.text import N_, clean
from screens.dialling import diallable
from screens.language import _
from tui import places
from tui.own_program import TIMEOUT, run
from tui.settings import Settings

NUMBER = "{number}"


class Dialling:
    """A `screens.dialling.Dialler` by the personal settings, which are read at each call."""

    def __init__(self, settings: Callable[[], Settings], environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._environment = environment

    def why_not(self) -> str:
        """Why no number can be called."""
        chosen, file = self._settings(), places.settings_file()
        if chosen.dial == "command" and chosen.dial_command.count(NUMBER) != 1:
            told = _('no command is set: write dial-command = ["program", "{number}"] into {file}')
            return told.format(number=NUMBER, file=file)
        if chosen.dial == "ami" and not (chosen.dial_ami and chosen.dial_channel):
            return _("the exchange is not set: write dial-ami and dial-channel into {file}").format(file=file)
        if chosen.dial == "tel" and not self._has_desktop:
            return _("there is no desktop here that could call: choose another way in the settings")
        return "" if chosen.dial else _("calling is off: a way to call is chosen in the settings")

    @property
    def _has_desktop(self) -> bool:
        return sys.platform == "darwin" or bool(
            self._environment.get("DISPLAY") or self._environment.get("WAYLAND_DISPLAY")
        )

    async def dial(self, number: str) -> str:
        """Call a number. Raises Invalid for what is no number, and where the way refuses; Unreachable, NotFound."""
        if not diallable(number):
            raise Invalid(N_("{number} is no number that can be dialled."), number=clean(number))
        chosen = self._settings()
        match chosen.dial:
            case "tel":
                opener = "open" if sys.platform == "darwin" else "xdg-open"
                await run([opener, "tel:" + quote(number, safe="+*")], stays=True)
                return _("{number} was handed to the telephone of this desktop.").format(number=number)
            case "command":
                arguments = [number if part == NUMBER else part for part in chosen.dial_command]
                await run(arguments, stays=False)
                return _("{number} was handed to {program}.").format(number=number, program=arguments[0])
            case "ami":
                await self._originate(chosen, number)
                return _("The exchange calls {number}: your telephone rings first.").format(number=number)
            case _:
                raise Invalid(N_("Calling is off."), N_("A way to call is chosen in the settings."))

    async def _originate(self, chosen: Settings, number: str) -> None:
        # Sockets, which only this way needs.
        from backend_client.ingest.follow.ami import AmiAddress
        from backend_client.ingest.follow.originate import originate

        await asyncio.to_thread(
            originate,
            AmiAddress.of(chosen.dial_ami),
            self._environment.get("PULT_AMI_SECRET", ""),
            channel=chosen.dial_channel,
            context=chosen.dial_context,
            number=number,
            timeout=TIMEOUT,
        )
