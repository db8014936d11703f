"""Queues and groups: found in calls, named in place; a missed call of a queue reads the name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend_client.contract.calls import WindowRequest
from backend_client.contract.directories import EditEmployee
from backend_client.model.leg import CallFacts
from tests.screens.store import NOON, console, fill, incoming, text
from tests.screens.test_registration import desk, own_state, press
from tests.tui.command import pult

__all__ = ["own_state"]


def in_queue(key: str, start: int, queue: str) -> CallFacts:
    """A caller who gave up in a queue that rang nobody."""
    facts = incoming(key, start, talk=0)
    leg = replace(
        facts.legs[0], app="Queue", appdata=f"{queue},t,,,120", callee=queue, dstchannel="", context="ext-queues"
    )
    return replace(facts, legs=(leg,))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    fill(path, [incoming("1", NOON - 300), in_queue("2", NOON - 200, "600"), in_queue("3", NOON - 100, "[/foo]")])
    return path


async def test_a_queue_is_named_in_place_and_its_missed_call_reads_the_name(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        assert "Queue 600" in text(pilot)
        await press(pilot, "9", "right", "right", "right")
        assert "[Groups]" in text(pilot)
        assert "Queue [/foo]" in text(pilot)
        await press(pilot, "enter", "typed:Продажі", "enter")
        first = (await backend.directories()).groups[0]
        assert (first.number, first.name) == ("600", "Продажі")
        await press(pilot, "2")
        assert "Queue Продажі" in text(pilot)
        call = (await backend.window(WindowRequest())).rows[1]
        assert (call.application, call.callee.name) == ("Queue Продажі", "Queue Продажі")


async def test_a_group_is_added_by_number_and_listed_by_a_command(store: Path) -> None:
    async with console(store, mode="directories") as pilot:
        await press(pilot, "right", "right", "right", "a", "typed:700 Склад", "enter")
        assert "Склад" in text(pilot)
    listed = json.loads(pult("--store", store, "groups", "--json").stdout)
    assert {one["number"]: one.get("name", "") for one in listed} == {"600": "", "700": "Склад", "[/foo]": ""}
    assert "Sales" in pult("--store", store, "groups", "600", "Sales").stdout


async def test_a_department_is_renamed_for_all_of_it(store: Path) -> None:
    async with desk(store) as (pilot, backend):
        for employee in (await backend.directories()).employees:
            await backend.change_directory(EditEmployee(employee=replace(employee, department="Sales")))
        await press(pilot, "9", "right", "right", "right", "end")
        assert "1 employee" in text(pilot)
        await press(pilot, "enter", *["backspace"] * 5, "typed:Збут", "enter")
        assert (await backend.directories()).departments == ("Збут",)
