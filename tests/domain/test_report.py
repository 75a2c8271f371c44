"""A report at the door: parsed once, then held against what is known of the site."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.story import Story, day
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported
from trafficlight.domain.report import NewReport, accept, parse_report
from trafficlight.domain.tally import usual_volume

FIELDS = {
    "patients",
    "staff_infected",
    "paused",
    "capacity_today",
    "remaining_today",
    "expected_reopen",
    "service_day",
    "note",
    "phone_busy",
    "counted_at",
    "confirm",
}


def refused_at_once(raw: object) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        parse_report(raw)
    return refused.value.code, refused.value.field


@pytest.mark.parametrize(
    ("raw", "report"),
    [
        ({"patients": 0}, NewReport(patients=0)),
        ({"patients": 9999}, NewReport(patients=9999)),
        ({"staff_infected": False}, NewReport(staff_infected=False)),
        ({"capacity_today": 0}, NewReport(capacity_today=0)),
        ({"paused": "power"}, NewReport(paused="power")),
        ({"paused": None}, NewReport(paused="")),
        ({"paused": None, "staff_infected": False}, NewReport(paused="", staff_infected=False)),
        ({"remaining_today": 5}, NewReport(remaining_today=5)),
        ({"capacity_today": None}, NewReport(cleared=("capacity_today",))),
        ({"patients": 3, "note": None}, NewReport(patients=3, cleared=("note",))),
        (
            {"paused": "moved", "expected_reopen": "2022-12-28"},
            NewReport(paused="moved", expected_reopen=date(2022, 12, 28)),
        ),
        (
            {"expected_reopen": None, "staff_infected": True},
            NewReport(staff_infected=True, cleared=("expected_reopen",)),
        ),
        (
            {"staff_infected": True, "expected_reopen": "2022-12-28", "note": " 请走  东门 "},
            NewReport(staff_infected=True, expected_reopen=date(2022, 12, 28), note="请走 东门"),
        ),
        (
            {"patients": 3, "service_day": "2022-12-23", "phone_busy": True, "confirm": True},
            NewReport(patients=3, service_day=date(2022, 12, 23), phone_busy=True, confirm=True),
        ),
        (MappingProxyType({"patients": 3}), NewReport(patients=3)),
    ],
)
def test_a_report_is_what_it_says(raw: Mapping[str, object], report: NewReport) -> None:
    assert parse_report(raw) == report


@pytest.mark.parametrize("raw", [None, [], [("patients", 3)], "patients", 3, True, b"{}"])
def test_only_an_object_is_a_report(raw: object) -> None:
    assert refused_at_once(raw) == ("wrong_type", None)


@pytest.mark.parametrize("field", ["patients", "service_day", "remaining_today", "counted_at"])
def test_what_is_no_state_cannot_be_taken_away_by_null(field: str) -> None:
    assert refused_at_once({"capacity_today": 3, field: None}) == ("wrong_type", field)


@pytest.mark.parametrize("field", ["patients", "capacity_today", "remaining_today"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "wrong_type"),
        (False, "wrong_type"),
        ("12", "wrong_type"),
        ("", "wrong_type"),
        (12.0, "wrong_type"),
        (1e3, "wrong_type"),
        (float("nan"), "wrong_type"),
        (float("inf"), "wrong_type"),
        ([12], "wrong_type"),
        ({}, "wrong_type"),
        (-1, "out_of_range"),
        (10_000, "out_of_range"),
        (10**400, "out_of_range"),
    ],
)
def test_a_count_is_a_whole_number_from_0_to_9999(field: str, value: object, code: str) -> None:
    assert refused_at_once({field: value}) == (code, field)


@pytest.mark.parametrize("field", ["staff_infected", "phone_busy", "confirm"])
@pytest.mark.parametrize("value", [0, 1, "true", None, [], 1.0])
def test_a_flag_is_true_or_false(field: str, value: object) -> None:
    assert refused_at_once({"patients": 3, field: value}) == ("wrong_type", field)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "wrong_type"),
        (1, "wrong_type"),
        ("", "not_listed"),
        ("Power", "not_listed"),
        ("停电", "not_listed"),
    ],
)
def test_what_a_site_is_closed_for_is_one_of_a_list(value: object, code: str) -> None:
    assert refused_at_once({"paused": value}) == (code, "paused")


def test_it_is_closed_for_one_thing() -> None:
    assert refused_at_once({"staff_infected": True, "paused": "power"}) == ("closed_twice", "paused")
    day = "2022-12-28"
    for raw in ({"paused": None}, {"staff_infected": False}, {"patients": 3}):
        code = refused_at_once({**raw, "expected_reopen": day})
        assert code == ("reopen_without_closure", "expected_reopen")


@pytest.mark.parametrize("field", ["service_day", "expected_reopen"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (20221224, "wrong_type"),
        (date(2022, 12, 24), "wrong_type"),
        ("", "bad_date"),
        ("2022-12-32", "bad_date"),
        ("2022-99-99", "bad_date"),
        ("20221224", "bad_date"),
        ("2022-W51-6", "bad_date"),
        ("2022-12-24T00:00", "bad_date"),
        (" 2022-12-24", "bad_date"),
        ("２０２２-12-24", "bad_date"),
        ("今天", "bad_date"),
    ],
)
def test_a_day_is_written_in_one_way(field: str, value: object, code: str) -> None:
    assert refused_at_once({"staff_infected": True, field: value}) == (code, field)


@pytest.mark.parametrize(
    "raw", [{}, {"note": "x"}, {"phone_busy": True}, {"confirm": True}, {"service_day": "2022-12-24"}]
)
def test_nothing_is_not_a_report(raw: dict[str, object]) -> None:
    assert refused_at_once(raw) == ("nothing_reported", "patients")


@pytest.mark.parametrize("name", ["patient", "Patients", "name", "", "diagnosis", "x" * 500])
def test_unknown_fields_are_refused(name: str) -> None:
    code, field = refused_at_once({"patients": 3, name: 1})
    assert (code, field) == ("unknown_field", name[:60])


@pytest.mark.parametrize("closed", [None, False])
def test_a_day_of_reopening_goes_with_a_closure(closed: bool | None) -> None:
    raw = {"patients": 3, "expected_reopen": "2022-12-28"} | (
        {} if closed is None else {"staff_infected": closed}
    )
    assert refused_at_once(raw) == ("reopen_without_closure", "expected_reopen")


@pytest.mark.parametrize("note", ["请打13812345678", "王某 37068119900101123X", "1 3 8 1 2 3 4 5 6 7 8"])
def test_what_names_a_person_is_refused_and_not_repeated(note: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_report({"patients": 3, "note": note})
    assert (refused.value.code, refused.value.field, refused.value.params) == ("personal_data", "note", {})


def test_a_refusal_repeats_nothing_of_what_was_typed() -> None:
    with pytest.raises(Refused) as refused:
        parse_report({"patients": 3, "service_day": "37068119900101123X"})
    assert refused.value.params == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    )
    | st.dictionaries(st.sampled_from(sorted(FIELDS)), st.none() | st.booleans() | st.integers() | st.text())
)
def test_whatever_is_sent_is_a_report_or_refused(raw: object) -> None:
    report = None
    with suppress(Refused):
        report = parse_report(raw)
    if report is not None:
        assert isinstance(raw, Mapping)
        assert set(raw) <= FIELDS
        assert report != NewReport()


def test_a_report_keeps_no_more_than_its_fields() -> None:
    assert {field.name for field in msgspec.structs.fields(Reported)} == (
        FIELDS - {"confirm", "remaining_today"}
    ) | {
        "by",
        "id",
        "site",
        "cleared",
        "confirmed",
    }


# --- held against the site ----------------------------------------------------------------------------------


def taken(story: Story, at: str, **said: Any) -> Reported:
    return accept(
        story.fold, story.state(), NewReport(**said), story.wall(at), report_id="r" * 24, by="token:t"
    )


def refused(story: Story, at: str, **said: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        taken(story, at, **said)
    return refused.value


def test_a_report_is_about_today_unless_it_names_a_day() -> None:
    story = Story()
    assert taken(story, "23 23:59:59.999999", patients=3).service_day == day("23")
    assert taken(story, "24 00:00", patients=3).service_day == day("24")
    assert taken(story, "24 00:00", patients=3, service_day=day("20")).service_day == day("20")


def test_what_is_taken_is_what_was_said() -> None:
    said: dict[str, Any] = {
        "patients": 3,
        "staff_infected": True,
        "capacity_today": 20,
        "expected_reopen": day("28"),
        "note": "请走东门",
        "phone_busy": True,
    }
    assert taken(Story(), "24 08:10", **said, confirm=True) == Reported(
        by="token:t", id="r" * 24, site="a", service_day=day("24"), confirmed=True, **said
    )


@pytest.mark.parametrize(
    ("about", "code"), [("25", "future_day"), ("16", "too_old_day"), ("24", ""), ("17", "")]
)
def test_seven_days_back_and_no_day_ahead(about: str, code: str) -> None:
    if not code:
        assert taken(Story(), "24 08:10", patients=3, service_day=day(about)).service_day == day(about)
        return
    found = refused(Story(), "24 08:10", patients=3, service_day=day(about))
    assert (found.code, found.field, found.params["today"]) == (code, "service_day", day("24"))


@pytest.mark.parametrize(
    ("reopen", "fits"), [("24", False), ("25", True), ("2023-06-22", True), ("2023-06-23", False)]
)
def test_a_clinic_reopens_tomorrow_at_the_earliest_and_within_180_days(reopen: str, fits: bool) -> None:
    said = {"staff_infected": True, "expected_reopen": day(reopen)}
    if fits:
        assert taken(Story(), "24 08:10", **said).expected_reopen == day(reopen)
    else:
        assert refused(Story(), "24 08:10", **said).code == "reopen_out_of_range"


def with_usual(*counts: int, **site: Any) -> Story:
    """Each number is of a whole day: it was told as the site closed."""
    story = Story(site={"hours": "8:00-17:00", **site})
    for number, patients in enumerate(counts, 1):
        story.report(f"{number:02} 17:00", patients)
    return story


@pytest.mark.parametrize(
    ("usual", "patients", "asked"),
    [
        pytest.param(20, 100, False, id="five-times-exactly"),
        pytest.param(20, 101, True, id="over-five-times"),
        pytest.param(5, 26, False, id="over-five-times-but-21-above"),
        pytest.param(5, 34, False, id="29-above"),
        pytest.param(5, 35, True, id="30-above-exactly"),
        pytest.param(0, 29, False, id="usually-none-29"),
        pytest.param(0, 30, True, id="usually-none-30"),
    ],
)
def test_over_five_times_the_usual_and_thirty_above_is_asked_back(
    usual: int, patients: int, asked: bool
) -> None:
    story = with_usual(usual, usual, usual)
    if not asked:
        assert taken(story, "04 08:10", patients=patients).patients == patients
        return
    found = refused(story, "04 08:10", patients=patients)
    assert (found.code, found.field) == ("needs_confirmation", "patients")
    assert found.params == {"patients": patients, "usual": usual, "capacity": 50, "day": day("04")}


@pytest.mark.parametrize(
    ("site", "said", "patients", "asked"),
    [
        pytest.param({}, {}, 150, False, id="three-times-50"),
        pytest.param({}, {}, 151, True, id="over-three-times-50"),
        pytest.param({"capacity": 10}, {}, 39, False, id="29-above-10"),
        pytest.param({"capacity": 10}, {}, 40, True, id="30-above-10"),
        pytest.param({"capacity": 10}, {"capacity_today": 100}, 40, True, id="declared-not-todays"),
    ],
)
def test_without_a_usual_volume_three_times_the_capacity_is_the_measure(
    site: dict[str, int], said: dict[str, int], patients: int, asked: bool
) -> None:
    story = Story(site=site)
    if asked:
        assert refused(story, "24 08:10", patients=patients, **said).params["usual"] is None
    else:
        assert taken(story, "24 08:10", patients=patients, **said).patients == patients


def test_who_confirms_is_taken_and_the_fact_says_so() -> None:
    assert taken(with_usual(5, 5), "04 08:10", patients=900, confirm=True).confirmed
    assert not taken(with_usual(5, 5), "04 08:10", patients=5).confirmed


# --- usual volume -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "usual"),
    [((), None), ((7,), 7.0), ((7, 10), 8.5), ((1, 100, 7), 7.0), ((0, 0, 9), 0.0)],
)
def test_the_usual_volume_is_the_median_of_the_days_before(
    counts: tuple[int, ...], usual: float | None
) -> None:
    story = with_usual(*counts)
    assert usual_volume(story.state(), day(f"{len(counts) + 1:02}")) == usual


def test_only_the_last_fourteen_reported_days_count() -> None:
    story = with_usual(*range(1, 21))
    assert usual_volume(story.state(), day("21")) == (13 + 14) / 2
    story.report("21 09:00", 999)
    assert usual_volume(story.state(), day("21")) == (13 + 14) / 2


def test_only_days_within_ninety_count() -> None:
    story = Story()
    story.report("01 09:00", 7)
    assert usual_volume(story.state(), day("2023-03-01")) == 7.0
    assert usual_volume(story.state(), day("2023-03-02")) is None


def test_the_usual_volume_judges_nothing() -> None:
    story = with_usual(*(3,) * 14)
    story.report("15 09:00", 34)
    assert story.seen("15 09:00") == "blue rule"
