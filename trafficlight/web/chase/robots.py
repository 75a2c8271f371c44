"""Whose robot takes what: a table by the host of its webhook, from the vendors' documentation."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from trafficlight.domain.record import stamp
from trafficlight.web.chase.calling import Ring, texts


class Robot(NamedTuple):
    """How a robot wants to be told a text, and how much of it."""

    body: Callable[[str], Mapping[str, Any]]
    most: int
    """Bytes of the text."""


def _text(text: str) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _feishu(text: str) -> Mapping[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


_OWN: Final = Robot(_text, 64 * 1024)
ROBOTS: Final[Mapping[str, Robot]] = {
    "qyapi.weixin.qq.com": Robot(_text, 2048),  # WeCom (企业微信)
    "oapi.dingtalk.com": Robot(_text, 18_000),  # DingTalk (钉钉): 20,000 of the whole
    "api.dingtalk.com": Robot(_text, 18_000),
    "open.feishu.cn": Robot(_feishu, 18_000),  # Feishu (飞书): 20 KB of the whole
    "open.larksuite.com": Robot(_feishu, 18_000),
}
"""Any other host is the county's own program: it gets the text in the first manner, and the facts."""


def body_of(ring: Ring, url: str) -> bytes:
    """What is posted: the fullest text that the robot takes."""
    return message(url, texts(ring), _facts(ring))


def message(url: str, given: Sequence[str], facts: Mapping[str, Any]) -> bytes:
    """The first of the texts that is short enough for the robot at the address, else the last one, cut."""
    host = urlsplit(url).hostname or ""
    robot = ROBOTS.get(host, _OWN)
    text = next((one for one in given if len(one.encode()) <= robot.most), given[-1])
    text = text.encode()[: robot.most].decode(errors="ignore")
    own = {} if host in ROBOTS else facts
    return msgspec.json.encode({**robot.body(text), **own})


def _facts(ring: Ring) -> Mapping[str, Any]:
    return {
        "board": ring.board.slug,
        "due": stamp(ring.due),
        "as_of": stamp(ring.at),
        "not_reported": [{"id": one.id, "name": one.name, "town": one.town} for one in ring.missing],
    }
