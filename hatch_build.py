"""Build hook: compiles the translation catalogues, so that an install from a clone has its languages."""

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueBuildHook(BuildHookInterface[Any]):
    """Writes a .mo beside every .po, for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files of the wheel are collected."""
        compile_catalogues(Path(self.root))


def compile_catalogues(root: Path) -> None:
    """Not by pybabel, which takes "% o" in a text for a placeholder and then refuses its translations."""
    for source in (root / "tui" / "locale").glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parents[1].name)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        # Whole or not at all: a console may be starting meanwhile.
        new = source.with_suffix(".mo.new")
        new.write_bytes(compiled.getvalue())
        new.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent)
