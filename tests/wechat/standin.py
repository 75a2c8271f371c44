"""A stand-in for the account's API, on loopback: as strict as the real one is known to be.

The order of its checks: what the test scripted, the endpoint, the credentials, the token, the quota, the
permission, the body, its fields. Where the real number of an error is uncertain, tests look at what the
client makes of it and not at the number.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from hashlib import sha1
from typing import Any, Final

import msgspec
from aiohttp import web

from tests.wechat.filter import editor_saved, filtered

APPID, SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"
RENEWED: Final = 300
LONGEST_TITLE, LONGEST_AUTHOR, LONGEST_DIGEST = 32, 16, 128
MOST_CHARACTERS: Final = 20_000
MOST_ARTICLES: Final = 8
FORCED_A_DAY: Final = 20
DAY: Final = 86_400
LARGEST_THUMB: Final = 64 * 1024
TICKET: Final = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
"""Of the example that WeChat publishes for signatures."""
QUOTAS: Final = {
    "token": 2000,
    "ticket/getticket": 1000,
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
        done, no answer), `hang` (nothing done, and the line stays open), `502`, `empty`, `plain`."""
        self.strict_style = False
        """One declaration that is not known costs an element's whole style."""
        self.released = asyncio.Event()
        """Lets go of those that hang."""
        self.drafts: dict[str, Answer] = {}
        self.materials: set[str] = set()
        self.lost: list[str] = []
        """What a draft held that does not survive."""
        self.results = [1, 0]
        """What asking for the state of a publication answers, the last one for ever."""
        self.published: list[str] = []
        self._tokens: dict[str, float] = {}
        self._stable = ""
        self._old = ""
        self._forced = [-30.0]
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
        if plan == "hang":
            await self.released.wait()
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
        if name == "token":
            return self._token(dict(request.query))
        if name not in self.quotas:
            raise Refusal(45106 if name == "material/add_news" else 40066, "no such call")
        self._admit(name, request.query.get("access_token", ""))
        if name == "draft/count":
            return {"total_count": len(self.drafts)}
        if name == "ticket/getticket":
            if request.query.get("type") != "jsapi":
                raise Refusal(40097, "invalid args")
            return {"errcode": 0, "errmsg": "ok", "ticket": TICKET, "expires_in": 7200}
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
        self._spend(name)
        if name.startswith("freepublish/") and not self.verified:
            raise Refusal(48001, "api unauthorized")

    def _spend(self, name: str) -> None:
        self.used[name] += 1
        if self.used[name] > self.quotas[name]:
            raise Refusal(45009, "reach max api daily quota limit")

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
        """The same one until shortly before its end; a forced one at most 20 times a day, 30 s apart."""
        self._credentials(body)
        now = self.clock()
        today = [at for at in self._forced if now - at < DAY]
        force = bool(body.get("force_refresh")) and now - self._forced[-1] >= 30
        if force and len(today) >= FORCED_A_DAY:
            raise Refusal(45009, "reach max api daily quota limit")
        if force or self._tokens.get(self._stable, 0.0) - now < RENEWED:
            if force:
                self._forced.append(now)
                self._tokens.pop(self._stable, None)
            self._stable = self._new("token" + "x" * 500)
            self._tokens[self._stable] = now + 7200
        return {"access_token": self._stable, "expires_in": int(self._tokens[self._stable] - now)}

    def _token(self, query: Answer) -> Answer:
        """The old call: another one each time, apart from the stable one; the last one is none any more."""
        self._credentials(query)
        self._spend("token")
        self._tokens.pop(self._old, None)
        self._old = self._new("oldtoken")
        self._tokens[self._old] = self.clock() + 7200
        return {"access_token": self._old, "expires_in": 7200}

    def _credentials(self, given: Answer) -> None:
        if given.get("grant_type") != "client_credential":
            raise Refusal(40002, "invalid grant_type")
        if not given.get("appid"):
            raise Refusal(41002, "appid missing")
        if given["appid"] != APPID:
            raise Refusal(40013, "invalid appid")
        if not given.get("secret"):
            raise Refusal(41004, "appsecret missing")
        if given["secret"] != SECRET:
            raise Refusal(40125, f"invalid appsecret {given['secret']}")
        if not self.address_listed:
            raise Refusal(40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist")

    # --- pictures -------------------------------------------------------------------------------------------

    def _uploadimg(self, _request: web.Request, body: bytes) -> Answer:
        self._picture(body, 2**20)
        return {"url": f"http://mmbiz.qpic.cn/{sha1(body).hexdigest()}/0", "errcode": 0}  # noqa: S324 - a name

    def _add_material(self, request: web.Request, body: bytes) -> Answer:
        if request.query.get("type") not in {"image", "thumb", "voice", "video"}:
            raise Refusal(40004, "invalid media type")
        if request.query["type"] == "thumb":
            self._thumb(body)
        else:
            self._picture(body, 10 * 2**20)
        media = self._new("material")
        self.materials.add(media)
        return {"media_id": media, "url": f"http://mmbiz.qpic.cn/{media}/0"}

    def _thumb(self, body: bytes) -> None:
        if not body.startswith(b"\xff\xd8"):
            raise Refusal(40005, "invalid file type")
        if len(body) > LARGEST_THUMB:
            raise Refusal(40006, "invalid meida size")

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
        articles = [self._stored(article, single=len(articles) == 1) for article in articles]
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
        draft["articles"][body["index"]] = self._stored(article, single=len(draft["articles"]) == 1)
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

    def open_and_save(self, media: str) -> None:
        """A person opens the draft in WeChat's editor and saves it: a second filter, and what it adds."""
        for article in self.drafts[media]["articles"]:
            article["content"] = editor_saved(article["content"])
        self.drafts[media]["update_time"] = int(self.clock())

    def _stored(self, article: Answer, *, single: bool) -> Answer:
        """The article as it is kept, after the filter."""
        self._check(article, single=single)
        content, lost = filtered(article["content"], strict_style=self.strict_style)
        self.lost += lost
        return {**article, "content": content}

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
