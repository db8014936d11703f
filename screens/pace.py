"""What a screen draws by itself: on a slow line no seconds, and changes together rather than one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screens.language import age, duration

if TYPE_CHECKING:
    from textual.dom import DOMNode

TOGETHER = 5.0
"""Seconds for which changes are collected on a slow line."""


def is_slow(widget: DOMNode) -> bool:
    """Whether the application was told, or has measured, that the line to the terminal is slow."""
    return bool(getattr(widget.app, "slow_line", False))


def running_time(seconds: int, *, slow: bool) -> str:
    """How long something has been going on: a timer, or whole minutes where each second would cost a line."""
    return steady_age(seconds, slow=slow) if slow else duration(max(0, seconds))


def steady_age(seconds: int, *, slow: bool) -> str:
    """How long ago, roughly; on a slow line from one minute on."""
    return age(max(60, seconds) if slow else seconds)
