"""Catalogues are made of their sources once; what was made never stands for another source."""

import subprocess
import sys
import zipfile
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import pofile

from trafficlight.text import catalogues
from trafficlight.text.catalogues import compiled

ROOT = Path(__file__).parents[2]


def source(tmp_path: Path, blue: str) -> Path:
    po = tmp_path / "en.po"
    po.write_text(
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "蓝"\nmsgstr "{blue}"\n'
    )
    return po


def said(po: Path) -> str:
    return GNUTranslations(BytesIO(compiled(po))).gettext("蓝")


def test_a_catalogue_is_read_once_and_anew_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(source(tmp_path, "blue")) == "blue"
    with monkeypatch.context() as patch:
        patch.delattr(pofile, "read_po")
        assert said(tmp_path / "en.po") == "blue"
    assert said(source(tmp_path, "bleu")) == "bleu"
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["en.mo", "en.po"]


@pytest.mark.parametrize("torn", [b"", b"\xde\x12\x04\x95", b"x" * 500])
def test_what_is_torn_is_made_again(tmp_path: Path, torn: bytes) -> None:
    po = source(tmp_path, "blue")
    (tmp_path / "en.mo").write_bytes(torn)
    assert said(po) == "blue"
    whole = (tmp_path / "en.mo").read_bytes()
    (tmp_path / "en.mo").write_bytes(whole[:20] + torn + whole[20 + len(torn) :] if torn else whole[:-1])
    assert said(po) == "blue"


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert said(source(tmp_path, "blue")) == "blue"
    assert [path.name for path in tmp_path.iterdir()] == ["en.po"]


def test_a_wheel_carries_what_was_made(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--quiet", "--no-isolation", "--wheel", "--outdir", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as carried:
        for po in catalogues.LOCALES.glob("*.po"):
            inside = f"trafficlight/text/locale/{po.name}"
            (tmp_path / po.name).write_bytes(carried.read(inside))
            (tmp_path / po.with_suffix(".mo").name).write_bytes(carried.read(inside.replace(".po", ".mo")))
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(pofile, "read_po")
        assert GNUTranslations(BytesIO(compiled(tmp_path / "en.po"))).gettext("今天") == "today"
