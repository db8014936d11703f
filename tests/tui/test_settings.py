"""Personal settings and the places they are kept in."""

from pathlib import Path

import pytest

from backend_client.errors import Forbidden, Invalid
from tui import places, settings
from tui.settings import Settings


def test_no_file_means_the_defaults(own_home: Path) -> None:
    assert settings.load() == Settings()


def test_what_is_saved_is_read_again(own_home: Path) -> None:
    chosen = Settings(
        language="uk",
        theme="colour-blind",
        columns=("status", "when"),
        mouse=False,
        details_panel=True,
        acting_as={'/srv/a "b".sqlite': "Олена"},
    )
    settings.save(chosen)
    assert settings.load() == chosen


def test_a_person_may_write_the_file_by_hand(own_home: Path) -> None:
    places.make(places.config_folder())
    places.settings_file().write_text('theme = "light"\nstatus-names = "families"\ncolumns = ["when", "client"]\n')
    assert settings.load() == Settings(theme="light", status_names="families", columns=("when", "client"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('theme = "pink"', "theme"),
        ('language = "fr"', "language"),
        ('colour = "red"', "colour"),
        ("mouse = 3", "mouse"),
        ("mouse = ?\n", "line 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(own_home: Path, text: str, named: str) -> None:
    places.make(places.config_folder())
    places.settings_file().write_text(text)
    with pytest.raises(Invalid) as told:
        settings.load()
    assert named in str(told.value)
    assert str(places.settings_file()) in str(told.value)


def test_folders_follow_the_xdg_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_home: Path) -> None:
    assert places.own_store() == own_home / ".local/share/pult/pult.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert places.own_store() == tmp_path / "pult/pult.sqlite"
    monkeypatch.setenv("XDG_DATA_HOME", "relative/is/ignored")
    assert places.own_store() == own_home / ".local/share/pult/pult.sqlite"


def test_folders_are_their_owner_s_alone(own_home: Path) -> None:
    settings.save(Settings(theme="dark"))
    assert places.config_folder().stat().st_mode & 0o777 == 0o700


def test_settings_that_cannot_be_kept_say_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/none")
    with pytest.raises(Forbidden, match="The folder /proc/none/pult cannot be made"):
        settings.save(Settings(theme="mono"))
