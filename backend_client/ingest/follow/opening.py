"""What a person names as a source, as something that can be followed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from backend_client.errors import BackendError, Invalid
from backend_client.ingest.follow.batch import Followed
from backend_client.ingest.follow.database import FollowedDatabase
from backend_client.ingest.follow.files import FollowedFile
from backend_client.ingest.follow.stream import STDIN, FollowedStream
from backend_client.ingest.foreign_database import is_database
from backend_client.ingest.rows import read_head
from backend_client.ingest.source import SourceOptions
from backend_client.model.text import N_, clean

AMI = "ami://"
MYSQL = "mysql://"
MIKOPBX = ("mikopbx://", "mikopbx+http://")


def open_followed(
    text: str, options: SourceOptions, *, system: str, environment: Mapping[str, str], format: str = ""
) -> Followed:
    """A source by its path, "-" for JSON lines on stdin, or an address: ami://user@host, mysql://user@host/database,
    mikopbx://host, whose passwords stand in PULT_AMI_SECRET, PULT_MYSQL_SECRET and PULT_MIKOPBX_TOKEN. A file that is
    not there yet is waited for. Raises Invalid."""
    if text == STDIN:
        return FollowedStream(sys.stdin.buffer, options, system)
    if text.startswith(AMI):
        # Sockets and selectors, which files do without.
        from backend_client.ingest.follow.ami import FollowedAmi

        return FollowedAmi.of(text, options.settings, system, environment.get("PULT_AMI_SECRET", ""))
    if text.startswith(MYSQL):
        from backend_client.ingest.follow.mysql import FollowedMysql
        from backend_client.ingest.mysql import Address

        return FollowedMysql(Address.of(text, environment.get("PULT_MYSQL_SECRET", "")), options, system)
    if text.startswith(MIKOPBX):
        from backend_client.ingest.follow.mikopbx_rest import FollowedMikoPbx

        return FollowedMikoPbx(text, options, system, token=environment.get("PULT_MIKOPBX_TOKEN", ""))
    if "://" in text:
        raise Invalid(
            N_("{source} is no source that can be followed."),
            N_("Name a file, a database, - for JSON lines on stdin, ami://, mysql:// or mikopbx:// and a host."),
            source=clean(text.rpartition("@")[2]),
        )
    path = Path(text).expanduser()
    try:
        head = read_head(path)
    except BackendError:
        if path.is_dir():
            raise
        head = b""
    if is_database(head) or (not head and path.suffix in (".db", ".sqlite", ".sqlite3")):
        return FollowedDatabase(path, options, system, format)
    return FollowedFile(path, options, system, format)
