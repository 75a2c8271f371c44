"""A client of the account's API: the calls that a draft a day needs, and the one for signatures.

Answers are HTTP 200 with an `errcode` in them; the token goes in the query string, so that no address may
ever be told. What can be repeated safely is, a few times; `add_draft` cannot, and says `Unreachable`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any, Final

import aiohttp
import msgspec

from trafficlight.settings import Settings, WrongSetting
from trafficlight.wechat.answers import GONE, TOKEN, Unreachable, WechatError, refusal

OFFICIAL: Final = "https://api.weixin.qq.com"
PATIENCE: Final = 20.0
"""Seconds for one answer: uploading 100 KB from a county's line takes some."""
PAUSES: Final = (1.0, 3.0, 9.0)
"""Seconds before the second, third and fourth try."""
EARLY: Final = 300.0
"""A token is renewed so many seconds before its end: from then on both are taken."""
_LONGEST_DETAIL: Final = 200
_RID: Final = re.compile(r"\s*rid: \S+")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")

Fields = Mapping[str, Any]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Whose drafts."""

    appid: str
    secret: str
    url: str = OFFICIAL

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"Account({self.appid})"


def account_of(settings: Settings) -> Account | None:
    """The account; None where none is set. Reads a file. Raises `WrongSetting` for half of one."""
    if not settings.wechat_appid:
        if settings.wechat_js:
            raise WrongSetting("TRAFFICLIGHT_WECHAT_JS: needs an account (TRAFFICLIGHT_WECHAT_APPID)")
        return None
    secret = settings.wechat_secret or _secret_of(settings.wechat_secret_file)
    if not secret:
        raise WrongSetting("TRAFFICLIGHT_WECHAT_SECRET_FILE: an account needs its AppSecret")
    return Account(appid=settings.wechat_appid, secret=secret, url=settings.wechat_url)


def _secret_of(file: Path | None) -> str:
    try:
        return file.read_text("utf-8").strip() if file else ""
    except OSError as wrong:
        raise WrongSetting(f"TRAFFICLIGHT_WECHAT_SECRET_FILE: {file} cannot be read") from wrong


class DraftArticle(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article of a draft, as the API has it."""

    title: str
    content: str
    thumb_media_id: str
    author: str = ""
    digest: str = ""
    content_source_url: str = ""


class Draft(msgspec.Struct, frozen=True):
    """A draft that is there, as far as it tells whose it is."""

    media_id: str
    update_time: int
    titles: tuple[str, ...]
    links: tuple[str, ...]


