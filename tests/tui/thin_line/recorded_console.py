"""The console with what its driver is given to write recorded: `recorded_console.py ARGUMENTS…`."""

import tui.terminal
from tests.tui.thin_line.recorder import Recorder
from tui.start import main


class RecordedDriver(Recorder, tui.terminal.TerminalDriver):
    """Notes each write."""


if __name__ == "__main__":
    tui.terminal.TerminalDriver = RecordedDriver  # type: ignore[misc]
    main()
