"""A report, and then its page, on connections kept alive."""

import gzip
import http.client
import random
import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tests.bench.installations import Installation


class Round(NamedTuple):
    """Seconds: from sending the report to its 201, and from there to the last byte of its page."""

    post: float
    page: float


class Rounds:
    """One client of one server."""

    def __init__(self, port: int, installation: Installation, sites: Sequence[str] = ()) -> None:
        self._post = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._get = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._board = installation.board
        self._sites = sites or installation.board_sites
        self._headers = {"Authorization": f"Bearer {installation.token}", "Content-Type": "application/json"}
        self._chance = random.Random(7)

    def report(self) -> tuple[int, float]:
        """A valid report of some site: its position, and the seconds to its 201."""
        site = self._chance.choice(self._sites)
        body = b'{"patients":%d}' % self._chance.randrange(100)
        began = time.perf_counter()
        self._post.request("POST", f"/api/v1/sites/{site}/reports", body, self._headers)
        answer = self._post.getresponse()
        told = answer.read()
        took = time.perf_counter() - began
        if answer.status != 201:
            raise RuntimeError(f"{answer.status} instead of 201: {told[:500]!r}")
        return msgspec.json.decode(told)["position"], took

    def round(self) -> Round:
        """Report, then get the board's page, which must be of the edition that the report made."""
        position, posted = self.report()
        began = time.perf_counter()
        self._get.request("GET", f"/{self._board}/", headers={"Accept-Encoding": "gzip"})
        answer = self._get.getresponse()
        packed = answer.read()
        took = time.perf_counter() - began
        if answer.status != 200 or f"第{position}版".encode() not in gzip.decompress(packed):
            raise RuntimeError(f"the page does not show edition {position} ({answer.status})")
        return Round(posted, took)

    def rounds(self, count: int) -> list[Round]:
        return [self.round() for _ in range(count)]

    def close(self) -> None:
        self._post.close()
        self._get.close()
