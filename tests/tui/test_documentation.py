"""The generated pages are those of the code, and every page that another points to is there."""

import re
import tomllib
from pathlib import Path

import pytest

from docs.generate import PAGES
from tui import keymap

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "write it with: python -m docs.generate"


def test_the_keymap_that_is_shown_holds() -> None:
    [shown] = re.findall(r"```toml\n(.*?)```", (DOCS / "keys.md").read_text(encoding="utf-8"), re.DOTALL)
    assert keymap.check(tomllib.loads(shown), keymap.all_bindings()).problems == ()


@pytest.mark.parametrize("page", [DOCS.parent / "README.md", *DOCS.glob("*.md")], ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_pictures_fetch_nothing() -> None:
    pictures = list((DOCS / "screenshots").glob("*.svg"))
    assert pictures
    for picture in pictures:
        links = set(re.findall(r'https?://[^"\s<]+', picture.read_text(encoding="utf-8")))
        assert links <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}, picture
