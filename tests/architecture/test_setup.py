"""What a newcomer reads where something is missing, told by the setup run on a machine of stubs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / ".ci/setup"


class Machine:
    """A folder of commands that stands for all that is installed."""

    def __init__(self, commands: Path) -> None:
        self._commands = commands
        for name in ("sh", "cat"):
            (commands / name).symlink_to(os.path.realpath(shutil.which(name) or name))
        self.has("id", "echo 1000")

    def has(self, name: str, script: str) -> None:
        command = self._commands / name
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)

    def setup(self, *words: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": str(self._commands)}
        return subprocess.run([SETUP, *words], env=env, capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def python_without(machine: Machine, missing: str) -> None:
    machine.has("python3", f'case "$2" in *{missing}*) exit 1;; *print*) echo python3.11-venv;; esac')


def test_an_old_python_is_named_as_the_reason(machine: Machine, tmp_path: Path) -> None:
    python_without(machine, "version_info")
    done = machine.setup("environment", str(tmp_path / "venv"), "run")
    assert done.returncode == 1
    assert "needs Python 3.11 or later" in done.stderr


def test_a_missing_venv_part_is_told_with_its_command(machine: Machine, tmp_path: Path) -> None:
    python_without(machine, "ensurepip")
    done = machine.setup("environment", str(tmp_path / "venv"), "run")
    assert done.returncode == 1
    assert "sudo apt-get install python3.11-venv" in done.stderr


def test_a_missing_program_is_told_with_its_command(machine: Machine) -> None:
    machine.has("apt-get", "exit 99")
    machine.has("sudo", "exit 1")
    done = machine.setup("program", "tmux", "tmux")
    assert done.returncode == 1
    assert "sudo apt-get install tmux" in done.stderr


def test_a_missing_program_is_installed_where_sudo_asks_nothing(machine: Machine, tmp_path: Path) -> None:
    machine.has("env", 'while [ "${1#*=}" != "$1" ]; do shift; done; exec "$@"')
    machine.has("sudo", 'shift; "$@"')
    tmux = tmp_path / "tmux"
    link = f"{shutil.which('ln')} -s {tmp_path}/sh {tmux}"
    machine.has("apt-get", f'case "$*" in *"install -y"*tmux) {link};; esac')
    done = machine.setup("program", "tmux", "tmux")
    assert done.returncode == 0, done.stderr
    assert tmux.is_symlink()
