"""`python -m tests.kill --times 1000 [--seed N] [--deed NAME]`."""

from __future__ import annotations

import argparse
import time

from tests.kill.campaign import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kill")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000)
    parser.add_argument("--deed", action="append", default=[])
    wished = parser.parse_args()
    began = time.monotonic()
    steps = run(wished.times, wished.seed, wished.deed)
    seconds = time.monotonic() - began
    told = f"{wished.times} kills, {steps} confirmed steps, nothing lost, nothing half"
    print(f"{told}: {seconds:.0f} s, seed {wished.seed}")


if __name__ == "__main__":
    main()
