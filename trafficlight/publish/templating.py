"""The one way in which templates are found and filled in: the published tree's and the clinic's own."""

from datetime import datetime
from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from trafficlight.assets import asset_path, template_dir
from trafficlight.publish import lines, words

HTML: Final = "text/html; charset=utf-8"

CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a published page may load. In a `<meta>` too, for on a plain static server nobody sends the header."""


@cache
def environment() -> Environment:
    """The environment of every template: what is put in is escaped, a name that is not known is an error."""
    made = Environment(
        loader=FileSystemLoader(template_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,  # all stay, so that none is ever read again
    )
    made.filters.update(
        clock=words.clock,
        day=words.day,
        day_long=words.day_long,
        edition_of=words.edition,
        instant=instant,
        till=lines.till,
        when=lines.when,
    )
    made.globals.update(
        about=words.ABOUT,
        asset=asset_path,
        csp=CSP,
        headlines=words.HEADLINES,
        lights=tuple(words.LIGHT_WORDS),
        light_words=words.LIGHT_WORDS,
        marks=words.MARKS,
        means=lines.MEANS,
        no_news=lines.NO_NEWS,
        own_time=lines.own_time,
        pills=words.PILLS,
        why_none=lines.WHY_NONE,
    )
    return made


def preload() -> None:
    """Read and compile every template now; called at start-up, so that none is read on the event loop."""
    for name in environment().list_templates(extensions=["html"]):
        template(name)


def template(name: str) -> Template:
    """The template, from memory once it was asked for."""
    return environment().get_template(name)


def render(name: str, **values: Any) -> bytes:
    """The template filled in, as UTF-8."""
    return template(name).render(**values).encode()


def html_lang(lang: str) -> str:
    """The language as pages have it: zh-CN, which old screen readers know, where zh-Hans would be exact."""
    return "zh-CN" if lang == words.ZH else lang


def instant(at: datetime) -> str:
    """An instant for a script to read, to the minute that people are told: 2022-12-24T08:10+08:00.

    The minute is cut off, so a light goes out up to a minute early and never late.
    """
    return at.isoformat(timespec="minutes")
