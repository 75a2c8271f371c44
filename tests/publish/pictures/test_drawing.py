"""What comes out of the press: sizes, codes that phones read, glyphs, bytes."""

import os
import struct
import subprocess
import sys
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from urllib.parse import quote

import pytest
import segno
from PIL import Image

from tests.golden.make import board, site, town
from tests.publish.pictures.boards import BOARDS, placed
from trafficlight.publish import drawing
from trafficlight.publish.drawing import MISSING, FontMissing, draw, find
from trafficlight.publish.formats import FORMATS, cover
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.formats.cover import Cover
from trafficlight.publish.formats.directory import directory_sketch
from trafficlight.publish.formats.poster import sketches
from trafficlight.publish.formats.town_poster import town_sketch
from trafficlight.publish.picture import Code, Sketch, Text, decode, ems
from trafficlight.publish.view import BoardView, TownView
from trafficlight.publish.words import HOLLOW

FONT = next(path for path in drawing.PLACES if path.exists())


@cache
def drawn(name: str) -> bytes:
    """The first poster of that board."""
    return draw(sketches(BOARDS[name])[0], find())[0]


@pytest.mark.parametrize("name", ["mixed", "152 sites", "empty"])
def test_a_poster_is_a_small_palette_picture(name: str) -> None:
    body = drawn(name)
    assert len(body) < 1_000_000
    with Image.open(BytesIO(body)) as image:
        assert (image.format, image.mode, image.width) == ("PNG", "P", 1080)
        assert image.height <= 3500


@pytest.mark.parametrize("size", [cover.WIDE, cover.SQUARE])
def test_a_cover_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    body, _ = draw(cover.cover_of(BOARDS["mixed"].header, size), find())
    with Image.open(BytesIO(body)) as image:
        assert image.size == size
    assert len(body) < 64 * 1024


def test_a_phone_reads_the_code(tmp_path: Path) -> None:
    view = BOARDS["152 sites"]
    picture = tmp_path / "poster.png"
    picture.write_bytes(drawn("152 sites"))
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True
    )
    assert read.stdout.split() == [f"https://fever.example.cn/{view.header.slug}/?v=202212240912"]


def town_of(view: BoardView, name: str) -> TownView:
    (section,) = [one for one in view.towns if one.name == name]
    return TownView(
        header=view.header, edition=view.edition, headline=view.headline, counts=view.counts, town=section
    )


@pytest.mark.parametrize("name", ["town", "directory", "cover"])
def test_a_phone_reads_the_one_code_of_every_picture_which_is_large_and_small_enough_to_send(
    name: str, tmp_path: Path
) -> None:
    """Under 1 MB each: more is taken by no article."""
    view = BOARDS["152 sites"]
    town = view.towns[0].name
    sketch, page = {
        "town": (town_sketch(town_of(view, town)), f"towns/{quote(view.towns[0].file)}.html?v=202212240912"),
        "directory": (directory_sketch(view), "?v=20221224"),
        "cover": (decode(Cover().make(view)[0].body), "?v=20221224"),
    }[name]
    body, missing = draw(sketch, find())
    assert not missing
    assert len(body) < 1_000_000
    picture = tmp_path / f"{name}.png"
    picture.write_bytes(body)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True
    )
    assert read.stdout.split() == [f"https://fever.example.cn/{view.header.slug}/{page}"]
    (code,) = [item for item in sketch.items if isinstance(item, Code)]
    modules = int(segno.make(code.url, error="m", micro=False).symbol_size(border=4)[0])
    assert code.size // modules * modules >= 300


@pytest.mark.parametrize("length", [20, 60, 120])
def test_the_code_is_at_least_300_pixels_with_four_modules_of_white_around(length: int) -> None:
    url = "https://" + "a" * (length - 8)
    sketch = Sketch(width=400, height=400, paper="#c62828", items=[Code(x=15, y=15, size=370, url=url)])
    body, _ = draw(sketch, find())
    with Image.open(BytesIO(body)) as image:
        rgb = image.convert("RGB")
        column = [rgb.getpixel((200, y)) for y in range(400)]
        row = [rgb.getpixel((x, 200)) for x in range(400)]
    for line in (row, column):
        code = [at for at, colour in enumerate(line) if colour != (198, 40, 40)]
        assert len(code) >= 300
        assert {line[at] for at in (*code[:16], *code[-16:])} == {(255, 255, 255)}


# --- glyphs -------------------------------------------------------------------------------------------------


