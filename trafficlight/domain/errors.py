"""How input is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Refused(Exception):
    """Input that is not accepted, described so that whoever sent it can correct it.

    `code` is stable (it is part of the API), `field` is the input's name for the culprit or `None` where the
    whole is wrong, and `params` holds what the sentence in the user's language needs. The sentences are
    those of `text/sentences.py`.
    """

    def __init__(self, code: str, field: str | None = None, **params: Any) -> None:
        super().__init__(code, field)
        self.code = code
        self.field = field
        self.params = params

        self.others: tuple[Refused, ...] = ()
        """What else is wrong in the same form, each beside its field: see `Faults`."""

    def __repr__(self) -> str:
        return f"Refused({self.code!r}, field={self.field!r}, params={self.params!r})"


class Faults:
    """Gathers what is refused of several fields, so that whoever typed them is told of all at once."""

    def __init__(self) -> None:
        self._found: list[Refused] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Go on after what is refused within."""
        try:
            yield
        except Refused as refused:
            self._found += [refused, *refused.others]

    def check(self) -> None:
        """Raise the first, with the others in it, where there was any."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first
