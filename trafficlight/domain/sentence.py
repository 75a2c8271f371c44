"""A sentence of the domain's that the public reads: its source text, and what is filled in.

The domain knows no languages: whoever tells it translates the text first and fills it in then.
"""

from collections.abc import Mapping
from datetime import date

import msgspec


class Sentence(msgspec.Struct, frozen=True):
    """`text` is Chinese, with `{name}` for each of `values`; dates are told by the rules of the language."""

    text: str
    values: Mapping[str, str | int | date] = {}
