"""Names: one word, one thing, one place; and the field's word where there is one."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "trafficlight").rglob("*.py"))
GLOSSARY = (ROOT / "docs/glossary.md").read_text()

PRIVATE = dict.fromkeys(
    (
        "asking",
        "heard",
        "keep",
        "keeping",
        "kept",
        "lit",
        "reach",
        "reaches",
        "said",
        "says",
        "settle",
        "settled",
        "settling",
        "shown",
        "speaks",
        "spoken",
        "taking",
        "tell",
        "telling",
        "tells",
        "told",
        "turn",
        "turns",
        "unlit",
    ),
    0,
) | {"keep": 2, "said": 1}
"""Words that have to be guessed, by how many names are given with them, once 441. A number only falls.

What is left: keeping a target equal to what is published, and a field of an event, whose name is a contract.
"""


def definitions(tree: ast.AST) -> Iterator[str]:
    """Every name that a module gives: modules' and classes' own, arguments, locals, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def test_a_class_name_is_unique_in_the_package() -> None:
    """Private ones too: whoever reads `Line` in one module must not think of another one's `_Line`."""
    names = Counter(
        node.name.lstrip("_")
        for file in MODULES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_private_words_only_ever_grow_fewer() -> None:
    given = Counter(
        word
        for file in MODULES
        for name in (*definitions(ast.parse(file.read_text())), file.stem)
        for word in words(name) & PRIVATE.keys()
    )
    assert {word: times for word, times in given.items() if times > PRIVATE[word]} == {}


@pytest.mark.parametrize("row", re.findall(r"^\| \*\*.*$", GLOSSARY, re.MULTILINE), ids=lambda row: row[4:24])
def test_each_word_of_the_glossary_is_alive(row: str) -> None:
    _, word, chinese, meaning, _ = row.split("|")
    plain = word.strip(" *").lower()
    assert re.search("[\u4e00-\u9fff]", chinese), f"{plain} has no Chinese"
    assert meaning.strip().endswith((".", "。")), f"{plain} is explained in no sentence"
    parts = [re.escape(part) for part in re.split(r"[ -]", plain)]
    spelled = re.compile(r"(?<![a-z])" + r"[ _-]?".join(parts), re.IGNORECASE)
    assert any(spelled.search(file.read_text()) for file in MODULES), f"nothing is called {plain}"


def test_the_glossary_has_each_word_once() -> None:
    words_ = re.findall(r"^\| \*\*(.+?)\*\*", GLOSSARY, re.MULTILINE)
    assert sorted(set(words_)) == sorted(words_)
