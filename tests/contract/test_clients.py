"""Clients: registered, assigned, merged and undone; nothing moves silently, nothing hidden shows."""

import asyncio

import pytest

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CountRequest, ExportRequest, WindowRequest
from backend_client.contract.changes import ChangeRequest, Kind
from backend_client.contract.clients import (
    ArchiveClient,
    ClientListRequest,
    ClientPlace,
    ClientRequest,
    ClientSearch,
    EditClient,
    EditPerson,
    ImportClients,
    MergeClients,
    RegisterClient,
    UndoClientDeed,
    UnlinkNumber,
)
from backend_client.errors import Conflict, Forbidden, Invalid, NotFound
from backend_client.model.call import Call, Mark
from backend_client.model.call_filter import CallFilter, ClientKind
from backend_client.model.client import ClientFate, ClientRecord
from backend_client.model.client_filter import ClientFilter
from backend_client.model.period import Period, Preset
from tests.contract.conftest import NOON, NOW, Opener

STRANGER = "0672220002"
HOSTILE = (
    "я" * 500,
    "[bold]Hostile[/foo]",
    "[@click=app.quit]x[/]",
    "👩‍👩‍👧 родина",
    "שלום עולם",
    "O'Brien; DROP TABLE client;--",
    '"quoted" \\ name',
)


async def calls_of(backend: Backend, client: int) -> tuple[Call, ...]:
    return (await backend.window(WindowRequest(filter=CallFilter(clients=(client,))))).rows


async def content(backend: Backend) -> tuple[object, ...]:
    """Everything that a deed on clients could touch."""
    rows = (await backend.clients(ClientListRequest())).rows
    cards = [await backend.client(ClientRequest(id=row.id)) for row in rows]
    return rows, cards, (await backend.window(WindowRequest())).rows


async def test_registering_links_all_calls_of_the_number_and_leaves_them_new(head: Backend) -> None:
    done = await head.change_client(RegisterClient(numbers=(STRANGER,), name=" Нова\tКлієнтка "))
    assert done.client is not None
    assert (done.client.name, done.calls, done.client.since) == ("Нова Клієнтка", 2, NOW)
    back, missed = await calls_of(head, done.client.id)
    assert back.client == missed.client == "Нова Клієнтка"
    assert missed.marks & Mark.NEW
    assert done.client.numbers[0].known_since == NOW
    found = (await head.find_clients(ClientSearch(text="нова"))).clients
    assert [(one.id, one.numbers) for one in found] == [(done.client.id, ("+380672220002",))]


async def test_undoing_restores_exactly(head: Backend) -> None:
    before = await content(head)
    made = await head.change_client(RegisterClient(numbers=(STRANGER, "0501110003"), name="New", person="Anna"))
    assert made.client
    await head.change_client(
        EditClient(id=made.client.id, revision=made.client.revision, name="Newer", kind=ClientKind.COMPANY, note="x")
    )
    await head.change_client(EditPerson(id=made.client.persons[0].id, name="Hanna"))
    await head.change_client(MergeClients(id=1, other=made.client.id))
    await head.change_client(ArchiveClient(id=1))
    await head.change_client(UnlinkNumber(number=STRANGER))
    for _ in range(6):
        await head.change_client(UndoClientDeed())
    assert await content(head) == before
    assert not (await head.find_clients(ClientSearch(text="newer"))).clients
    with pytest.raises(NotFound):
        await head.change_client(UndoClientDeed())


async def test_what_was_changed_since_is_not_undone(head: Backend) -> None:
    made = await head.change_client(RegisterClient(numbers=(STRANGER,), name="New"))
    assert made.client
    await head.change_client(EditClient(id=made.client.id, revision=0, name="Newer"))
    with pytest.raises(Conflict):
        await head.change_client(UndoClientDeed(deed=made.deed))
    await head.change_client(UndoClientDeed())
    await head.change_client(UndoClientDeed(deed=made.deed))
    with pytest.raises(Conflict):
        await head.change_client(UndoClientDeed(deed=made.deed))


