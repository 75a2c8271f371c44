"""The measure of the server library: an aiohttp app that does nothing but answer.

Arguments: a port, and a file of pages.
"""

import json
import sys
import time
from base64 import b64decode
from pathlib import Path
from typing import Self

from aiohttp import web

from tests.bench.rig import Rig
from tests.running import NotRunning, Process, free_ports, get


class Bare(Process):
    """The app in a process of its own, on the server's core."""

    def __init__(self, rig: Rig, pages: Path | None = None) -> None:
        (self.port,) = free_ports(1)
        arguments: list[str | Path] = [sys.executable, "-m", "tests.bench.bare", str(self.port)]
        super().__init__(
            [*arguments, *([pages] if pages else [])], rig.folder / "bare.log", core=rig.server_core
        )

    def __enter__(self) -> Self:
        super().__enter__()
        for _ in range(500):
            try:
                get(self.port, "/")
            except OSError:
                time.sleep(0.02)
            else:
                return self
        self.kill()
        raise NotRunning(self.last_words())


def create(pages: Path | None) -> web.Application:
    """The pages of the file at their paths, and every report sent back as it came."""
    app = web.Application()
    app.router.add_post("/api/v1/sites/{site}/reports", echo)
    for path, page in (json.loads(pages.read_text()) if pages else {}).items():
        status, headers, body = page["status"], page["headers"], b64decode(page["body"])

        async def answer(
            _request: web.Request, status: int = status, headers: dict[str, str] = headers, body: bytes = body
        ) -> web.Response:
            return web.Response(status=status, headers=headers, body=body)

        app.router.add_get(path, answer)
    return app


async def echo(request: web.Request) -> web.Response:
    return web.json_response(await request.json())


if __name__ == "__main__":
    given = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    web.run_app(create(given), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
