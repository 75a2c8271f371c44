"""Which language the command line speaks, and through which stream."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from trafficlight.actions.faults import Fault, describe
from trafficlight.domain.errors import Refused
from trafficlight.text import rendering
from trafficlight.text.languages import EN, ZH

_OPTIONS: Final[Mapping[str, str]] = {
    "belongs_to_board": "{board}: --move",
    "board_column_missing": "--board",
    "guide_empty": "--remove",
    "hotline_missing": "boards put {board} --hotline …",
    "id_column_missing": "--board",
    "no_base_url": "--base-url, config set public_url",
    "port_taken": "--listen",
    "publisher_missing": "boards put {board} --publisher …",
    "rename_asked": "--accept-renames",
}
"""How the command is told otherwise, by code; stands behind the sentence."""


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


def explain(refused: Refused | Fault) -> str:
    """The sentence of a refusal, or of what is wrong with a row of a list, with where it is."""
    lang, option = code_of(LANG), _OPTIONS.get(refused.code, "")
    said = rendering.explain(refused, lang, typed=True, option=option)
    return describe(refused, said, lang) if isinstance(refused, Fault) else said


def out(text: str) -> None:
    """A line of the result: a program may read it."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """A line for whoever sits before the screen."""
    sys.stderr.write(f"{text}\n")
