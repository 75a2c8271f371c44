"""Every refusal has a status and a sentence in both languages."""

import re
from datetime import date
from pathlib import Path

import pytest

import trafficlight
from trafficlight.domain.errors import Refused
from trafficlight.web.problem_table import PROBLEMS
from trafficlight.web.problems import as_problem, sentence

HOME = Path(trafficlight.__file__).parent
ASKED_HERE = (
    "domain",
    "web",
    "doors/reporting.py",
    "doors/credentials.py",
    "doors/freshness.py",
    "doors/notices.py",
    "doors/boards.py",
    "doors/addresses.py",
    "doors/announcing.py",
    "doors/ruling.py",
    "doors/users.py",
    "doors/passwords.py",
)
"""Where what comes over HTTP can be refused. What only the command line asks speaks there."""


def raised() -> dict[str, str]:
    """Every code raised in those places, and one file that does."""
    found = {}
    for place in ASKED_HERE:
        path = HOME / place
        for module in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for code in re.findall(r'Refused\(\s*"([a-z_]+)"', module.read_text()):
                found[code] = module.name
    return found


def test_every_code_that_is_raised_has_its_row() -> None:
    missing = {code: module for code, module in raised().items() if code not in PROBLEMS}
    assert missing == {}


def test_every_row_is_of_a_code_that_is_raised() -> None:
    assert set(PROBLEMS) - set(raised()) == set()


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_row_is_a_status_and_two_sentences(code: str) -> None:
    row = PROBLEMS[code]
    assert 400 <= row.status < 600
    assert row.zh.endswith(("。", "？"))
    assert row.en.endswith((".", "?"))
    assert set(re.findall(r"{(\w+)}", row.zh)) == set(re.findall(r"{(\w+)}", row.en)), "both say the same"


def test_the_docs_give_each_code_its_status() -> None:
    docs = (HOME.parent / "docs" / "api.md").read_text()
    told = {
        code: int(status)
        for status, codes in re.findall(r"^\| (\d{3}) \| (`.*?`) \|", docs, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", codes)
    }
    assert told == {code: PROBLEMS[code].status for code in told}
    assert {row.status for row in PROBLEMS.values()} - {410, 422, 500} == set(told.values())


def test_numbers_and_days_are_spoken_in_the_readers_language() -> None:
    refused = Refused("future_day", "service_day", today=date(2022, 12, 24))
    assert sentence(refused, "zh") == "不能填报今天（12月24日）以后的日子。"
    assert sentence(refused, "en") == "A day after today, 2022-12-24, cannot be reported."
    usual = Refused("needs_confirmation", "patients", usual=40.5, capacity=50, patients=400)
    assert sentence(usual, "en").startswith("About 40 is usual. Is 400 right?")
    assert sentence(usual, "zh").startswith("平时约 40 人，确认是 400 人吗？")


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
    assert (sentence(refused, "zh"), sentence(refused, "en")) == (zh, en)


def test_a_parameter_never_replaces_a_member_of_ours() -> None:
    told = as_problem(Refused("rule_invalid", "rule", detail="x", type="y", status=1, more=2), "en")
    assert told["detail"] == "The rule is wrong: x."
    assert (told["type"], told["status"], told["more"]) == ("about:blank", 422, 2)


def test_a_code_without_a_row_is_still_an_answer() -> None:
    assert as_problem(Refused("unheard_of"), "zh")["status"] == 422
