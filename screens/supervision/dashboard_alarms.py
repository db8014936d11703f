"""What on the dashboard is worth a bell: each is told once, when it begins."""

from __future__ import annotations

from collections.abc import Mapping

from screens.supervision.dashboard_view import View

Alarms = Mapping[str, int]
"""How much is wrong, by names that stay the same while it goes on."""


def alarms(view: View) -> Alarms:
    """What is wrong now."""
    answer = view.answer
    found = {"missed": answer.attention}
    if answer.waiting_goal:
        found |= {f"waits {call.id}": 1 for call in view.waiting if view.seconds(call.start) > answer.waiting_goal}
    found["service level"] = int(answer.service.kept is False)
    found["live source"] = int(view.live.dead)
    found["record source"] = int(view.records.dead)
    return found


def more(now: Alarms, before: Alarms) -> bool:
    """Whether something began since."""
    return any(much > before.get(name, 0) for name, much in now.items())
