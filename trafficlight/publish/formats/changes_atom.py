"""Changes of lights for feed readers, of a board; what the feed of one site is made of, too."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5
from xml.sax.saxutils import escape

from trafficlight.publish import naming, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import ChangeView, Edition, FeedView, Header
from trafficlight.text import rendering
from trafficlight.text.languages import N_, language, translate

MEDIA: Final = "application/atom+xml"
_OURS: Final = UUID("6f2c0f5e-8a54-5d0b-9f5e-2a1f0f3d7c11")
"""Of whatever is named here: the same thing has the same name on every node and under every address."""
_NOT_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ChangesAtom:
    """{board}/changes.atom: an entry for each change of a light today, newest first."""

    name = "changes_atom"
    scope = FormatScope.FEED
    pattern = "{board}/changes.atom"

    def make(self, view: FeedView, /) -> tuple[Artifact, ...]:
        header = view.header
        path = self.pattern.format(board=header.slug)
        title = translate(N_("{place}发热就诊机构忙闲变化"), header.lang).format(
            place=naming.named(header.name, header.lang)
        )
        return (
            Artifact(path, MEDIA, atom(header, view.edition, view.changes, title=title, file="changes.atom")),
        )


def name_of(*parts: object) -> str:
    """A name that is the same for ever, and for nothing else."""
    return f"urn:uuid:{uuid5(_OURS, '/'.join(map(str, parts)))}"


def atom(  # noqa: PLR0913 - of what, and where it stands
    header: Header,
    edition: Edition,
    changes: Sequence[ChangeView],
    *,
    title: str,
    file: str,
    site: str = "",
) -> bytes:
    """The feed. Nothing in it ticks: it is updated when a light changes."""
    root = words.board_url(header) or ("../" if site else "")
    page = f"sites/{site}.html" if site else "index.html"
    updated = max((one.at for one in changes), default=edition.as_of)
    who = naming.named(header.attribution or header.name, header.lang)
    rights = f"<rights>{_text(header.licence)}</rights>" if header.licence else ""
    stopped = "" if words.has_lights(header) else _stopped(header, edition)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language(header.lang).html}">'
        f"<id>{name_of(header.slug, site)}</id><title>{_text(title)}</title>"
        f"<updated>{_instant(updated)}</updated><author><name>{_text(who)}</name></author>{rights}"
        f"<subtitle>{_text(words.sentences(words.about(header.lang), header.lang))}</subtitle>"
        f'<link rel="self" type="{MEDIA}" href="{_text(root + file)}"/>'
        f'<link rel="alternate" type="text/html" href="{_text(root + page)}"/>'
        f"{stopped}{''.join(_entry(header, one, root) for one in changes)}</feed>\n"
    ).encode()


def _entry(header: Header, one: ChangeView, root: str) -> str:
    """Light and end with their dates, so that no title grows stale unseen; whole sentences below."""
    lang = header.lang
    if one.light:
        text = N_("{when} {name}：{mark} {pill}，有效至{till}")
    else:
        text = N_("{when} {name}：{mark} {pill}")
    title = translate(text, lang).format(
        when=words.when(one.at, lang),
        name=naming.named(one.name, lang),
        mark=one.mark,
        pill=one.pill,
        till=words.till(one.until, one.at.date(), lang),
    )
    address = f"{root}sites/{one.site}.html"
    category = f'<category term="{one.light or "none"}"/>'
    return (
        f"<entry><id>{name_of(header.slug, one.site, one.position, _instant(one.at))}</id>"
        f"<title>{_text(title)}</title><updated>{_instant(one.at)}</updated>{category}"
        f'<link rel="alternate" type="text/html" href="{_text(address)}"/>'
        f"<summary>{_text(rendering.dated(one.action, one.at.date(), lang))}</summary></entry>"
    )


def _stopped(header: Header, edition: Edition) -> str:
    headline = translate(words.HEADLINES[header.state], header.lang)
    return (
        f"<entry><id>{name_of(header.slug, header.state)}</id><title>{_text(headline)}</title>"
        f"<updated>{_instant(edition.as_of)}</updated><summary>{_text(edition.text)}</summary></entry>"
    )


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds" if at.microsecond else "seconds")


def _text(text: str) -> str:
    """As XML, without the characters that no XML may hold."""
    return escape(_NOT_XML.sub("", text), {'"': "&quot;"})
