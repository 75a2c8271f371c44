"""Which language the command line speaks, and through which stream."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from trafficlight.actions.account import Fault, describe
from trafficlight.actions.questions import ListQuestion
from trafficlight.domain.errors import Refused
from trafficlight.text import rendering
from trafficlight.text.languages import EN, HANT, ZH

OPTIONS: Final[Mapping[str, str]] = {
    "board_column_missing": "--board",
    "guide_empty": "--remove",
    "hotline_missing": "boards put {board} --hotline …",
    "id_column_missing": "--board",
    "names_dropped": "--with-names",
    "team_names_dropped": "--with-names",
    "ledger_missing": "--data, --ledger",
    "no_base_url": "--base-url, config set public_url",
    "port_taken": "--listen",
    "publisher_missing": "boards put {board} --publisher …",
}
"""How the command is told otherwise, by code; stands behind the sentence."""


def language(env: Mapping[str, str]) -> str:
    """The language of the user's locale, by its code; English where nothing is published in it."""
    locale = env.get("LC_ALL") or env.get("LC_MESSAGES") or env.get("LANG") or ""
    if not locale.startswith("zh"):
        return EN.code
    return HANT.code if locale.startswith(_TRADITIONAL) else ZH.code


_TRADITIONAL: Final = ("zh_TW", "zh_HK", "zh_MO", "zh_Hant")
LANG: Final = language(os.environ)


def _(text: str, /, **values: object) -> str:
    """What the user reads: the sentence in their language, filled in."""
    return rendering.render(text, values, LANG)


def explain(refused: Refused | Fault) -> str:
    """The sentence of a refusal, or of what is wrong with a row of a list, with where it is."""
    sentence = rendering.explain(refused, LANG, typed=True, option=OPTIONS.get(refused.code, ""))
    return describe(refused, sentence, LANG) if isinstance(refused, Fault) else sentence


def describe_question(question: ListQuestion) -> str:
    """What is asked about a list, with where it is."""
    fault = Fault(question.line, "", question.code, question.params, sheet=question.sheet)
    return describe(fault, rendering.explain(question, LANG), LANG)


def out(text: str) -> None:
    """A line of the result: a program may read it."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """A line for whoever sits before the screen."""
    sys.stderr.write(f"{text}\n")
