"""What the account's API answers, as errors with stable codes and sentences that say what to do."""

from collections.abc import Mapping
from typing import Final

from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain

BUSY: Final = -1
TOKEN: Final = frozenset({40001, 40014, 42001})
"""The token is not taken, or no more: another one is asked for, once."""
GONE: Final = 40007

_ANY: Final = "wechat_request"
_CODES: Final[Mapping[int, str]] = {
    40001: "wechat_secret",
    40002: _ANY,
    40013: "wechat_appid",
    40125: "wechat_secret",
    41002: "wechat_appid",
    41004: "wechat_secret",
    40243: "wechat_frozen",
    40164: "wechat_address",
    61004: "wechat_address",
    45009: "wechat_quota",
    48001: "wechat_permission",
    45106: "wechat_permission",
    53503: "wechat_not_published",
    53504: "wechat_not_published",
    53505: "wechat_not_published",
    45002: "wechat_too_long",
    45166: "wechat_too_long",
    45003: "wechat_title",
    45004: "wechat_title",
    45110: "wechat_title",
    40227: "wechat_title",
    40005: "wechat_picture",
    40006: "wechat_picture",
    40009: "wechat_picture",
    40137: "wechat_picture",
    44001: "wechat_picture",
    41005: "wechat_picture",
    GONE: "wechat_gone",
    BUSY: "wechat_busy",
}

OUTCOMES: Final[Mapping[str, str]] = {
    "begun": N_("正在推送"),
    "added": N_("新建了草稿"),
    "updated": N_("更新了当天的草稿"),
    "published": N_("已发布"),
    "failed": N_("没有推送成"),
}
"""What became of a push, in words."""


class WechatError(Exception):
    """Something did not come about. Holds no secret: neither token nor AppSecret nor an address with one."""

    def __init__(self, code: str, *, detail: str = "", errcode: int = 0, call: str = "") -> None:
        super().__init__(f"{code} {call} {errcode} {detail}".strip())
        self.code = code
        self.detail = detail
        self.errcode = errcode
        self.call = call
        self.field = None
        self.params = {"said": detail or "—"}

    def sentence(self, lang: str) -> str:
        """What happened and what to do, in the language of that code."""
        return explain(self, lang)


class Unreachable(WechatError):
    """Nobody knows whether it came about: no answer, or none that is one."""


def refusal(errcode: int, detail: str, call: str) -> WechatError:
    """The error of an answer."""
    kind = Unreachable if errcode == BUSY else WechatError
    code = _CODES.get(errcode, _ANY)
    return kind(code, detail=f"{detail} [{errcode}]" if code == _ANY else detail, errcode=errcode, call=call)
