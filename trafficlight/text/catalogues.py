"""Catalogues as gettext reads them, made of the `.po` files once: derived, and deleted at no loss.

Reading a `.po` takes longer than everything else that a short command does. A wheel carries what is made here
(`hatch_build.py`, which imports this module alone); in a checkout the first command in a language makes it.
"""

import os
from contextlib import suppress
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Final

LOCALES: Final = Path(__file__).parent / "locale"
"""The catalogues by language, `zh_Hant.po`, and what is made of each beside it."""
_DIGEST: Final = 16


def compiled(po: Path) -> bytes:
    """The `.mo` of a catalogue: the one beside it, if it was made of this very `.po` and is whole.

    Where the folder cannot be written, it is made each time.
    """
    source = po.read_bytes()
    file = po.with_suffix(".mo")
    with suppress(OSError):
        stored = file.read_bytes()
        body = stored[: -2 * _DIGEST]
        if stored[len(body) :] == _digest(source) + _digest(body):
            return body
    body = _made(source)
    beside = file.with_suffix(f".{os.getpid()}.mo")
    with suppress(OSError):  # a folder that is not ours to write
        beside.write_bytes(body + _digest(source) + _digest(body))
        beside.replace(file)
    return body


def _made(source: bytes) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only where there is no `.mo`
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    made = BytesIO()
    write_mo(made, read_po(BytesIO(source)))
    return made.getvalue()


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()
