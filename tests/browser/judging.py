"""What the judges of the pages look at, by format, and how they judge."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from mimetypes import guess_type
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, Route

from tests.browser.pages import HOST, phone
from tests.golden.make import AS_OF
from tests.publish.worlds import World, board, everything, lively, site
from trafficlight.domain.board import BoardState
from trafficlight.text.languages import LANGUAGES


class Row(NamedTuple):
    """Pages of one format, as they differ in what they contain."""

    golden: tuple[str, ...]
    """Of the golden views, in Chinese: what a county's list does to a page."""
    told: tuple[str, ...]
    """Of a county in which something happened, in every language."""


SHOWN: Final[dict[str, Row]] = {
    "index_page": Row(("index.html",), ("index.html",)),
    "board_page": Row(
        (
            "shili/index.html",
            "shili-152/index.html",
            "gongkai/index.html",
            "zanting/index.html",
            "jieshu/index.html",
            "kongbai/index.html",
        ),
        ("shili/index.html", "paused/index.html", "ended/index.html"),
    ),
    "town_page": Row(
        (
            "shili/towns/东庄镇.html",
            "shili/towns/other.html",
            "da/towns/大镇.html",
            "zanting/towns/东庄镇.html",
        ),
        ("shili/towns/镇0.html", "ended/towns/镇0.html"),
    ),
    "wechat_page": Row(("shili/wechat.html",), ()),
    "board_print": Row(("shili/print.html",), ("shili/print.html",)),
    "town_print": Row(("shili/print/东庄镇.html",), ("shili/print/镇0.html",)),
    "door_sheet": Row(("shili/doors/shili-001.html",), ("shili/doors/clinic-1.html",)),
    "data_page": Row(("gongkai/data.html", "jieshu/data.html"), ("shili/data.html", "ended/data.html")),
    "embed_page": Row(("shili/embed.html", "zanting/embed.html"), ("shili/embed.html",)),
    "guide_page": Row(("shili/guide.html", "zanting/guide.html"), ("shili/guide.html",)),
    "teams_page": Row(("shili/teams.html", "gongkai/teams.html"), ("shili/teams.html", "erxian/teams.html")),
    "town_teams": Row(("gongkai/teams/示例镇.html",), ("shili/teams/镇0.html",)),
    "site_page": Row(
        (
            "shili/sites/shili-001.html",
            "shili/sites/shili-002.html",
            "shili/sites/shili-008.html",
            "shili/sites/shili-012.html",
            "shili/sites/shili-014.html",
            "shili/sites/shili-090.html",
            "gongkai/sites/gongkai-9.html",
            "zanting/sites/zanting-1.html",
        ),
        ("shili/sites/clinic-1.html", "shili/sites/clinic-4.html", "erxian/sites/er-1.html"),
    ),
}
"""A row for each format that makes pages. A new one is one row here."""


@cache
def _happened() -> World:
    world = lively()
    for slug, state in (("paused", BoardState.PAUSED), ("ended", BoardState.ENDED)):
        world.happen(slug, board(slug, state=state), site(0, id=f"{slug}-0"))
    return world


@cache
def _told() -> dict[str, bytes]:
    return everything(_happened().publisher(tongues=LANGUAGES), _happened().at)


_ELSEWHERE: Final = "http://county.example"

GOLDEN: Final = tuple(f"{HOST}/{path}" for row in SHOWN.values() for path in row.golden)
TOLD: Final = tuple(
    f"{_ELSEWHERE}/{language.folder}{path}"
    for row in SHOWN.values()
    for path in row.told
    for language in LANGUAGES
)

_OPTIONS: Final = {
    "resultTypes": ["violations", "incomplete"],
    "rules": {"target-size": {"enabled": True}},  # WCAG 2.2's, which is off unless asked for
}
"""Everything that axe-core knows but its experiments: WCAG 2.0 to 2.2, A and AA, and best practice."""

_ASKED: Final = """async options => {
  const { violations, incomplete, passes } = await axe.run(document, options);
  return { violations, incomplete, passes: passes.length };
}"""

_OF_COLOURS: Final = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

