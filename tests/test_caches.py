"""Every cache of the package stands in docs/rooms.md, with its bound."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "trafficlight"
CACHING = frozenset({"lru_cache", "cache", "cached_property"})
HOLDING = frozenset({"OrderedDict", "WeakKeyDictionary", "WeakValueDictionary"})
"""What no code of ours uses but for things that are forgotten again."""


def caches() -> Iterator[tuple[str, str]]:
    """Each module with a cache, and the cache's name there."""
    for file in sorted(PACKAGE.rglob("*.py")):
        module = file.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if CACHING & {_called(decorator) for decorator in node.decorator_list}:
                    yield module, node.name
            elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                made = node.value.func
                if _called(made) in HOLDING or (isinstance(made, ast.Call) and _called(made) in CACHING):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    yield module, target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)


def _called(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)


def told(module: str) -> str:
    """What the page says of the module's caches."""
    page = (ROOT / "docs/rooms.md").read_text().partition("## Caches")[2]
    return "\n".join(line for line in page.splitlines() if f"`{module}`" in line)


CACHES = sorted(set(caches()))


def test_there_are_caches() -> None:
    assert {("publish/publisher.py", "_cache"), ("domain/hours.py", "day_spans")} <= set(CACHES)
    assert ("publish/drawing.py", "_face") in CACHES


@pytest.mark.parametrize(("module", "name"), CACHES)
def test_every_cache_stands_in_the_docs_with_its_bound(module: str, name: str) -> None:
    assert f"`{name}`" in told(module), f"docs/rooms.md, Caches: {module}: {name} is missing"
    made = import_module(f"trafficlight.{module.removesuffix('.py').replace('/', '.')}")
    bounded = getattr(getattr(made, name, None), "cache_parameters", None)
    if bounded is not None:
        bound = bounded()["maxsize"]
        assert f"`{name}` {'all' if bound is None else f'{bound:,}'}" in told(module)


def test_no_cache_is_told_of_that_is_none() -> None:
    functions = (ROOT / "docs/rooms.md").read_text().rpartition("| module | function")[2]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", functions, re.MULTILINE)
    named = {(module, name) for module, all_of_it in rows for name in re.findall(r"`(\w+)`", all_of_it)}
    assert named <= set(CACHES)
