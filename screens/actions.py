"""What can be done on a screen right now: its bindings, folded by id, for the help screen and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from msgspec import Struct
from msgspec.structs import replace

from backend_client.model.text import fold
from screens.language import _

if TYPE_CHECKING:
    from textual.app import App
    from textual.binding import ActiveBinding
    from textual.dom import DOMNode
    from textual.screen import Screen


@runtime_checkable
class SaysWhy(Protocol):
    """A screen or widget that can tell why an action of its own is not possible now."""

    def why_not(self, action: str) -> str:
        """The reason, translated; blank where the action is possible. `action` is the name without parameters."""
        ...


class Action(Struct, frozen=True):
    """One binding: what it does, by which keys, and where it belongs."""

    id: str
    title: str
    explanation: str
    keys: tuple[str, ...]
    """As they are shown: "↓", "Ctrl+P"."""
    call: str
    """Textual's action with its parameters."""
    node: DOMNode
    reason: str = ""
    """Why it is not possible now; blank where it is."""

    def matches(self, words: str) -> bool:
        """Whether every word stands somewhere in the title, the explanation, the id or is one of the keys."""
        text = fold(f"{self.title} {self.explanation} {self.id}")
        keys = {key.casefold() for key in self.keys}
        return all(word in text or word in keys for word in fold(words).split())


def actions_of(screen: Screen[Any]) -> list[Action]:
    """The actions of a screen, its focused widget and the application, in the order of their keys' places."""
    found: dict[tuple[str, int], Action] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        # Without an id it is one of Textual's own, such as Tab.
        if not binding.id or not binding.description or binding.system:
            continue
        place = (binding.id or binding.action, id(active.node))
        shown = screen.app.get_key_display(binding)
        if known := found.get(place):
            found[place] = replace(known, keys=(*known.keys, shown))
            continue
        reason = why_not(active.node, binding.action)
        if not active.enabled and not reason:
            reason = _("not possible here now")
        found[place] = Action(
            id=binding.id or "",
            title=_(binding.description),
            explanation=_(binding.tooltip) if binding.tooltip else "",
            keys=(shown,),
            call=binding.action,
            node=active.node,
            reason=reason,
        )
    return list(found.values())


def bound(screen: Screen[Any]) -> dict[str, ActiveBinding]:
    """The bindings in force by id, each with its first key, which is the one to remember."""
    found: dict[str, ActiveBinding] = {}
    for active in screen.active_bindings.values():
        found.setdefault(active.binding.id or "", active)
    return found


def shown_keys(screen: Screen[Any]) -> dict[str, str]:
    """The key to remember of each binding in force, as it is shown; by the binding's id."""
    return {id: screen.app.get_key_display(active.binding) for id, active in bound(screen).items()}


def why_not(node: DOMNode, action: str) -> str:
    """The reason that a node gives against an action, if it gives one."""
    return node.why_not(action.partition("(")[0]) if isinstance(node, SaysWhy) else ""


async def perform(app: App[Any], action: Action) -> None:
    """Run an action on its own screen; one that is not possible says why."""
    if action.reason:
        app.notify(f"{action.title}: {action.reason}", severity="warning", markup=False)
    else:
        await app.run_action(action.call, action.node)
