"""A county of 152 sites that have just reported, from the app and from nginx on the folder that it keeps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests import plain
from tests.bench.installations import Installation, Plan, make
from tests.bench.rounds import Rounds
from tests.running import NotRunning, Server, command

COUNTY: Final = Plan(name="county", boards=1, sites=152)
SOON: Final = 30.0
"""Seconds within which the folder has the page that the app shows."""


@contextmanager
def pages(folder: Path) -> Iterator[dict[str, str]]:
    """Addresses by what they are, while both servers run."""
    county, root = make(COUNTY, folder / "data"), folder / "tree"
    with Server(county.data, root) as server:
        server.wait_until_ready()
        # As every county that has gone live: addresses of other languages are whole ones.
        command("config", "set", "public_url", f"http://127.0.0.1:{server.port}", "--data", county.data)
        position = max(_report(server, county, site) for site in county.board_sites)
        _wait(root / county.board / "index.html", str(position))
        with plain.nginx(root, folder / "nginx") as address:
            yield {
                f"{what}, {server_name}": f"{base}/{county.board}/{path}"
                for server_name, base in (("app", f"http://127.0.0.1:{server.port}"), ("nginx", address))
                for what, path in (("board", ""), ("site", f"sites/{county.board_sites[0]}.html"))
            }


def _report(server: Server, county: Installation, site: str) -> int:
    client = Rounds(server.port, county, [site])
    position, _ = client.report()
    client.close()
    return position


def _wait(page: Path, text: str) -> None:
    for _ in range(int(SOON * 20)):
        if page.exists() and text in page.read_text():
            return
        time.sleep(0.05)
    raise NotRunning(f"{page} does not show {text} after {SOON:.0f} s")
