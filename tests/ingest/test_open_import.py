"""Opening a store to import into, and who may."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend_client.errors import Forbidden
from backend_client.ingest.run import import_files
from backend_client.model.permissions import Role
from backend_client.opening import open_import
from backend_client.sqlite.directory import add_employee
from backend_client.sqlite.file import open_file
from backend_client.sqlite.transaction import Writer
from tests.ingest.lines import master


def test_an_import_makes_its_store(tmp_path: Path) -> None:
    source = tmp_path / "Master.csv"
    source.write_text(master())

    with open_import(tmp_path / "new" / "pult.db") as store:
        assert import_files([source], store).new == 1
    with open_import(tmp_path / "new" / "pult.db") as store:
        assert import_files([source], store).unchanged == 1


def test_an_operator_may_not_import(tmp_path: Path) -> None:
    writer = Writer(open_file(tmp_path / "pult.db"))
    with writer.transaction() as transaction:
        add_employee(transaction, "Олена", login="olena")
        add_employee(transaction, "Віктор", login="viktor", roles=[Role.SUPERVISOR])
    writer.close()

    with pytest.raises(Forbidden, match="Олена"), open_import(tmp_path / "pult.db", acting_as="olena"):
        pass
    with open_import(tmp_path / "pult.db", acting_as="viktor") as store:
        assert store.settings().zone == "Europe/Kyiv"
