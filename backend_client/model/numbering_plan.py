"""Numbering plans of countries, compiled out of the library's own metadata: the plain numbers, of which an import is
full, at a tenth of what the library takes. `tests/model/test_phone.py` holds both to the same answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata, PhoneNumberDesc

_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


class NumberingPlan:
    """How numbers of one calling code are written, where that takes no rule but a plain trunk prefix."""

    def __init__(self, code: str, metadata: PhoneMetadata, general: PhoneNumberDesc) -> None:
        self._code = code
        self._trunk = metadata.national_prefix or ""
        self._abroad = re.compile(metadata.international_prefix or "(?!)")
        self._general = re.compile(general.national_number_pattern or "(?!)")
        self._begin = re.compile(metadata.leading_digits or "")
        """Of the numbers that a country shares its calling code for, those that are its own."""
        self._lengths = frozenset(general.possible_length)
        self._numbers = [(re.compile(pattern), lengths) for pattern, lengths in _descriptions(metadata, general)]

    def international(self, digits: str) -> tuple[str, str] | None:
        """E.164 digits and the national form of a number written with its plus; None: ask the library."""
        return self._number(digits.removeprefix(self._code)) if digits.startswith(self._code) else None

    def national(self, digits: str) -> tuple[str, str] | None:
        """The same of digits dialled in this country, with or without the trunk prefix or the country's own code."""
        if self._abroad.match(digits):
            return None
        if digits.startswith(self._code):
            # Digits that are a number as they stand are no code with a number behind it.
            return None if self._general.fullmatch(digits) else self._number(digits.removeprefix(self._code))
        return self._number(digits.removeprefix(self._trunk))

    def _number(self, significant: str) -> tuple[str, str] | None:
        if significant[:1] in ("", "0", self._trunk[:1]) or not self._is_valid(significant):
            return None
        return self._code + significant, self._trunk + significant

    def _is_valid(self, significant: str) -> bool:
        length = len(significant)
        if (
            length not in self._lengths
            or not self._general.fullmatch(significant)
            or not self._begin.match(significant)
        ):
            return False
        return any(length in lengths and pattern.fullmatch(significant) for pattern, lengths in self._numbers)


def _descriptions(metadata: PhoneMetadata, general: PhoneNumberDesc) -> Iterator[tuple[str, frozenset[int]]]:
    """Pattern and lengths of each type of number that the country has."""
    for name in _TYPES:
        description = getattr(metadata, name)
        if description is not None and description.national_number_pattern:
            lengths = description.possible_length or general.possible_length
            yield description.national_number_pattern, frozenset(lengths)


@lru_cache(maxsize=16)
def plan_of(country: str) -> NumberingPlan | None:
    """The plan of the country that its calling code is mainly of; None where the library's other rules count."""
    # 28 ms, in ingest only.
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.country_code is None or metadata.general_desc is None:
        return None
    if (metadata.national_prefix_for_parsing or "") != (metadata.national_prefix or ""):
        return None
    if metadata.national_prefix_transform_rule or not (metadata.national_prefix or "0").isdigit():
        return None
    if COUNTRY_CODE_TO_REGION_CODE[metadata.country_code][0] != country:
        return None
    return NumberingPlan(str(metadata.country_code), metadata, metadata.general_desc)
