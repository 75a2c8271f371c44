"""A bucket's objects, by the library that speaks to it; its errors in sentences that hold no secret."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from trafficlight.bucket import BucketAddress, NoCredentials, secrets_of

if TYPE_CHECKING:
    from obstore import Attributes, PutMode
    from obstore.store import S3Config

AT_ONCE: Final = 16
"""Requests at a time: at 30 ms each, 500 objects a second."""
LONGEST: Final = "5s"
"""For one request. A stop waits for those that run, and a container's end is ten seconds away."""
RETRIES: Final = 3
RETRIED_FOR: Final = timedelta(seconds=3)
"""A busy store says 503 and means soon; what takes longer is the next pass's."""
FIRST_PAUSE: Final = timedelta(seconds=0.1)
PROBE: Final = "probe"

T = TypeVar("T")


class Conflict(Exception):
    """The object is not the one that was to be replaced: somebody else has written it."""


class Served(NamedTuple):
    """How an object is given to whoever asks for it; what is empty is not said."""

    media: str
    coding: str = ""
    cache: str = ""


BYTES: Final = Served("application/octet-stream")


class Store:
    """The objects below the address's prefix. Every method blocks; what fails is raised as `unavailable`."""

    def __init__(self, address: BucketAddress, unavailable: type[Exception]) -> None:
        self._address = address
        self._unavailable = unavailable
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="bucket")
        self._conditional = False
        try:
            who = secrets_of(address, os.environ)
        except NoCredentials as lacking:
            raise unavailable(str(lacking)) from None
        config: S3Config = {
            "access_key_id": who.key,
            "secret_access_key": who.secret,
            "region": address.region,
            "virtual_hosted_style_request": address.virtual,
            "disable_bulk_delete": True,  # not every provider has it
        }
        if who.session:
            config["session_token"] = who.session
        if address.url:
            config["endpoint"] = address.url
        with self._errors():
            self._store = S3Store(
                address.bucket,
                prefix=address.prefix or None,
                config=config,
                client_options={
                    "allow_http": address.url.startswith("http://"),
                    "timeout": LONGEST,
                    "connect_timeout": "2s",
                },
                retry_config={
                    "max_retries": RETRIES,
                    "retry_timeout": RETRIED_FOR,
                    "backoff": {"init_backoff": FIRST_PAUSE, "max_backoff": RETRIED_FOR, "base": 2},
                },
            )

    def probe(self, folder: str) -> bool:
        """Whether the store keeps conditions (If-Match, If-None-Match). From now on they are made, if so."""
        key = f"{folder}/{PROBE}"
        self._conditional = False
        tag = self.put(key, b"", None)
        self._conditional = True
        self._conditional = bool(tag) and self._refuses(key, None) and self._refuses(key, f'"{"0" * 32}"')
        return self._conditional

    def _refuses(self, key: str, tag: str | None) -> bool:
        try:
            self.put(key, b"", tag)
        except Conflict:
            return True
        except self._unavailable:  # it knows no such condition, and says so instead of leaving it out
            return False
        return False

    def put(self, key: str, body: bytes, tag: str | None, served: Served = BYTES) -> str:
        """Write the object in place of the one with that tag, None: where none is; the tag it has now.

        `Conflict`, where the store keeps conditions, if another one is there.
        """
        attributes: Attributes = {"Content-Type": served.media}
        if served.coding:
            attributes["Content-Encoding"] = served.coding
        if served.cache:
            attributes["Cache-Control"] = served.cache
        mode: PutMode = "overwrite"
        if self._conditional and tag != "":
            mode = "create" if tag is None else {"e_tag": tag}
        with self._errors():
            done = obstore.put(self._store, key, body, attributes=attributes, mode=mode, use_multipart=False)
        return done["e_tag"] or ""

    def get(self, key: str) -> tuple[bytes, str]:
        """Bytes and tag of the object; `FileNotFoundError` where there is none."""
        with self._errors():
            got = obstore.get(self._store, key)
            return bytes(got.bytes()), got.meta["e_tag"] or ""

    def tag(self, key: str) -> str:
        """The object's tag; `FileNotFoundError` where there is none."""
        with self._errors():
            return obstore.head(self._store, key)["e_tag"] or ""

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no mistake."""
        with self._errors():
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError as missing:
                if _code(missing) == "NoSuchBucket":
                    raise

    def below(self, folder: str) -> dict[str, str]:
        """Tags by key of all below a folder, however deep."""
        with self._errors():
            return {
                one["path"]: one["e_tag"] or "" for page in obstore.list(self._store, folder) for one in page
            }

    def inside(self, folder: str) -> dict[str, str]:
        """Tags by key of what stands in a folder itself; the empty folder is the root."""
        with self._errors():
            found = obstore.list_with_delimiter(self._store, folder or None)
            return {one["path"]: one["e_tag"] or "" for one in found["objects"]}

    def each(self, work: Callable[[T], None], items: Iterable[T]) -> None:
        """Do it with each of them, some at a time; the first that fails ends it."""
        doing = [self._threads.submit(work, item) for item in items]
        _, left = wait(doing, return_when=FIRST_EXCEPTION)
        for one in left:
            one.cancel()
        wait(left)
        for one in doing:
            if not one.cancelled():
                one.result()

    def close(self) -> None:
        """Let go of the threads; nothing is being done any more."""
        self._threads.shutdown(cancel_futures=True)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Errors by what they mean to us; without the answer's text, which may repeat a key of ours."""
        bucket, name = self._address.bucket, self._address.label
        try:
            yield
        except (AlreadyExistsError, PreconditionError) as other:
            raise Conflict from other
        except FileNotFoundError as missing:
            if _code(missing) == "NoSuchBucket":
                raise self._unavailable(f"{name}: there is no bucket {bucket}") from None
            raise
        except (PermissionDeniedError, UnauthenticatedError) as refused:
            code = _code(refused) or "403"
            raise self._unavailable(
                f"{name}: the credentials are refused, or may not do this ({code})"
            ) from None
        except (BaseError, ValueError) as wrong:
            raise self._unavailable(f"{name}: {_reason(wrong)}") from None


def _code(wrong: Exception) -> str:
    found = re.search(r"<Code>(\w+)</Code>", str(wrong))
    return found[1] if found else ""


def _reason(wrong: Exception) -> str:
    text = str(wrong)
    status = re.search(r"status code: (\d{3}[ \w]*)", text)
    if status or _code(wrong):
        return f"the store answers {' '.join(filter(None, (status[1] if status else '', _code(wrong))))}"
    return f"the store {'does not answer in time' if 'kind: Timeout' in text else 'cannot be reached'}"