class Client:
    """Speaks to one account. Times and pauses come from outside, so that tests need not wait."""

    def __init__(
        self,
        account: Account,
        session: aiohttp.ClientSession,
        *,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._account = account
        self._session = session
        self._clock = clock
        self.sleep = sleep
        self._token = ""
        self._token_until = 0.0

    # --- calls ----------------------------------------------------------------------------------------------

    async def upload_image(self, picture: bytes) -> str:
        """The address under which an article may show the PNG."""
        answer = await self._call("media/uploadimg", file=("picture.png", picture))
        return str(_given(answer, "url"))

    async def add_cover(self, picture: bytes) -> str:
        """The PNG as a permanent material; its id."""
        answer = await self._call(
            "material/add_material", file=("cover.png", picture), query={"type": "image"}
        )
        return str(_given(answer, "media_id"))

    async def add_draft(self, articles: Sequence[DraftArticle]) -> str:
        """A new draft; its id. `Unreachable`: it may be there or not."""
        answer = await self._call("draft/add", {"articles": articles}, again=False)
        return str(_given(answer, "media_id"))

    async def update_draft(self, draft: str, index: int, article: DraftArticle) -> None:
        """Another article in place of one of the draft's."""
        await self._call("draft/update", {"media_id": draft, "index": index, "articles": article})

    async def has_draft(self, draft: str) -> bool:
        """Whether it is there: neither published nor deleted."""
        try:
            await self._call("draft/get", {"media_id": draft})
        except WechatError as error:
            if error.errcode == GONE:
                return False
            raise
        return True

    async def delete_draft(self, draft: str) -> None:
        """It is not there any more, or was not."""
        try:
            await self._call("draft/delete", {"media_id": draft})
        except WechatError as error:
            if error.errcode != GONE:
                raise

    async def drafts(self) -> list[Draft]:
        """The last twenty drafts, the newest first, without what is in them."""
        answer = await self._call("draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
        return [_draft(item) for item in answer.get("item", [])]

    async def publish(self, draft: str) -> str:
        """Have the draft published; the id by which one asks how that goes. `Unreachable` as `add_draft`."""
        answer = await self._call("freepublish/submit", {"media_id": draft}, again=False)
        return str(_given(answer, "publish_id"))

    async def published(self, publish: str) -> tuple[int, str]:
        """How it goes, as the API counts it (0 done, 1 still going, else why not), and the first address."""
        answer = await self._call("freepublish/get", {"publish_id": publish})
        items = (answer.get("article_detail") or {}).get("item") or [{}]
        return int(_given(answer, "publish_status")), str(items[0].get("article_url", ""))

    async def ticket(self) -> tuple[str, float]:
        """The ticket with which addresses are signed for the JS-SDK, and for how many seconds it holds."""
        answer = await self._call("ticket/getticket", query={"type": "jsapi"}, method="GET")
        return str(_given(answer, "ticket")), float(_given(answer, "expires_in"))

    async def check(self) -> int:
        """How many drafts there are: by that, whether id, secret, address and permission are right."""
        return int(_given(await self._call("draft/count", method="GET"), "total_count"))

    # --- how ------------------------------------------------------------------------------------------------

    async def _call(  # noqa: PLR0913 - what an API call has
        self,
        name: str,
        body: Fields | None = None,
        *,
        file: tuple[str, bytes] | None = None,
        query: Mapping[str, str] | None = None,
        method: str = "POST",
        again: bool = True,
    ) -> dict[str, Any]:
        renewed = False
        pauses = iter(PAUSES if again else ())
        while True:
            token = await self._valid_token()
            given = {"access_token": token, **(query or {})}
            try:
                answer = await self._exchange(method, name, given, _json(body), file)
                code = int(answer.get("errcode", 0))
                if not code:
                    return answer
                if code in TOKEN and not renewed:
                    renewed = True
                    await self._renew(token)
                    continue
                raise refusal(code, self._detail(answer, token), name)
            except Unreachable:
                pause = next(pauses, None)
                if pause is None:
                    raise
                await self.sleep(pause)

    async def _valid_token(self) -> str:
        if not self._token or self._clock() >= self._token_until:
            await self._fetch_token(force=False)
        return self._token

    async def _renew(self, rejected: str) -> None:
        """Another token: the one that the account has now; where that is the rejected one, a new one."""
        await self._fetch_token(force=False)
        if self._token == rejected:
            await self._fetch_token(force=True)

    async def _fetch_token(self, *, force: bool) -> None:
        asked = {
            "grant_type": "client_credential",
            "appid": self._account.appid,
            "secret": self._account.secret,
            "force_refresh": force,
        }
        for pause in (*PAUSES, None):
            began = self._clock()
            try:
                answer = await self._exchange("POST", "stable_token", {}, _json(asked), None)
                code = int(answer.get("errcode", 0))
                if code:
                    raise refusal(code, self._detail(answer, self._token), "stable_token")
                seconds = float(_given(answer, "expires_in"))
                self._token, self._token_until = str(_given(answer, "access_token")), began + seconds - EARLY
            except Unreachable:
                if pause is None:
                    raise
                await self.sleep(pause)
            else:
                return

    async def _exchange(
        self,
        method: str,
        name: str,
        query: Mapping[str, str],
        body: bytes | None,
        file: tuple[str, bytes] | None,
    ) -> dict[str, Any]:
        """One question and its answer; whatever is no answer is `Unreachable`, told without its address."""
        data: bytes | aiohttp.FormData | None = body
        headers = {"Content-Type": "application/json"} if body else {}
        if file:
            data = aiohttp.FormData()
            data.add_field("media", BytesIO(file[1]), filename=file[0], content_type="image/png")
        try:
            async with self._session.request(
                method,
                f"{self._account.url}/cgi-bin/{name}",
                params=query,
                data=data,
                headers=headers,
                allow_redirects=False,  # a token is for nobody else
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
            ) as response:
                status, raw = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Unreachable("wechat_unreachable", detail=type(fault).__name__, call=name) from None
        try:
            answer = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            answer = None
        if status != 200 or not isinstance(answer, dict):  # noqa: PLR2004 - whatever it is, it says 200
            raise Unreachable("wechat_unreachable", detail=f"HTTP {status}", call=name) from None
        return answer

    def _detail(self, answer: Fields, token: str) -> str:
        """What the API says of it, without the number of the request, and without a secret it might quote."""
        detail = _RID.sub("", str(answer.get("errmsg", "")))[:_LONGEST_DETAIL]
        for secret in (token, self._account.secret):
            detail = detail.replace(secret, "…") if secret else detail
        return detail


def _given(answer: Fields, field: str) -> Any:
    """What an answer has to hold; one without it is none."""
    if field not in answer:
        raise Unreachable("wechat_unreachable", detail=f"no {field}")
    return answer[field]


def _json(body: Fields | None) -> bytes | None:
    """In UTF-8: the API takes no escaped characters, so that control characters, which would be, go."""
    if body is None:
        return None
    return msgspec.json.encode(_clean(msgspec.to_builtins(body)))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _draft(item: Fields) -> Draft:
    articles = (item.get("content") or {}).get("news_item") or []
    return Draft(
        str(item.get("media_id", "")),
        int(item.get("update_time", 0)),
        tuple(str(one.get("title", "")) for one in articles),
        tuple(str(one.get("content_source_url", "")) for one in articles),
    )


@asynccontextmanager
async def opened(account: Account) -> AsyncIterator[Client]:
    """A client for as long as the context lasts."""
    async with aiohttp.ClientSession() as session:
        yield Client(account, session)
