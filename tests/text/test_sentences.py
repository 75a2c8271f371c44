"""One catalogue of sentences: a code has one, whoever says it, and every code that is raised has it."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import trafficlight
from trafficlight.actions.account import Fault, place_of
from trafficlight.cli import console
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, HANT, ZH
from trafficlight.text.rendering import explain
from trafficlight.text.sentences import SENTENCES
from trafficlight.web import problems

HOME: Final = Path(trafficlight.__file__).parent
RAISED_BY: Final = {"Refused": 0, "WechatError": 0, "Unreachable": 0, "fault": 0, "Fault": 2}
"""What refuses or finds fault, and which of its arguments is the code."""
MADE: Final = frozenset({"field", "code", "expected", "subject", "norm"})
"""What sentences are filled in with that no refusal has to bring along."""
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


class Raised(NamedTuple):
    """A code where it is raised, and what its sentence is filled in with; None where nobody can tell."""

    code: str
    where: str
    params: frozenset[str] | None


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(HOME.rglob("*.py")):
        if HOME / "text" not in path.parents:
            yield path.relative_to(HOME).as_posix(), ast.parse(path.read_text())


def raised() -> Iterator[Raised]:
    for name, module in modules():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            index = RAISED_BY.get(called)
            if index is None or len(node.args) <= index:
                continue
            code = node.args[index]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield Raised(code.value, f"{name}:{node.lineno}", _params(called, node))


def _params(called: str, node: ast.Call) -> frozenset[str] | None:
    if called in {"WechatError", "Unreachable"}:
        return frozenset({"said"})
    if called == "Fault":
        given = node.args[3] if len(node.args) > 3 else ast.Dict(keys=[], values=[])
        assert isinstance(given, ast.Dict), ast.unparse(node)
        return frozenset(key.value for key in given.keys if isinstance(key, ast.Constant))  # type: ignore[misc]
    names = [keyword.arg for keyword in node.keywords]
    return None if None in names else frozenset(name for name in names if name)


def test_every_code_that_is_raised_has_its_sentence() -> None:
    assert {one.code: one.where for one in raised() if one.code not in SENTENCES} == {}


def test_every_sentence_is_of_a_code_that_is_raised() -> None:
    written = {
        node.value
        for _, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(SENTENCES) - written == set()


def test_whoever_raises_a_code_brings_what_its_sentence_says() -> None:
    lacking = {
        one.where: (one.code, missing)
        for one in raised()
        if one.params is not None
        if (missing := set(re.findall(r"{(\w+)}", SENTENCES[one.code])) - MADE - one.params)
    }
    assert lacking == {}


def test_no_place_has_sentences_of_its_own() -> None:
    """Neither a table by code nor a sentence written where a code is raised."""
    tables = []
    for name, module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Dict):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                spoken = any(CHINESE.search(ast.unparse(value)) for value in node.values)
                if keys & set(SENTENCES) and spoken:
                    tables.append(f"{name}:{node.lineno}")
    assert tables == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_whole(code: str) -> None:
    text = SENTENCES[code]
    assert text.endswith(("。", "？", "}"))
    assert not re.search(r"[A-Za-z]\s+--|\s--\w", text), "an option of the command line is added by it"


def test_an_option_is_told_of_a_code_that_is_refused() -> None:
    assert set(console.OPTIONS) | set(problems.OPTIONS) <= set(SENTENCES)


# --- filled in ----------------------------------------------------------------------------------------------


def test_numbers_and_days_are_spoken_in_the_readers_language() -> None:
    refused = Refused("future_day", "service_day", today=date(2022, 12, 24))
    assert explain(refused, ZH.code) == "不能填报今天（2022年12月24日）以后的日子。"
    assert explain(refused, EN.code) == "A day after today, 24 December 2022, cannot be reported."
    usual = Refused("needs_confirmation", "patients", usual=40.5, capacity=50, patients=400)
    assert explain(usual, EN.code).startswith("About 40 is usual. Is 400 right?")
    assert explain(usual, ZH.code).startswith("平时约 40 人，确认是 400 人吗？")
    assert explain(usual, HANT.code).startswith("平時約 40 人，確認是 400 人嗎？")
    never = Refused("needs_confirmation", "patients", usual=None, capacity=50, patients=400)
    assert explain(never, EN.code).startswith("The site sees about 50 a day. Is 400 right?")


@pytest.mark.parametrize(
    ("refused", "zh", "en"),
    [
        (
            Refused("wrong_type", None, expected="object"),
            "提交的内容应为一个对象。",
            "What is sent must be an object.",
        ),
        (
            Refused("wrong_type", "staff_infected", expected="boolean"),
            "staff_infected 应为 true 或 false。",
            "staff_infected must be true or false.",
        ),
        (
            Refused("wrong_type", "patients", expected="integer"),
            "patients 应为整数。",
            "patients must be a whole number.",
        ),
        (Refused("unknown_field", ""), "没有“”这一项。", 'There is no field "".'),
    ],
)
def test_a_sentence_is_whole_whatever_it_is_about(refused: Refused, zh: str, en: str) -> None:
    assert (explain(refused, ZH.code), explain(refused, EN.code)) == (zh, en)


def test_a_code_without_a_sentence_is_named() -> None:
    for lang in (ZH, HANT, EN):
        assert "unheard_of" in explain(Refused("unheard_of", None, text="x"), lang.code)


def test_what_was_typed_and_the_option_stand_around_the_sentence_where_they_are_wanted() -> None:
    refused = Refused("bad_date", "day", text="24.12.")
    assert explain(refused, EN.code) == "A date is written like 2022-12-24."
    assert explain(refused, EN.code, typed=True) == "“24.12.”: A date is written like 2022-12-24."
    assert explain(refused, ZH.code, typed=True) == "“24.12.”：日期应写成 2022-12-24 这样。"
    named = Refused("unknown_board", "board", text="shili")
    assert explain(named, ZH.code, typed=True) == "没有看板“shili”。"
    assert explain(named, EN.code, option="--board {text}") == "There is no board “shili”. (--board shili)"


def test_what_is_typed_is_not_read_as_a_sentence() -> None:
    assert "{site}" in explain(Refused("unknown_board", None, text="{site}", site="x"), ZH.code)


def test_the_place_in_a_file_is_named_by_the_files_own_words() -> None:
    fault = Fault(3, "phone", "phone_unreadable", {"text": "x"}, "联系电话")
    assert [place_of(fault, lang.code) for lang in (ZH, EN)] == ["第3行「联系电话」：", "Row 3, 联系电话:"]
    assert place_of(Fault(3, "name", "name_missing"), EN.code) == "Row 3, name:"
    assert place_of(Fault(3, "", "surplus_cells"), ZH.code) == "第3行："
    assert place_of(Fault(0, "", "crs_assumed"), ZH.code) == ""