async def test_a_number_of_somebody_else_never_moves_silently(head: Backend, olena: Backend) -> None:
    with pytest.raises(Conflict) as caught:
        await olena.change_client(RegisterClient(numbers=("067 222-00-01",), name="Mine"))
    fields = caught.value.fields
    assert (fields["client"], fields["client_id"], fields["archived"]) == ("Stroysnab", 1, False)
    with pytest.raises(Forbidden):
        await olena.change_client(RegisterClient(numbers=("0672220001",), name="Mine", move=True))
    assert not (await head.find_clients(ClientSearch(text="Mine"))).clients
    moved = await head.change_client(RegisterClient(numbers=("0672220001",), name="Theirs", move=True))
    assert moved.client
    assert not (await head.client(ClientRequest(id=1))).numbers


async def test_two_who_register_one_number_at_once_one_wins(opened: Opener) -> None:
    olena, ivan = await opened("olena"), await opened("ivan")
    results = await asyncio.gather(
        *(one.change_client(RegisterClient(numbers=(STRANGER,), name=f"Client {n}")) for n, one in
          enumerate((olena, ivan))),
        return_exceptions=True,
    )  # fmt: skip
    [lost] = [one for one in results if isinstance(one, BaseException)]
    assert isinstance(lost, Conflict)
    [won] = [one for one in results if not isinstance(one, BaseException)]
    assert won.client
    assert lost.fields["client_id"] == won.client.id
    assert lost.fields["client"] == won.client.name


async def test_an_operator_is_told_of_own_calls_only(olena: Backend, head: Backend) -> None:
    done = await olena.change_client(RegisterClient(numbers=(STRANGER,), name="Caller"))
    assert done.client
    assert (done.calls, done.client.calls, done.client.last_call) == (1, 1, NOON + 600)
    card = await head.client(ClientRequest(id=done.client.id))
    assert (card.calls, card.last_call) == (2, NOON + 900)
    stranger = await olena.change_client(RegisterClient(numbers=("0501110003",), name="Never seen"))
    assert stranger.client
    assert (stranger.calls, stranger.client.last_call) == (0, None)


async def test_contact_persons_are_chosen_made_renamed_and_removed(head: Backend) -> None:
    made = await head.change_client(RegisterClient(numbers=(STRANGER,), client_id=1, person="Anna"))
    assert made.client
    [anna] = made.client.persons
    assert [number.person_id for number in made.client.numbers] == [None, anna.id]
    more = await head.change_client(RegisterClient(numbers=("0501110003",), client_id=1, person_id=anna.id))
    assert more.client
    assert more.client.persons == (anna,)
    renamed = await head.change_client(EditPerson(id=anna.id, name="Hanna"))
    assert renamed.client
    assert renamed.client.person(anna.id) == "Hanna"
    removed = await head.change_client(EditPerson(id=anna.id))
    assert removed.client
    assert not removed.client.persons
    assert len(removed.client.numbers) == 3
    with pytest.raises(NotFound):
        await head.change_client(RegisterClient(numbers=("0631110004",), client_id=1, person_id=anna.id))


async def test_a_merged_client_answers_to_both_ids_and_keeps_its_history(head: Backend) -> None:
    other = (await head.change_client(RegisterClient(numbers=(STRANGER,), name="Stroysnab 2", note="b"))).client
    assert other
    merged = await head.change_client(MergeClients(id=1, other=other.id))
    assert merged.client
    assert (merged.client.note, merged.calls) == ("b", 2)
    assert [number.key for number in merged.client.numbers] == ["+380672220001", "+380672220002"]
    assert merged.client.numbers[1].known_since == NOW
    assert await head.client(ClientRequest(id=other.id)) == merged.client
    assert len(await calls_of(head, 1)) == 3
    assert [row.id for row in (await head.clients(ClientListRequest())).rows] == [1]
    assert not (await head.clients(ClientListRequest(filter=ClientFilter(archived=True)))).rows
    with pytest.raises(Invalid):
        await head.change_client(MergeClients(id=1, other=other.id))


