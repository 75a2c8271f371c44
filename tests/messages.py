"""The sentences that anybody reads, gathered from the code and the templates.

`python -m tests.messages` (`make messages`) brings the catalogues up to them: new sentences come in without a
translation, which a test then asks for; sentences that nobody says any more go out.
"""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from trafficlight import assets
from trafficlight.text.catalogues import LOCALES
from trafficlight.text.languages import LANGUAGES, Language

PACKAGE: Final = Path(assets.__file__).parent
OPTIONS: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

MARKED: Final = frozenset({"_", "N_", "Sentence"})
"""What marks a sentence in a module."""

Text = str | tuple[str, ...]


def _found() -> Iterator[Text]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)
    for path in sorted(assets.template_dir().rglob("*.html")):
        body = BytesIO(path.read_bytes())
        for _, function, message, _ in babel_extract(body, ("_", "ngettext"), [], OPTIONS):
            said = [message] if isinstance(message, str) else [str(one) for one in message or () if one]
            yield tuple(said[:2]) if function == "ngettext" else said[0]


def sources() -> list[Text]:
    """Every sentence, a pair where it has a plural."""
    return sorted(set(_found()), key=str)


def path_of(language: Language) -> Path:
    return LOCALES / f"{language.code.replace('-', '_')}.po"


def catalogue(language: Language) -> Catalog:
    """The catalogue as it is written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language.locale)


def updated(language: Language) -> bytes:
    """The catalogue brought up to the sources."""
    before = catalogue(language) if path_of(language).exists() else Catalog(locale=language.locale)
    after = Catalog(locale=language.locale, header_comment=f"# {language.name}", fuzzy=False)
    for text in sources():
        known = before.get(text if isinstance(text, str) else text[0])
        string = known.string if isinstance(known, Message) else ""
        after.add(text, string)
    out = BytesIO()
    write_po(out, after, width=110, no_location=True, omit_header=False, sort_output=False)
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(_STAMPS))


_STAMPS: Final = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Project-Id',
    b'"Report-M',
    b'"Last-T',
    b'"Language-Team',
)
"""Header lines that say nothing of the sentences and change with every run."""


if __name__ == "__main__":
    for one in LANGUAGES[1:]:
        path_of(one).write_bytes(updated(one))
