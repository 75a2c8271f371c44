"""What the ledger's keys are called, and its scripts.

All keys of an installation share the hash tag `{PREFIX}`: a report's key is the installation's, not the
board's, and is kept in one step with the report. A Cluster has the whole ledger on one of its servers.
"""

from hashlib import sha1
from pathlib import Path
from typing import Final


class Names:
    """The keys under a prefix."""

    def __init__(self, prefix: str) -> None:
        self._tag = f"{{{prefix}}}"
        self.mark = f"{self._tag}:mark"
        """Tells this ledger from any other: its version, a colon, and a random name."""
        self.heads = f"{self._tag}:heads"
        """A hash: each board's last position, instant and sum, with colons between."""
        self.touched = f"{self._tag}:touched"
        """Counts what was asked again: a write that reaches disk and replicas after what was before it."""

        self.frozen = f"{self._tag}:frozen"
        """There where the ledger takes nothing any more."""

        self.archived = f"{self._tag}:archived"
        """A hash: of each board the last position that was moved to the archive."""

        self.brought = f"{self._tag}:brought"
        """A hash: the used keys that came with an import, by what `key` calls them; it expires as a whole."""

        self.noted = f"{self._tag}:noted"
        """A list: what `key` calls the keys that are used, as long as it is there: while a ledger moves."""

    def board(self, board: str) -> str:
        """A stream: an entry `POSITION-0` with `a` the instant, `s` the sum and `b` the event's bytes."""
        return f"{self._tag}:board:{board}"

    def key(self, digest: bytes) -> bytes:
        """A string: where the append under that key stands."""
        return f"{self._tag}:key:".encode() + digest

    def turn(self, what: str) -> str:
        """A string: whose turn it is, until it expires."""
        return f"{self._tag}:turn:{what}"

    def count(self, what: str) -> str:
        """A number that expires with its window."""
        return f"{self._tag}:count:{what}"

    def staged(self, name: str, import_: str) -> str:
        """What an import keeps until all of it is there."""
        return f"{self._tag}:import:{import_}:{name}"

    def staged_keys(self, import_: str) -> str:
        """The same, of its keys."""
        return f"{self._tag}:import-keys:{import_}"

    def news(self, mark: bytes) -> bytes:
        """The channel on which what was appended is told; a server's databases share their channels."""
        return f"{self._tag}:news:".encode() + mark


class Script:
    """A verb that Redis carries out in one step; its header says what it is given and what it answers."""

    def __init__(self, name: str) -> None:
        self.source = Path(__file__).with_name("lua").joinpath(f"{name}.lua").read_bytes()
        self.sha: Final = sha1(self.source, usedforsecurity=False).hexdigest()


APPEND: Final = Script("append")
FREEZE: Final = Script("freeze")
RESTORE: Final = Script("restore")
TOUCH: Final = Script("touch")
TRIM: Final = Script("trim")
