"""The same site for Hugo: as few templates as it can be made with, and one data file that changes."""

import json
import subprocess
import time
from pathlib import Path

from tests.bench.installations import TOWNS, Installation

LIGHTS = ("blue", "yellow", "red", "cross")
WORDS = {
    "blue": "就诊人数不多，可直接前往。",
    "yellow": "就诊人数较多，建议先打电话预约时间再前往。",
    "red": "就诊人数很多，请先打电话确认就诊时间，等候可能较长。",
    "cross": "因医务人员感染暂停接诊，请到附近其他机构就诊。",
}

_CONFIG = """\
baseURL = "/"
title = "示例"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "404"]
"""

_FRAME = """\
<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body>{{ block "main" . }}{{ end }}</body></html>
"""

_BOARD = """\
{{ define "main" }}<h1>{{ .Title }}</h1>
<p>第{{ .Site.Data.lights.edition }}版</p>
<ul>{{ range .Pages }}{{ $told := index $.Site.Data.lights.sites .Params.id }}
<li class="{{ $told.light }}"><h3><b>{{ $told.light }}</b> <a href="{{ .RelPermalink }}">{{ .Title }}</a></h3>
<p>{{ $told.action }}</p><p><a href="tel:{{ .Params.phone }}">{{ .Params.phone }}</a></p>
<p>{{ .Params.address }}</p><p>{{ $told.at }}</p></li>{{ end }}
</ul>{{ end }}
"""

_SITE = """\
{{ define "main" }}{{ $told := index .Site.Data.lights.sites .Params.id }}<h1>{{ .Title }}</h1>
<p class="{{ $told.light }}"><b>{{ $told.light }}</b> {{ $told.action }} {{ $told.at }}</p>
<p><a href="tel:{{ .Params.phone }}">{{ .Params.phone }}</a> {{ .Params.address }}</p>{{ end }}
"""

_HOME = """\
{{ define "main" }}<ul>{{ range .Site.Sections }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}
"""


class Site:
    """A folder that Hugo builds."""

    def __init__(self, folder: Path, installation: Installation) -> None:
        self.folder = folder
        self._board = installation.board
        self._sites = installation.sites
        self._edition = 0
        for name, text in (
            ("hugo.toml", _CONFIG),
            ("layouts/_default/baseof.html", _FRAME),
            ("layouts/_default/list.html", _BOARD),
            ("layouts/_default/single.html", _SITE),
            ("layouts/index.html", _HOME),
        ):
            self._write(name, text)
        for site in self._sites:
            self._put(site)

    def _put(self, site: str) -> None:
        board, _, index = site.rpartition("-")
        if index == "000":
            self._write(f"content/{board}/_index.md", f"---\ntitle: 示例县{board}\n---\n")
        town = TOWNS[int(index) % len(TOWNS)]
        facts = {
            "title": f"{town}第{index}卫生院发热门诊",
            "id": site,
            "phone": f"0000-555{index}",
            "address": f"{town}人民路{index}号",
        }
        head = "\n".join(f"{name}: {value}" for name, value in facts.items())
        self._write(f"content/{board}/{site}.md", f"---\n{head}\n---\n")

    def change_and_build(self) -> float:
        """Change the data; the seconds that Hugo then takes until the board's page shows it."""
        self._edition += 1
        told = {
            site: {"light": light, "action": WORDS[light], "at": "12月24日 08:10"}
            for number, site in enumerate(self._sites)
            for light in [LIGHTS[(number + self._edition) % len(LIGHTS)]]
        }
        self._write("data/lights.json", json.dumps({"edition": self._edition, "sites": told}))
        began = time.perf_counter()
        subprocess.run(["hugo", "--quiet"], cwd=self.folder, check=True, timeout=120)
        took = time.perf_counter() - began
        page = (self.folder / "public" / self._board / "index.html").read_text("utf-8")
        if f"第{self._edition}版" not in page or page.count("<li") != 152:
            raise RuntimeError("Hugo's page is not what it should be")
        return took

    def _write(self, name: str, text: str) -> None:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