@cache
def characters(font: Path, face: str) -> frozenset[int]:
    """What the face of a collection holds, by its own table: read here without the library that draws."""
    data = font.read_bytes()
    offsets = struct.unpack(
        f">{struct.unpack('>L', data[8:12])[0]}L", data[12 : 12 + 4 * struct.unpack(">L", data[8:12])[0]]
    )
    for offset in offsets:
        count = struct.unpack(">H", data[offset + 4 : offset + 6])[0]
        tables = {
            data[at : at + 4]: struct.unpack(">L", data[at + 8 : at + 12])[0]
            for at in range(offset + 12, offset + 12 + 16 * count, 16)
        }
        if face.encode("utf-16-be") in data[tables[b"name"] : tables[b"name"] + 4096]:
            return frozenset(chain.from_iterable(_groups(data, tables[b"cmap"])))
    raise AssertionError(face)


def _groups(data: bytes, cmap: int) -> list[range]:
    """The ranges of the table in format 12."""
    for at in range(cmap + 4, cmap + 4 + 8 * struct.unpack(">H", data[cmap + 2 : cmap + 4])[0], 8):
        table = cmap + struct.unpack(">L", data[at + 4 : at + 8])[0]
        if struct.unpack(">H", data[table : table + 2])[0] == 12:
            number = struct.unpack(">L", data[table + 12 : table + 16])[0]
            groups = struct.unpack(f">{3 * number}L", data[table + 16 : table + 16 + 12 * number])
            return [range(first, last + 1) for first, last in zip(groups[::3], groups[1::3], strict=True)]
    raise AssertionError("no table of format 12")


def test_every_character_drawn_is_in_the_font() -> None:
    """The one that is not is named: it would be an empty box on somebody's phone."""
    held = characters(FONT, "Noto Sans CJK SC")
    written = {
        char
        for view in BOARDS.values()
        for form in FORMATS
        if form.scope is FormatScope.PICTURES
        for artifact in form.make(view)
        for item in decode(artifact.body).items
        if isinstance(item, Text)
        for char in item.text
    }
    stood_in = {drawing.STAND_INS.get(char, char) for char in written | set(HOLLOW.values())}
    assert {char for char in stood_in if ord(char) not in held} == set()


def test_the_font_is_asked_right_what_it_holds() -> None:
    held, found = characters(FONT, "Noto Sans CJK SC"), find()
    for char in "蓝垚堃㙍0Aé×〓○△□　👍✕بก":
        _, missing = found.drawable(char, bold=False)
        known = char in drawing.STAND_INS or ord(char) in held
        assert (char not in missing) == known, f"U+{ord(char):04X}"


def test_a_character_that_the_font_has_not_is_seen_and_told() -> None:
    view = board([town("东镇", [site("👍卫生院", light="blue")])])
    (sketch,) = sketches(view)
    _, missing = draw(sketch, find())
    assert missing == {"👍"}
    assert find().drawable("👍卫生院", bold=True)[0] == f"{MISSING}卫生院"


def test_signs_that_only_steer_others_are_left_out() -> None:
    assert find().drawable("甲\u202e\u200b乙\ufe0f", bold=True) == ("甲乙", frozenset())


def test_the_shapes_are_those_of_simplified_chinese() -> None:
    assert find().face(40, bold=True).getname()[0] == "Noto Sans CJK SC"
    assert find().face(40, bold=False).getname() == ("Noto Sans CJK SC", "Regular")


def test_no_text_is_wider_than_it_was_taken_to_be() -> None:
    face = find().face(100, bold=True)
    for char in map(chr, range(32, 127)):
        assert face.getlength(char) <= 100 * ems(char) + 1, char
    for name in ("mixed", "52 sites"):
        for sketch in sketches(BOARDS[name]):
            for item in sketch.items:
                if isinstance(item, Text) and not item.centred:
                    font = find().face(item.size, bold=item.bold)
                    assert item.x + font.getlength(item.text) <= 1080, item.text


# --- where the font comes from ------------------------------------------------------------------------------


def test_without_a_font_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(drawing, "PLACES", (tmp_path / "none.ttc",))
    with pytest.raises(FontMissing, match="apt-get install fonts-noto-cjk"):
        find()


def test_a_font_of_ones_own_is_taken_and_one_that_is_none_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.ttc"
    own.symlink_to(FONT)
    assert find(str(own)).face(40, bold=True).getname()[1] == "Regular"
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    for path in (broken, tmp_path / "missing.ttf"):
        with pytest.raises(FontMissing, match="no font that can be read"):
            find(str(path))


def test_a_font_without_chinese_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "NEEDED", "蓝👍")
    with pytest.raises(FontMissing, match="has no 👍"):
        find()


def test_same_facts_same_bytes_in_two_runs() -> None:
    program = (
        "from hashlib import sha256; from tests.publish.pictures.test_drawing import drawn;"
        "print(sha256(drawn('mixed')).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert placed(BOARDS["mixed"]) == BOARDS["mixed"]
