"""What the account's API answers, as errors with stable codes and sentences that say what to do."""

from collections.abc import Mapping
from typing import Final

from trafficlight.text.languages import N_, translate

BUSY: Final = -1
TOKEN: Final = frozenset({40001, 40014, 42001})
"""The token is not taken, or no more: another one is asked for, once."""
GONE: Final = 40007

_CODES: Final[Mapping[int, str]] = {
    40001: "wechat_secret",
    40002: "wechat_request",
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

SENTENCES: Final[Mapping[str, str]] = {
    "wechat_secret": N_(
        "公众号不认这个 AppSecret。请在公众平台“开发接口管理”里核对，重设后写入设置，再试一次。"
    ),
    "wechat_appid": N_("公众号不认这个 AppID。请核对 TRAFFICLIGHT_WECHAT_APPID。"),
    "wechat_frozen": N_("AppSecret 已被冻结。请管理员在公众平台解冻或重设。"),
    "wechat_address": N_("本服务器的IP地址不在公众号的IP白名单里：{said}。请管理员加入，约五分钟后再试。"),
    "wechat_quota": N_("今天调用公众号接口的次数已用完，明天零点后恢复。今天请用复制的办法发布。"),
    "wechat_permission": N_(
        "这个公众号没有这项接口的权限（可能没有认证，或认证已过期）。请用复制的办法发布，或由人在公众平台点发表。"
    ),
    "wechat_not_published": N_("微信没有发布这篇文章（{said}）。草稿还在，请在公众平台查看原因，由人发表。"),
    "wechat_too_long": N_("公众号说内容太长。请用复制的办法分几篇发布，并把这条告诉维护人员。"),
    "wechat_title": N_("公众号不接受标题、摘要或作者：{said}。请检查看板名称是否太长。"),
    "wechat_picture": N_("公众号不接受图片：{said}。请用复制的办法发布，并把这条告诉维护人员。"),
    "wechat_gone": N_("公众号里找不到草稿或封面：{said}。请再推送一次。"),
    "wechat_busy": N_("微信的服务器忙，试了几次都不成。过几分钟再推送一次，不会重复。"),
    "wechat_unreachable": N_(
        "连不上微信的服务器（{said}）。请检查本服务器能否访问外网，再推送一次，不会重复。"
    ),
    "wechat_request": N_(
        "微信不接受这次请求：{said}（{errcode}）。请用复制的办法发布，并把这条告诉维护人员。"
    ),
    "wechat_no_account": N_(
        "没有设置公众号。请设 TRAFFICLIGHT_WECHAT_APPID 和 TRAFFICLIGHT_WECHAT_SECRET_FILE。"
    ),
    "wechat_no_cover": N_("没有字体，做不了封面，不能推送。请安装 fonts-noto-cjk。"),
}
"""By code: what happened and what to do, for whoever sits at the desk."""


class WechatError(Exception):
    """Something did not come about. Holds no secret: neither token nor AppSecret nor an address with one."""

    def __init__(self, code: str, *, said: str = "", errcode: int = 0, call: str = "") -> None:
        super().__init__(f"{code} {call} {errcode} {said}".strip())
        self.code = code
        self.said = said
        self.errcode = errcode
        self.call = call

    def sentence(self, lang: str) -> str:
        """What happened and what to do, in the language of that code."""
        return translate(SENTENCES[self.code], lang).format(said=self.said or "—", errcode=self.errcode)


class Unreachable(WechatError):
    """Nobody knows whether it came about: no answer, or none that is one."""


def refusal(errcode: int, said: str, call: str) -> WechatError:
    """The error of an answer."""
    kind = Unreachable if errcode == BUSY else WechatError
    return kind(_CODES.get(errcode, "wechat_request"), said=said, errcode=errcode, call=call)
