"""The handbook says what stands on the pages: its pictures are those that are taken, its labels are there.

A label stands in 「…」, letter by letter; what changes from page to page in it (a day, a number) is written
as …, with or without spaces around it.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from babel.messages.pofile import read_po
from PIL import Image

from tests.pictures import captain, clinic, every_day, first_day
from trafficlight import assets

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *DOCS.glob("*.md"), *(DOCS / "zh").glob("*.md")]
HANDBOOK = sorted((DOCS / "zh").glob("*.md"))
PICTURES = {*(DOCS / "screenshots").iterdir(), *(DOCS / "zh/pictures").iterdir()}
MOST: Final = 1_500_000
"""Bytes of all pictures: the repository is fetched over bad networks too."""


def test_every_picture_is_taken_by_the_program_and_shown_on_a_page() -> None:
    scenes = [Path(scene.__file__ or "").read_text() for scene in (captain, clinic, every_day, first_day)]
    taken = {DOCS / f"{name}.png" for text in scenes for name in re.findall(r'"([a-z]+/[\w/-]+)"', text)}
    shown = {
        (page.parent / name).resolve()
        for page in PAGES
        for name in re.findall(r'(?:src="|\]\()([^)"]+\.png)', page.read_text())
    }
    assert taken == PICTURES
    assert shown == PICTURES
    assert sum(file.stat().st_size for file in PICTURES) < MOST


def test_pictures_are_as_wide_as_pages_show_them() -> None:
    for file in PICTURES:
        with Image.open(file) as picture:
            assert picture.width in {720, 1280}, file.name


@pytest.mark.parametrize("page", HANDBOOK, ids=lambda page: page.name)
def test_every_label_stands_on_a_page(page: Path) -> None:
    for label in re.findall("「(.*?)」", page.read_text()):
        assert _plain(label) in labels(), f"{page.name}: no page says 「{label}」"


@cache
def labels() -> frozenset[str]:
    """What the pages say: the catalogue's sentences, and what stands in templates as it is."""
    package = Path(assets.__file__).parent
    found: set[str] = set()
    for file in package.rglob("*.po"):
        with file.open("rb") as catalogue:
            for message in read_po(catalogue):
                found.update([message.id] if isinstance(message.id, str) else message.id)
    for template in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", template.read_text(), flags=re.DOTALL)
        found.update(re.findall(r">([^<>]+)<", re.sub(r"\{\{.*?\}\}", "…", text)))
    return frozenset(map(_plain, found))


def _plain(label: str) -> str:
    """Without what is not read: tags, spaces around what changes, and how it is called in the source."""
    label = re.sub(r"%\(\w+\)[sd]|\{\w+\}|#", "…", re.sub(r"<[^>]+>", "", label))
    return re.sub(r"\s*…\s*", "…", label).strip()
