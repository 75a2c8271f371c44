"""What Chrome 70 cannot read stands in no script or style of residents' pages; `make engines` opens them."""

import re
from typing import Final

import pytest

from trafficlight.assets import assets

AFTER_70: Final = {
    "optional chaining (80)": r"\?\.(?!\d)",
    "?? (80)": r"\?\?",
    "assignment by logic (85)": r"(?:\|\||&&)=",
    "Object.fromEntries (73)": r"\bfromEntries\(",
    "matchAll (73)": r"\.matchAll\(",
    "replaceAll (85)": r"\.replaceAll\(",
    "at (92)": r"\.at\(-?\d",
    "findLast (97)": r"\.findLast",
    "globalThis (71)": r"\bglobalThis\b",
    "queueMicrotask (71)": r"\bqueueMicrotask\b",
    "allSettled (76), any (85)": r"\bPromise\.(?:allSettled|any)\b",
    "structuredClone (98)": r"\bstructuredClone\b",
    "AbortSignal.timeout (103)": r"\bAbortSignal\.timeout\b",
    "replaceChildren (86)": r"\.replaceChildren\(",
    "private fields (74)": r"[.\s]#[a-z]\w*\s*[=(;]",
}
STYLES_AFTER_70: Final = {
    "a gap in a flexible row (84)": r"display: (?:inline-)?flex;[^}]*(?<![\w-])gap:",
    "a gap before a flexible row (84)": r"(?<![\w-])gap:[^}]*display: (?:inline-)?flex",
    ":is, :where (88), :has (105)": r":(?:is|where|has)\(",
    "inset (87)": r"(?<![\w(-])inset:",
    "aspect-ratio (88)": r"aspect-ratio:",
    "clamp, max (79)": r"(?<!-)\b(?:clamp|max)\(",
    "nesting (120)": r"\{[^}]*&",
    "layers (99), containers (105)": r"@(?:layer|container)\b",
    "small viewports (108)": r"\d[sdl]v[hw]\b",
}
SCRIPTS: Final = ("page.js", "search.js", "seek.js", "copy.js", "embed.js", "staff.js", "early.js")
STYLES: Final = ("first.css", "board.css", "site.css", "staff.css", "english.css", "embed.css")


def body(name: str) -> str:
    return next(asset.body for asset in assets() if asset.name == name).decode()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_speaks_the_language_of_2018(name: str) -> None:
    code = body(name)
    assert [what for what, pattern in AFTER_70.items() if re.search(pattern, code)] == []


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sheet_asks_for_nothing_that_came_later(name: str) -> None:
    sheet = body(name)
    assert [what for what, pattern in STYLES_AFTER_70.items() if re.search(pattern, sheet)] == []


@pytest.mark.parametrize(
    "code", ["a?.b", "a ?? b", "x.matchAll(y)", "a ||= b", "[1].at(-1)", "s.replaceAll('a', 'b')"]
)
def test_the_law_finds_what_it_forbids(code: str) -> None:
    assert any(re.search(pattern, code) for pattern in AFTER_70.values())
