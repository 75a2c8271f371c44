"""One made artifact, ready to be served or written: compressed once, named by its content."""

from functools import cached_property
from hashlib import blake2b

import brotli
import deflate

from trafficlight.publish.formats.base import Artifact
from trafficlight.text.languages import N_, split, translate

BROTLI_QUALITY = 5
"""A live page is compressed for every change: quality 5 takes 2 ms for 152 sites, 11 takes 44 ms."""
GZIP_LEVEL = 9
"""Of libdeflate: in the 1.3 ms that zlib takes for a page of 80 KB, and 2 % smaller."""
SMALLEST_COMPRESSED = 256
"""Bytes under which compression saves no packet."""
_COMPRESSIBLE = (
    *("text/", "image/svg+xml", "application/json", "application/geo+json", "application/x-ndjson"),
    *("application/fhir+ndjson", "application/xml", "application/atom+xml"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",  # ours are written uncompressed
)

REVALIDATE = "no-cache"
FOR_EVER = "public, max-age=31536000, immutable"


def digest(body: bytes) -> str:
    """What names bytes, in entity tags and in the manifests of targets."""
    return blake2b(body, digest_size=12).hexdigest()


class Published:
    """An artifact with its entity tag and its encodings, each made at most once.

    The tag is a digest of the bytes: the same facts give the same tag on every node.
    """

    def __init__(self, artifact: Artifact, *, cache: str = REVALIDATE) -> None:
        self.path = artifact.path
        self.media = artifact.media
        self.body = artifact.body
        self.inline = artifact.inline
        self.framed = artifact.framed
        self.cache = cache
        self.sketch = artifact.sketch
        """The bytes say what is to be drawn: `drawn` has the picture, once somebody has had it drawn."""
        self.drawn: Published | None = None

    @cached_property
    def digest(self) -> str:
        """The digest of the plain bytes."""
        return digest(self.body)

    @property
    def etag(self) -> str:
        """The strong entity tag of the plain bytes, quotes included."""
        return f'"{self.digest}"'

    @property
    def compressible(self) -> bool:
        """Whether encodings are offered at all."""
        return self.media.startswith(_COMPRESSIBLE) and len(self.body) >= SMALLEST_COMPRESSED

    @cached_property
    def gzip(self) -> bytes:
        """The bytes in gzip, without a time stamp, so that they are the same in every run."""
        return bytes(deflate.gzip_compress(self.body, GZIP_LEVEL))

    @cached_property
    def brotli(self) -> bytes:
        """The bytes in brotli."""
        return bytes(brotli.compress(self.body, quality=BROTLI_QUALITY))

    def encoded(self, coding: str) -> bytes:
        """The bytes in `gzip`, `br`, or plain for the empty coding."""
        if coding == "br":
            return self.brotli
        return self.gzip if coding == "gzip" else self.body


FAULT_SENTENCE = N_("系统故障，暂时无法显示忙闲。前往前请先打电话；情况紧急请直接拨打120。")
FAULT_TITLE = N_("系统故障")

_HTML = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<p style="font:20px/1.6 sans-serif;margin:2em">{said}</p></html>'
)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="120" height="24"><title>{title}</title>'
    '<text x="4" y="17" font-size="14">{title}</text></svg>'
)
_BY_EXTENSION = {
    "html": ("text/html; charset=utf-8", _HTML),
    "json": ("application/json", '{{"fault":"{said}"}}'),
    "svg": ("image/svg+xml", _SVG),
}


def fault_artifact(path: str) -> Artifact:
    """A page, object, picture or text, by the path's extension, that says what to do."""
    language, _ = split(path)
    extension = path.rpartition(".")[2]
    media, body = _BY_EXTENSION.get(extension, ("text/plain; charset=utf-8", "{said}\n"))
    sentence, title = translate(FAULT_SENTENCE, language.code), translate(FAULT_TITLE, language.code)
    return Artifact(path, media, body.format(lang=language.html, title=title, said=sentence).encode())
