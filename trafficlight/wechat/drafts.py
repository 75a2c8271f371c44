"""One draft a day: found again and brought up to date, never doubled.

`add_draft` may have come about though no answer came, so that before it is repeated the drafts are looked
through. What is updated, uploaded or asked is repeated without harm.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Final

import msgspec

from trafficlight.publish.article import MOST_IN_ONE
from trafficlight.wechat.answers import GONE, Unreachable, WechatError
from trafficlight.wechat.client import PAUSES, Client, DraftArticle

LONGEST_AUTHOR: Final = 16
_WHEN: Final = re.compile(r"（[^（）]*）(?=( \d+/\d+)?$)")
_ASKED: Final = (2.0, 4.0, 8.0, 16.0)
"""Seconds between questions how publishing goes: it takes some."""


class DraftPart(msgspec.Struct, frozen=True, kw_only=True):
    """One article as it is written here."""

    title: str
    digest: str
    content: str
    link: str = ""
    """What 阅读原文 opens."""
    picture: str = ""
    """The address in `content` that gives way to WeChat's own."""


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be the day's draft, or several where the parts are too many for one."""

    day: date
    since: datetime
    """When the day began: what was made before is another day's."""
    parts: tuple[DraftPart, ...]
    cover: bytes
    picture: bytes = b""
    """The QR code; empty where there is none."""
    author: str = ""


class KnownDrafts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the day's drafts, and of the cover that lies at the account."""

    drafts: tuple[str, ...] = ()
    """By their place; empty in place of one that is none any more."""
    parts: int = 0
    """Of all of them together."""
    cover: str = ""
    cover_digest: str = ""


class PushResult(msgspec.Struct, frozen=True, kw_only=True):
    """How it went."""

    known: KnownDrafts
    outcome: str
    """`added`, `updated`, or `published`."""
    url: str = ""
    problem: WechatError | None = None
    """Why a draft, which is there, was not published."""


async def push(client: Client, package: Package, known: KnownDrafts, *, publish: bool = False) -> PushResult:
    """Bring the day's drafts up to the package; raises `WechatError` where that cannot be done.

    What was done until then is found again by the next push.
    """
    known = await _covered(client, package, known)
    picture = await client.upload_image(package.picture) if package.picture else ""
    if known.parts != len(package.parts):
        for draft in filter(None, known.drafts):
            await client.delete_draft(draft)
        known = msgspec.structs.replace(known, drafts=(), parts=0)
    outcome, drafts = "updated", list[str]()
    for place, one in enumerate(bundles(package)):
        draft = known.drafts[place] if place < len(known.drafts) else ""
        if draft:
            known, draft = await _updated(client, one, known, picture, draft)
        if not draft:
            how, known, draft = await _added(client, one, known, picture)
            outcome = how if how == "added" else outcome
        drafts.append(draft)
    known = msgspec.structs.replace(known, drafts=tuple(drafts), parts=len(package.parts))
    return (
        await _all_published(client, known, outcome) if publish else PushResult(known=known, outcome=outcome)
    )


def bundles(package: Package) -> list[Package]:
    """What each draft holds."""
    return [
        msgspec.structs.replace(package, parts=package.parts[start : start + MOST_IN_ONE])
        for start in range(0, len(package.parts), MOST_IN_ONE)
    ]


async def _all_published(client: Client, known: KnownDrafts, outcome: str) -> PushResult:
    """Have one after the other published; from the first that is not, they stay drafts."""
    left, url = list(known.drafts), ""
    for place, draft in enumerate(known.drafts):
        try:
            address = await _published(client, draft)
        except WechatError as problem:
            left_over = msgspec.structs.replace(known, drafts=tuple(left))
            return PushResult(known=left_over, outcome=outcome, url=url, problem=problem)
        left[place], url = "", url or address
    return PushResult(known=msgspec.structs.replace(known, drafts=()), outcome="published", url=url)


