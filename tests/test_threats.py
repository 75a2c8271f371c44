"""Each threat that is written down has a test that exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_each_threat_has_its_test() -> None:
    text = (ROOT / "docs/threat-model.md").read_text()
    rows = text.partition("| threat |")[2].partition("## Open")[0].splitlines()[2:]
    rows = [row for row in rows if row.startswith("|")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, row
        for file, function in named:
            tree = ast.parse((ROOT / file).read_text())
            there = {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert function in there, f"{file}::{function}"
