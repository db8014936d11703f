"""A store that a group of users of one machine shares: folder 2770, files 0660."""

from __future__ import annotations

import grp
import os
from pathlib import Path

from backend_client.errors import Invalid, NotFound
from backend_client.model.text import N_
from backend_client.sqlite.file import open_file, store_errors

NAME = "pult.sqlite"


def share_store(folder: Path, group: str) -> Path:
    """Make the folder and a store in it for a group, or hand over what is there; the store's path.

    SQLite gives the files that it makes beside the store the store's own mode, and the folder's set-group-id bit its
    group. Raises NotFound for a group that is not there, Forbidden where this user may not, Invalid for a file in
    the folder's place.
    """
    try:
        gid = grp.getgrnam(group).gr_gid
    except KeyError:
        raise NotFound(
            N_("There is no group {group} on this machine."), N_("Make it: groupadd {group}"), group=group
        ) from None
    if folder.exists() and not folder.is_dir():
        raise Invalid(N_("{path} is a file, not a folder."), path=str(folder))
    store = folder / NAME
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, -1, gid)
        folder.chmod(0o2770)
        store.touch(0o660)
        for file in (store, *folder.glob(f"{NAME}-*")):
            os.chown(file, -1, gid)
            file.chmod(0o660)
    open_file(store).close()
    return store