def articles(package: Package, cover: str, picture: str) -> list[DraftArticle]:
    """The articles as they are sent; only the picture's address is another."""
    single = len(package.parts) == 1
    return [
        DraftArticle(
            title=part.title,
            author=package.author[:LONGEST_AUTHOR],
            digest=part.digest if single else "",  # taken of single articles only
            content=part.content.replace(part.picture, picture) if part.picture and picture else part.content,
            content_source_url=part.link,
            thumb_media_id=cover,
        )
        for part in package.parts
    ]


async def _covered(
    client: Client, package: Package, known: KnownDrafts, *, anew: bool = False
) -> KnownDrafts:
    """The cover lies at the account: it is the same all day, and room for such is limited."""
    digest = blake2b(package.cover, digest_size=12).hexdigest()
    if known.cover and known.cover_digest == digest and not anew:
        return known
    cover = await client.add_cover(package.cover)
    return msgspec.structs.replace(known, cover=cover, cover_digest=digest)


async def _updated(
    client: Client, package: Package, known: KnownDrafts, picture: str, draft: str
) -> tuple[KnownDrafts, str]:
    """The draft's id; empty where there is none any more: published or deleted."""
    for anew in (False, True):
        try:
            if anew:
                known = await _covered(client, package, known, anew=True)
            for index, article in enumerate(articles(package, known.cover, picture)):
                await client.update_draft(draft, index, article)
        except WechatError as error:
            if error.errcode != GONE or anew:
                raise
            if not await client.has_draft(draft):
                return known, ""
        else:
            break
    return known, draft


async def _added(
    client: Client, package: Package, known: KnownDrafts, picture: str
) -> tuple[str, KnownDrafts, str]:
    """A new draft, unless one of today's is there that nobody could tell us of."""
    lost = await _find(client, package, exactly=False)
    if lost:
        known, draft = await _updated(client, package, known, picture, lost)
        if draft:
            return "updated", known, draft
    for anew in (False, True):
        if anew:
            known = await _covered(client, package, known, anew=True)
        try:
            return "added", known, await _add(client, package, articles(package, known.cover, picture))
        except WechatError as error:
            if error.errcode != GONE or anew:
                raise
    raise AssertionError("unreachable: the second try returns or raises")


async def _add(client: Client, package: Package, sent: Sequence[DraftArticle]) -> str:
    for pause in (*PAUSES, None):
        try:
            return await client.add_draft(sent)
        except Unreachable:
            if pause is None:
                raise
            await client.sleep(pause)
            found = await _find(client, package, exactly=True)
            if found:
                return found
    raise AssertionError("unreachable: the last try returns or raises")


async def _find(client: Client, package: Package, *, exactly: bool) -> str:
    """The id of a draft that is this package; or, not exactly, an earlier one of the same day and board."""
    titles = tuple(part.title for part in package.parts)
    links = tuple(part.link for part in package.parts)
    for draft in await client.drafts():
        if draft.update_time < package.since.timestamp() or len(draft.titles) != len(titles):
            continue
        if draft.titles == titles and draft.links == links:
            return draft.media_id
        same = [_stem(*one) for one in zip(draft.titles, draft.links, strict=True)]
        if not exactly and all(links) and same == [_stem(*one) for one in zip(titles, links, strict=True)]:
            return draft.media_id
    return ""


def _stem(title: str, link: str) -> tuple[str, str]:
    """Title and link without the hour and the edition, but with which part it is."""
    return _WHEN.sub("", title), link.partition("?")[0]


async def _published(client: Client, draft: str) -> str:
    """Have it published and wait for it; the article's address."""
    try:
        publish = await client.publish(draft)
    except Unreachable:
        if await client.has_draft(draft):
            publish = await client.publish(draft)
        else:
            return ""  # it went: a draft that is being published is none any more
    for pause in _ASKED:
        await client.sleep(pause)
        status, url = await client.published(publish)
        if status == 0:
            return url
        if status != 1:
            raise WechatError("wechat_not_published", detail=str(status), call="freepublish/get")
    return ""
