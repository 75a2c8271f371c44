"""What WeChat's filter and its editor leave of our articles: everything. And how strict the stand-in is."""

import re
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from tests.golden.large import large
from tests.golden.views import MIXED
from tests.publish.boards import PUBLIC, STRANGE, sized
from tests.publish.whitelist import canonical
from tests.wechat.conftest import Time
from tests.wechat.filter import editor_saved, filtered, normal
from tests.wechat.packages import PNG, package, packed, part
from tests.wechat.standin import APPID, SECRET, TICKET, StandIn
from trafficlight.publish.article import Face, articles
from trafficlight.publish.view import BoardView
from trafficlight.wechat import client as speaking
from trafficlight.wechat.client import Client
from trafficlight.wechat.drafts import KnownDrafts, push

VIEWS = {
    "mixed": MIXED,
    "152 sites": large(),
    "40 sites": sized(40),
    **{f"strange {at}": sized(14, name=name, long=name, place=PUBLIC) for at, name in enumerate(STRANGE)},
}
each_view = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
each_face = pytest.mark.parametrize("face", Face)


@each_view
@each_face
async def test_a_draft_keeps_every_style_also_where_one_unknown_declaration_would_cost_all(
    client: Client, standin: StandIn, view: BoardView, face: Face
) -> None:
    standin.strict_style = True
    sent = packed(view, face)
    done = await push(client, sent, KnownDrafts())
    stored = standin.drafts[done.known.drafts[0]]["articles"]
    assert standin.lost == []
    for article, one in zip(stored, sent.parts, strict=True):
        shown = re.sub(r"http://mmbiz\.qpic\.cn/\w+/0", one.picture, article["content"])
        assert canonical(shown) == canonical(one.content)  # what is copied and what is sent are the same


@each_face
def test_a_person_who_saves_the_draft_changes_no_word_and_no_style(face: Face) -> None:
    for one in articles(sized(40), face):
        saved = editor_saved(one.content)
        assert "leaf" in saved
        assert normal(saved) == canonical(one.content)


async def test_a_draft_that_a_person_saved_is_still_the_one_that_is_updated(
    client: Client, standin: StandIn
) -> None:
    first = await push(client, package(), KnownDrafts())
    standin.open_and_save(first.known.drafts[0])
    for known in (first.known, KnownDrafts()):
        done = await push(client, package(part("9:00")), known)
        assert (done.outcome, done.known.drafts) == ("updated", first.known.drafts)
    assert len(standin.drafts) == 1


def test_the_filter_takes_what_wechat_takes() -> None:
    content, lost = filtered(
        '<section id="x"><p style="position:absolute;color:#000000" onclick="x">甲</p><script>乙</script>'
        '<a href="tel:120">丙</a><a href="https://mp.weixin.qq.com/s/x">丁</a><style>戊</style>'
        '<img src="https://evil.example/x.png"><img src="http://mmbiz.qpic.cn/x/0"><iframe src="x"></iframe>'
        '<p style="color:#000000;gap:1px">己</p></section>'
    )
    assert content == (
        '<section><p style="color:#000000">甲</p>丙<a href="https://mp.weixin.qq.com/s/x">丁</a>'
        '<img src="http://mmbiz.qpic.cn/x/0"><p style="color:#000000;gap:1px">己</p></section>'
    )
    assert len(lost) == 8
    strict, _ = filtered('<p style="color:#000000;gap:1px">己</p>', strict_style=True)
    assert strict == '<p style="">己</p>'
    assert editor_saved("<div>甲<br>乙</div>").startswith(
        '<section><span leaf="">甲</span><br><span leaf="">乙</span></section><p'
    )


async def test_a_server_that_never_answers_is_given_up_and_asked_again(
    client: Client, standin: StandIn, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.check()
    monkeypatch.setattr(speaking, "PATIENCE", 0.5)
    standin.script["draft/add"] = ["hang"]
    done = await push(client, package(), KnownDrafts())
    standin.released.set()
    assert (done.outcome, time.slept) == ("added", [1])


# --- how strict the stand-in is -----------------------------------------------------------------------------


async def asked(url: str, name: str, method: str = "POST", **given: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{url}/cgi-bin/{name}", **given) as it,
    ):
        assert it.status == 200
        answer: dict[str, Any] = await it.json(content_type=None)
        return answer


GOOD = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}


