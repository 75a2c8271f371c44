"""What the desk keeps: boards, ids, who is near whom."""

from datetime import time
from typing import Any

import pytest

from trafficlight.domain.board import Board, check_board
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import RESERVED, check_site_id, check_slug


@pytest.mark.parametrize("text", ["a", "0", "longkou", "a-b", "a--b", "1-", "x" * 64])
def test_ids_and_slugs_are_small_letters_digits_and_hyphens(text: str) -> None:
    assert check_site_id(text) == text
    assert check_slug(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "-a", "A", "a b", "a/b", "a.b", "..", "龙口", "x" * 65, "a\n", "ａ", "²", None, 7, b"a", ["a"]],
)
def test_anything_else_is_no_id(text: object) -> None:
    with pytest.raises(Refused) as refused:
        check_site_id(text)
    assert (refused.value.code, refused.value.field) == ("bad_id", "id")
    with pytest.raises(Refused) as refused:
        check_slug(text)
    assert (refused.value.code, refused.value.field) == ("bad_slug", "board")


@pytest.mark.parametrize("slug", sorted(RESERVED - {"_"}))
def test_a_board_takes_no_address_of_ours_but_a_site_may(slug: str) -> None:
    with pytest.raises(Refused) as refused:
        check_slug(slug)
    assert refused.value.code == "slug_reserved"
    assert check_site_id(slug) == slug


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"zone": "Mars/Olympus"}, "unknown_zone", "zone"),
        ({"valid_hours": 0}, "out_of_range", "valid_hours"),
        ({"valid_hours": 49}, "out_of_range", "valid_hours"),
    ],
)
def test_a_board_says_what_is_wrong_with_its_days(settings: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        check_board(Board(slug="longkou", name="龙口市", **settings))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_board_may_turn_its_day_at_any_time() -> None:
    check_board(Board(slug="longkou", name="龙口市", cut_off=time(23, 59), report_by=(), valid_hours=48))
