"""Which language is spoken."""

import pytest

from tui import translations


@pytest.mark.parametrize(
    ("wish", "setting", "environment", "code"),
    [
        ("uk", "ru", {"LANG": "en_US.UTF-8"}, "uk"),
        ("", "ru", {"LANG": "uk_UA.UTF-8"}, "ru"),
        ("", "", {"LANG": "uk_UA.UTF-8"}, "uk"),
        ("", "", {"LC_ALL": "ru_RU.UTF-8", "LANG": "uk_UA.UTF-8"}, "ru"),
        ("", "", {"LC_ALL": "", "LC_MESSAGES": "uk_UA", "LANG": "ru_RU"}, "uk"),
        ("", "", {"LC_ALL": "C.UTF-8", "LANG": "uk_UA.UTF-8"}, "en"),
        ("", "", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("", "", {}, "en"),
    ],
)
def test_the_command_line_decides_then_the_setting_then_the_environment(
    wish: str, setting: str, environment: dict[str, str], code: str
) -> None:
    assert translations.choose(wish, setting, environment) == code


def test_the_three_languages_are_there() -> None:
    assert set(translations.available()) == {"en", "uk", "ru"}
