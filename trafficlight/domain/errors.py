"""How input is refused."""

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

    def __repr__(self) -> str:
        return f"Refused({self.code!r}, field={self.field!r}, params={self.params!r})"
