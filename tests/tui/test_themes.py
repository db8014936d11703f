"""Themes: every role has a colour that can be read on its background."""

import pytest
from textual.app import App
from textual.color import Color

from screens.words import Role
from tui import settings, themes

NAMES = {
    Role.GOOD: "text-success", Role.BAD: "text-error", Role.WARNING: "text-warning", Role.ACCENT: "text-accent",
    Role.MUTED: "text-muted", Role.TITLE: "text-primary",
}  # fmt: skip


def variables(theme: str) -> dict[str, str]:
    app: App[None] = App()
    app.register_theme(themes.THEMES[theme])
    app.theme = theme
    return app.get_css_variables()


def luminance(colour: Color) -> float:
    """Relative luminance (WCAG 2)."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour.rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2), from 1 to 21."""
    low, high = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (high + 0.05) / (low + 0.05)


def test_the_settings_know_the_themes() -> None:
    assert set(settings.THEMES) == set(themes.THEMES)


@pytest.mark.parametrize("theme", ["dark", "light", "colour-blind"])
def test_every_role_can_be_read(theme: str) -> None:
    colours = variables(theme)
    for ground in ("background", "surface"):
        assert contrast(colours["foreground"], colours[ground]) >= 7
        for role, name in NAMES.items():
            assert contrast(colours[name], colours[ground]) >= 4.5, (theme, role, ground)


@pytest.mark.parametrize("theme", ["dark", "light", "colour-blind", "ansi"])
def test_roles_that_mean_different_things_differ(theme: str) -> None:
    colours = variables(theme)
    assert len({colours[name] for role, name in NAMES.items() if role is not Role.TITLE}) == len(NAMES) - 1


@pytest.mark.parametrize("theme", ["ansi", "mono"])
def test_a_terminal_keeps_its_own_colours(theme: str) -> None:
    colours = variables(theme)
    assert {colours["background"], colours["foreground"]} == {"ansi_default"}
    assert all(colours[name].startswith("ansi_") for name in NAMES.values())


def test_mono_has_no_colour_at_all() -> None:
    colours = variables("mono")
    assert {colours[name] for name in NAMES.values()} == {"ansi_default"}


@pytest.mark.parametrize(
    ("wish", "environment", "theme"),
    [
        ("", {}, "dark"),
        ("", {"NO_COLOR": "1"}, "mono"),
        ("light", {"NO_COLOR": "1"}, "light"),
        ("", {"NO_COLOR": ""}, "dark"),
    ],
)
def test_no_color_is_respected_unless_a_theme_is_asked_for(wish: str, environment: dict[str, str], theme: str) -> None:
    assert themes.choose(wish, environment) == theme
