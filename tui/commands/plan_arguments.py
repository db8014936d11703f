"""What the commands of the plan are given: days, people, clients, reasons, as people write them."""

from __future__ import annotations

import re
from datetime import date, timedelta

from backend_client.contract.backend import Backend
from backend_client.contract.clients import ClientSearch
from backend_client.errors import Invalid
from backend_client.model.period import Period, Preset
from backend_client.model.task_event import TaskEvent
from backend_client.model.text import N_, clean, fold
from screens.language import _
from tui.commands.client import employee_of

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_LOCAL = re.compile(r"(\d\d?)[./](\d\d?)(?:[./](\d{4}))?")
_AHEAD = re.compile(r"([+-])(\d{1,4})(d|w)?")
_WORDS = {"today": 0, "tomorrow": 1, "yesterday": -1}
NOBODY = "nobody"


def iso_day(text: str, today: str) -> str:
    """The ISO date of a day: 2026-12-01, 1.12.2026, 1.12, today, tomorrow, +1 (days), +1w. Raises Invalid."""
    word, now = fold(clean(text)), date.fromisoformat(today)
    if word in _WORDS:
        return (now + timedelta(days=_WORDS[word])).isoformat()
    try:
        if match := _ISO.fullmatch(word):
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if match := _LOCAL.fullmatch(word):
            return date(int(match[3] or now.year), int(match[2]), int(match[1])).isoformat()
        if match := _AHEAD.fullmatch(word):
            days = int(match[2]) * (7 if match[3] == "w" else 1) * (-1 if match[1] == "-" else 1)
            return (now + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        pass
    raise Invalid(N_("{text} is no day."), N_("Write 2026-12-01, 1.12.2026, tomorrow, +3 or +1w."), text=text)


def period_of(text: str, today: str) -> Period:
    """A named period, a day, or from..to with either end open. Raises Invalid."""
    if text in {preset.value for preset in Preset if preset is not Preset.UNKNOWN}:
        return Period(preset=Preset(text))
    start, dots, end = text.partition("..")
    first = iso_day(start, today) if start.strip() else ""
    last = (iso_day(end, today) if end.strip() else "") if dots else first
    return Period(start=first, end=last)


async def operator_of(backend: Backend, text: str) -> int | None:
    """An employee by name, login, extension or #id; None for "nobody" and a blank text. Raises Invalid."""
    text = text.strip()
    if not text or fold(text) == NOBODY:
        return None
    if text.startswith("#") and text[1:].isdecimal():
        return int(text[1:])
    return await employee_of(backend, text)


async def people_of(backend: Backend, texts: tuple[str, ...]) -> tuple[int, ...]:
    """Ids of employees for a filter, 0 for "nobody"."""
    return tuple([await operator_of(backend, text) or 0 for text in texts])


async def client_of(backend: Backend, text: str) -> int | None:
    """The client of this id (#12) or name; None for a blank text. Raises Invalid where none, or several, answer."""
    text = text.strip()
    if not text:
        return None
    if text.removeprefix("#").isdecimal():
        return int(text.removeprefix("#"))
    found = (await backend.find_clients(ClientSearch(text=text))).clients
    exactly = [one for one in found if fold(one.name) == fold(clean(text))]
    if len(exactly) != 1:
        raise Invalid(
            N_("No one client is called {name}."), N_("Name the client by #id: pult clients {name}"), name=text
        )  # fmt: skip
    return exactly[0].id


async def reason_of(backend: Backend, event: TaskEvent, text: str) -> int | None:
    """The entry of the list of reasons by name; None for a blank text. Raises Invalid."""
    if not text.strip():
        return None
    reasons = [one for one in (await backend.directories()).reasons if one.event is event]
    found = [one for one in reasons if fold(one.name) == fold(clean(text))]
    if not found:
        names = ", ".join(one.name for one in reasons if one.active) or _("the list is empty")
        raise Invalid(
            N_("There is no reason {name} in the list."), N_("Say it in words with --text, or choose of: {names}."),
            name=text, names=names,
        )  # fmt: skip
    return found[0].id
