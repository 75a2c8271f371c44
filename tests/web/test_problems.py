"""Every refusal has a status, which stands in one place."""

import re
from pathlib import Path

import trafficlight
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, ZH
from trafficlight.text.sentences import SENTENCES
from trafficlight.web.problems import STATUS, as_problem

HOME = Path(trafficlight.__file__).parent


def test_a_status_is_of_a_code_that_has_a_sentence() -> None:
    assert set(STATUS) - set(SENTENCES) == set()
    assert all(400 <= status < 600 for status in STATUS.values())


def test_the_docs_give_each_code_its_status() -> None:
    docs = (HOME.parent / "docs" / "api.md").read_text()
    told = {
        code: int(status)
        for status, codes in re.findall(r"^\| (\d{3}) \| (`.*?`) \|", docs, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", codes)
    }
    assert told == {code: STATUS[code] for code in told}
    assert set(STATUS.values()) - {410, 422, 500} == set(told.values())


def test_a_program_is_told_what_to_send_otherwise() -> None:
    asked = Refused("needs_confirmation", "patients", usual=40, capacity=50, patients=400)
    assert as_problem(asked, EN.code)["detail"].endswith(" (confirm: true)")


def test_a_parameter_never_replaces_a_member_of_ours() -> None:
    told = as_problem(Refused("rule_invalid", "rule", detail="x", type="y", status=1, more=2), EN.code)
    assert told["detail"] == "The rule is wrong: x."
    assert (told["type"], told["status"], told["more"]) == ("about:blank", 422, 2)


def test_a_code_without_a_row_is_still_an_answer() -> None:
    assert as_problem(Refused("unheard_of"), ZH.code)["status"] == 422
