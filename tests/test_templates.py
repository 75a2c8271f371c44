"""Templates see views only: decided values, and no way to the state of a ledger."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from trafficlight.assets import template_dir
from trafficlight.publish.templating import environment

STATE = {"fold", "node", "ledger", "system", "request"}
"""What leads to all that is known; whoever fills a template in says what it needs to know."""
ROOT = template_dir()
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_reaches_past_its_views(template: str) -> None:
    tree = environment().parse(Path(ROOT, template).read_text())
    named = {one.attr for one in tree.find_all(nodes.Getattr)}
    named |= {one.name for one in tree.find_all(nodes.Name)}
    assert not named & STATE
    assert "state" not in {one.name for one in tree.find_all(nodes.Name)}


SENTENCE = r"\{\{ _\('[^']*。'[^}]*\) \}\}"
"""Chinese sentences follow each other without a space, those of other languages do not."""


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_two_sentences_stand_without_anything_between_them(template: str) -> None:
    assert re.findall(rf"{SENTENCE}\{{\{{", Path(ROOT, template).read_text()) == []
