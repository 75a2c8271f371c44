"""Which language the command line speaks, and through which stream."""

import os
import sys
from collections.abc import Mapping

from trafficlight.actions.faults import SENTENCES, Fault, sentence
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, ZH, translate
from trafficlight.web.problem_table import PROBLEMS
from trafficlight.wechat.answers import SENTENCES as WECHAT

OWN: Mapping[str, tuple[str, str]] = {
    "bad_url": (
        "不是可用的网址：“{text}”。写成 https://fever.example.cn 这样。",
        "“{text}” is no usable address; write one like https://fever.example.cn",
    ),
    "bad_zone": (
        "没有“{text}”这个时区，例如 Asia/Shanghai。",
        "No time zone “{text}”; one is Asia/Shanghai.",
    ),
    "bad_time": ("不是时刻：“{text}”。写成 09:00。", "“{text}” is no time of day; write 09:00."),
    "bad_instant": (
        "不是时刻：“{text}”。写成 2022-12-24T16:00+08:00，要有时区（+08:00 或 Z）。",
        "“{text}” is no instant; write 2022-12-24T16:00+08:00, with an offset or Z.",
    ),
    "future_instant": ("“{text}”还没有到。", "“{text}” is yet to come."),
    "past_instant": ("“{text}”已经过去了。", "“{text}” has gone by."),
    "bad_end": (
        "不是截止时间：“{text}”。写成 2022-12-28（到当天结束），或 2022-12-28T17:00+08:00。",
        "“{text}” is no end; write 2022-12-28 (to the end of that day), or 2022-12-28T17:00+08:00.",
    ),
    "unknown_notice": ("看板上没有公告“{text}”。", "The board has no notice “{text}”."),
    "notice_empty": ("公告没有内容。", "The notice holds nothing."),
    "guide_empty": (
        "文件里没有内容；要撤下指引，请用 --remove。",
        "The file holds nothing; --remove takes a guide down.",
    ),
    "guide_too_big": ("指引太大：不能超过{kb}KB。", "The guide is too big: {kb} KB is the limit."),
    "guide_not_text": ("指引要用UTF-8编码的文本文件。", "A guide is a text file in UTF-8."),
    "no_teams": ("看板“{board}”没有家庭医生团队名单。", "The board “{board}” has no list of teams."),
    "bad_pair": ("“{text}”里没有等号，写成 {example}。", "“{text}” has no equals sign; write {example}."),
    "unknown_kind": ("没有“{text}”这种机构类型：{kinds}。", "No kind of site “{text}”; there are {kinds}."),
    "unknown_word": ("没有“{text}”这一条用语：{keys}。", "No sentence “{text}”; there are {keys}."),
    "unknown_board": ("没有看板“{text}”。", "There is no board “{text}”."),
    "unknown_site": ("没有机构“{text}”。", "There is no site “{text}”."),
    "unknown_town": ("看板“{board}”没有乡镇“{text}”。", "The board “{board}” has no town “{text}”."),
    "unknown_credential": ("没有“{text}”，或已停用。", "“{text}” is unknown or was revoked already."),
    "nothing_to_issue": ("没有机构可以发链接。", "There is no site to issue a link for."),
    "no_base_url": (
        "请用 --base-url 给出填报网址，或先运行 config set public_url。",
        "Name the address of the forms with --base-url, or run config set public_url first.",
    ),
    "rule_invalid": ("规则不成立：{detail}", "The rule makes no sense: {detail}"),
    "no_baseline": (
        "没有机构报过数，还定不出基线。",
        "No site has reported a count yet; there is nothing to fix a baseline from.",
    ),
    "wrong_key": ("没有“{text}”这一项设置：{keys}。", "No setting “{text}”; there are {keys}."),
    "bad_proof": (
        "“{text}”不是公众平台给的验证文件（MP_verify_….txt，里面只有一个词）。",
        "“{text}” is no verification file of WeChat's (MP_verify_….txt with one word in it).",
    ),
    "not_empty": (
        "台账里已有记录，只能导入到空的台账。",
        "The ledger holds events already; only an empty one can be imported into.",
    ),
    "bad_line": ("第{line}行不能导入：{reason}", "Line {line} cannot be imported: {reason}"),
    "not_demo": (
        "{text} 里已有别的台账，不能用来演示。",
        "There is another ledger in {text}; it is not for a demo.",
    ),
    "port_taken": ("{text} 已被占用，请用 --listen 换一个。", "{text} is taken; name another with --listen."),
    "file_exists": ("文件已存在：{text}", "The file exists already: {text}"),
    "file_error": ("文件读写不成：{text}", "A file cannot be read or written: {text}"),
    "ledger_unavailable": ("台账用不了：{text}", "The ledger cannot be used: {text}"),
    "target_unavailable": ("写不了发布的地方：{text}", "The target cannot be written: {text}"),
    "format_failed": ("有页面没有做成：{text}", "Some pages could not be made: {text}"),
    "bad_target": ("不是可以发布的地方：{text}", "Not a place to publish to: {text}"),
    "too_long": ("“{text}”太长了：最多{max}个字。", "“{text}” is too long: at most {max} characters."),
    "bad_number": (
        "不是可用的数：“{text}”（{least}到{most}）。",
        "“{text}” is no number from {least} to {most}.",
    ),
}
"""What only the command line says, by code: in Chinese and in English."""


def language(env: Mapping[str, str]) -> str:
    """`zh` where the user's locale is Chinese, else `en`."""
    locale = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


LANG = language(os.environ)


def code_of(lang: str) -> str:
    """The language of the pages that is that of the command line."""
    return ZH.code if lang == "zh" else EN.code


def say(zh: str, en: str) -> str:
    """What the user reads."""
    return zh if LANG == "zh" else en


def explain(refused: Refused) -> str:
    """The sentence of a refusal; its code where nobody wrote one."""
    code, params = refused.code, {"line": "?", **refused.params}
    if code in OWN and _fits(OWN[code], params):
        return say(*OWN[code]).format(**params)
    if code in SENTENCES and _fits(SENTENCES[code], params):
        return say(*SENTENCES[code]).format(**params)
    if code in WECHAT:
        return translate(WECHAT[code], code_of(LANG)).format(said="—", errcode=0)
    problem = PROBLEMS.get(code)
    if problem is not None and _fits((problem.zh, problem.en), params):
        return problem.said(LANG).format(**params)
    return f"{code} {params}"


def _fits(sentences: tuple[str, str], params: Mapping[str, object]) -> bool:
    try:
        for text in sentences:
            text.format(**params)
    except (KeyError, IndexError):
        return False
    return True


def notice(fault: Fault) -> str:
    """What to say of a row of a list."""
    return sentence(fault, LANG)


def out(text: str) -> None:
    """A line of the result: a program may read it."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """A line for whoever sits before the screen."""
    sys.stderr.write(f"{text}\n")
