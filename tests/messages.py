"""The sentences that the published pages say, gathered from the code and the templates.

`python -m tests.messages` (`make messages`) brings the catalogues up to them: new sentences come in without a
translation, which a test then asks for; sentences that nobody says any more go out.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from trafficlight import assets
from trafficlight.actions.faults import SENTENCES
from trafficlight.domain.kind import KINDS
from trafficlight.text.languages import EN, LANGUAGES, LOCALES, Language
from trafficlight.web.problem_table import PROBLEMS

PACKAGE: Final = Path(assets.__file__).parent
OPTIONS: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

Text = str | tuple[str, ...]


def _found() -> Iterator[tuple[str, Text]]:
    modules = [path for room in ("publish", "web", "wechat") for path in (PACKAGE / room).rglob("*.py")]
    for path in sorted(modules):
        body = BytesIO(path.read_bytes())
        where = path.relative_to(PACKAGE.parent).as_posix()
        yield from ((where, str(message)) for _, message, _, _ in extract("python", body, {"N_": None}))
    for path in sorted((PACKAGE / "domain" / "rules").glob("*.py")):
        where = path.relative_to(PACKAGE.parent).as_posix()
        body = BytesIO(path.read_bytes())
        yield from ((where, str(message)) for _, message, _, _ in extract("python", body, {"Sentence": None}))
    for problem in PROBLEMS.values():
        yield "trafficlight/web/problem_table.py", problem.zh
    for chinese, _english in SENTENCES.values():
        yield "trafficlight/actions/faults.py", chinese
    for kind in KINDS:
        yield "trafficlight/domain/kind.py", kind.zh
    root = assets.template_dir()
    for path in sorted(root.rglob("*.html")):
        where = f"templates/{path.relative_to(root).as_posix()}"
        for _, function, message, _ in babel_extract(
            BytesIO(path.read_bytes()), ("_", "ngettext"), [], OPTIONS
        ):
            said = [message] if isinstance(message, str) else [str(one) for one in message or () if one]
            one: Text = tuple(said[:2]) if function == "ngettext" else said[0]
            yield where, one


def sources() -> dict[Text, list[str]]:
    """Every sentence (a pair where it has a plural) and the files that say it."""
    found: dict[Text, list[str]] = {}
    for where, message in _found():
        files = found.setdefault(message, [])
        if where not in files:
            files.append(where)
    return {text: sorted(files) for text, files in sorted(found.items(), key=lambda one: str(one[0]))}


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
    said: dict[Text, str] = {problem.zh: problem.en for problem in PROBLEMS.values()}
    said |= dict(SENTENCES.values())
    for text in sources():
        known = before.get(text if isinstance(text, str) else text[0])
        string = known.string if isinstance(known, Message) else ""
        if language is EN and text in said:
            string = said[text]
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
