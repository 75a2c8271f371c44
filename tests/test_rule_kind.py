"""Law: two touches. A copy of the program with one more rule kind, a module and a row, is used as it comes.

The kind's light depends on the instant: `tests/domain/clock.py`.
"""

import http.cookiejar
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from lxml import html

from tests.domain import clock
from tests.running import Server
from trafficlight import assets

PACKAGE = Path(assets.__file__).parent
MODULE = Path(clock.__file__)
TABLE = "RULES: tuple[type[Rule], ...] = ("
LIST = "id,name,kind,hours,capacity\nlk-001,东江卫生院,township_centre,24小时,50\n"
"""Always open: whatever the time of day when the tests run, it is judged."""
HOME = "/desk/boards/longkou/rules"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the copy."""
    home = tmp_path_factory.mktemp("program")
    shutil.copytree(PACKAGE, home / "trafficlight", ignore=shutil.ignore_patterns("__pycache__"))
    for name, folder in (("templates", assets.template_dir()), ("static", assets.static_dir())):
        (home / name).symlink_to(folder)
    rules = home / "trafficlight" / "domain" / "rules"
    shutil.copy(MODULE, rules)
    table = (rules / "__init__.py").read_text()
    assert TABLE in table
    row = f"from trafficlight.domain.rules.clock import Clock\n{TABLE}Clock, "
    (rules / "__init__.py").write_text(table.replace(TABLE, row))
    return home


def environment(program: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(program), "LANG": "zh_CN.UTF-8", "PYTHONUTF8": "1"}


def run(program: Path, *arguments: str | Path, typed: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "trafficlight", *arguments],
        env=environment(program),
        cwd=program,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def data(program: Path, tmp_path: Path) -> Path:
    listed, folder = tmp_path / "list.csv", tmp_path / "data"
    listed.write_text(LIST, encoding="utf-8")
    run(program, "sites", "import", listed, "--data", folder, "--board", "longkou", "--board-name", "龙口市")
    return folder


class Browser:
    """Somebody at the desk: keeps cookies, sends forms as they stand but for what was typed."""

    def __init__(self, port: int) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.open = partial(urllib.request.build_opener(jar).open, timeout=20)
        self._base = f"http://127.0.0.1:{port}"

    def page(self, path: str, sent: dict[str, str] | None = None) -> html.HtmlElement:
        body = urllib.parse.urlencode(sent).encode() if sent is not None else None
        try:
            with self.open(self._base + path, body) as answer:
                return html.document_fromstring(answer.read().decode())
        except urllib.error.HTTPError as refused:
            return html.document_fromstring(refused.read().decode())

    def send(self, path: str, number: int = -1, **typed: str) -> str:
        form = self.page(path).forms[number]
        filled = {name: value or "" for name, value in form.form_values()}
        return " ".join(self.page(path, {**filled, **typed}).text_content().split())


@contextmanager
def serving(program: Path, data: Path) -> Iterator[Server]:
    server = Server(data)
    server.arguments = [sys.executable, "-m", "trafficlight", *server.arguments[1:]]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(program).items():
            patch.setenv(name, value)
        patch.chdir(program)
        with server:
            server.wait_until_ready()
            yield server


def site_of(body: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(body)["sites"][0]
    return found


def instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def test_a_rule_kind_is_a_module_and_a_row_at_every_door(program: Path, data: Path) -> None:
    """Chosen by the CLI and at the desk, tried, told in history; shown on the page and in board.json."""
    assert "clock" in run(program, "rules", "set", "--help")
    done = run(
        program, "rules", "set", "--data", data, "--board", "longkou", "--kind", "clock", "--minutes", "45"
    )
    assert done == "longkou\tclock\n"
    assert run(program, "rules", "show", "--data", data, "--board", "longkou") == "lk-001\tclock\t2\t45\n"
    token = run(program, "tokens", "issue", "--data", data, "--all").split()[-1]
    users = ("users", "add", "admin", "--data", data, "--board", "longkou", "--role", "admin")
    run(program, *users, typed=f"{PASSWORD}\n")
    with serving(program, data) as server:
        report = urllib.request.Request(
            f"http://127.0.0.1:{server.port}/api/v1/sites/lk-001/reports",
            json.dumps({"patients": 3}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        browser = Browser(server.port)
        with browser.open(report) as answer:
            receipt = json.loads(answer.read())
        with browser.open(f"http://127.0.0.1:{server.port}/longkou/board.json") as answer:
            site = site_of(answer.read())
        told, valid = instant(site["reported_at"]), instant(site["valid_until"])
        turn = (told + timedelta(minutes=45)).replace(second=0, microsecond=0)
        midnight = (told + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        noon = told.replace(hour=12, minute=0, second=0, microsecond=0)  # the middle of its opening
        shown = "blue" if told < noon else "yellow"
        assert (receipt["light"], receipt["reason"], site["light"]) == (shown, "rule", shown)
        assert valid == min(turn, midnight, noon if told < noon else midnight)
        assert "报数45分钟后为红。" in browser.page("/longkou/sites/lk-001.html").text_content()

        browser.send("/desk/sign-in", name="admin", password=PASSWORD)
        page = browser.page(HOME).text_content()
        assert "报数后过了多久（分钟）" in page
        assert "多少分钟后是红" in page
        assert browser.page(HOME).xpath("string(//input[@name='clock_minutes']/@value)") == "45"
        tried = browser.send(HOME, 1, act="try", clock_minutes="50")
        assert "今天有人数的1家，一家也不会变。" in tried
        assert "按最近14天试一试" in tried
        accuracy = browser.page("/desk/boards/longkou/lookback/accuracy").text_content()
        assert "颜色准不准" in accuracy
        assert "请填 1分钟 到 600分钟 之间的整数" in browser.send(HOME, 1, act="save", clock_minutes="1.5")
        assert "规则已保存" in browser.send(HOME, 1, act="save", clock_minutes="20")
        assert "报数20分钟后为红。" in browser.page(f"{HOME}/history").text_content()
        same = ("--data", data, "--board", "longkou")
        assert run(program, "rules", "try", *same, "--kind", "clock", "--minutes", "50").startswith(
            "lk-001\t"
        )
        assert "\nclock\t" in run(program, "truth", *same)
        assert "规则已保存" in browser.send(
            f"{HOME}?site=lk-001", 1, act="save", kind="clock", clock_minutes="10"
        )
    assert run(program, "rules", "show", "--data", data, "--board", "longkou") == "lk-001\tclock\t1\t10\n"


STORY: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("2022-12-23T16:00", "board_put", {"settings": {"slug": "longkou", "name": "龙口市"}}),
    ("2022-12-23T16:00", "rule_set", {"rule": {"kind": "clock", "minutes": 300}}),
    (
        "2022-12-23T16:00",
        "site_put",
        {"site": {"id": "lk-001", "name": "东江卫生院", "hours": "8:00-17:30", "capacity": 50}},
    ),
    (
        "2022-12-24T01:10",
        "reported",
        {"id": "r123456789012345", "site": "lk-001", "service_day": "2022-12-24", "patients": 3},
    ),
)


def test_a_light_that_changes_by_itself_changes_wherever_it_is_published(
    program: Path, tmp_path: Path
) -> None:
    """Open 8:00 to 17:30, three patients at 9:10: blue until 12:45, yellow until 14:10, then red."""
    lines = [
        {"board": "_", "position": 1, "at": "2022-12-23T16:00:00.000000Z", "type": "site_placed", "v": 1}
        | {"site": "lk-001", "of_board": "longkou"}
    ]
    for position, (at, kind, event) in enumerate(STORY, 1):
        line = {"board": "longkou", "position": position, "at": f"{at}:00.000000Z", "type": kind, "v": 1}
        lines.append({**line, **event})
    ledger = tmp_path / "ledger.ndjson"
    text = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    ledger.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    run(program, "ledger", "import", ledger, "--data", tmp_path / "data")
    shown = {}
    for wall in ("12:44", "12:45", "14:09", "14:10"):
        to = tmp_path / wall.replace(":", "")
        as_of = ("--as-of", f"2022-12-24T{wall}+08:00")
        run(program, "publish", "--data", tmp_path / "data", "--to", to, *as_of)
        site = site_of((to / "longkou" / "board.json").read_bytes())
        page = (to / "longkou" / "sites" / "lk-001.html").read_text(encoding="utf-8")
        pill = str(html.document_fromstring(page).xpath("string(//*[contains(@class, 'pill')])")).split()[-1]
        shown[wall] = (site["light"], str(site["valid_until"])[11:16], pill)
    assert shown == {
        "12:44": ("blue", "12:45", "蓝·人少"),
        "12:45": ("yellow", "14:10", "黄·较多"),
        "14:09": ("yellow", "14:10", "黄·较多"),
        "14:10": ("red", "17:10", "红·很多"),
    }
