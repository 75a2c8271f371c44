"""A table copied out of Excel, WPS or a chat, into the bytes of a file as `workbook` reads it."""

import re
from typing import Final

from trafficlight.actions.fields import Columns
from trafficlight.actions.workbook import HEADER_WITHIN

_APART: Final = re.compile(r" {2,}|\u3000+")
"""What a chat makes of the tabs of a table."""
_DELIMITERS: Final = re.compile(r"[\t,;|]")
_FEWEST: Final = 2
"""Columns of a header."""


def pasted_table(text: str, columns: Columns) -> bytes:
    """The table as a file: markup and what has tabs or commas as it is, columns of spaces with tabs instead.

    Empty where nothing but white space was pasted.
    """
    lines = text.strip().splitlines()
    if text.lstrip().startswith("<") or not lines:
        return text.strip().encode()
    for split in (_APART.split, str.split):
        heads = [split(line.strip()) for line in lines[:HEADER_WITHIN]]
        if any(_DELIMITERS.search(line) for line in lines[:HEADER_WITHIN]):
            break
        if max(len(columns.known(cells)) for cells in heads) >= _FEWEST:
            return "\n".join("\t".join(split(line.strip())) for line in lines).encode()
    return text.strip("\r\n").encode()
