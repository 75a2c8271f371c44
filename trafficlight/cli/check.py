"""`check`: what a server needs of its machine, each line good or with what to do. Changes nothing."""

import asyncio
import os
import platform
import resource
import shutil
import socket
import ssl
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import typer

from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url
from trafficlight.cli.serve import Config, settings_of
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.publish.drawing import NO_POSTERS, FontMissing, find
from trafficlight.publish.targets import target_of
from trafficlight.publish.targets.base import TargetUnavailable
from trafficlight.settings import LEAST_SECRET, Settings
from trafficlight.web.seal import SECRET_FILE

HELP: Final = _("检查这台机器：时钟、权限、磁盘、字体、密钥、目标、证书；什么也不改。")

AHEAD: Final = timedelta(seconds=10)
"""How far clocks may be apart: less is an ordinary answer that took its time."""
LEAST_FREE: Final = 2**30
"""Bytes: about a million reports."""
LEAST_FILES: Final = 8192
"""Open files: each idle connection holds one."""
CERTIFICATE: Final = timedelta(days=21)
"""Automatic renewals come 30 days before the end: one that has not come by then does not come by itself."""
PATIENCE: Final = 5.0


class CheckLine(NamedTuple):
    """One thing that was looked at."""

    name: str
    good: bool
    text: str
    """What was found; where that is not good, what is to be done."""


def check(
    *,
    data: Data = None,
    ledger: Url = "",
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="PATH|URL", help=_("也看这里能不能写，可写多次"))
    ] = None,
    config: Config = None,
) -> None:
    settings = settings_of(
        os.environ,
        config=config,
        data=data,
        ledger=ledger or None,
        targets=tuple(target) if target else None,
    )
    lines = asyncio.run(_all(settings))
    for line in lines:
        out("\t".join((_("好") if line.good else _("要办"), line.name, line.text)))
    raise typer.Exit(0 if all(line.good for line in lines) else 1)


async def _all(settings: Settings) -> list[CheckLine]:
    found = [
        CheckLine(
            _("版本"), True, f"trafficlight {version('trafficlight')}, Python {platform.python_version()}"
        )
    ]
    found += _files(settings)
    found.append(await _ledger(settings))
    for look in (_font, _open_files):
        found.append(look(settings))
    found += [_target(address) for address in settings.targets]
    found += _address(settings.public_url)
    return found


# --- files --------------------------------------------------------------------------------------------------


def _files(settings: Settings) -> Iterator[CheckLine]:
    data, name = settings.data, _("数据文件夹")
    if data is not None:
        yield CheckLine(name, *_folder(data))
        if data.is_dir():
            yield CheckLine(_("磁盘"), *_space(data))
    yield CheckLine(_("密钥"), *_key(settings))


def _folder(folder: Path) -> tuple[bool, str]:
    if not folder.is_dir():
        return False, _("没有这个文件夹：{folder}。第一次启动会新建；写错了就改 --data。", folder=folder)
    strange = sorted({one.name for one in folder.iterdir() if one.stat().st_uid != os.geteuid()})
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return False, _("{folder} 不让本用户写：chown 给运行服务的用户。", folder=folder)
    if strange:
        names = ", ".join(strange[:5])
        return False, _(
            "{folder} 里有别的用户的文件（{names}）：chown 给运行服务的用户。", folder=folder, names=names
        )
    return True, str(folder)


def _space(folder: Path) -> tuple[bool, str]:
    free, files = shutil.disk_usage(folder).free, os.statvfs(folder)
    left = _("还有 {free} MB", free=f"{free // 2**20:,}")
    if free < LEAST_FREE:
        return False, _("{left}：腾出地方，磁盘满了就收不进填报。", left=left)
    if files.f_files and files.f_favail < LEAST_FILES:
        return False, _("只能再建 {n} 个文件：删掉不用的小文件。", n=files.f_favail)
    return True, left


def _key(settings: Settings) -> tuple[bool, str]:
    if settings.secret_key:
        return True, _("在环境变量里，所有节点要一样")
    place = settings.secret_key_file or (settings.data / SECRET_FILE if settings.data else None)
    if place is None:
        return False, _("没有地方放：设 TRAFFICLIGHT_SECRET_KEY_FILE，不然每次重启都要重新登录。")
    if not settings.secret_key_file and not place.exists():
        return True, _("第一次启动时新建 {file}", file=place)
    return _key_file(place)


def _key_file(place: Path) -> tuple[bool, str]:
    try:
        found, mode = place.read_bytes().strip(), stat.S_IMODE(place.stat().st_mode)
    except OSError as wrong:
        return False, _("读不了 {file}：{reason}", file=place, reason=wrong.strerror)
    if len(found) < LEAST_SECRET:
        return False, _("{file} 里不到 {n} 个字符：openssl rand -hex 32", file=place, n=LEAST_SECRET)
    if mode & 0o007:
        return False, _("{file} 谁都能读：chmod 400", file=place)
    return True, str(place)


