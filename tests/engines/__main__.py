"""Opens the residents' pages in Chromium 70, 80 and 86, the WebViews of phones from 2018 to 2020.

In each: no script fails, the first view of a chosen town holds four phones at 360 x 640, a search by pinyin
finds and comes into view, nothing is wider than the screen. What is printed is a row per engine; a fault ends
it with 1.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import brotli
from aiohttp import ClientSession, ClientWebSocketResponse, web

from tests.browser.counties import MORNING, TOWN, county_at
from trafficlight.assets import assets
from trafficlight.cli.demo_county import SLUG
from trafficlight.text import pinyin

MODULES: Final = Path(__file__).parent / "node_modules"
PATIENCE: Final = 20
"""Seconds in which a page has to be as it should."""
LEAST_PHONES: Final = 4
VIEW: Final = {"width": 360, "height": 640, "deviceScaleFactor": 1, "mobile": True}
_CLOCK: Final = "const shift = %d - Date.now(), now = Date.now; Date.now = () => now() + shift;"
"""The phone's clock says when the pages were made."""

PHONES: Final = """Array.from(document.querySelectorAll("main li a[href^='tel:']")).filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.top >= 0 && box.bottom <= 640;
}).length"""
WIDE: Final = "document.documentElement.scrollWidth - innerWidth"
TYPE: Final = """(() => {
  const box = document.getElementById('q');
  box.focus();
  box.value = %s;
  box.dispatchEvent(new Event('input', {bubbles: true}));
})()"""
_ADD: Final = "document.head.appendChild(Object.assign(document.createElement('script'), {src: %s})).src"
FOUND: Final = """(() => {
  const first = Array.from(document.querySelectorAll('main h3 a')).find((one) => one.getClientRects().length);
  return first && first.getBoundingClientRect().bottom <= 640 ? first.textContent : '';
})()"""


class Tab:
    """A page of an old engine, by its debugging protocol: what drives today's engines cannot speak to it."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = count(1)
        self.faults: list[str] = []

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """What the engine answers; what it says of faults meanwhile is noted."""
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            told = await self._socket.receive_json(timeout=PATIENCE)
            if told.get("method") == "Runtime.exceptionThrown":
                details = told["params"]["exceptionDetails"]
                self.faults.append(details.get("exception", {}).get("description") or details["text"])
            if told.get("id") == number:
                answer: dict[str, Any] = told.get("result", {})
                return answer

    async def value(self, expression: str) -> Any:
        answer = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression: str, good: Any) -> Any:
        """The value once it is good, or as it is when patience ends."""
        value = await self.value(expression)
        for _ in range(PATIENCE * 5):
            if good(value):
                break
            await asyncio.sleep(0.2)
            value = await self.value(expression)
        return value

    async def open(self, url: str) -> None:
        await self.ask("Page.navigate", url=url)
        await self.until("document.readyState", lambda state: state == "complete")


@asynccontextmanager
async def site(files: Mapping[str, tuple[str, bytes]]) -> AsyncIterator[str]:
    """The files at an address of this machine."""

    async def answer(request: web.Request) -> web.Response:
        path = unquote(request.path).removeprefix("/")
        media, body = files.get(f"{path}index.html" if path.endswith("/") or not path else path, ("", b""))
        return web.Response(
            body=body, status=200 if body else 404, headers={"Content-Type": media or "text/plain"}
        )

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def engine(program: Path) -> AsyncIterator[Tab]:
    """A tab of the engine, its clock set to the pages'."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ("--headless", "--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote")
        process = subprocess.Popen(  # noqa: ASYNC220 - one engine after the other
            [program, *flags, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr
            line = next(line for line in process.stderr if "DevTools listening on" in line)
            port = line.split(":")[-1].split("/")[0]
            async with (
                ClientSession() as session,
                session.ws_connect(await _tab(session, port), max_msg_size=0) as socket,
            ):
                tab = Tab(socket)
                for method in ("Page.enable", "Runtime.enable"):
                    await tab.ask(method)
                await tab.ask("Emulation.setDeviceMetricsOverride", **VIEW)
                clock = _CLOCK % int((MORNING.timestamp() + 60) * 1000)
                await tab.ask("Page.addScriptToEvaluateOnNewDocument", source=clock)
                yield tab
        finally:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE)


async def _tab(session: ClientSession, port: str) -> str:
    """Where the engine's first tab is spoken to, once it has one."""
    for _ in range(PATIENCE * 5):
        tabs = await (await session.get(f"http://127.0.0.1:{port}/json")).json(content_type=None)
        for tab in tabs:
            if tab["type"] == "page":
                return str(tab["webSocketDebuggerUrl"])
        await asyncio.sleep(0.2)
    raise RuntimeError("the engine opened no tab")


async def judged(tab: Tab, base: str) -> list[str]:
    """What is wrong."""
    wrong = []
    await tab.open(f"{base}/{SLUG}/?town={quote(TOWN)}")
    phones = await tab.until(PHONES, lambda there: there and there >= LEAST_PHONES)
    if not phones or phones < LEAST_PHONES:
        wrong.append(f"{phones} phones in the first view")
    if not await tab.value("document.documentElement.classList.contains('js')"):
        wrong.append("the controls are not there")
    await tab.open(f"{base}/{SLUG}/")
    await tab.value(TYPE % json.dumps("".join(pinyin.typed(TOWN))))
    found = await tab.until(FOUND, lambda name: name and TOWN in name)
    if TOWN not in (found or ""):
        wrong.append(f"the search shows {found!r}")
    for path in (f"{SLUG}/", "index.html", f"{SLUG}/towns/{quote(TOWN)}.html"):
        await tab.open(f"{base}/{path}")
        wide = await tab.value(WIDE)
        if wide > 0:
            wrong.append(f"{path} is {wide} px too wide")
    scripts = [asset.path for asset in assets() if asset.name.endswith(".js")]
    for path in scripts:  # those of forms and of the desk too: each is at least understood
        await tab.open(f"{base}/{SLUG}/")
        await tab.value(_ADD % json.dumps(f"../{path}"))
        await asyncio.sleep(0.3)
        await tab.value("1")
    return wrong + [fault for fault in tab.faults if "SyntaxError" in fault or "is not a function" in fault]


async def main() -> int:
    """Every engine in turn."""
    files = dict(county_at(MORNING)) | {asset.path: (asset.media, asset.body) for asset in assets()}
    failed = 0
    async with site(files) as base:
        for folder in sorted(MODULES.glob("chromium-*")):
            (packed,) = (folder / "bin").glob("chromium*.br")
            program = folder / "chromium"
            program.write_bytes(brotli.decompress(packed.read_bytes()))
            program.chmod(0o755)
            async with engine(program) as tab:
                version = (await tab.ask("Browser.getVersion")).get("product", folder.name)
                wrong = await judged(tab, base)
            print(f"{version}: {'; '.join(wrong) or 'as it should be'}", flush=True)
            failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.pop("DISPLAY", None)
    sys.exit(asyncio.run(main()))
