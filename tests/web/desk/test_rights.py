"""Roles × actions × boards: each allowed or refused as written."""

from datetime import UTC, datetime

import pytest

from trafficlight.domain.errors import Refused
from trafficlight.domain.users import User
from trafficlight.web.desk.rights import ACTIONS, OWN, knows, manages, may, owns, require
from trafficlight.web.desk.sections import PAGES, SECTIONS

SINCE = datetime(2022, 12, 24, tzinfo=UTC)
WHO = {
    "nobody": {},
    "viewer here": {"longkou": "viewer"},
    "editor here": {"longkou": "editor"},
    "admin here": {"longkou": "admin"},
    "viewer of all": {"*": "viewer"},
    "editor of all": {"*": "editor"},
    "admin of all": {"*": "admin"},
    "viewer of all, admin here": {"*": "viewer", "longkou": "admin"},
    "a role from the future": {"*": "owner"},
}
V, E, A = {"viewer here", "viewer of all"}, {"editor here", "editor of all"}, {"admin here", "admin of all"}
BOTH = "viewer of all, admin here"
SEES, EDITS, RUNS = V | E | A | {BOTH}, E | A | {BOTH}, A | {BOTH}
ALLOWED_HERE = {
    "board.see": SEES,
    "hint.see": EDITS,
    "report.post": EDITS,
    "light.override": EDITS,
    "notice.post": EDITS,
    "site.edit": EDITS,
    "words.edit": EDITS,
    "link.manage": EDITS,
    "wechat.send": EDITS,
    "rule.set": RUNS,
    "board.settings": RUNS,
    "board.create": {"admin of all"},
    "token.manage": RUNS,
    "installation.set": {"admin of all"},
    "user.manage": RUNS,
}
"""Action → who may do it on longkou."""


def user(who: str) -> User:
    return User(id="u", name="u", roles=WHO[who], since=SINCE)


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("who", sorted(WHO))
def test_a_role_may_on_its_board_what_is_written(who: str, action: str) -> None:
    assert may(user(who), action, "longkou") is (who in ALLOWED_HERE[action])


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("who", sorted(WHO))
def test_a_role_may_on_another_board_only_what_it_may_on_all(who: str, action: str) -> None:
    elsewhere = {
        "viewer of all, admin here": may(user("viewer of all"), action, "longkou"),
        "viewer of all": may(user("viewer of all"), action, "longkou"),
        "editor of all": may(user("editor of all"), action, "longkou"),
        "admin of all": may(user("admin of all"), action, "longkou"),
    }
    assert may(user(who), action, "qixia") is elsewhere.get(who, False)


@pytest.mark.parametrize("who", sorted(WHO))
def test_without_a_board_only_what_is_of_the_installation_is_allowed(who: str) -> None:
    for action, need in ACTIONS.items():
        runs = "admin" in WHO[who].values()
        assert may(user(who), action) is (
            (need.everywhere and who == "admin of all") or (need.anywhere and runs)
        )
    assert may(user(who), OWN)


def test_the_table_of_this_test_is_whole() -> None:
    assert set(ALLOWED_HERE) == set(ACTIONS)


def test_a_board_that_one_may_not_see_is_not_even_there() -> None:
    with pytest.raises(Refused, match="not_found"):
        require(user("admin here"), "board.see", "qixia")
    with pytest.raises(Refused, match="not_allowed"):
        require(user("viewer here"), "rule.set", "longkou")
    require(user("admin here"), "rule.set", "longkou")


def test_every_page_asks_for_an_action_that_is_decided() -> None:
    for page in PAGES:
        assert {page.see, page.act or page.see} <= {*ACTIONS, OWN}, page.path
        assert page.show or page.save
    for room in SECTIONS:
        assert room.see in {*ACTIONS, OWN}
        assert not room.pages or room.home in {page.path for page in room.pages}


def test_a_page_of_a_board_names_it_in_its_path_and_no_other_page_asks_for_rights_on_one() -> None:
    for page in PAGES:
        for action in {page.see, page.act or page.see} - {OWN}:
            assert ACTIONS[action].everywhere or ACTIONS[action].anywhere or "{board}" in page.path, page.path


# --- users of a board ---------------------------------------------------------------------------------------

OTHERS = {
    **{f"{role} here": {"longkou": role} for role in ("viewer", "editor", "admin")},
    "viewer elsewhere": {"qixia": "viewer"},
    "viewer here, editor elsewhere": {"longkou": "viewer", "qixia": "editor"},
    "viewer of all": {"*": "viewer"},
    "admin of all": {"*": "admin"},
    "viewer of all, admin here": {"*": "viewer", "longkou": "admin"},
}
HERE = {"viewer here", "editor here", "admin here"}
ANYBODY = set(OTHERS)
SEEN_BY = {
    "admin of all": ANYBODY,
    "admin here": ANYBODY - {"viewer elsewhere"},
    "viewer of all, admin here": ANYBODY - {"viewer elsewhere"},
}
"""Who manages users → whom they find on their page; nobody else manages anybody."""
OWNED_BY = {"admin of all": ANYBODY, "admin here": HERE, "viewer of all, admin here": HERE}
"""The same → whose password, sessions and account they may touch."""


@pytest.mark.parametrize("other", sorted(OTHERS))
@pytest.mark.parametrize("who", sorted(WHO))
def test_who_manages_a_board_manages_those_who_have_rights_there_and_nowhere_else(
    who: str, other: str
) -> None:
    them = User(id="other", name="other", roles=OTHERS[other], since=SINCE)
    assert knows(user(who), them) is (other in SEEN_BY.get(who, set()))
    assert owns(user(who), them) is (other in OWNED_BY.get(who, set()))


@pytest.mark.parametrize("who", sorted(WHO))
def test_rights_are_given_on_boards_that_one_manages_and_on_all_only_by_who_manages_all(who: str) -> None:
    assert manages(user(who), "longkou") is (who in RUNS)
    assert manages(user(who), "qixia") is (who == "admin of all")
    assert manages(user(who), "*") is (who == "admin of all")