async def test_an_archived_client_is_off_the_lists_and_keeps_its_calls(head: Backend) -> None:
    await head.change_client(ArchiveClient(id=1))
    assert not (await head.find_clients(ClientSearch(text="stroy"))).clients
    assert not (await head.clients(ClientListRequest())).rows
    assert [
        row.id
        for row in (await head.clients(ClientListRequest(filter=ClientFilter(archived=True, search="stroy")))).rows
    ] == [1]
    assert len(await calls_of(head, 1)) == 1
    with pytest.raises(Conflict) as caught:
        await head.change_client(RegisterClient(numbers=("0672220001",), name="Again"))
    assert caught.value.fields["archived"]
    with pytest.raises(Invalid):
        await head.change_client(RegisterClient(numbers=(STRANGER,), client_id=1))


@pytest.mark.parametrize("number", ["201", "333", "anonymous", "", "???", "internal label"])
async def test_inside_numbers_and_withheld_callers_become_no_client(head: Backend, number: str) -> None:
    if number:
        with pytest.raises(Invalid):
            await head.change_client(RegisterClient(numbers=(number,), name="X"))
    else:
        done = await head.change_client(RegisterClient(numbers=(number,), name="X"))
        assert done.client
        assert done.client.numbers == ()


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_names(head: Backend, name: str) -> None:
    done = await head.change_client(RegisterClient(numbers=(STRANGER,), name=name, person=name, note=name))
    assert done.client
    assert (done.client.name, done.client.note, done.client.persons[0].name) == (name, name, name)
    assert [one.name for one in (await head.find_clients(ClientSearch(text=name[:30]))).clients] == [name]
    assert (await calls_of(head, done.client.id))[0].client == name


@pytest.mark.parametrize("name", ["", " \u200b\x1b ", "я" * 501])
async def test_a_name_that_nobody_could_read_is_refused(head: Backend, name: str) -> None:
    with pytest.raises(Invalid):
        await head.change_client(RegisterClient(name=name))
    assert len((await head.clients(ClientListRequest())).rows) == 1


async def test_control_characters_are_cleaned(head: Backend) -> None:
    done = await head.change_client(RegisterClient(name="a\x1b[2J\u202eb\r\n", note="one\r\ntwo\x00"))
    assert done.client
    assert (done.client.name, done.client.note) == ("a[2Jb", "one\ntwo")


async def test_an_edit_over_somebody_elses_is_a_conflict(head: Backend, olena: Backend) -> None:
    card = await head.client(ClientRequest(id=1))
    await olena.change_client(EditClient(id=1, revision=card.revision, name="By Olena"))
    with pytest.raises(Conflict):
        await head.change_client(EditClient(id=1, revision=card.revision, name="By Vira"))
    assert (await head.client(ClientRequest(id=1))).name == "By Olena"


async def test_operators_register_and_only_managers_move_merge_and_archive(olena: Backend) -> None:
    made = await olena.change_client(RegisterClient(name="Mine"))
    assert made.client
    for deed in (
        MergeClients(id=1, other=made.client.id),
        ArchiveClient(id=1),
        UnlinkNumber(number="0672220001"),
    ):
        with pytest.raises(Forbidden):
            await olena.change_client(deed)
    with pytest.raises(Forbidden):
        await olena.import_clients(ImportClients(records=()))


async def test_only_own_deeds_are_undone_without_the_right_to_manage(opened: Opener) -> None:
    olena, ivan, vira = await opened("olena"), await opened("ivan"), await opened("vira")
    made = await olena.change_client(RegisterClient(numbers=(STRANGER,), name="Olena's"))
    with pytest.raises(NotFound):
        await ivan.change_client(UndoClientDeed())
    with pytest.raises(Forbidden):
        await ivan.change_client(UndoClientDeed(deed=made.deed))
    undone = await vira.change_client(UndoClientDeed(deed=made.deed))
    assert (undone.client, undone.calls) == (None, 2)


