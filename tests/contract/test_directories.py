"""Directories, outcomes of calls and calls written down by hand."""

import pytest
from msgspec.structs import replace

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, CommentRequest, CountRequest, LogCall, SetResult, WindowRequest
from backend_client.contract.clients import ClientRequest
from backend_client.contract.directories import EditEmployee, EditResult, NameChannel, NameLine
from backend_client.errors import Forbidden, Invalid, NotFound
from backend_client.model.call import Call, Mark
from backend_client.model.call_filter import CallFilter
from backend_client.model.directory import Employee, Extension
from backend_client.model.status import Direction, Status
from tests.contract.conftest import NOON, NOW, Opener

EVERYTHING = CallFilter(internal=True)


async def rows(backend: Backend, wanted: CallFilter = EVERYTHING) -> tuple[Call, ...]:
    return (await backend.window(WindowRequest(filter=wanted))).rows


async def test_lines_and_channels_are_named_in_place(head: Backend) -> None:
    directories = await head.directories()
    line = directories.lines[0]
    named = await head.change_directory(NameLine(id=line.id, name="  Київстар\x1b "))
    assert named.lines[0].name == "Київстар"
    assert (await rows(head))[0].line == "Київстар"
    if directories.channels:
        channel = directories.channels[0]
        named = await head.change_directory(NameChannel(id=channel.id, name="[b]Ads[/]"))
        assert next(one.name for one in named.channels if one.id == channel.id) == "[b]Ads[/]"
    with pytest.raises(NotFound):
        await head.change_directory(NameLine(id=999, name="x"))


async def test_a_call_gets_a_result_by_which_it_is_found(head: Backend) -> None:
    await head.change_directory(EditResult(name="Sold"))
    directories = await head.change_directory(EditResult(name="Refused"))
    sold, refused = directories.results
    with pytest.raises(Invalid):
        await head.change_directory(EditResult(name="Sold"))
    call = (await rows(head))[-1]
    assert (await head.set_result(SetResult(call_id=call.id, result_id=sold.id))).result == "Sold"
    assert [one.id for one in await rows(head, CallFilter(results=(sold.id,)))] == [call.id]
    assert (await head.count(CountRequest(filter=CallFilter(results=(refused.id,))))).number == 0
    retired = await head.change_directory(EditResult(id=sold.id, name="Sold!", active=False))
    assert [(one.name, one.active) for one in retired.results] == [("Sold!", False), ("Refused", True)]
    assert (await head.set_result(SetResult(call_id=call.id))).result == ""
    with pytest.raises(NotFound):
        await head.set_result(SetResult(call_id=call.id, result_id=99))


async def test_an_operator_sets_results_of_own_calls_only(head: Backend, opened: Opener) -> None:
    [sold] = (await head.change_directory(EditResult(name="Sold"))).results
    ivan = await opened("ivan")
    hers = (await rows(head))[-1]
    with pytest.raises(NotFound):
        await ivan.set_result(SetResult(call_id=hers.id, result_id=sold.id))
    assert (await ivan.set_result(SetResult(call_id=(await rows(ivan))[0].id, result_id=sold.id))).result == "Sold"
    with pytest.raises(Forbidden):
        await ivan.change_directory(EditResult(name="Mine"))


async def test_an_extension_that_changes_hands_takes_its_calls_along(head: Backend) -> None:
    employees = {one.name: one for one in (await head.directories()).employees}
    olena, ivan = employees["Olena"], employees["Ivan"]
    until = NOON + 300
    await head.change_directory(
        EditEmployee(employee=replace(olena, extensions=(Extension(number="201", until=until),)))
    )
    changed = await head.change_directory(
        EditEmployee(
            employee=replace(
                ivan, extensions=(Extension(number="202"), Extension(number="201", since=until)), department="Sales"
            )
        )
    )
    assert next(one.department for one in changed.employees if one.name == "Ivan") == "Sales"
    people = {call.start: [one.name for one in call.employees] for call in await rows(head)}
    assert people[NOON] == ["Olena"]
    assert people[NOON + 600] == ["Ivan"]


async def test_an_employee_is_made_and_retired(head: Backend) -> None:
    made = await head.change_directory(
        EditEmployee(employee=Employee(id=0, name="[/]Нова", extensions=(Extension(number="299"),)))
    )
    new = next(one for one in made.employees if one.name == "[/]Нова")
    assert new.extensions == (Extension(number="299"),)
    changed = await head.change_directory(EditEmployee(employee=replace(new, active=False, name="Нова")))
    assert next((one.name, one.active) for one in changed.employees if one.id == new.id) == ("Нова", False)
    with pytest.raises(Invalid):
        await head.change_directory(EditEmployee(employee=replace(new, name=" ")))


async def test_logins_and_roles_are_the_administrators(head: Backend) -> None:
    vira = next(one for one in (await head.directories()).employees if one.name == "Vira")
    with pytest.raises(Forbidden):
        await head.change_directory(EditEmployee(employee=replace(vira, roles=("administrator",))))
    with pytest.raises(Forbidden):
        await head.change_directory(EditEmployee(employee=replace(vira, login="root")))


@pytest.mark.parametrize("outgoing", [True, False])
@pytest.mark.parametrize("talk", [125, 0])
async def test_a_call_written_down_is_a_call(olena: Backend, head: Backend, outgoing: bool, talk: int) -> None:
    call = await olena.log_call(
        LogCall(number="067 222 00 01", outgoing=outgoing, start=NOON + 1800, talk=talk, comment="met at the fair")
    )
    assert call.direction is (Direction.OUTGOING if outgoing else Direction.INCOMING)
    assert (call.talk, call.client, call.start) == (talk, "Stroysnab", NOON + 1800)
    assert call.status is (Status.ANSWERED if talk else Status.NO_ANSWER if outgoing else Status.MISSED)
    assert [one.name for one in call.employees] == ["Olena"]
    assert call.marks & Mark.BY_HAND
    assert (await olena.call(CallRequest(id=call.id))).comment.text == "met at the fair"
    assert [one.id for one in await rows(head, CallFilter(by_hand=True))] == [call.id]
    assert (await head.client(ClientRequest(id=1))).calls == 2
    again = await olena.log_call(LogCall(number="0672220001", start=NOON + 1800, outgoing=outgoing))
    assert again.id != call.id


async def test_a_logged_call_is_whole_or_absent(olena: Backend) -> None:
    before = await rows(olena)
    with pytest.raises(NotFound):
        await olena.log_call(LogCall(number="0672220001", start=NOON, result_id=77))
    with pytest.raises(Invalid):
        await olena.log_call(LogCall(number="0672220001", start=NOON, comment="я" * 201))
    with pytest.raises(Invalid):
        await olena.log_call(LogCall(number="0672220001", start=NOW, talk=5))
    with pytest.raises(Invalid):
        await olena.log_call(LogCall(number=" ", start=NOON))
    assert await rows(olena) == before
    last = await olena.log_call(LogCall(number="0672220001", start=NOON + 60, talk=5))
    comment = CommentRequest(call_id=last.id, text="later", revision=0)
    assert (await olena.comment(comment)).text == "later"