_CONTRASTS: Final = """() => {
  const number = (text) => text.match(/[\\d.]+/g).map(Number);
  const over = (top, under) => {
    const [r, g, b, alpha = 1] = top;
    return [r, g, b].map((part, at) => part * alpha + under[at] * (1 - alpha));
  };
  const bright = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.backgroundColor = 'Canvas'; // what the page's own colour scheme lies on
  const canvas = number(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const paper = (part) => {
    const layers = [];
    for (let at = part; at; at = at.parentElement) {
      const look = getComputedStyle(at);
      if (look.backgroundImage !== 'none') return null;
      layers.unshift(number(look.backgroundColor));
    }
    return layers.reduce((under, top) => over(top, under), canvas);
  };
  const faded = (part) => {
    for (let at = part; at; at = at.parentElement) if (getComputedStyle(at).opacity !== '1') return true;
    return false;
  };
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const part = text.parentElement;
    if (!text.data.trim() || !part.getClientRects().length) continue;
    const look = getComputedStyle(part);
    if (look.visibility !== 'visible') continue;
    const under = paper(part);
    const words = text.data.trim().slice(0, 20);
    if (!under || faded(part)) { seen.push([words, part.className, 0]); continue; }
    const [one, two] = [bright(over(number(look.color), under)), bright(under)].sort((a, b) => b - a);
    seen.push([words, part.className, (one + 0.05) / (two + 0.05)]);
  }
  return seen;
}"""


class Ink(NamedTuple):
    """A text as it is seen."""

    words: str
    of: str
    """The class of what it stands in."""
    contrast: float
    """WCAG's, of the text to what is under it; 0 where it cannot be told: a picture under it, or faded."""


async def opened(browser: Browser, url: str, *, late: bool = False) -> Page:
    """The page on a phone with scripts, shortly after it was made; `late`: the day after."""
    page = await seated(browser)
    await show(page, url, late=late)
    return page


async def seated(browser: Browser) -> Page:
    """A phone with scripts on which nothing was opened yet."""
    context = await phone(browser)
    await context.route(f"{_ELSEWHERE}/**", _tell)
    return await context.new_page()


async def show(page: Page, url: str, *, late: bool = False) -> None:
    made = _happened().at if url.startswith(_ELSEWHERE) else AS_OF
    # Only the date stands still: the judges' own timers go on.
    await page.clock.set_fixed_time(made + (timedelta(days=1) if late else timedelta(minutes=1)))
    answer = await page.goto(quote(url, safe=":/"))
    assert answer
    assert answer.ok, url


async def _tell(route: Route) -> None:
    path = unquote(urlsplit(route.request.url).path).removeprefix("/")
    body = _told().get(f"{path}index.html" if path.endswith("/") or not path else path)
    media = guess_type(path)[0] or "text/html"
    await route.fulfill(status=200 if body else 404, content_type=f"{media}; charset=utf-8", body=body or b"")


async def faults(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe-core finds, one line a place: rule, selector, what is wrong.

    `colours_only`: after a change of nothing but colours, the rules that can find anything new.
    """
    found = await asked(page, _OPTIONS | ({"runOnly": _OF_COLOURS} if colours_only else {}))
    assert found["passes"] >= (1 if colours_only else 10), "axe looked at nothing"
    # Where it cannot tell, somebody has to: contrasts are measured by `inks`.
    unsure = (one for one in found["incomplete"] if one["id"] != "color-contrast")
    return list(_lines([*found["violations"], *unsure]))


async def asked(page: Page, options: Mapping[str, object]) -> dict[str, Any]:
    """What axe-core says: `violations`, `incomplete`, and how many rules are kept in `passes`.

    All that it says of what is right would take as long to come over as it takes to look.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = await page.evaluate(_ASKED, dict(options))
    return found


async def inks(page: Page) -> list[Ink]:
    """Every visible text of the page."""
    return [Ink(*one) for one in await page.evaluate(_CONTRASTS)]


def _lines(found: Iterable[dict[str, Any]]) -> Iterable[str]:
    for one in found:
        for node in one["nodes"]:
            why = " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
            yield f"{one['id']}: {' '.join(map(str, node['target']))}: {why}"