async def test_search_finds_parts_of_names_and_numbers_in_any_spelling(head: Backend) -> None:
    for name in ("Семёнова Ольга", "Олена", "Семенюк"):
        await head.change_client(RegisterClient(name=name))
    await head.change_client(RegisterClient(name="Рибак", numbers=("+380501234567",)))

    async def found(text: str) -> list[str]:
        return [one.name for one in (await head.find_clients(ClientSearch(text=text))).clients]

    assert await found("семен") == ["Семёнова Ольга", "Семенюк"]
    assert await found("о") == ["Олена", "Семёнова Ольга"]
    assert await found("ЛЕНА") == ["Олена"]
    assert await found("050 123") == ["Рибак"]
    assert await found("0501234567") == ["Рибак"]
    assert await found("") == []
    similar = (await head.find_clients(ClientSearch(text="+7 050 123 45 67"))).clients
    assert [(one.name, one.similar) for one in similar] == [("Рибак", True)]


async def test_the_list_of_clients_goes_both_ways(head: Backend) -> None:
    for n in range(30):
        await head.change_client(RegisterClient(name=f"Client {n:02}"))
    first = await head.clients(ClientListRequest(below=10))
    assert [row.name for row in first.rows] == [f"Client {n:02}" for n in range(10)]
    assert (first.more_above, first.more_below) == (False, True)
    last = first.rows[-1]
    around = await head.clients(ClientListRequest(anchor=ClientPlace(last.sort_key, last.id), above=3, below=5))
    assert [row.name for row in around.rows] == [f"Client {n:02}" for n in range(6, 15)]
    assert (around.more_above, around.more_below) == (True, True)
    end = await head.clients(ClientListRequest(last=True, below=4))
    assert [row.name for row in end.rows] == ["Client 27", "Client 28", "Client 29", "Stroysnab"]
    assert (end.more_above, end.more_below) == (True, False)


async def test_the_list_of_clients_is_narrowed_counted_and_exported_whole(head: Backend) -> None:
    vira = head.session.employee_id
    await head.change_client(
        RegisterClient(
            name="ТОВ Ромашка", kind=ClientKind.COMPANY, numbers=(STRANGER, "0501110003"), person="Ганна Ковальчук",
            responsible_id=vira, note="VIP",
        )
    )  # fmt: skip
    await head.change_client(RegisterClient(name="Ганна"))

    async def found(**fields: object) -> list[str]:
        wanted = ClientFilter(**fields)  # type: ignore[arg-type]
        rows = (await head.clients(ClientListRequest(filter=wanted))).rows
        assert (await head.count(CountRequest(clients=wanted))).number == len(rows)
        return [row.name for row in rows]

    today = Period(preset=Preset.TODAY)
    assert await found() == ["Stroysnab", "Ганна", "ТОВ Ромашка"]
    assert await found(kinds=(ClientKind.COMPANY,)) == ["ТОВ Ромашка"]
    assert vira is not None
    assert await found(responsible=(vira,)) == await found(mine=True) == await found(assigned=True) == ["ТОВ Ромашка"]
    assert await found(assigned=False) == ["Stroysnab", "Ганна"]
    assert await found(numbers=False) == ["Ганна"]
    assert await found(persons=True) == await found(note=True) == ["ТОВ Ромашка"]
    assert await found(period=today) == ["Ганна", "ТОВ Ромашка"]
    assert await found(search="ганна") == ["Ганна", "ТОВ Ромашка"]
    assert await found(search="га") == ["Ганна", "ТОВ Ромашка"]
    assert await found(search="2220002") == await found(search="22", note=True) == ["ТОВ Ромашка"]
    assert await found(search="ганна", numbers=False) == ["Ганна"]
    [row] = (await head.clients(ClientListRequest(filter=ClientFilter(note=True), whole=True))).rows
    assert (row.note, row.responsible, len(row.numbers)) == ("VIP", "Vira", 2)


