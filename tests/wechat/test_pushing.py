"""The day's draft: what may go wrong on its way, and what comes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from msgspec.structs import replace

from tests.wechat.conftest import MORNING, Time
from tests.wechat.packages import LINK, PNG, QR, package, part, titles
from tests.wechat.standin import APPID, SECRET, StandIn
from trafficlight.wechat.answers import WechatError
from trafficlight.wechat.client import Account, Client
from trafficlight.wechat.drafts import KnownDrafts, Package, PushResult, push


@pytest.fixture
async def pushed(client: Client) -> PushResult:
    return await push(client, package(), KnownDrafts())


async def test_the_first_push_of_a_day_adds_a_draft_that_loses_nothing(
    pushed: PushResult, standin: StandIn
) -> None:
    assert pushed.outcome == "added"
    assert tuple(standin.drafts) == pushed.known.drafts
    (article,) = standin.drafts[pushed.known.drafts[0]]["articles"]
    assert article["content_source_url"] == LINK
    assert article["digest"] == "截至8:00"
    assert "“人多”" in article["content"]
    assert 'src="http://mmbiz.qpic.cn/' in article["content"]
    assert QR not in article["content"]
    assert standin.lost == []


async def test_the_second_push_of_a_day_updates_and_uploads_no_second_cover(
    pushed: PushResult, client: Client, standin: StandIn
) -> None:
    done = await push(client, package(part("14:00")), pushed.known)
    assert (done.outcome, done.known) == ("updated", pushed.known)
    assert titles(standin) == [["示例县发热就诊机构忙闲（12月24日 14:00）"]]
    assert standin.log.count("material/add_material") == 1


async def test_several_parts_are_one_draft_of_several_articles(client: Client, standin: StandIn) -> None:
    first = await push(client, package(part(number="1/2"), part(number="2/2")), KnownDrafts())
    await push(client, package(part("9:00", "1/2"), part("9:00", "2/2")), first.known)
    (draft,) = titles(standin)
    assert [title[-3:] for title in draft] == ["1/2", "2/2"]


async def test_a_draft_that_needs_more_parts_gives_way_to_another(
    pushed: PushResult, client: Client, standin: StandIn
) -> None:
    done = await push(client, package(part(number="1/2"), part(number="2/2")), pushed.known)
    assert tuple(standin.drafts) == done.known.drafts
    assert len(titles(standin)[0]) == 2


@pytest.mark.parametrize("how", ["published", "deleted"])
async def test_after_a_draft_was_published_or_deleted_there_is_a_new_one(
    pushed: PushResult, client: Client, standin: StandIn, how: str
) -> None:
    del standin.drafts[pushed.known.drafts[0]]
    done = await push(client, package(part("9:00")), pushed.known)
    assert done.outcome == "added"
    assert tuple(standin.drafts) == done.known.drafts != pushed.known.drafts
    assert standin.log.count("draft/add") == 2


async def test_a_cover_that_somebody_deleted_is_uploaded_again(
    pushed: PushResult, client: Client, standin: StandIn
) -> None:
    standin.materials.clear()
    again = await push(client, package(part("9:00")), pushed.known)
    assert (again.outcome, again.known.drafts) == ("updated", pushed.known.drafts)
    standin.materials.clear()
    standin.drafts.clear()
    assert (await push(client, package(part("9:30")), again.known)).outcome == "added"
    assert len(standin.drafts) == 1


async def test_another_days_draft_is_left_alone(pushed: PushResult, client: Client, standin: StandIn) -> None:
    tomorrow = replace(
        package(part("8:00")), since=datetime.fromtimestamp(MORNING, UTC) + timedelta(hours=16)
    )
    done = await push(client, tomorrow, replace(pushed.known, drafts=(), parts=0))
    assert done.outcome == "added"
    assert len(standin.drafts) == 2


# --- tokens -------------------------------------------------------------------------------------------------


async def test_one_token_serves_until_shortly_before_its_end(
    pushed: PushResult, client: Client, standin: StandIn, time: Time
) -> None:
    time.now += 6800
    await push(client, package(part("9:00")), pushed.known)
    assert standin.log.count("stable_token") == 1
    time.now += 200
    await push(client, package(part("9:00")), pushed.known)
    assert standin.log.count("stable_token") == 2


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_token_that_is_not_taken_is_renewed_once(
    pushed: PushResult, client: Client, standin: StandIn, errcode: int
) -> None:
    standin.script["draft/update"] = [errcode]
    assert (await push(client, package(part("9:00")), pushed.known)).outcome == "updated"
    standin.script["draft/update"] = [errcode, errcode]
    with pytest.raises(WechatError):
        await push(client, package(part("9:00")), pushed.known)
    assert standin.log.count("draft/update") == 2 + 2


async def test_a_token_that_another_process_revoked_is_replaced(
    pushed: PushResult, client: Client, standin: StandIn
) -> None:
    standin.revoke()
    assert (await push(client, package(part("9:00")), pushed.known)).outcome == "updated"


async def test_a_token_that_ends_in_the_middle_of_a_push_is_replaced(
    pushed: PushResult, client: Client, standin: StandIn, time: Time
) -> None:
    time.now += 7200 - 300 - 1
    standin.script["draft/update"] = [42001]
    assert (await push(client, package(part("9:00")), pushed.known)).outcome == "updated"


# --- trouble on the way -------------------------------------------------------------------------------------


async def test_a_draft_that_was_accepted_without_an_answer_is_found_and_not_doubled(
    client: Client, standin: StandIn
) -> None:
    standin.script["draft/add"] = ["lose"]
    done = await push(client, package(), KnownDrafts())
    assert tuple(standin.drafts) == done.known.drafts
    assert standin.log.count("draft/add") == 1


@pytest.mark.parametrize("trouble", ["drop", "502", "empty", -1])
async def test_a_draft_that_was_not_accepted_is_sent_again(
    client: Client, standin: StandIn, trouble: object, time: Time
) -> None:
    standin.script["draft/add"] = [trouble, trouble]
    done = await push(client, package(), KnownDrafts())
    assert tuple(standin.drafts) == done.known.drafts
    assert time.slept == [1, 3]


async def test_a_draft_of_which_we_never_heard_is_found_by_the_next_push(
    client: Client, standin: StandIn
) -> None:
    await push(client, package(), KnownDrafts())  # and the process died before it could be noted
    done = await push(client, package(part("8:05")), KnownDrafts())
    assert (done.outcome, titles(standin)) == ("updated", [["示例县发热就诊机构忙闲（12月24日 8:05）"]])


@pytest.mark.parametrize(
    "name", ["stable_token", "media/uploadimg", "material/add_material", "draft/batchget"]
)
@pytest.mark.parametrize("trouble", ["drop", "502", "empty", -1])
async def test_what_can_be_repeated_is(client: Client, standin: StandIn, name: str, trouble: object) -> None:
    standin.script[name] = [trouble, trouble]
    assert (await push(client, package(), KnownDrafts())).outcome == "added"


async def test_an_update_without_an_answer_is_repeated(
    pushed: PushResult, client: Client, standin: StandIn
) -> None:
    standin.script["draft/update"] = ["lose"]
    assert (await push(client, package(part("9:00")), pushed.known)).known == pushed.known


async def test_an_answer_of_another_media_type_is_read(client: Client, standin: StandIn) -> None:
    standin.script["draft/add"] = ["plain"]
    assert (await push(client, package(), KnownDrafts())).outcome == "added"


@pytest.mark.parametrize("trouble", [-1, "502"])
async def test_after_four_tries_it_says_that_nothing_will_be_doubled(
    client: Client, standin: StandIn, trouble: object
) -> None:
    standin.script["draft/batchget"] = [trouble] * 9
    with pytest.raises(WechatError) as stopped:
        await push(client, package(), KnownDrafts())
    assert standin.log.count("draft/batchget") == 4
    assert "不会重复" in stopped.value.sentence("zh-Hans")
    assert standin.drafts == {}


# --- what stops it ------------------------------------------------------------------------------------------


async def test_a_quota_used_up_stops_at_once_and_says_what_to_do(
    client: Client, standin: StandIn, time: Time
) -> None:
    standin.quotas["draft/add"] = 0
    with pytest.raises(WechatError) as stopped:
        await push(client, package(), KnownDrafts())
    assert stopped.value.code == "wechat_quota"
    assert "明天零点" in stopped.value.sentence("zh-Hans")
    assert time.slept == []


async def test_an_address_that_is_not_listed_stops_at_once_and_is_named(
    client: Client, standin: StandIn, time: Time
) -> None:
    standin.address_listed = False
    with pytest.raises(WechatError) as stopped:
        await push(client, package(), KnownDrafts())
    assert stopped.value.code == "wechat_address"
    assert "203.0.113.7" in stopped.value.sentence("zh-Hans")
    assert (time.slept, standin.log) == ([], ["stable_token"])


@pytest.mark.parametrize(
    ("errcode", "code"),
    [
        (48001, "wechat_permission"),
        (40243, "wechat_frozen"),
        (45106, "wechat_permission"),
        (12345, "wechat_request"),
    ],
)
async def test_other_refusals_are_not_repeated(
    client: Client, standin: StandIn, errcode: int, code: str
) -> None:
    standin.script["draft/add"] = [errcode]
    with pytest.raises(WechatError) as stopped:
        await push(client, package(), KnownDrafts())
    assert stopped.value.code == code
    assert standin.log.count("draft/add") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        package(replace(part(), content="字" * 20_000)),
        package(replace(part(), title="题" * 33)),
        package(replace(part(), digest="摘" * 129)),
        package(replace(part(), title="")),
        replace(package(), picture=PNG + b"0" * 2**20),
        replace(package(), picture=b"GIF89a"),
        replace(package(), cover=b""),
    ],
    ids=["content", "title", "digest", "no title", "large picture", "no picture", "no cover"],
)
async def test_what_the_account_does_not_take_is_told_and_not_repeated(
    client: Client, standin: StandIn, time: Time, wrong: Package
) -> None:
    with pytest.raises(WechatError) as stopped:
        await push(client, wrong, KnownDrafts())
    assert stopped.value.sentence("zh-Hans") != stopped.value.sentence("en")
    assert (time.slept, standin.drafts) == ([], {})


# --- publishing ---------------------------------------------------------------------------------------------


async def test_an_account_that_may_publishes(client: Client, standin: StandIn) -> None:
    done = await push(client, package(), KnownDrafts(), publish=True)
    assert (done.outcome, done.url, done.problem) == ("published", "http://mp.weixin.qq.com/s/abc", None)
    assert (len(standin.published), standin.drafts, done.known.drafts) == (1, {}, ())


async def test_an_account_that_may_not_keeps_its_draft(client: Client, standin: StandIn) -> None:
    standin.verified = False
    done = await push(client, package(), KnownDrafts(), publish=True)
    assert done.problem is not None
    assert (done.outcome, done.problem.code) == ("added", "wechat_permission")
    assert tuple(standin.drafts) == done.known.drafts


@pytest.mark.parametrize("status", [2, 3, 4])
async def test_why_it_was_not_published_is_told(client: Client, standin: StandIn, status: int) -> None:
    standin.results = [1, status]
    done = await push(client, package(), KnownDrafts(), publish=True)
    assert done.problem is not None
    assert done.problem.code == "wechat_not_published"


async def test_a_publication_that_was_accepted_without_an_answer_is_not_repeated(
    client: Client, standin: StandIn
) -> None:
    standin.script["freepublish/submit"] = ["lose"]
    assert (await push(client, package(), KnownDrafts(), publish=True)).outcome == "published"
    assert len(standin.published) == 1
    standin.script["freepublish/submit"] = ["drop"]
    assert (await push(client, package(part("9:00")), KnownDrafts(), publish=True)).outcome == "published"
    assert len(standin.published) == 2


# --- secrets ------------------------------------------------------------------------------------------------


async def test_no_error_holds_a_secret(
    url: str, client: Client, standin: StandIn, caplog: pytest.LogCaptureFixture, time: Time
) -> None:
    errors: list[WechatError] = []
    caplog.set_level("DEBUG")

    async def fails(with_: Client, script: dict[str, Sequence[object]]) -> None:
        standin.script = {name: list(what) for name, what in script.items()}
        with pytest.raises(WechatError) as stopped:
            await push(with_, package(), KnownDrafts())
        errors.append(stopped.value)

    await fails(client, {"draft/add": [40001, 40001]})
    await fails(client, {"draft/batchget": ["drop"] * 4})
    await fails(client, {"media/uploadimg": ["502"] * 4})
    async with aiohttp.ClientSession() as session:
        for secret, base in (("f" * 32, url), (SECRET, "http://127.0.0.1:1")):
            account = Account(appid=APPID, secret=secret, url=base)
            await fails(Client(account, session, clock=time, sleep=time.sleep), {})
            assert secret not in repr(account)
            told = "".join(f"{error!r}{error}{error.__cause__!r}{error.sentence('en')}" for error in errors)
            assert secret not in told
    assert all(error.__suppress_context__ or error.__context__ is None for error in errors)
    logged = "".join(one.getMessage() for one in caplog.records if one.name != "aiohttp.access")
    assert "tokenx" not in "".join(f"{error!r} {error.detail}" for error in errors) + logged
    assert SECRET not in logged
    assert all(SECRET not in address for _, address in standin.asked)
