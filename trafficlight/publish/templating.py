"""The one way in which templates are found and filled in: the published tree's and the clinic's own."""

import os
import re
import sys
from contextlib import suppress
from datetime import datetime
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from trafficlight.assets import asset_path, inlined, template_dir
from trafficlight.domain.clock import counted_apart
from trafficlight.publish import naming, words
from trafficlight.publish.view import BoardPart, TreeLocation
from trafficlight.publish.words import MISMATCHES
from trafficlight.text import english, rendering
from trafficlight.text.languages import EN, LANGUAGES, catalogue, language, translate, translated

if TYPE_CHECKING:
    from types import CodeType

_DIGEST: Final = 16


class TemplateCache(BytecodeCache):
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
        if _code_digest(body) == packed[:_DIGEST]:
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
            beside.write_bytes(_code_digest(body) + body)
            beside.replace(file)

    def _file(self, bucket: Bucket) -> Path:
        name = blake2b(bucket.key.encode(), key=self._maker, digest_size=8).hexdigest()
        return self._folder / f"{name}.jinja"


def _code_digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()


COMPILED: Final = TemplateCache(template_dir() / "__pycache__", Path(__file__))
HTML: Final = "text/html; charset=utf-8"

INLINE_STYLES: Final = inlined("first.css")
INLINE_SCRIPT: Final = inlined("early.js")
"""What stands in every page itself, so that its first view waits for nothing; the policy names its digest."""

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?(?=/|$)", re.IGNORECASE)


@cache
def environment(lang: str = words.ZH) -> Environment:
    """The environment of every template: what is put in is escaped, a name that is not known is an error."""
    made = Environment(
        loader=FileSystemLoader(template_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,  # all stay, so that none is ever read again
        bytecode_cache=COMPILED,
        extensions=["jinja2.ext.i18n"],
    )
    translations = catalogue(lang)
    made.install_gettext_callables(  # type: ignore[attr-defined] # it comes with the extension
        translations.gettext, translations.ngettext, newstyle=True
    )
    made.filters.update(
        clock=rendering.clock,
        counted_apart=counted_apart,
        dated=partial(rendering.dated, lang=lang),
        day=partial(rendering.day, lang=lang),
        day_full=partial(rendering.day_full, lang=lang),
        day_whole=partial(rendering.day_whole, lang=lang),
        day_long=partial(rendering.day_long, lang=lang),
        edition_of=partial(rendering.edition, lang=lang),
        explained=partial(rendering.explain, lang=lang),
        instant=instant,
        listed=partial(words.listed, lang=lang),
        said=partial(naming.named, lang=lang),
        till=partial(words.till, lang=lang),
        when=partial(words.when, lang=lang),
        **naming.on_pages(lang),
    )
    made.globals.update(_globals(lang))
    return made


def _globals(lang: str) -> dict[str, Any]:
    """What every template knows in the language."""
    return {
        "about": words.about(lang),
        "below_town": naming.below_town,
        "brief": partial(words.brief, lang=lang),
        "colour_first": words.colour_first,
        "asset": asset_path,
        "csp": csp,
        "english": lang == EN.code,
        "inline_script": Markup(INLINE_SCRIPT.text),  # noqa: S704 - a file of ours, named by the policy
        "inline_styles": Markup(INLINE_STYLES.text),  # noqa: S704 - likewise
        "headlines": translated(words.HEADLINES, lang),
        "is_link": words.is_link,
        "languages": LANGUAGES,
        "lights": tuple(words.LIGHT_WORDS),
        "light_words": translated(words.LIGHT_WORDS, lang),
        "marks": words.MARKS,
        "means": translated(words.MEANS, lang),
        "no_news": translate(words.NO_NEWS, lang),
        "notice_end": partial(words.notice_end, lang=lang),
        "own_time": partial(words.own_time, lang=lang),
        "own_name": naming.own_name(lang),
        "own_words": naming.OWN_WORDS if lang != words.ZH else "",
        "pills": translated(words.PILLS, lang),
        "say": english.pronounced,
        "spoken": language(lang),
        "whole": whole,
        "why_none": translated(words.WHY_NONE, lang),
        "whats": translated(MISMATCHES, lang),
    }


def preload() -> None:
    """Read and compile every template now; called at start-up, so that none is read on the event loop."""
    for name in environment().list_templates(extensions=["html"]):
        for one in LANGUAGES:
            template(name, one.code)


def template(name: str, lang: str = words.ZH) -> Template:
    """The template, from memory once it was asked for."""
    return environment(lang).get_template(name)


def render(name: str, lang: str = words.ZH, **values: Any) -> bytes:
    """The template filled in, as UTF-8."""
    return template(name, lang).render(**values).encode()


def page(name: str, path: str, lang: str, **values: Any) -> bytes:
    """A published page filled in. `path`: where it stands below its language's folder.

    It is told the way to the top of the tree (`up`), its own `path`, and what the frame of every page needs.
    """
    depth = path.count("/") + language(lang).folder.count("/")
    return render(name, lang, up="../" * depth, path=path, **values)


def view_page(name: str, path: str, view: BoardPart, *, live: bool = False, **values: Any) -> bytes:
    """The page of a view, filled in; `live`: it hears of later editions while it is open."""
    header, edition = view.header, view.edition
    given: dict[str, Any] = {"listed": header.state != "draft", **values}
    if live:
        given["position"] = edition.position
    return page(
        name,
        path,
        header.lang,
        view=view,
        lit=words.has_lights(header),
        place=header.place,
        as_of=edition.as_of,
        until=edition.valid_until,
        **given,
    )


def csp(place: TreeLocation, *, inline: bool = False) -> str:
    """What a published page may load, and where it may send. `inline`: its elements carry their own styles.

    The one style sheet and the one script that stand in a page are named by their digests; no other runs.

    In a `<meta>` too, for on a plain static server nobody sends the header. Where there is an app, pages hear
    of changes from it and send it what does not agree, wherever they stand: it is named, and so is the page's
    own origin, for the app serves the same pages. A service worker falls under `script-src`.
    """
    app = origin(place.app_url)
    # What a policy cannot name is not opened: a stray character would end the directive, or the policy.
    named = f" {app}" if app else ""
    forms = f"'self'{named}" if place.app_url else "'none'"
    styles, pictures = f"'self' {INLINE_STYLES.digest}", "'self' data:"
    if inline:  # articles; their picture is named with the tree's own address
        styles, pictures = "'self' 'unsafe-inline'", f"{pictures} {origin(place.public_url)}".rstrip()
    return (
        f"default-src 'none'; style-src {styles}; script-src 'self' {INLINE_SCRIPT.digest}; "
        f"img-src {pictures}; "
        f"connect-src 'self'{named}; base-uri 'none'; form-action {forms}"
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address, as a policy names them; empty where it has none."""
    found = _ORIGIN.match(url)
    return found[0] if found else ""


def whole(text: str) -> Markup:
    """A text in which no line breaks: a phone number within a sentence."""
    return Markup('<span class="nw">{}</span>').format(text)


def instant(at: datetime) -> str:
    """An instant for a script to read, to the minute that people are told: 2022-12-24T08:10+08:00.

    The minute is cut off, so a light goes out up to a minute early and never late.
    """
    return at.isoformat(timespec="minutes")
