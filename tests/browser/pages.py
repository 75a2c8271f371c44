"""The golden pages at an invented address, on a phone: no server runs."""

from typing import Literal
from urllib.parse import unquote

from playwright.async_api import Browser, BrowserContext, Route

from tests.golden.views import VIEWS
from trafficlight.assets import assets
from trafficlight.publish.formats import FORMATS

HOST = "http://deng.example"
BOARD, SITE = f"{HOST}/shili/", f"{HOST}/shili/sites/shili-001.html"

_MADE = [one for form in FORMATS for view in VIEWS[form.scope] for one in form.make(view)]
TREE = {one.path: (one.media, one.body) for one in _MADE}
TREE |= {asset.path: (asset.media, asset.body) for asset in assets()}


async def phone(
    browser: Browser,
    *,
    width: int = 360,
    scripts: bool = True,
    scheme: Literal["light", "dark"] = "light",
) -> BrowserContext:
    # The phone's zone is another than the board's: only instants may count.
    context = await browser.new_context(
        viewport={"width": width, "height": 640},
        locale="zh-CN",
        timezone_id="America/New_York",
        java_script_enabled=scripts,
        color_scheme=scheme,
    )
    await context.route(f"{HOST}/**", _serve)
    return context


async def _serve(route: Route) -> None:
    path = unquote(route.request.url.removeprefix(f"{HOST}/")).partition("#")[0]
    media, body = TREE.get(f"{path}index.html" if path.endswith("/") or not path else path, ("", b""))
    # Fresh for an hour, as phones and proxies keep pages whatever they are told.
    headers = {"cache-control": "max-age=3600"}
    await route.fulfill(status=200 if body else 404, content_type=media, body=body, headers=headers)
