"""Absolute addresses in the published tree, where it has one: for what leaves the page it stands on."""

from trafficlight.publish.view import Header
from trafficlight.text.languages import language


def board(header: Header) -> str:
    """Of the board's page in the header's language; empty where nobody said where the tree lives."""
    root = header.place.public_url
    return f"{root}/{language(header.lang).folder}{header.slug}/" if root else ""


def site(header: Header, site: str) -> str:
    """Of a site's page, likewise."""
    root = board(header)
    return f"{root}sites/{site}.html" if root else ""


def spoken(url: str) -> str:
    """The address as people write it down: without https://."""
    return url.removeprefix("https://")
