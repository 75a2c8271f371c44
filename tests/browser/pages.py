"""The golden pages at an invented address, on a phone: no server runs."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Literal
from urllib.parse import unquote, urlsplit

from playwright.async_api import Browser, BrowserContext, Route

from tests.golden.views import VIEWS
from trafficlight.assets import assets
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.view import View

HOST = "https://deng.example"
BOARD, SITE = f"{HOST}/shili/", f"{HOST}/shili/sites/shili-001.html"

Files = dict[str, tuple[str, bytes]]


def tree(views: Mapping[FormatScope, Sequence[View]]) -> Files:
    """What all formats make of the views, by path: media type and bytes."""
    made = [one for form in FORMATS for view in views.get(form.scope, ()) for one in form.make(view)]
    return {one.path: (one.media, one.body) for one in made}


@cache
def golden() -> Files:
    """What all formats make of the golden views, and the assets; made only where they are looked at."""
    return tree(VIEWS) | {asset.path: (asset.media, asset.body) for asset in assets()}


async def phone(
    browser: Browser,
    *,
    width: int = 360,
    scripts: bool = True,
    scheme: Literal["light", "dark"] = "light",
    more: Files | None = None,
) -> BrowserContext:
    # The phone's zone is another than the board's: only instants may count.
    context = await browser.new_context(
        viewport={"width": width, "height": 640},
        locale="zh-CN",
        timezone_id="America/New_York",
        java_script_enabled=scripts,
        color_scheme=scheme,
        service_workers="block",
    )
    await context.route(f"{HOST}/**", partial(_serve, golden() | (more or {})))
    return context


async def _serve(there: Files, route: Route) -> None:
    path = unquote(urlsplit(route.request.url).path).removeprefix("/")
    media, body = there.get(f"{path}index.html" if path.endswith("/") or not path else path, ("", b""))
    # Fresh for an hour, as phones and proxies keep pages whatever they are told.
    headers = {"cache-control": "max-age=3600"}
    await route.fulfill(status=200 if body else 404, content_type=media, body=body, headers=headers)
