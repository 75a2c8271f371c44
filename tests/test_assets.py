"""Static files as they are published."""

import re

from trafficlight.assets import BUNDLES, assets, static_dir

_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)


def test_what_is_for_a_style_sheets_writers_alone_is_not_sent_to_phones() -> None:
    sheets = [asset for asset in assets() if asset.name.endswith(".css")]
    assert len(sheets) > 1
    for asset in sheets:
        sent, written = asset.body.decode(), (static_dir() / asset.name).read_text()
        assert "/*" not in sent
        assert sent.split() == _NOTE.sub(" ", written).split(), asset.name


def test_what_is_for_a_scripts_writers_alone_is_not_sent_and_nothing_else_is_left_out() -> None:
    scripts = [asset for asset in assets() if asset.name.endswith(".js")]
    assert len(scripts) > 1
    for asset in scripts:
        parts = BUNDLES.get(asset.name, (asset.name,))
        written = "".join((static_dir() / part).read_text() for part in parts)
        alone = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*$", "", written, flags=re.DOTALL | re.MULTILINE)
        lines = [line.strip() for line in alone.splitlines()]
        wanted = [line for line in lines if line and not line.startswith("//")]
        assert [line for line in asset.body.decode().splitlines() if line] == wanted, asset.name
