"""FreeSWITCH's mod_cdr_csv: a template decides the columns; those of the stock configuration are recognised (B8)."""

from __future__ import annotations

import csv
from pathlib import Path

from backend_client.errors import Invalid
from backend_client.ingest.csv_rows import CsvRows
from backend_client.ingest.freeswitch import TEMPLATES, finish, fit, layout_of, variables_of
from backend_client.ingest.profile import Profile
from backend_client.ingest.record_table import RecordTable
from backend_client.ingest.rows import CsvFile, is_binary
from backend_client.ingest.source import Source, SourceOptions
from backend_client.model.text import N_, clean

_SURE = 0.8


class FreeSwitchCsv:
    """The format: recognised by causes and UUIDs where a stock template has them."""

    name = "freeswitch-csv"

    def detect(self, head: bytes, filename: str) -> float:
        if is_binary(head):
            return 0.0
        lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.count('"') % 2 == 0][:50]
        rows = [row for row in csv.reader(lines) if row]
        # Before the guesses of other formats, which see a table of dates and numbers.
        return 1.0 if rows and max(fit(template, rows) for template in TEMPLATES.values()) >= _SURE else 0.0

    def open(self, path: Path, options: SourceOptions) -> Source:
        """By the profile's template, else by the stock one that fits. Raises Invalid where none does."""
        profile = options.profile or Profile()
        variables = variables_of(profile.template)
        name = "profile"
        if not variables:
            rows = CsvFile(path, profile.encoding, profile.delimiter).sample()
            score, name = max((fit(template, rows), name) for name, template in TEMPLATES.items())
            variables = TEMPLATES[name]
            if score < _SURE:
                raise Invalid(
                    N_("{file} is in none of FreeSWITCH's stock templates."),
                    N_('Put the template of cdr_csv.conf.xml into a profile, as template = """…""".'),
                    file=clean(path.name),
                )
        layout = layout_of(variables, f"freeswitch-{name}")
        if not {"start", "uniqueid", "src", "dst"} <= set(layout.fields):
            raise Invalid(
                N_("The template lacks what a call needs: start_stamp, uuid, caller_id_number, destination_number.")
            )
        return RecordTable(self.name, CsvRows(path, variables, profile), layout, options, finish)
