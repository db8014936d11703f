"""The floor: a table of calls drawn by curses, which writes only what changes."""

from __future__ import annotations

import curses


def row(n: int) -> str:
    """A made-up call."""
    return f" 21.11 {n % 24:02}:{n % 60:02}  in  answered  +38050000{n:04}  Olena Koval  main  {n % 60:>4}"


def main(screen: curses.window) -> None:
    """j a row down, page down a page, q quits."""
    curses.curs_set(0)
    cursor = top = 0
    while True:
        height, width = screen.getmaxyx()
        top = min(max(top, cursor - height + 1), cursor)
        for y in range(height):
            text = ("▶" if top + y == cursor else " ") + row(top + y)
            screen.addnstr(y, 0, text.ljust(width - 1), width - 1)
        screen.refresh()
        match screen.getch():
            case 106:
                cursor += 1
            case curses.KEY_NPAGE:
                top, cursor = top + height, cursor + height
            case 113:
                return


if __name__ == "__main__":
    curses.wrapper(main)
