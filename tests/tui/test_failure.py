"""What is told and kept about failures: the next step, and nothing of a person's."""

import errno
from pathlib import Path

from backend_client.errors import Busy
from backend_client.model.text import N_
from tui import failure


def raised(message: str) -> ValueError:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def test_an_expected_failure_is_two_lines() -> None:
    error = Busy(N_("The store {path} is locked by another program."), N_("Mend {path}"), path="/srv/\x1b[31mcalls")
    assert failure.lines_about(error) == (
        "The store /srv/[31mcalls is locked by another program.",
        "Mend /srv/[31mcalls",
    )


def test_an_unexpected_one_names_its_report(own_home: Path) -> None:
    what, where = failure.lines_about(raised("boom"))
    [report] = (own_home / ".local/state/pult").iterdir()
    assert "ValueError" in what
    assert str(report) in where
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_report_holds_no_numbers_addresses_or_names(own_home: Path) -> None:
    text = failure.redacted(raised("no client 'Олена Кравчук' <olena@pbx.example> at 380441234567, 12 tries"))
    assert "ValueError" in text
    assert "test_failure.py" in text
    assert "12 tries" in text
    for secret in ("Олена", "olena@", "380441234567", str(own_home)):
        assert secret not in text


def test_a_full_disk_is_no_report_but_a_next_step(own_home: Path) -> None:
    lines = failure.lines_about(OSError(errno.ENOSPC, "No space left on device", "/srv/calls.csv"))
    assert lines == ("There is no room for /srv/calls.csv.", "Free some space, or choose another disk.")
    assert not (own_home / ".local/state/pult").exists()


def test_a_name_that_no_file_system_takes_is_told_in_short(own_home: Path) -> None:
    try:
        (own_home / ("x" * 5000)).exists()
    except OSError as error:
        what, hint = failure.lines_about(error)
    assert what.startswith(f"The name {str(own_home)[:20]}")
    assert len(what) < 100
    assert hint == "Choose a shorter one."
    assert not (own_home / ".local/state/pult").exists()
