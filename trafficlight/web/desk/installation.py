"""`/desk/installation`: what is of the whole installation: its public address, whom to ask, tokens of all."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from trafficlight.actions.config import set_configs
from trafficlight.actions.credentials import revoke_tokens
from trafficlight.domain.errors import Refused
from trafficlight.domain.system import SystemFold
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import N_
from trafficlight.web.access import is_https
from trafficlight.web.desk.links import is_reached
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.tokens import token_lines

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    "public_url": (
        N_("公开网址"),
        N_("居民打开的网址，以 https:// 开头。二维码、海报、公众号文章都用它；没设就没有二维码。"),
    ),
    "support": (N_("技术支持电话"), N_("后台打不开、登不上的时候给同事看。不对公众显示。")),
    "contact": (N_("数据联系人"), N_("写在开放数据里，如 数据科 0000-5550120。")),
    "licence": (N_("数据许可"), N_("写在开放数据里，如 CC BY 4.0。")),
}
"""Setting → what it is called, and what it is for."""


async def show(desk: DeskRequest) -> web.Response:
    """The settings as they stand, and the tokens that are of no board."""
    config, place = desk.system.config, desk.parts.place()
    return desk.page(
        "desk/installation.html",
        settings=[
            (key, desk.say(label), desk.say(hint), config.get(key, ""))
            for key, (label, hint) in LABELS.items()
        ],
        public=config.get("public_url", ""),
        app=place.app_url,
        good=is_reached(config.get("public_url", "")),
        tokens=token_lines(desk, lambda one: not one.board and not one.site),
        seen=mark(_subject(desk.system)),
    )


async def save(desk: DeskRequest) -> web.Response:
    """The settings, or a token that opens nothing any more."""
    form = desk.form
    if form.value("act") == "revoke":
        await revoke_tokens(
            desk.changes(check=lambda system: _check_own(desk, system)), [form.value("named")]
        )
        return desk.done("/installation", N_("令牌已停用。"))
    if form.value("act") != "save":
        raise Refused("not_form")
    _check_stays(desk, form.text("public_url"))
    await set_configs(desk.changes(_subject), {key: form.text(key) for key in LABELS})
    return desk.done("/installation", N_("设置已保存。"))


def _check_stays(desk: DeskRequest, url: str) -> None:
    """`Refused` with `signs_out` for an address by which nobody could sign in here any more.

    Where it is https and forms have no address of their own, browsers send the session by https alone.
    """
    parts, place = desk.parts, desk.parts.place()
    by_https = is_https(desk.request, parts.trusted_proxies, TreeLocation(app_url=place.app_url))
    if url.startswith("https://") and not place.app_url and not by_https:
        raise Refused("signs_out", "public_url")


def _subject(system: SystemFold) -> object:
    """What the form edits."""
    return [system.config.get(key, "") for key in LABELS]


def _check_own(desk: DeskRequest, system: SystemFold) -> None:
    """`Refused` with `unknown_token` for one that is of a board or a site, or is none."""
    if not any(
        one.id == desk.form.value("named") and not one.board and not one.site
        for one in system.tokens.values()
    ):
        raise Refused("unknown_token")
