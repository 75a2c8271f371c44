"""Pages as they leave a printer: printed to PDF by the browser, read again by Debian's tools."""

import subprocess
from pathlib import Path

from playwright.async_api import Browser, Route

from trafficlight.assets import assets
from trafficlight.publish.formats.base import Artifact

HOST = "http://deng.example"
DPI = 100
"""Of a poor printer or a phone's camera at arm's length; black and white."""
LONGEST = 60.0
"""Seconds for one of the tools."""


async def printed(browser: Browser, made: Artifact, to: Path) -> Path:
    """The page as A4 sheets in a PDF, from a dark phone: what it was read on changes nothing."""
    tree = {asset.path: (asset.media, asset.body) for asset in assets()} | {
        made.path: (made.media, made.body)
    }

    async def serve(route: Route) -> None:
        media, body = tree.get(route.request.url.removeprefix(f"{HOST}/"), ("", b""))
        await route.fulfill(status=200 if body else 404, content_type=media, body=body)

    context = await browser.new_context(color_scheme="dark", java_script_enabled=False)
    await context.route(f"{HOST}/**", serve)
    page = await context.new_page()
    await page.goto(f"{HOST}/{made.path}")
    file = to / "sheets.pdf"
    await page.pdf(path=file, prefer_css_page_size=True)
    await context.close()
    return file


def texts(file: Path) -> list[str]:
    """The text of each sheet, lines as they stand."""
    read = run("pdftotext", "-layout", str(file), "-")
    return read.split("\f")[:-1]


def codes(file: Path, sheet: int) -> list[str]:
    """What the QR codes of a sheet say, counted from 1."""
    picture = file.with_suffix("")
    run(
        "pdftoppm",
        "-r",
        str(DPI),
        "-mono",
        "-f",
        str(sheet),
        "-l",
        str(sheet),
        "-singlefile",
        str(file),
        str(picture),
    )
    return run("zbarimg", "--quiet", "--raw", f"{picture}.pbm").splitlines()


def greys(file: Path) -> bool:
    """Whether no sheet has any colour in it."""
    picture = file.with_suffix("")
    run("pdftoppm", "-r", "30", str(file), str(picture))
    for sheet in file.parent.glob(f"{picture.name}-*.ppm"):
        pixels = sheet.read_bytes().split(b"\n", 3)[3]
        if not pixels[0::3] == pixels[1::3] == pixels[2::3]:
            return False
    return True


def run(*command: str) -> str:
    """What one of Debian's tools answers; zbarimg ends with 4 where it found nothing."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode in {0, 4}, done.stderr
    return done.stdout
