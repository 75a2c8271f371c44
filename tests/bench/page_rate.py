"""The board page from the app against a bare aiohttp handler that sends the same bytes.

wrk with 32 connections on one core asks, in turn, the app and the bare handler on the other. What the
bare handler sends, headers too, was first got from the app. Three kinds of answer: plain, gzip, and 304
to a known entity tag.
"""

import http.client
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from tests.bench import wrk
from tests.bench.bare import Bare
from tests.bench.measuring import in_turn
from tests.bench.rig import SMALL, Rig, Row
from tests.bench.rounds import Rounds
from tests.running import Server

LEAST = 0.85
_OWN = {"date", "server", "content-length", "connection", "transfer-encoding"}
"""What the server library adds by itself, to either."""


def run(rig: Rig) -> Iterator[Row]:
    installation = rig.installation(SMALL)
    path = f"/{installation.board}/"
    with Server(installation.data, core=rig.server_core) as server:
        server.wait_until_ready()
        client = Rounds(server.port, installation)
        client.rounds(200)  # so that lights of all kinds stand on the page
        client.close()
        packed = {"Accept-Encoding": "gzip"}
        sent = _fetch(server.port, path, packed)["headers"]
        tag = next(value for name, value in sent.items() if name.lower() == "etag")
        kinds = {"plain": {}, "gzip": packed, "304": {**packed, "If-None-Match": tag}}
        pages = {f"/{kind}": _fetch(server.port, path, headers) for kind, headers in kinds.items()}
        (rig.folder / "pages.json").write_text(json.dumps(pages))
        with Bare(rig, rig.folder / "pages.json") as bare:
            for kind, headers in kinds.items():
                size = len(pages[f"/{kind}"]["body"]) * 3 // 4
                urls = f"http://127.0.0.1:{bare.port}/{kind}", f"http://127.0.0.1:{server.port}{path}"
                yield _measure(rig, f"{kind}, {size:,} bytes" if size else kind, headers, urls)


def _measure(rig: Rig, kind: str, headers: Mapping[str, str], urls: tuple[str, str]) -> Row:
    options = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    pairs = in_turn(
        rig.pairs,
        lambda: wrk.load(rig, urls[0], *options).rate,
        lambda: wrk.load(rig, urls[1], *options).rate,
    )
    return Row(
        what=f"board page from the app, {kind}",
        budget="≥ 0.85 × a bare aiohttp handler",
        measured=f"{median(pairs.second):,.0f}/s against {median(pairs.first):,.0f}/s",
        ratio=f"{pairs.told()} ×",
        met=pairs.ratio >= LEAST,
    )


def _fetch(port: int, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The app's answer, for the bare handler to give again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return {
        "status": answer.status,
        "headers": {name: value for name, value in answer.getheaders() if name.lower() not in _OWN},
        "body": b64encode(body).decode(),
    }