def _font(settings: Settings) -> CheckLine:
    name = _("字体")
    if settings.font == NO_POSTERS:
        return CheckLine(name, True, _("不画海报"))
    try:
        find(settings.font)
    except FontMissing as missing:
        return CheckLine(name, False, str(missing))
    return CheckLine(name, True, _("能画海报"))


def _open_files(_settings: Settings) -> CheckLine:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    text = _("最多同时打开 {n} 个", n=f"{most:,}")
    if most < LEAST_FILES:
        text = _("{text}：每个连接占一个，在 systemd 里设 LimitNOFILE=65536。", text=text)
    return CheckLine(_("打开的文件"), most >= LEAST_FILES, text)


def _target(address: str) -> CheckLine:
    name = _("目标 {address}", address=address.partition("?")[0])
    plain = address.removeprefix("file://")
    if "://" not in plain:  # looked at from outside: a server that runs holds its lock
        folder = Path(plain)
        if not folder.is_dir():
            return CheckLine(name, False, _("没有这个文件夹：{folder}", folder=folder))
        good = os.access(folder, os.W_OK | os.X_OK)
        text = _("能写") if good else _("{folder} 不让本用户写：chown 给运行服务的用户。", folder=folder)
        return CheckLine(name, good, text)
    try:
        target = target_of(address)
        target.open()
        target.parts()
        target.close()
    except (TargetUnavailable, ValueError) as wrong:
        return CheckLine(name, False, str(wrong))
    return CheckLine(name, True, _("连得上"))


# --- the ledger and the time --------------------------------------------------------------------------------


async def _ledger(settings: Settings) -> CheckLine:
    """Whether the ledger takes appends, and does not run ahead of this machine's clock."""
    name = _("台账")
    url = settings.ledger or data_ledger_url(settings.data or Path())
    scheme, _colon, place = url.partition(":")
    if scheme == "sqlite" and not await asyncio.to_thread(Path(place).exists):
        return CheckLine(
            name, False, _("还没有台账：{place}。导入名单就有了；写错了就改 --data。", place=place)
        )
    try:
        store = await open_ledger(url)
    except (LedgerUnavailable, ValueError) as wrong:
        return CheckLine(name, False, str(wrong))
    try:
        await store.ready()
        heads = await store.heads()
        ends = [record.at for board, last in heads.items() for record in await store.read(board, last - 1)]
        last, events = max(ends, default=datetime.now(UTC)), sum(heads.values())
        if last > datetime.now(UTC) + AHEAD:
            text = _("最后一条是 {last}，比这台机器的时钟还晚：先把时钟对好。", last=last.isoformat())
            return CheckLine(name, False, text)
        if not events:
            return CheckLine(
                name, False, _("台账是空的：导入名单；不该是空的，就看 --data 或 --ledger 写对没有。")
            )
        return CheckLine(name, True, _("能写，有 {events} 条", events=f"{events:,}"))
    except LedgerUnavailable as wrong:
        return CheckLine(name, False, str(wrong))
    finally:
        await store.close()


def _address(url: str) -> Iterator[CheckLine]:
    """How the public address answers: by which clock, and until when its certificate holds."""
    if not url:
        return
    began = datetime.now(UTC)
    try:
        with urlopen(Request(url, method="HEAD"), timeout=PATIENCE) as answer:  # noqa: S310 - http or https
            date = answer.headers.get("Date")
    except HTTPError as told:
        date = told.headers.get("Date")
    except (URLError, OSError) as wrong:
        yield CheckLine(
            _("公众地址"), False, _("{url} 打不开：{reason}", url=url, reason=getattr(wrong, "reason", wrong))
        )
        return
    yield CheckLine(_("公众地址"), True, url)
    if date:
        with suppress(ValueError):
            apart = abs(parsedate_to_datetime(date) - began)
            text = _("与公众地址相差 {n} 秒", n=round(apart.total_seconds()))
            if apart > AHEAD:
                text = _("{text}：用 NTP 把两边的时钟对好。", text=text)
            yield CheckLine(_("时钟"), apart <= AHEAD, text)
    if url.startswith("https://"):
        yield CheckLine(_("证书"), *_certificate(url, began))


def _certificate(url: str, now: datetime) -> tuple[bool, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    with (
        socket.create_connection((host, parts.port or 443), PATIENCE) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as sealed,
    ):
        held = sealed.getpeercert() or {}
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(held["notAfter"])), UTC)
    text = _("到 {date} 为止", date=end.date())
    if end - now < CERTIFICATE:
        return False, _("{text}：该续了。", text=text)
    return True, text
