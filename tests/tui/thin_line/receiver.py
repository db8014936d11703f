"""Writes to its terminal what comes through a pipe, and tells when the terminal has taken it: `receiver.py PIPE TAKEN`.

A step is a file's name on a line of its own. Its number is appended to TAKEN when the terminal has answered a question
that was asked after it.
"""

import sys
import termios
import tty
from pathlib import Path


def main(pipe: str, taken: str) -> None:
    before = termios.tcgetattr(0)
    tty.setcbreak(0)
    after = termios.tcgetattr(0)
    # A program of Textual's leaves the terminal's lines as they are but for a line feed, which stays one.
    after[1] = before[1]
    termios.tcsetattr(0, termios.TCSANOW, after)
    with open(pipe) as steps, open(taken, "a") as told:
        for name in steps:
            sys.stdout.write(Path(name.strip()).read_bytes().decode() + "\x1b[5n")
            sys.stdout.flush()
            answer = ""
            while not answer.endswith("\x1b[0n"):
                answer += sys.stdin.read(1)
            print("taken", file=told, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
