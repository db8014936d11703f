"""What is wrong with how a command was called, where click cannot see it."""

from __future__ import annotations

import sys

from backend_client.errors import Invalid
from backend_client.model.text import N_


def decoded(text: str) -> str:
    """A text as it was given. Raises Invalid where its bytes are none of the encoding: cleaned, it would be another."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(
            N_("The text cannot be read as {encoding}."),
            N_("Convert it first, such as by: iconv -f CP1251 -t UTF-8"),
            encoding=sys.getfilesystemencoding().upper(),
        ) from error
    return text
