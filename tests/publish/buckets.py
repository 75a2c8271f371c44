"""A store of buckets on a real socket, and a gate in front of it that can be shut."""

import gzip
import http.client
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import obstore
from obstore.store import S3Store

from trafficlight.bucket import read_address
from trafficlight.publish.targets import NOTES
from trafficlight.publish.targets.bucket import BucketTarget

_numbers = count()
TWICE: Final = 2
_SOMEBODY: Final = "AWS4-HMAC-SHA256 Credential=AKIAREADER/20221224/us-east-1/s3/aws4_request"
"""The store asks for a name, and takes any."""


class Object(NamedTuple):
    """An object as anybody is sent it."""

    body: bytes
    headers: dict[str, str]

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body


class Gate:
    """What stands between publisher and store: passes on what comes, or does not, and remembers it."""

    def __init__(self, port: int) -> None:
        self.asked: list[tuple[str, str]] = []
        """Method and path of each request."""
        self.status = 0
        """What is answered to all, instead of passing it on."""
        self.busy_every = 0
        """Of so many requests one is answered 503; of one address two at most, else by chance it is each."""
        self.refused: Counter[str] = Counter()
        self.deaf_to: tuple[str, ...] = ()
        """Headers, in small letters, that the store behind does not know."""
        self.opened = threading.Event()
        self.opened.set()
        gate, behind = self, port

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                gate.asked.append((self.command, self.path))
                gate.opened.wait(30)
                busy = gate.busy_every and len(gate.asked) % gate.busy_every == 0
                if busy:
                    gate.refused[self.path] += 1
                    busy = gate.refused[self.path] <= TWICE
                if gate.status or busy:
                    self.send_response(gate.status or 503)
                    text = b"<Error><Code>SlowDown</Code></Error>"
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                    return
                there = http.client.HTTPConnection("127.0.0.1", behind, timeout=30)
                sent = {
                    name: value for name, value in self.headers.items() if name.lower() not in gate.deaf_to
                }
                there.request(self.command, self.path, body, sent)
                answer = there.getresponse()
                told = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                        self.send_header(name, value)
                length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(told))
                self.send_header("Content-Length", length or "0")
                self.end_headers()
                self.wfile.write(told)
                there.close()

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = answer  # noqa: N815 - named by the library

            def log_message(self, *_: object) -> None:
                """Nothing is told."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # who asked has gone
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wrote(self) -> list[str]:
        """Paths that were written or removed, in the order in which they came."""
        return [path for method, path in self.asked if method in {"PUT", "DELETE"}]

    def close(self) -> None:
        self.opened.set()
        self._server.shutdown()
        self._server.server_close()


class Bucket:
    """A bucket of its own in the store."""

    def __init__(self, port: int, folder: Path, name: str = "") -> None:
        self.name = name or f"deng-{next(_numbers)}"
        self.port = port
        self._file = folder / "credentials"
        self._file.write_text("[default]\naws_access_key_id = AKIADENG\naws_secret_access_key = geheim\n")
        if not name:
            assert self._ask("PUT", f"/{self.name}").status == 200

    def address(self, port: int = 0, more: str = "", prefix: str = "tree") -> str:
        """The target's address, by another port (a gate's) where one is given."""
        where = f"endpoint=http://127.0.0.1:{port or self.port}&credentials={self._file}{more}"
        return f"s3://{self.name}/{prefix}?{where}"

    def target(self, port: int = 0) -> BucketTarget:
        return BucketTarget(read_address(self.address(port)))

    def _ask(self, method: str, path: str, body: bytes = b"") -> http.client.HTTPResponse:
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        there.request(method, path, body, {"Authorization": _SOMEBODY})
        return there.getresponse()

    @property
    def _store(self) -> S3Store:
        return S3Store(
            self.name,
            config={
                "endpoint": f"http://127.0.0.1:{self.port}",
                "access_key_id": "AKIAREADER",
                "secret_access_key": "x",
            },
            client_options={"allow_http": True},
        )

    def tags(self) -> dict[str, str]:
        """Every object's tag."""
        return {one["path"]: one["e_tag"] or "" for page in obstore.list(self._store) for one in page}

    def get(self, key: str) -> Object:
        answer = self._ask("GET", f"/{self.name}/{quote(key)}")
        assert answer.status == 200, key
        return Object(answer.read(), {name.lower(): value for name, value in answer.getheaders()})

    def put(self, path: str, body: bytes) -> None:
        """Somebody else's hand."""
        obstore.put(self._store, f"tree/{path}", body)

    def delete(self, path: str) -> None:
        obstore.delete(self._store, f"tree/{path}")

    def objects(self) -> dict[str, Object]:
        """Everything below the prefix, but for what the target knows of it."""
        found = {}
        for key in self.tags():
            path = key.removeprefix("tree/")
            if not path.startswith(NOTES):
                with suppress(AssertionError):  # gone meanwhile
                    found[path] = self.get(key)
        return found

    def tree(self) -> dict[str, bytes]:
        """Every file with its plain bytes."""
        return {path: one.plain for path, one in self.objects().items()}


@contextmanager
def store() -> Iterator[int]:
    """The port of a store that lasts as long as the context."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - it takes a second, and few tests need it

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells each request
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield server.get_host_and_port()[1]
    finally:
        server.stop()


@contextmanager
def refusing_strangers(port: int) -> Iterator[None]:
    """The store looks at who asks, and knows nobody."""

    def known(most: bytes) -> None:
        there = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        there.request("POST", "/moto-api/reset-auth", most)
        assert there.getresponse().status == 200

    known(b"0")
    try:
        yield
    finally:
        known(b"inf")
