"""The documentation says what is true: what can be compared with the code is."""

import ast
import json
import re
from pathlib import Path

import pytest

from trafficlight.domain.event import EVENTS

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LAWS = (
    "acknowledged_is_kept",
    "incremental_equals_full",
    "same_facts_same_bytes",
    "old_news_never_looks_fresh",
    "a_failing_part_does_not_take_the_light_down",
    "no_personal_health_data",
    "two_touches",
)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    for link in links:
        if not re.match(r"[a-z]+:", link):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_into_a_page_finds_its_heading(page: Path) -> None:
    for link, place in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", page.read_text()):
        heads = re.findall(r"^#+ (.*)$", (page.parent / link if link else page).read_text(), re.MULTILINE)
        assert place in {re.sub(r"[^\w -]", "", head).replace(" ", "-").lower() for head in heads}, (
            f"{page.name} leads to {link}#{place}"
        )


def test_every_page_of_the_documentation_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert f"docs/{page.name}" in readme, f"nothing leads to {page.name}"
    chinese = (ROOT / "README.zh-CN.md").read_text()
    for page in (ROOT / "docs/zh").glob("*.md"):
        assert f"docs/zh/{page.name}" in chinese, f"nothing leads to the Chinese {page.name}"


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_table() -> None:
    pages = sorted((ROOT / "docs").glob("decisions*.md"))
    numbers = [int(n) for page in pages for n in re.findall(r"^## (\d+)\. ", page.read_text(), re.MULTILINE)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    table = re.findall(r"\[(\d+) [^\]]+\]\([^)]*#(\d+)-", (ROOT / "docs/decisions.md").read_text())
    assert {int(said) for said, led in table if said == led} == set(numbers)


def test_every_event_stands_in_its_table_with_its_fields() -> None:
    text = (ROOT / "docs/events.md").read_text()
    table = {
        row[0]: set(re.findall(r"`([a-z_]+)`", row[1]))
        for row in re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", text, re.MULTILINE)
    }
    assert table == {event.type: set(event.__struct_encode_fields__) - {"by"} for event in EVENTS}


def test_every_file_that_the_rooms_name_exists() -> None:
    for page in ("docs/rooms.md", "README.md"):
        for name in re.findall(r"`((?:[a-z_]+/)+[a-z_.]*|[a-z_]+\.py)`", (ROOT / page).read_text()):
            places = (ROOT / name, ROOT / "trafficlight" / name)
            assert any(place.exists() for place in places), f"{page} names {name}"


@pytest.mark.parametrize("law", LAWS)
def test_every_law_has_a_test_with_its_name(law: str) -> None:
    names = {
        node.name
        for file in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert f"test_{law}" in names


def test_no_file_of_the_package_grows_beyond_one_thing() -> None:
    """400 lines a file, 60 a function: what separates the readable projects from the tiresome is the tail."""
    for file in sorted((ROOT / "trafficlight").rglob("*.py")):
        text = file.read_text()
        assert text.count("\n") <= 400, f"{file.name} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= 60, f"{file.name}: {node.name} has {lines} lines"


def test_what_a_room_asks_of_a_newcomer_is_short() -> None:
    """`base.py` is the only thing to read before adding to a room; a ledger's says seven verbs."""
    for base in sorted((ROOT / "trafficlight").rglob("base.py")):
        most = 90 if base.parent.name == "ledger" else 70
        assert base.read_text().count("\n") <= most, f"{base} is long"


def test_no_lock_names_where_its_packages_come_from() -> None:
    """Where they come from is the machine's to say; what they are is told by their digests."""
    for lock in ROOT.glob("requirements*.txt"):
        assert "://" not in lock.read_text(), lock.name
    for package in json.loads((ROOT / "tests/quality/package-lock.json").read_text())["packages"].values():
        assert "resolved" not in package
