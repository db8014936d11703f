"""What rows and search need of the directories, ready to look up."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from backend_client.model.directory import Directories
from backend_client.model.queue import QUEUE, queue_in
from backend_client.model.text import fold


class Names(Struct, frozen=True, dict=True):
    """Names by id."""

    employees: dict[int, str]
    lines: dict[int, str]
    """A line's name, else its code."""
    channels: dict[int, str]
    """A channel's name, else its DID."""
    regions: dict[int, str]
    """Keys."""
    results: dict[int, str]
    queues: dict[str, str]
    """Names of queues by the number under which calls have them; only those with a name."""

    def application(self, application: str) -> str:
        """What a call's application is called: a queue by its name, where it has one."""
        queue = self.queues.get(queue_in(application))
        return f"{QUEUE} {queue}" if queue else application

    def employees_like(self, folded: str) -> list[int]:
        """Employees in whose name the folded text stands."""
        return [i for i, name in self._folds.items() if folded in name]

    @cached_property
    def _folds(self) -> dict[int, str]:
        # A millisecond that only a search by name needs.
        return {id: fold(name) for id, name in self.employees.items()}


def names_of(directories: Directories) -> Names:
    """The names in these directories."""
    return Names(
        employees={employee.id: employee.name for employee in directories.employees},
        lines={line.id: line.name or line.code for line in directories.lines},
        channels={channel.id: channel.name or channel.did for channel in directories.channels},
        regions={region.id: region.key for region in directories.regions},
        results={result.id: result.name for result in directories.results},
        queues={group.number: group.name for group in directories.groups if group.name},
    )
