"""A stand-in for the account's API, on loopback: as strict as the real one is known to be.

The order of its checks: what the test scripted, the endpoint, the credentials, the token, the quota, the
permission, the body, its fields. Where the real number of an error is uncertain, tests look at what the
client makes of it and not at the number.
"""

import re
from collections import Counter
from collections.abc import Callable
from hashlib import sha1
from typing import Any, Final

import msgspec
from aiohttp import web

APPID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
RENEWED: Final = 300
LONGEST_TITLE, LONGEST_AUTHOR, LONGEST_DIGEST = 32, 16, 128
MOST_CHARACTERS: Final = 20_000
MOST_ARTICLES: Final = 8
QUOTAS: Final = {
    "draft/add": 1000,
    "draft/update": 1000,
    "draft/get": 500,
    "draft/batchget": 1000,
    "draft/delete": 1000,
    "draft/count": 1000,
    "freepublish/submit": 100,
    "freepublish/get": 100,
    "media/uploadimg": 1000,
    "material/add_material": 1000,
}
_FOREIGN: Final = re.compile(r'<img\b[^>]*\bsrc="(?!https?://mmbiz\.qpic\.cn/)[^"]*"')
_DROPPED: Final = re.compile(r"<(?:script|style|iframe|form|link|a|div)\b|\sid=|\son\w+=|position:")

Answer = dict[str, Any]


class Refusal(Exception):
    def __init__(self, errcode: int, said: str = "") -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.said = said