@pytest.mark.parametrize("name", ["stable_token", "token"])
async def test_credentials_are_looked_at_one_after_the_other(url: str, standin: StandIn, name: str) -> None:
    async def code(given: dict[str, Any]) -> int:
        how: dict[str, Any] = (
            {"json": given} if name == "stable_token" else {"params": given, "method": "GET"}
        )
        answer = await asked(url, name, **how)
        assert answer.get("errmsg", " rid: ").count(" rid: ") == 1
        return int(answer.get("errcode", 0))

    standin.address_listed = False
    assert [
        await code({}),
        await code({"grant_type": GOOD["grant_type"]}),
        await code({**GOOD, "appid": "wx0"}),
        await code({**GOOD, "secret": ""}),
        await code({**GOOD, "secret": "x"}),
        await code(GOOD),
    ] == [40002, 41002, 40013, 41004, 40125, 40164]
    standin.address_listed = True
    assert await code(GOOD) == 0


async def test_a_stable_token_is_the_same_until_shortly_before_its_end_and_forced_20_times_a_day(
    url: str, time: Time
) -> None:
    async def token(*, force: bool = False) -> tuple[str, int]:
        answer = await asked(url, "stable_token", json={**GOOD, "force_refresh": force})
        return str(answer.get("access_token", answer.get("errcode"))), int(answer.get("expires_in", 0))

    first = await token()
    time.now += 6900
    assert await token() == (first[0], 300)
    time.now += 1
    second = await token()
    assert second[0] != first[0]
    assert (await token(force=True))[0] != second[0]
    forced = await token()
    assert await token(force=True) == forced  # within half a minute of the last: not taken
    for _ in range(19):
        time.now += 30
        await token(force=True)
    time.now += 30
    assert (await token(force=True))[0] == "45009"


async def test_the_old_token_is_another_each_time_and_apart_from_the_stable_one(
    url: str, client: Client, standin: StandIn
) -> None:
    await client.check()
    old = [(await asked(url, "token", "GET", params=GOOD))["access_token"] for _ in range(2)]
    assert old[0] != old[1]
    assert (await asked(url, "draft/count", "GET", params={"access_token": old[0]}))["errcode"] == 40001
    assert (await asked(url, "draft/count", "GET", params={"access_token": old[1]}))["total_count"] == 0
    await client.check()
    assert standin.log.count("stable_token") == 1
    standin.quotas["token"] = 2
    assert (await asked(url, "token", "GET", params=GOOD))["errcode"] == 45009


async def test_the_ticket_is_the_one_of_the_published_example(client: Client) -> None:
    assert await client.ticket() == (TICKET, 7200)


@pytest.mark.parametrize(
    ("kind", "body", "errcode"),
    [
        ("image", PNG, 0),
        ("image", b"", 44001),
        ("image", PNG + b"0" * 10 * 2**20, 40009),
        ("thumb", PNG, 40005),
        ("thumb", b"\xff\xd8" + b"0" * 64 * 1024, 40006),
        ("thumb", b"\xff\xd8\xff", 0),
        ("poster", PNG, 40004),
    ],
    ids=["image", "empty", "large image", "thumb that is no JPEG", "large thumb", "thumb", "no kind"],
)
async def test_materials_are_of_their_kinds_and_sizes(
    url: str, client: Client, kind: str, body: bytes, errcode: int
) -> None:
    await client.check()
    token = (await asked(url, "token", "GET", params=GOOD))["access_token"]
    form = aiohttp.FormData()
    form.add_field("media", BytesIO(body), filename="x.png", content_type="image/png")
    answer = await asked(
        url, "material/add_material", params={"access_token": token, "type": kind}, data=form
    )
    assert answer.get("errcode", 0) == errcode


async def test_a_call_that_was_withdrawn_and_a_body_with_escapes_are_refused(url: str) -> None:
    token = {"access_token": (await asked(url, "token", "GET", params=GOOD))["access_token"]}
    assert (await asked(url, "material/add_news", params=token, data=b"{}"))["errcode"] == 45106
    for body, errcode in (
        (b"", 44002),
        (b'{"a": "\\u4e2d"}', 40033),
        (b"{", 47001),
        (b'{"articles": []}', 44003),
        (b'{"articles": [{}, {}, {}, {}, {}, {}, {}, {}, {}]}', 44003),
    ):
        assert (await asked(url, "draft/add", params=token, data=body))["errcode"] == errcode
    for name in ("draft/get", "draft/delete", "freepublish/submit"):
        assert (await asked(url, name, params=token, json={"media_id": "x"}))["errcode"] == 40007
    several = {"media_id": "x", "index": 0, "articles": []}
    assert (await asked(url, "draft/update", params=token, json=several))["errcode"] == 40007
