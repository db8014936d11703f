"""Tariffs: what calls cost where no record says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend_client.contract.backend import Backend
from backend_client.contract.calls import CallRequest, WindowRequest
from backend_client.contract.tariffs import ChangeTariffs
from backend_client.errors import Forbidden, Invalid
from backend_client.model.call import Price, PriceState
from backend_client.model.status import Direction
from backend_client.model.tariff import MILLION, Tariff, price_of
from tests.contract.conftest import Opener

UKRAINE = Tariff(prefix="380", name="Ukraine", per_minute=1_200_000, step=60, currency="UAH")
KYIVSTAR = Tariff(prefix="38067", name="Kyivstar", per_minute=600_000, currency="UAH")


async def price_out(backend: Backend) -> Price:
    """Of the one outgoing call: thirty seconds to 067."""
    rows = (await backend.window(WindowRequest())).rows
    [out] = [row for row in rows if row.direction is Direction.OUTGOING]
    return (await backend.call(CallRequest(id=out.id))).price


async def test_the_longest_prefix_prices_what_no_record_does(head: Backend) -> None:
    assert await price_out(head) == Price(PriceState.NOT_KNOWN)
    await head.change_tariffs(ChangeTariffs(put=(UKRAINE,)))
    assert await price_out(head) == Price(PriceState.KNOWN, 1_200_000, "UAH"), "one begun minute"
    await head.change_tariffs(ChangeTariffs(put=(KYIVSTAR, replace(UKRAINE, prefix="7"))))
    assert await price_out(head) == Price(PriceState.KNOWN, 300_000, "UAH"), "half a minute by the second"
    await head.change_tariffs(ChangeTariffs(put=(replace(KYIVSTAR, per_minute=0),)))
    assert await price_out(head) == Price(PriceState.KNOWN, 0, "UAH")
    left = await head.change_tariffs(ChangeTariffs(remove=("+380 (67)", "380")))
    assert [one.prefix for one in left.tariffs] == ["7"]
    assert await price_out(head) == Price(PriceState.NOT_KNOWN)


async def test_a_list_replaces_the_one_before_it_whole_or_not_at_all(head: Backend) -> None:
    await head.change_tariffs(ChangeTariffs(put=(UKRAINE,)))
    for wrong in (
        replace(KYIVSTAR, prefix="abc"), replace(KYIVSTAR, step=0), replace(KYIVSTAR, per_minute=-1),
        replace(KYIVSTAR, currency="гривні"), replace(KYIVSTAR, prefix="1" * 16), replace(KYIVSTAR, per_minute=2**62),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await head.change_tariffs(ChangeTariffs(put=(KYIVSTAR, wrong), replace=True))
    assert (await head.tariffs()).tariffs == (UKRAINE,)
    spelled = replace(KYIVSTAR, prefix="00380 67", currency=" uah", name="Ки\x1b[31mїв")
    replaced = await head.change_tariffs(ChangeTariffs(put=(spelled,), replace=True))
    assert [(one.prefix, one.currency) for one in replaced.tariffs] == [("38067", "UAH")]
    assert "\x1b" not in replaced.tariffs[0].name


async def test_tariffs_are_for_those_who_keep_directories(olena: Backend, opened: Opener) -> None:
    with pytest.raises(Forbidden):
        await olena.tariffs()
    with pytest.raises(Forbidden):
        await olena.change_tariffs(ChangeTariffs(put=(UKRAINE,)))
    head = await opened("vira")
    assert (await head.tariffs()).tariffs == ()


@given(st.integers(0, 10**7), st.integers(0, 10**9), st.integers(1, 3600))
def test_a_price_grows_by_whole_steps(talk: int, per_minute: int, step: int) -> None:
    tariff = Tariff(prefix="7", per_minute=per_minute, step=step, currency="RUB")
    price = price_of(tariff, talk)
    assert price is not None
    steps = -(-talk // step)
    assert abs(price - steps * step * per_minute / 60) <= 0.5 + price / 2**50
    assert price == price_of(tariff, steps * step)
    assert price_of(replace(tariff, per_minute=None), talk) is None
    assert price_of(tariff, 0) == 0
    assert price_of(replace(tariff, per_minute=MILLION, step=1), 60) == MILLION
