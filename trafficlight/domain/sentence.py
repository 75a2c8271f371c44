"""A sentence of the domain's that the public reads: its source text, and what is filled in.

The domain knows no languages: the text is translated first, and filled in then (`text/rendering.py`).
"""

from collections.abc import Mapping
from datetime import date

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """`text` is Chinese, with `{name}` for each of `values`; dates are written as the language has it."""

    text: str
    values: Mapping[str, str | int | date] = {}
