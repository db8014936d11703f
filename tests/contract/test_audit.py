"""Deeds are written down by ids and amounts, and read by who may."""

import pytest

from backend_client.contract.audit import AuditRequest
from backend_client.contract.backend import Backend
from backend_client.contract.calls import CommentRequest, ExportRequest, WindowRequest
from backend_client.contract.clients import RegisterClient
from backend_client.errors import Forbidden, Invalid
from backend_client.model.audit import AuditEntry, Deed
from tests.contract.conftest import NOW


async def entries(backend: Backend, *deeds: Deed) -> tuple[AuditEntry, ...]:
    return (await backend.audit(AuditRequest(deeds=deeds))).entries


async def test_a_comment_an_export_and_a_registration_are_written_down(head: Backend, olena: Backend) -> None:
    call = (await olena.window(WindowRequest())).rows[0]
    await olena.comment(CommentRequest(call_id=call.id, text="a secret", revision=0))
    await olena.comment(CommentRequest(call_id=call.id, text="a secret", revision=1))
    assert (await head.export(ExportRequest())).calls == 4
    changed = await olena.change_client(RegisterClient(numbers=("0672220002",), name="Client of a secret"))
    assert changed.client is not None
    written = await entries(head, Deed.COMMENT, Deed.EXPORT, Deed.REGISTER)
    assert [(entry.deed, entry.object_id, entry.amount) for entry in written] == [
        (Deed.REGISTER, changed.client.id, changed.calls), (Deed.EXPORT, None, 4), (Deed.COMMENT, call.id, None)
    ]  # fmt: skip
    assert {entry.at for entry in written} == {NOW}
    assert {entry.employee_id for entry in written} == {olena.session.employee_id, head.session.employee_id}


async def test_the_log_pages_backwards(head: Backend) -> None:
    for _ in range(3):
        await head.export(ExportRequest(limit=1))
    first = await head.audit(AuditRequest(limit=2, deeds=(Deed.EXPORT,)))
    rest = await head.audit(AuditRequest(limit=2, deeds=(Deed.EXPORT,), before=first.entries[-1].id))
    assert (len(first.entries), first.more, len(rest.entries), rest.more) == (2, True, 1, False)
    assert first.head == rest.head
    assert [entry.amount for entry in first.entries] == [1, 1]


async def test_an_operator_neither_exports_nor_reads_the_log(head: Backend, olena: Backend) -> None:
    with pytest.raises(Forbidden):
        await olena.export(ExportRequest())
    with pytest.raises(Forbidden):
        await olena.audit(AuditRequest())
    assert await entries(head, Deed.EXPORT) == ()


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_a_page_of_the_log_has_a_length(head: Backend, limit: int) -> None:
    with pytest.raises(Invalid):
        await head.audit(AuditRequest(limit=limit))
