"""What every format makes of a fixed set of views, compared whole with the trees in `expected/`.

`make golden` writes the trees anew. The difference is to be read before it is committed: it is what people
will see.
"""

import os
import re
import shutil
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.golden.views import PAGES, VIEWS
from trafficlight.domain.light import Reason
from trafficlight.publish.edition import digest
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Format
from trafficlight.publish.view import SitePageView

EXPECTED = Path(__file__).parent / "expected"
UPDATE = bool(os.environ.get("GOLDEN"))
KEPT_WHOLE = 50_000
"""Bytes; of a larger file only size and digest are kept, as `<name>.digest`."""
SHOWN = 40
"""Lines of a difference: enough to see which template it was."""

_ASSET = re.compile(rb"(assets/\w+)\.[0-9a-f]{10}\.")

each_format = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def made(form: Format) -> dict[str, bytes]:
    """What the format makes of all views, by path, as it is kept."""
    files: dict[str, bytes] = {}
    for view in VIEWS[form.scope]:
        for artifact in form.make(view):
            # What is sketched is compared as it is sketched; drawing it is tested elsewhere.
            name, body = kept(artifact.path + ".json" * artifact.sketch, artifact.body)
            assert name not in files, f"{name} is made twice"
            files[name] = body
    return files


def kept(path: str, body: bytes) -> tuple[str, bytes]:
    # A changed style sheet changes its own name in every page, which tells nothing of the pages.
    body = _ASSET.sub(rb"\1.", body)
    if len(body) <= KEPT_WHOLE:
        return path, body
    return f"{path}.digest", f"{len(body)} bytes, {digest(body)}\n".encode()


def expected(form: Format) -> dict[str, bytes]:
    root = EXPECTED / form.name
    return {
        file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


@pytest.fixture(scope="session", autouse=True)
def trees_written_anew() -> None:
    """With GOLDEN in the environment: what is made becomes what is expected."""
    if not UPDATE:
        return
    shutil.rmtree(EXPECTED, ignore_errors=True)
    for form in FORMATS:
        for path, body in made(form).items():
            file = EXPECTED / form.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)


@each_format
def test_a_format_makes_exactly_the_files_expected(form: Format) -> None:
    there, here = expected(form).keys(), made(form).keys()
    assert not there - here, f"expected of {form.name}, but not made: {sorted(there - here)}"
    assert not here - there, f"made by {form.name}, but not expected: {sorted(here - there)}; make golden"


@each_format
def test_every_file_is_as_expected(form: Format) -> None:
    there, here = expected(form), made(form)
    wrong = [path for path in sorted(there.keys() & here.keys()) if there[path] != here[path]]
    if wrong:
        before, after = (tree[wrong[0]].decode(errors="replace").splitlines() for tree in (there, here))
        shown = list(unified_diff(before, after, "expected", "made", lineterm=""))[:SHOWN]
        pytest.fail("\n".join([f"{form.name} makes these otherwise (make golden): {wrong}", *shown]))


def test_every_golden_folder_is_a_formats() -> None:
    names = {form.name for form in FORMATS}
    folders = {folder.name for folder in EXPECTED.iterdir()}
    assert folders == names, (
        f"folders without a format: {folders - names}; without a folder: {names - folders}"
    )


def test_every_light_and_every_reason_is_among_the_views() -> None:
    sites = [page.site for page in PAGES if isinstance(page, SitePageView)]
    assert {site.light for site in sites} == {"blue", "yellow", "red", "cross", None}
    assert {site.reason for site in sites} >= {reason.value for reason in Reason}
