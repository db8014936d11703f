"""A follower that is killed while records are written to the file that it follows."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from pathlib import Path

from backend_client.ingest.follow.follower import Follower
from backend_client.ingest.follow.opening import open_followed
from backend_client.ingest.source import SourceOptions
from backend_client.model.live import SourceState
from backend_client.sqlite.facts import PutReport
from tests.kill.deeds import Confirm, Deed
from tests.sqlite.stores import Desk

RECORDS = 400
_COUNT = (
    "SELECT count(*) FROM call_key JOIN system ON system.id = system_id JOIN call ON call.id = call_id"
    " WHERE system.name = 'followed'"
)


def record(number: int) -> str:
    """One incoming call, as Asterisk writes it."""
    clock = f"2026-11-{number // 50 + 1:02} 09:{number % 50:02}"
    fields = [
        "", f"38044000{number % 40:04}", "201", "from-trunk", "", f"SIP/trunk-{number:08x}", f"SIP/201-{number:08x}",
        "Dial", "SIP/201", f"{clock}:00", f"{clock}:05", f"{clock}:35", "35", "30", "ANSWERED", "DOCUMENTATION",
        f"{1793523600 + number * 60}.{number}", "",
    ]  # fmt: skip
    return ",".join(f'"{field}"' for field in fields) + "\n"


class Follow(Deed):
    """Records come one by one, and each is confirmed when it was committed."""

    seconds = 1.2

    def prepare(self, path: Path) -> None:
        path.with_name("Master.csv").write_text("".join(record(number) for number in range(100)))

    def work(self, path: Path, confirm: Confirm) -> None:
        def write() -> None:
            with path.with_name("Master.csv").open("a") as file:
                for number in range(100, RECORDS):
                    file.write(record(number))
                    if number % 7 == 0:
                        file.flush()

        threading.Thread(target=write, daemon=True).start()
        self._follow(path, confirm, until=None)

    def recover(self, path: Path) -> None:
        """The rest is written, perhaps after half a line, and a new follower goes on to the end."""
        source = path.with_name("Master.csv")
        whole = source.read_text().splitlines(keepends=True)
        place = len(whole) - 1 if whole and not whole[-1].endswith("\n") else len(whole)
        rest = "".join(record(number) for number in range(place, RECORDS))
        with source.open("a") as file:
            file.write(rest[len(whole[-1]) :] if place < len(whole) else rest)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self._follow(path, lambda text: None, until=RECORDS)
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0

    def verify(self, desk: Desk, confirmed: list[str]) -> None:
        # All of them, and none twice; what was confirmed is among them.
        assert desk.db.execute(_COUNT).fetchone() == (RECORDS,)
        assert sum(map(int, confirmed)) <= RECORDS

    def _follow(self, path: Path, confirm: Confirm, until: int | None) -> None:
        with closing(Desk(path)) as desk:
            options = SourceOptions(timezone="Europe/Kyiv")
            source = open_followed(str(path.with_name("Master.csv")), options, system="followed", environment={})
            follower: Follower

            def tell(state: SourceState, report: PutReport, rejected: dict[str, int]) -> None:
                confirm(str(report.new))

            follower = Follower(desk.writer, [source], tell, system="followed")
            if until is not None:
                threading.Thread(target=_stop_at, args=(path, follower.stop, until), daemon=True).start()
            follower.run()


def _stop_at(path: Path, stop: threading.Event, calls: int) -> None:
    with closing(Desk(path)) as desk:
        for _ in range(200):
            if desk.db.execute(_COUNT).fetchone()[0] >= calls:
                break
            stop.wait(0.05)
    stop.set()
