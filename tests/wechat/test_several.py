"""More articles than one draft may hold: several drafts, each found again, none doubled."""

from typing import Final

import pytest

from tests.publish.boards import sized
from tests.publish.test_article_markup import LARGEST
from tests.wechat.packages import package, packed, part, titles
from tests.wechat.standin import MOST_ARTICLES, StandIn
from trafficlight.publish.article import Face
from trafficlight.wechat.answers import WechatError
from trafficlight.wechat.client import Client
from trafficlight.wechat.drafts import KnownDrafts, Package, push


def county(parts: int, hour: str = "8:00") -> Package:
    """A county of so many parts."""
    return package(*(part(hour, f" {number}/{parts}") for number in range(1, parts + 1)))


def numbers(standin: StandIn) -> list[list[str]]:
    return [[title.rpartition(" ")[2] for title in draft] for draft in titles(standin)]


NINETEEN: Final = [
    [f"{number}/19" for number in numbers] for numbers in (range(1, 9), range(9, 17), range(17, 20))
]


async def test_more_articles_than_a_draft_may_hold_are_several_drafts_and_not_doubled(
    client: Client, standin: StandIn
) -> None:
    first = await push(client, county(19), KnownDrafts())
    assert (first.outcome, numbers(standin)) == ("added", NINETEEN)
    again = await push(client, county(19, "14:00"), first.known)
    assert (again.outcome, again.known, numbers(standin)) == ("updated", first.known, NINETEEN)
    assert all("14:00" in title for draft in titles(standin) for title in draft)
    forgotten = await push(client, county(19, "14:30"), KnownDrafts())
    assert (forgotten.outcome, set(forgotten.known.drafts)) == ("updated", set(first.known.drafts))
    assert numbers(standin) == NINETEEN


async def test_what_stopped_between_two_drafts_goes_on_where_it_was(client: Client, standin: StandIn) -> None:
    standin.quotas["draft/add"] = 1
    with pytest.raises(WechatError):
        await push(client, county(19), KnownDrafts())
    standin.quotas["draft/add"] = 1000
    await push(client, county(19, "8:05"), KnownDrafts())
    assert sorted(numbers(standin)) == sorted(NINETEEN)


async def test_a_county_that_has_become_shorter_leaves_no_draft_behind(
    client: Client, standin: StandIn
) -> None:
    first = await push(client, county(19), KnownDrafts())
    await push(client, county(2, "9:00"), first.known)
    assert numbers(standin) == [["1/2", "2/2"]]


async def test_one_of_several_drafts_that_was_published_is_added_anew_and_the_others_stay(
    client: Client, standin: StandIn
) -> None:
    first = await push(client, county(19), KnownDrafts())
    del standin.drafts[first.known.drafts[1]]
    done = await push(client, county(19, "9:00"), first.known)
    assert (done.known.drafts[0], done.known.drafts[2]) == (first.known.drafts[0], first.known.drafts[2])
    assert sorted(numbers(standin)) == sorted(NINETEEN)


async def test_of_several_drafts_those_that_were_not_published_stay(client: Client, standin: StandIn) -> None:
    standin.script["freepublish/submit"] = [None, 48001]
    done = await push(client, county(19), KnownDrafts(), publish=True)
    assert done.problem is not None
    assert (done.outcome, done.known.drafts[0], len(standin.published)) == ("added", "", 1)
    assert set(standin.drafts) == set(done.known.drafts[1:])
    last = await push(client, county(19, "9:00"), done.known, publish=True)
    assert (last.outcome, last.known.drafts, standin.drafts) == ("published", (), {})


@pytest.mark.parametrize("face", Face)
async def test_a_thousand_sites_with_the_largest_names_are_drafts_that_lose_nothing(
    client: Client, standin: StandIn, face: Face
) -> None:
    standin.strict_style = True
    whole = packed(sized(1000, long=LARGEST), face)
    done = await push(client, whole, KnownDrafts())
    drafts = [standin.drafts[draft]["articles"] for draft in done.known.drafts]
    assert [len(draft) for draft in drafts[:-1]] == [MOST_ARTICLES] * (len(drafts) - 1)
    assert [one["title"] for draft in drafts for one in draft] == [one.title for one in whole.parts]
    assert len(drafts) > 1
    assert standin.lost == []
