import asyncio
import time
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.conftest import Trafficlight
from trafficlight.actions import changing
from trafficlight.actions.changing import read_system
from trafficlight.actions.credentials import digest
from trafficlight.domain.event import Reported
from trafficlight.domain.record import stamp
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.opening import data_ledger_url, open_ledger

BASE = "https://fever.example.cn"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "FOLLOWED_AFTER", 0.0)


def system_in(data: Path) -> SystemFold:
    async def read() -> SystemFold:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            return await read_system(ledger)
        finally:
            await ledger.close()

    return asyncio.run(read())


# --- tokens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "reach"),
    [
        (["--site", "a1"], ("a1", "", "reporter")),
        (["--board", "shili", "--role", "desk"], ("", "shili", "desk")),
        (["--all"], ("", "", "reporter")),
    ],
)
def test_a_token_is_for_what_was_asked(
    data: Path, trafficlight: Trafficlight, scope: list[str], reach: tuple[str, str, str]
) -> None:
    done = trafficlight("tokens", "issue", "--data", data, *scope, "--label", "县医院 系统")
    token = system_in(data).tokens[digest(done.out.strip())]
    assert (token.site, token.board, token.role) == reach
    assert token.label == "县医院 系统"


@pytest.mark.parametrize("scope", [["--site", "nobody"], ["--board", "nothing"], ["--board", "Not A Slug"]])
def test_no_token_for_what_there_is_not(data: Path, trafficlight: Trafficlight, scope: list[str]) -> None:
    assert trafficlight("tokens", "issue", "--data", data, *scope).code == 1
    assert not system_in(data).tokens


def test_tokens_are_listed_without_their_secrets_and_revoked_by_id_or_secret(
    data: Path, trafficlight: Trafficlight
) -> None:
    secrets = [trafficlight("tokens", "issue", "--data", data, "--all").out.strip() for _ in range(3)]
    listed = trafficlight("tokens", "list", "--data", data)
    assert not [secret for secret in secrets if secret in listed.out]
    ids = [line.split("\t")[0] for line in listed.lines]
    assert [line.split("\t")[1:3] for line in listed.lines] == [["reporter", "all"]] * 3
    known = {token.id: key for key, token in system_in(data).tokens.items()}
    by_secret = next(secret for secret in secrets if digest(secret) == known[ids[1]])
    done = trafficlight("tokens", "revoke", ids[0], by_secret, "--data", data)
    assert done.lines == ids[:2]
    assert [token.id for token in system_in(data).tokens.values()] == [ids[2]]
    assert trafficlight("tokens", "revoke", ids[0], "--data", data).code == 1
    assert trafficlight("tokens", "revoke", ids[2], "nothing", "--data", data).code == 1
    assert len(system_in(data).tokens) == 1  # all or none


def test_a_revoked_token_is_printed_when_every_server_has_read_of_it(
    data: Path, trafficlight: Trafficlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "FOLLOWED_AFTER", 0.3)
    secret = trafficlight("tokens", "issue", "--data", data, "--all").out.strip()
    began = time.monotonic()
    trafficlight("tokens", "revoke", secret, "--data", data)
    assert time.monotonic() - began >= 0.3


# --- links --------------------------------------------------------------------------------------------------


def test_links_are_for_sites_a_town_or_everything(data: Path, trafficlight: Trafficlight) -> None:
    issue = ("links", "issue", "--data", data, "--base-url", BASE)
    one = trafficlight(*issue, "--site", "b1")
    assert [line.split("\t")[0] for line in one.lines] == ["b1"]
    assert one.lines[0].split("\t")[1].startswith(f"{BASE}/enter/")
    assert len(trafficlight(*issue, "--board", "shili").lines) == 3
    town = trafficlight(*issue, "--town", "桃源镇", "--board", "shili")
    key, url = town.lines[0].split("\t")
    link = system_in(data).links[digest(url.rpartition("/")[2])]
    assert (key, link.site, link.board, link.town) == ("桃源镇", "", "shili", "桃源镇")
    assert trafficlight(*issue, "--town", "无此镇", "--board", "shili").code == 1
    assert trafficlight(*issue, "--site", "nobody").code == 1


