"""Ranges of mobile numbers: Russia's registry, and Ukraine's codes."""

import pytest

from backend_client.model.mobile import mobile_range
from backend_client.model.region import region_of


@pytest.mark.parametrize(
    ("number", "operator", "region"),
    [
        ("+79000000000", "Tele2", "RU-KDA"),
        ("+79000061999", "Tele2", "RU-KDA"),
        ("+79000062000", "Tele2", "RU-ROS"),
        ("+79999999999", "Yota", "RU-MOW"),
        ("+380501112233", "Vodafone", ""),
        ("+380671112233", "Київстар", ""),
        ("+380931112233", "lifecell", ""),
    ],
)
def test_a_mobile_number_has_its_ranges_operator_and_region(number: str, operator: str, region: str) -> None:
    known = mobile_range(number)
    assert known is not None
    assert (known.operator, known.region) == (operator, region)


@pytest.mark.parametrize(
    "number", ["+380441112233", "+74951112233", "+7912", "+48512345678", "", "sip:a@b", "+7900²000000"]
)
def test_other_numbers_have_none(number: str) -> None:
    assert mobile_range(number) is None


def test_a_russian_mobile_is_at_home_in_its_region_only_in_russia() -> None:
    assert region_of("+79270000000", "RU").names["en"] == "Samara Oblast"
    assert region_of("+79270000000", "UA").key == "RU"
    assert region_of("+380501112233", "UA").key == "UA mobile"