async def test_an_export_of_clients_is_written_down_and_forbidden_to_operators(head: Backend, olena: Backend) -> None:
    permit = await head.export(ExportRequest(clients=ClientFilter()))
    assert permit.calls == 1
    with pytest.raises(Forbidden):
        await olena.export(ExportRequest(clients=ClientFilter()))


async def test_contact_persons_are_found_by_name_under_whatever_name_they_have_now(head: Backend) -> None:
    made = await head.change_client(RegisterClient(client_id=1, person="Ганна Ковальчук"))
    assert made.client

    async def found(text: str) -> list[tuple[str, str]]:
        return [(one.name, one.person) for one in (await head.find_clients(ClientSearch(text=text))).clients]

    for text in ("г", "ган", "КОВАЛ", "нна"):
        assert await found(text) == [("Stroysnab", "Ганна Ковальчук")], text
    await head.change_client(EditPerson(id=made.client.persons[0].id, name="Олена"))
    assert (await found("ковал"), await found("олен")) == ([], [("Stroysnab", "Олена")])
    await head.change_client(UndoClientDeed())
    await head.change_client(UndoClientDeed(deed=made.deed))
    assert await found("ковал") == await found("олен") == []


async def test_other_consoles_hear_of_it(head: Backend, olena: Backend) -> None:
    since = (await olena.changes(ChangeRequest())).change
    await head.change_client(RegisterClient(numbers=(STRANGER,), name="New"))
    assert Kind.CLIENTS in (await olena.changes(ChangeRequest(since=since))).kinds


async def test_a_client_without_a_number_is_known_by_name_when_the_list_comes_again(head: Backend) -> None:
    records = (ClientRecord(row=2, name="Nameless street 5"),)
    fates = [(await head.import_clients(ImportClients(records=records, source="list.csv"))).fates for _ in range(2)]
    assert [fate.fate for [fate] in fates] == [ClientFate.NEW, ClientFate.UNCHANGED]


async def test_an_imported_list_makes_history_known(head: Backend) -> None:
    lost = CallFilter(lost=True)
    assert (await head.count(CountRequest(filter=lost))).number == 1
    records = (
        ClientRecord(row=2, name="Old friend", numbers=("0501110003",), kind=ClientKind.COMPANY),
        ClientRecord(row=3, name="Stroysnab", numbers=("0672220001", "0672220009"), persons=("Anna",)),
        ClientRecord(row=4, name="Thief", numbers=("0672220001",)),
        ClientRecord(row=5, name="stroysnab", numbers=("0672220010",)),
        ClientRecord(row=6, name="", numbers=("0672220011",)),
        ClientRecord(row=7, name="Since today", numbers=(STRANGER,), known_since=NOON + 700),
        ClientRecord(row=8, name="Old friend", numbers=("0501110003",)),
        ClientRecord(row=9, name="Ward", responsible="nobody"),
    )
    wanted = [
        ClientFate.NEW, ClientFate.EXTENDED, ClientFate.TAKEN, ClientFate.SAME_NAME, ClientFate.REJECTED,
        ClientFate.NEW, ClientFate.UNCHANGED, ClientFate.REJECTED,
    ]  # fmt: skip
    rehearsal = await head.import_clients(ImportClients(records=records, source="list.csv", rehearse=True))
    assert [fate.fate for fate in rehearsal.fates] == wanted
    assert (await head.count(CountRequest(filter=lost))).number == 1
    assert (await head.import_clients(ImportClients(records=records, source="list.csv"))) == rehearsal
    assert (await head.count(CountRequest(filter=lost))).number == 0
    new = (await head.window(WindowRequest(filter=CallFilter(new=True)))).rows
    assert [call.start for call in new] == [NOON + 600]
    again = await head.import_clients(ImportClients(records=records[:1], source="list.csv"))
    assert [fate.fate for fate in again.fates] == [ClientFate.UNCHANGED]
