"""Which pages a search is to know: the boards, each of which has a map of its own."""

from typing import Final

from markupsafe import escape

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView

SPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Sitemap:
    """sitemap.xml, where it is known where the tree lives: addresses in it are whole."""

    name = "sitemap"
    scope = FormatScope.TREE
    pattern = "sitemap.xml"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        root = view.place.public_url
        if not root:
            return ()
        addresses = [escape(f"{root}/{board.slug}/sitemap.xml") for board in view.boards]
        maps = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
        body = f"{_HEAD}<sitemapindex {SPACE}>{maps}</sitemapindex>\n"
        return (Artifact(self.pattern, "application/xml", body.encode()),)


def urlset(addresses: list[str]) -> bytes:
    """A map of these addresses."""
    urls = "".join(f"<url><loc>{escape(address)}</loc></url>" for address in addresses)
    return f"{_HEAD}<urlset {SPACE}>{urls}</urlset>\n".encode()
