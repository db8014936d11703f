"""Who may see the outbound plan, and who may change it, is the server's to say (T4)."""

import pytest

from backend_client.model.permissions import Role
from tests.server.test_rights import ROLES, Centre, centre

__all__ = ["centre"]
SEES_TASKS = {Role.OPERATOR, Role.QUALITY_CONTROL, Role.HEAD, Role.ADMINISTRATOR}
SEES_REPORT = {Role.QUALITY_CONTROL, Role.HEAD, Role.ADMINISTRATOR}
MANAGES = {Role.HEAD, Role.ADMINISTRATOR}
ADD = {"type": "add", "contact_date": "2026-11-21", "number": "0671230000", "note": "the secret of the task"}
RECORD = {"row": 1, "contact_date": "2026-11-21", "number": "0671230001"}


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_does_with_the_plan_what_it_may(centre: Centre, role: Role) -> None:
    async with centre.program(Role.HEAD) as head:
        planned = (await head.post("/v1/change_task", json=ADD)).json()["task"]["id"]
    async with centre.program(role) as program:
        tasks = await program.post("/v1/tasks", json={})
        assert tasks.status_code == (200 if role in SEES_TASKS else 403)
        assert ("secret" in tasks.text) is (role in SEES_REPORT)
        report = await program.post("/v1/plan_report", json={})
        assert report.status_code == (200 if role in SEES_REPORT else 403)
        hidden, nowhere = [await program.post("/v1/task", json={"id": id}) for id in (planned, 999_999)]
        assert hidden.status_code == (200 if role in SEES_REPORT else 404 if role in SEES_TASKS else 403)
        assert nowhere.status_code == (404 if role in SEES_TASKS else 403)
        if role not in SEES_REPORT:
            assert hidden.text == nowhere.text
        for name, body in (
            ("change_task", ADD),
            ("change_task", {"type": "confirm-drop", "id": planned, "revision": 0}),
            ("change_task", {"type": "reassign", "filter": {}, "operator_id": 1}),
            ("import_tasks", {"records": [RECORD]}),
            ("generate_tasks", {"contact_date": "2026-11-30"}),
        ):
            answer = await program.post(f"/v1/{name}", json=body)
            assert (answer.status_code != 403) is (role in MANAGES), (name, answer.text)
        calls = await program.post("/v1/count", json={"filter": {"tasks": [planned]}})
        assert (calls.status_code, calls.json()["number"]) == (200, 0)
