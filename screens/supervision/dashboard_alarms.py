"""What on the dashboard is worth a bell: each is told once, when it begins."""

from __future__ import annotations

from screens.supervision.dashboard_view import View


def alarms(view: View) -> frozenset[str]:
    """What is wrong now, by names that stay the same while it goes on."""
    answer = view.answer
    found = set()
    if answer.waiting_goal:
        found |= {f"waits {call.id}" for call in view.waiting if view.seconds(call.start) > answer.waiting_goal}
    if answer.service.kept is False:
        found.add("service level")
    found |= {f"missed {count}" for count in range(answer.attention)}
    if view.live.dead:
        found.add("live source")
    if view.records.dead:
        found.add("record source")
    return frozenset(found)