def test_a_sites_link_knows_its_board(data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("links", "issue", "--data", data, "--base-url", BASE, "--site", "b1")
    link = system_in(data).links[digest(done.out.strip().rpartition("/")[2])]
    assert (link.site, link.board) == ("b1", "shili")


def test_the_public_address_stands_in_for_the_base_url(data: Path, trafficlight: Trafficlight) -> None:
    assert trafficlight("links", "issue", "--data", data, "--all").code == 1
    trafficlight("config", "set", "public_url", f"{BASE}/", "--data", data)
    assert f"\t{BASE}/enter/" in trafficlight("links", "issue", "--data", data, "--all").out


@pytest.mark.parametrize(
    ("base", "noted"),
    [
        ("http://fever.example.cn", 1),
        ("https://10.0.0.7:8443", 1),
        ("http://127.0.0.1:8080", 2),
        ("https://localhost", 1),
        ("https://[::1]:8080", 1),
        ("https://fever.example.cn", 0),
        ("https://1.1.1.1", 0),
    ],
)
def test_an_address_that_phones_cannot_open_is_noted(
    data: Path, trafficlight: Trafficlight, base: str, noted: int
) -> None:
    done = trafficlight("links", "issue", "--data", data, "--base-url", base, "--site", "a1")
    assert done.code == 0
    assert done.err.count("for a trial only") == noted


@pytest.mark.parametrize(
    "base",
    [
        *(
            "fever.example.cn",
            "ftp://x.cn",
            "https://",
            "https://x.cn?a=1",
            "https://x.cn#a",
            "https://a@x.cn",
        ),
        *("https://x.cn:99999", "https://x .cn", "javascript:alert(1)", "https://[::1", "https://x.cn/?"),
    ],
)
def test_what_is_no_address_is_refused(data: Path, trafficlight: Trafficlight, base: str) -> None:
    done = trafficlight("links", "issue", "--data", data, "--base-url", base, "--site", "a1")
    assert (done.code, done.out) == (1, "")
    assert trafficlight("config", "set", "public_url", base, "--data", data).code == 1


def test_links_are_listed_and_revoked_one_by_one_or_by_reach(data: Path, trafficlight: Trafficlight) -> None:
    issue = ("links", "issue", "--data", data, "--base-url", BASE)
    urls = [line.split("\t")[1] for line in trafficlight(*issue, "--all").lines]
    trafficlight(*issue, "--town", "桃源镇", "--board", "shili")
    listed = [line.split("\t") for line in trafficlight("links", "list", "--data", data).lines]
    assert {row[1] for row in listed} == {"a1", "a2", "b1", "桃源镇"}
    assert len(trafficlight("links", "revoke", urls[0], "--data", data).lines) == 1
    of_site = next(row[0] for row in listed if row[1] == "a2")
    assert trafficlight("links", "revoke", of_site, "--data", data).lines == [of_site]
    assert trafficlight("links", "revoke", of_site, "--data", data).code == 1
    assert (
        len(trafficlight("links", "revoke", "--town", "桃源镇", "--board", "shili", "--data", data).lines)
        == 1
    )
    assert trafficlight("links", "revoke", "--site", "a1", "--data", data).lines != []
    assert trafficlight("links", "revoke", "--all", "--data", data).lines == []
    assert not system_in(data).links
    assert trafficlight("links", "revoke", "--data", data).code == 2
    assert trafficlight("links", "revoke", "x", "--all", "--data", data).code == 2


def test_a_board_without_sites_has_no_links(tmp_path: Path, trafficlight: Trafficlight) -> None:
    trafficlight("boards", "put", "leer", "--data", tmp_path / "d")
    done = trafficlight("links", "issue", "--data", tmp_path / "d", "--base-url", BASE, "--board", "leer")
    assert done.code == 1


def test_a_pin_is_drawn_or_given_and_taken_off(data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("links", "issue", "--data", data, "--base-url", BASE, "--site", "b1")
    url = done.out.strip().split("\t")[1]
    link, drawn = trafficlight("links", "pin", url, "--data", data).out.strip().split("\t")
    assert drawn.isdecimal()
    assert len(drawn) == 4
    assert trafficlight("links", "list", "--data", data).lines[0].split("\t")[4:] == ["-", "pin"]
    assert trafficlight("links", "pin", link, "--pin", "482193", "--data", data).lines == [f"{link}\t482193"]
    assert trafficlight("links", "pin", link, "--pin", "12", "--data", data).code == 1
    assert trafficlight("links", "pin", link, "--off", "--pin", "4821", "--data", data).code == 2
    assert trafficlight("links", "pin", link, "--off", "--data", data).lines == [link]
    assert trafficlight("links", "list", "--data", data).lines[0].split("\t")[4:] == ["-", "-"]


def test_sessions_of_a_link_are_ended_and_the_link_stays(data: Path, trafficlight: Trafficlight) -> None:
    done = trafficlight("links", "issue", "--data", data, "--base-url", BASE, "--site", "b1")
    url = done.out.strip().split("\t")[1]
    [link] = trafficlight("links", "end-sessions", url, "--data", data).lines
    kept = system_in(data).links[digest(url.rpartition("/")[2])]
    assert kept.id == link
    assert kept.sessions_since is not None
    assert trafficlight("links", "end-sessions", "nothing", "--data", data).code == 1


def test_the_list_tells_when_each_link_was_last_reported_by(data: Path, trafficlight: Trafficlight) -> None:
    trafficlight("links", "issue", "--data", data, "--base-url", BASE, "--board", "shili")
    first, *others = (line.split("\t") for line in trafficlight("links", "list", "--data", data).lines)

    async def report() -> str:
        ledger = await open_ledger(data_ledger_url(data))
        try:
            told = Reported(
                by=f"link:{first[0]}", id="0" * 24, site=first[1], service_day=date(2022, 12, 24), patients=3
            )
            [at] = (await ledger.append("shili", [told])).positions
            return stamp((await ledger.read("shili"))[at - 1].at)
        finally:
            await ledger.close()

    at = asyncio.run(report())
    listed = [line.split("\t")[4] for line in trafficlight("links", "list", "--data", data).lines]
    assert listed == [at, *("-" for _ in others)]


# --- cards --------------------------------------------------------------------------------------------------


class Cards(HTMLParser):
    """What stands on the cards."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.codes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.codes += tag == "svg"
        assert tag not in {"script", "img", "link", "iframe"}

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())


def test_a_sheet_has_a_card_to_try_first_and_one_for_each_site(
    data: Path, tmp_path: Path, trafficlight: Trafficlight
) -> None:
    file = tmp_path / "out" / "cards.html"
    done = trafficlight("links", "sheet", "--out", file, "--data", data, "--base-url", BASE, "--all")
    assert done.lines == [f"{file}\t3"]
    page = file.read_text(encoding="utf-8")
    cards = Cards()
    cards.feed(page)
    text = "\n".join(cards.text)
    assert cards.codes == 4
    assert text.index("请先用自己的手机（4G）扫这张") < text.index("微信扫一扫，填报今天人数")
    assert all(name in text for name in ("桃源镇卫生院", "桃源镇东村卫生室", "柳河乡卫生院"))
    assert "/enter/" not in page  # a secret is in its code alone: nobody copies it from over a shoulder
    assert len(system_in(data).links) == 3
    assert file.stat().st_mode & 0o777 == 0o600
    assert "size: A4" in page


def test_names_on_cards_are_text(tmp_path: Path, trafficlight: Trafficlight) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("id,name,board\na1,<script>alert(1)</script>,shili\n", encoding="utf-8")
    trafficlight("sites", "import", listed, "--data", tmp_path / "d")
    file = tmp_path / "cards.html"
    trafficlight("links", "sheet", "--out", file, "--data", tmp_path / "d", "--base-url", BASE, "--all")
    assert "<script>" not in file.read_text(encoding="utf-8")
