"""`pult profile new`: questions, a profile, and an import by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend_client.ingest.profile import load_profile
from backend_client.ingest.source import SourceOptions
from tests.ingest.test_formats import everything

TABLE = (
    "Початок;Хто;Кому;Тривалість;Розмова;Підсумок\n"
    "2026-11-20 21:47:31;380672220001;201;9;6;Розмова\n"
    "2026-11-20 21:49:31;380672220002;201;9;0;Без відповіді\n"
)


def ask(folder: Path, answers: str) -> subprocess.CompletedProcess[str]:
    (folder / "calls.csv").write_text(TABLE)
    return subprocess.run(
        [sys.executable, "-c", "from tui.cli import main; main()", "--lang", "en", "profile", "new", "calls.csv"],
        input=answers, capture_output=True, text=True, cwd=folder, timeout=60, check=False,
    )  # fmt: skip


def test_questions_make_a_profile_by_which_the_file_is_read(tmp_path: Path) -> None:
    done = ask(tmp_path, "1\n2\n3\n\n4\n5\n6\n\n\n\n\n\n\n\nANSWERED\nNO ANSWER\n")
    assert done.returncode == 0, done.stderr
    profile = load_profile(tmp_path / "calls.csv.toml")
    assert profile.titles["Початок"] == "start"
    _, [talked, missed], _, _ = everything(tmp_path / "calls.csv", SourceOptions(profile=profile))
    assert (talked.caller, talked.billsec, talked.disposition) == ("380672220001", 6, "ANSWERED")
    assert missed.disposition == "NO ANSWER"


def test_a_call_without_a_start_is_no_call(tmp_path: Path) -> None:
    done = ask(tmp_path, "\n" * 14)
    assert done.returncode == 1
    assert "needs a start" in done.stderr
    assert not (tmp_path / "calls.csv.toml").exists()
