"""Many dashboards of one server on one host, with one call a second: PSS of each, and what they and the server cost.

python -m benchmarks.many_dashboards [--consoles 50] [--seconds 30]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.dashboard import CALLS, SIZE
from benchmarks.generate import generate
from benchmarks.shell import BYTECODE, PEERS, cpu_seconds, pss_mb
from benchmarks.steady_exchange import exchange
from tests.pty.terminal import Terminal

PULT = (sys.executable, "-c", "from tui.start import main; main()")
PASSWORD = "correct horse battery"
GOAL = 1.7


def _run(arguments: Sequence[str], environment: dict[str, str]) -> None:
    subprocess.run([*PULT, *arguments], input=PASSWORD, text=True, check=True, capture_output=True, env=environment)


@contextmanager
def server(store: Path, environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Its address and process, with a supervisor who is signed in."""
    vira = ("vira", "--name", "Vira", "--role", "supervisor", "--password-stdin")
    _run(["--store", str(store), "user", "add", *vira], environment)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    process = subprocess.Popen(
        [*PULT, "--store", str(store), "serve", "--port", str(port)], stderr=subprocess.PIPE, env=environment
    )
    try:
        assert process.stderr is not None
        process.stderr.readline()
        url = f"http://127.0.0.1:{port}"
        _run(["login", url, "--user", "vira", "--password-stdin"], environment)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


def keep_reading(terminals: Sequence[Terminal], stop: threading.Event) -> None:
    """Take what they write: a full pty would stop them."""
    while not stop.is_set():
        for terminal in terminals:
            terminal.settle(0.0, limit=0.001)
        stop.wait(0.05)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_dashboards", description=__doc__)
    parser.add_argument("--consoles", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        environment = {**os.environ, **BYTECODE, "HOME": folder, "XDG_RUNTIME_DIR": folder}
        store = Path(folder) / "calls.sqlite"
        generate(CALLS, store, until=datetime.now(UTC))
        url, pid = opened.enter_context(server(store, environment))
        bare = opened.enter_context(
            Terminal.start([sys.executable, str(PEERS / "bare_textual.py")], *SIZE, env=BYTECODE)
        )
        bare.wait_for("ready")
        alone = pss_mb(bare.pid)
        terminals = []
        for _console in range(given.consoles):
            terminal = opened.enter_context(
                Terminal.start([*PULT, "--remote", url], *SIZE, env={**BYTECODE, "HOME": folder})
            )
            terminal.wait_for("Today", timeout=60)
            terminal.settle(0.3, limit=5)
            terminal.send("6")
            terminal.wait_for("Agents", timeout=60)
            terminals.append(terminal)
        stop = threading.Event()
        reader = threading.Thread(target=keep_reading, args=(terminals, stop))
        with exchange(store, 1.0):
            reader.start()
            time.sleep(10)
            busy = [cpu_seconds(terminal.pid) for terminal in terminals]
            served = cpu_seconds(pid)
            written = [len(terminal.raw) for terminal in terminals]
            began = time.perf_counter()
            time.sleep(given.seconds)
            spent = time.perf_counter() - began
            cpu = [(cpu_seconds(t.pid) - b) / spent * 100 for t, b in zip(terminals, busy, strict=True)]
            sizes = [(len(t.raw) - size) / spent for t, size in zip(terminals, written, strict=True)]
            server_cpu = (cpu_seconds(pid) - served) / spent * 100
            memory = [pss_mb(terminal.pid) for terminal in terminals]
            stop.set()
            reader.join()
        print(f"PSS of a dashboard {statistics.median(memory):.1f} MB, the largest {max(memory):.1f}, bare Textual")
        print(f"alone {alone:.1f} MB: {statistics.median(memory) / alone:.2f} × (goal {GOAL})")
        print(f"each {statistics.median(cpu):.2f} % of a core, {statistics.median(sizes):,.0f} B/s")
        print(f"the server {server_cpu:.1f} % of a core, PSS {pss_mb(pid):.1f} MB")


if __name__ == "__main__":
    main()