class StandIn:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.url = ""
        """Where it listens, for tests that start it by themselves."""
        self.verified = True
        self.address_listed = True
        self.quotas = dict(QUOTAS)
        self.used: Counter[str] = Counter()
        self.log: list[str] = []
        """Every call that came, by name."""
        self.asked: list[tuple[str, str]] = []
        """The same with the whole address, as a proxy in between would see it."""
        self.script: dict[str, list[Any]] = {}
        """By name, what becomes of the next calls: an errcode, `lose` (done, then no answer), `drop` (nothing
        done, no answer), `502`, `empty`, `plain`."""
        self.drafts: dict[str, Answer] = {}
        self.materials: set[str] = set()
        self.lost: list[str] = []
        """What a draft held that does not survive."""
        self.results = [1, 0]
        """What asking for the state of a publication answers, the last one for ever."""
        self.published: list[str] = []
        self._tokens: dict[str, float] = {}
        self._stable = ""
        self._forced = -30.0
        self._number = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=12 * 2**20)
        app.router.add_route("*", "/cgi-bin/{name:.+}", self._answer)
        return app

    def revoke(self) -> None:
        """Another process asked for a token of its own: ours is none any more."""
        self._tokens.clear()
        self._stable = ""

    # --- the way of a call ----------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.log.append(name)
        self.asked.append((name, str(request.url)))
        planned = self.script.get(name) or [None]
        plan = planned.pop(0)
        if plan == "drop":
            self._hang_up(request)
            return web.Response()
        if plan == "502":
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if plan == "empty":
            return web.Response()
        try:
            answer = await self._carry_out(name, request, plan)
        except Refusal as refused:
            answer = {"errcode": refused.errcode, "errmsg": f"{refused.said} rid: 63a6-4f1c"}
        if plan == "lose":
            self._hang_up(request)
        media = "text/plain" if plan == "plain" else "application/json"
        return web.Response(body=msgspec.json.encode(answer), content_type=media)

    def _hang_up(self, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()

    async def _carry_out(self, name: str, request: web.Request, plan: object) -> Answer:
        if isinstance(plan, int):
            raise Refusal(plan, "scripted")
        steps: dict[str, Callable[[Answer], Answer]] = {
            "draft/add": self._draft_add,
            "draft/update": self._draft_update,
            "draft/get": lambda body: {"news_item": self._draft(body)["articles"]},
            "draft/delete": self._draft_delete,
            "draft/batchget": self._batchget,
            "freepublish/submit": self._submit,
            "freepublish/get": self._publication,
        }
        uploads: dict[str, Callable[[web.Request, bytes], Answer]] = {
            "media/uploadimg": self._uploadimg,
            "material/add_material": self._add_material,
        }
        if name == "stable_token":
            return self._stable_token(self._json(await request.read()))
        if name not in self.quotas:
            raise Refusal(45106 if name == "material/add_news" else 40066, "no such call")
        self._admit(name, request.query.get("access_token", ""))
        if name == "draft/count":
            return {"total_count": len(self.drafts)}
        if name in uploads:
            form = await request.post()
            media = form.get("media")
            if not isinstance(media, web.FileField):
                raise Refusal(41005, "media data missing")
            return uploads[name](request, media.file.read())
        return steps[name](self._json(await request.read()))

    def _admit(self, name: str, token: str) -> None:
        if not token:
            raise Refusal(41001, "access_token missing")
        if token not in self._tokens:
            raise Refusal(40001, f"invalid credential, access_token is invalid or not latest: {token}")
        if self.clock() >= self._tokens[token]:
            raise Refusal(42001, "access_token expired")
        self.used[name] += 1
        if self.used[name] > self.quotas[name]:
            raise Refusal(45009, "reach max api daily quota limit")
        if name.startswith("freepublish/") and not self.verified:
            raise Refusal(48001, "api unauthorized")

    def _json(self, raw: bytes) -> Answer:
        if not raw:
            raise Refusal(44002, "empty post data")
        if b"\\u" in raw:
            raise Refusal(40033, "invalid charset. please check your request, if include \\uxxxx")
        try:
            body = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            raise Refusal(47001, "data format error") from None
        if not isinstance(body, dict):
            raise Refusal(47001, "data format error")
        return body

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number}"

    # --- tokens ---------------------------------------------------------------------------------------------

    def _stable_token(self, body: Answer) -> Answer:
        if body.get("grant_type") != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        if body.get("appid") != APPID:
            raise Refusal(40013, "invalid appid")
        if body.get("secret") != SECRET:
            raise Refusal(40125, f"invalid appsecret {body.get('secret')}")
        if not self.address_listed:
            raise Refusal(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist")
        now = self.clock()
        force = bool(body.get("force_refresh")) and now - self._forced >= 30
        left = self._tokens.get(self._stable, 0.0) - now
        if force or left < RENEWED:
            if force:
                self._forced = now
                self._tokens.pop(self._stable, None)
            self._stable = self._new("token" + "x" * 500)
            self._tokens[self._stable] = now + 7200
        return {"access_token": self._stable, "expires_in": int(self._tokens[self._stable] - now)}

    # --- pictures -------------------------------------------------------------------------------------------

    def _uploadimg(self, _request: web.Request, body: bytes) -> Answer:
        self._picture(body, 2**20)
        return {"url": f"http://mmbiz.qpic.cn/{sha1(body).hexdigest()}/0", "errcode": 0}  # noqa: S324 - a name

    def _add_material(self, request: web.Request, body: bytes) -> Answer:
        if request.query.get("type") not in {"image", "thumb", "voice", "video"}:
            raise Refusal(40004, "invalid media type")
        self._picture(body, 10 * 2**20)
        media = self._new("material")
        self.materials.add(media)
        return {"media_id": media, "url": f"http://mmbiz.qpic.cn/{media}/0"}

    def _picture(self, body: bytes, most: int) -> None:
        if not body:
            raise Refusal(44001, "empty media data")
        if not body.startswith((b"\x89PNG", b"\xff\xd8")):
            raise Refusal(40005, "invalid file type")
        if len(body) >= most:
            raise Refusal(40009, "invalid image size")

    # --- drafts ---------------------------------------------------------------------------------------------

    def _draft_add(self, body: Answer) -> Answer:
        articles = body.get("articles")
        if not isinstance(articles, list) or not articles or len(articles) > MOST_ARTICLES:
            raise Refusal(44003, "empty news data")
        for article in articles:
            self._check(article, single=len(articles) == 1)
        media = self._new("draft")
        self.drafts[media] = {"articles": articles, "update_time": int(self.clock())}
        return {"media_id": media}

    def _draft_update(self, body: Answer) -> Answer:
        article = body.get("articles")
        if not isinstance(article, dict):
            raise Refusal(40007, "invalid media_id")
        draft = self._draft(body)
        if not 0 <= body.get("index", -1) < len(draft["articles"]):
            raise Refusal(40114, "invalid index value")
        self._check(article, single=len(draft["articles"]) == 1)
        draft["articles"][body["index"]] = article
        draft["update_time"] = int(self.clock())
        return {"errcode": 0, "errmsg": "ok"}

    def _draft(self, body: Answer) -> Answer:
        if body.get("media_id") not in self.drafts:
            raise Refusal(40007, "invalid media_id")
        return self.drafts[body["media_id"]]

    def _draft_delete(self, body: Answer) -> Answer:
        self._draft(body)
        del self.drafts[body["media_id"]]
        return {"errcode": 0, "errmsg": "ok"}

    def _check(self, article: Answer, *, single: bool) -> None:
        if not article.get("title"):
            raise Refusal(40227, "title is empty")
        for field, most, errcode in (
            ("title", LONGEST_TITLE, 45003),
            ("author", LONGEST_AUTHOR, 45110),
            ("digest", LONGEST_DIGEST, 45004),
        ):
            if len(article.get(field, "")) > most:
                raise Refusal(errcode, f"{field} size out of limit")
        if article.get("digest") and not single:
            raise Refusal(45004, "digest of several articles")
        if len(article.get("content_source_url", "").encode()) > 1024:
            raise Refusal(40039, "invalid url size")
        content = article.get("content", "")
        if not content:
            raise Refusal(44004, "empty content")
        if len(content) >= MOST_CHARACTERS or len(content.encode()) >= 2**20:
            raise Refusal(45002, "content size out of limit")
        if article.get("thumb_media_id") not in self.materials:
            raise Refusal(40007, "invalid media_id")
        self.lost += [
            found.group() for expression in (_FOREIGN, _DROPPED) for found in expression.finditer(content)
        ]

    def _batchget(self, body: Answer) -> Answer:
        newest = sorted(self.drafts.items(), key=lambda one: -one[1]["update_time"])
        items = [
            {
                "media_id": media,
                "update_time": draft["update_time"],
                "content": {"news_item": [self._shown(one, body) for one in draft["articles"]]},
            }
            for media, draft in newest[: body["count"]]
        ]
        return {"total_count": len(self.drafts), "item_count": len(items), "item": items}

    def _shown(self, article: Answer, body: Answer) -> Answer:
        return {**article, "content": ""} if body.get("no_content") else article

    # --- publishing -----------------------------------------------------------------------------------------

    def _submit(self, body: Answer) -> Answer:
        self._draft(body)
        self.published.append(body["media_id"])
        del self.drafts[body["media_id"]]
        return {"errcode": 0, "errmsg": "ok", "publish_id": self._new("publish")}

    def _publication(self, _body: Answer) -> Answer:
        status = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        url = {"count": 1, "item": [{"idx": 1, "article_url": "http://mp.weixin.qq.com/s/abc"}]}
        return {"publish_status": status, "article_detail": url if status == 0 else None}
