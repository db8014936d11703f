"""Starting what a screen does in the background."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.worker import Worker


def work(
    node: DOMNode, task: Callable[[], Coroutine[Any, Any, None]], group: str, *, exclusive: bool = True
) -> Worker[None]:
    """Run a task on the node's behalf; an exclusive one cancels what its group does already.

    A function and not a coroutine: one that is cancelled before it began leaves nothing unawaited behind.
    """
    return node.run_worker(task, group=group, exclusive=exclusive)
