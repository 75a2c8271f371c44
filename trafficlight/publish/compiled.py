"""Templates as compiled code, kept beside them as Python keeps its own: derived, and deleted at no loss.

Compiling all of them takes longer than everything else that a server does before it listens.
"""

import os
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

if TYPE_CHECKING:
    from types import CodeType

_DIGEST: Final = 16


class Compiled(BytecodeCache):
    """Each template compiled once, for all languages: they differ in what it is given.

    `made_by`: the module that makes the environment, for its options are compiled in. Where the folder cannot
    be written, or Python was told to leave no code behind, all is compiled at each start.
    """

    def __init__(self, folder: Path, made_by: Path) -> None:
        self._folder = folder
        self._maker = blake2b(
            jinja2.__version__.encode() + sys.version.encode() + made_by.read_bytes(), digest_size=8
        ).digest()
        self._code: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Code of this very template, made by this very environment; a torn file counts as none."""
        if bucket.key in self._code:
            bucket.code = self._code[bucket.key]
            return
        try:
            packed = self._file(bucket).read_bytes()
        except OSError:
            return
        body = packed[_DIGEST:]
        if _digest(body) == packed[:_DIGEST]:
            bucket.bytecode_from_string(body)
            if bucket.code is not None:  # None: of another Python
                self._code[bucket.key] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code, here and in the folder."""
        if bucket.code is None:
            raise TypeError("there is no code to keep")
        self._code[bucket.key] = bucket.code
        if sys.dont_write_bytecode:
            return
        body = bucket.bytecode_to_string()
        file = self._file(bucket)
        beside = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # a folder that is not ours to write
            self._folder.mkdir(exist_ok=True)
            beside.write_bytes(_digest(body) + body)
            beside.replace(file)

    def _file(self, bucket: Bucket) -> Path:
        name = blake2b(bucket.key.encode(), key=self._maker, digest_size=8).hexdigest()
        return self._folder / f"{name}.jinja"


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()
