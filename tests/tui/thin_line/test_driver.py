"""Which driver runs where."""

from __future__ import annotations

import sys

import pytest
from textual.drivers.linux_driver import LinuxDriver

from tui.thin_line.driver import ThinDriver, driver_class


class Terminal:
    def isatty(self) -> bool:
        return True


class Own(LinuxDriver):
    """A program's own driver."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", Terminal())


@pytest.mark.usefixtures("terminal")
def test_thin_driver_stands_before_the_programs_own() -> None:
    assert issubclass(driver_class("thin", Own), ThinDriver)
    assert issubclass(driver_class("thin", Own), Own)


@pytest.mark.usefixtures("terminal")
def test_stock_driver_on_request() -> None:
    assert driver_class("stock", Own) is Own


@pytest.mark.usefixtures("terminal")
def test_stock_driver_on_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert driver_class("thin", Own) is Own


def test_stock_driver_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    assert driver_class("thin", Own) is Own
