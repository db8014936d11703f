"""The catalogues are whole: every string of the code, in both languages, with every form and placeholder."""

import ast
import string
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from backend_client.model.task_fault import FAULTS

ROOT = Path(__file__).parents[2]
FOLDERS = ("tui", "screens", "backend_client", "audio", "server")
KEYWORDS = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "N_": None}
LANGUAGES = ("uk", "ru")
FORMS = 3


def written_in_the_code() -> set[tuple[str | None, str]]:
    """Context and msgid of every string that is marked for translation."""
    found = set()
    for folder in FOLDERS:
        for _file, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, [("**.py", "python")], keywords=KEYWORDS, strip_comment_tags=True
        ):
            first = message if isinstance(message, str) else message[0]
            if first:
                found.add((context, first))
    return found


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path = ROOT / f"tui/locale/{request.param}/LC_MESSAGES/pult.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def texts(message: Message, *, translated: bool) -> tuple[str, ...]:
    value = message.string if translated else message.id
    return (value,) if isinstance(value, str) else tuple(value or ())


def fields(text: str) -> set[str]:
    """Names in braces, as format() reads them; what is no format string has none."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def test_no_string_hides_from_the_extraction() -> None:
    """Inside an f-string a call of `_` works, but before Python 3.12 nothing that extracts sees it."""
    seen = {message for _context, message in written_in_the_code()}
    hidden = {
        f"{path.relative_to(ROOT)}: {call.args[0].value!r}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "N_", "ngettext")
        if call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value not in seen
    }
    assert not hidden


def test_every_string_of_the_code_is_in_the_catalogue(catalogue: Catalog) -> None:
    there = {(message.context, texts(message, translated=False)[0]) for message in catalogue if message.id}
    code = written_in_the_code()
    assert len(code) > 100
    assert not code - there
    assert not there - code, "no longer in the code"


def test_every_reason_that_has_a_code_is_a_string_of_the_code(catalogue: Catalog) -> None:
    assert [reason for reason in FAULTS if catalogue.get(reason) is None] == []


def test_nothing_is_missing_or_fuzzy(catalogue: Catalog) -> None:
    assert not catalogue.fuzzy
    lacking = [message.id for message in catalogue if message.id and not all(texts(message, translated=True))]
    assert not lacking


def test_every_count_has_its_three_forms(catalogue: Catalog) -> None:
    assert catalogue.num_plurals == FORMS
    counted = [message for message in catalogue if message.pluralizable]
    assert counted
    assert not [message.id for message in counted if len(texts(message, translated=True)) != FORMS]


def test_translations_have_the_fields_of_their_originals(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            originals = [fields(text) for text in texts(message, translated=False)]
            for text in texts(message, translated=True):
                assert fields(text) in originals, message.id


def test_a_translation_is_in_its_own_alphabet(catalogue: Catalog) -> None:
    foreign = {"uk": "ыэъё", "ru": "іїєґ"}[str(catalogue.locale)]
    for message in catalogue:
        for text in texts(message, translated=True) if message.id else ():
            assert not set(text.lower()) & set(foreign), text


@pytest.mark.parametrize(
    ("language", "count", "calls"),
    [("uk", 1, "дзвінок"), ("uk", 3, "дзвінки"), ("uk", 11, "дзвінків"), ("uk", 21, "дзвінок"),
     ("ru", 1, "звонок"), ("ru", 4, "звонка"), ("ru", 12, "звонков"), ("ru", 25, "звонков"), ("en", 2, "calls")],
)  # fmt: skip
def test_numbers_take_the_right_form(language: str, count: int, calls: str) -> None:
    program = (
        "from tui import translations; translations.install(sys.argv[1]); from screens.language import ngettext;"
        "print(ngettext('{count} call', '{count} calls', int(sys.argv[2])).format(count=sys.argv[2]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {program}", language, str(count)],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert done.stdout == f"{count} {calls}\n"
