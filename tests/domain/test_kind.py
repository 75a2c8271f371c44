import pytest

from trafficlight.domain import kind
from trafficlight.domain.errors import Refused


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("发热门诊", "fever_clinic"),
        (" 发热 门诊 ", "fever_clinic"),
        ("发热\u3000门诊", "fever_clinic"),
        ("fever_clinic", "fever_clinic"),
        ("Fever clinic", "fever_clinic"),
        ("哨点诊室", "sentinel_room"),
        ("发热诊室", "sentinel_room"),
        ("发热哨点", "sentinel_room"),
        ("卫生院", "township_centre"),
        ("中心卫生院", "township_centre"),
        ("乡镇卫生院", "township_centre"),
        ("卫生室", "village_clinic"),
        ("村卫生室", "village_clinic"),
        ("村医", "village_clinic"),
        ("村卫生站", "village_clinic"),
        ("村卫生所", "village_clinic"),
        ("一体化村卫生室", "village_clinic"),
        ("诊所", "clinic"),
        ("个体诊所", "clinic"),
        ("私人诊所", "clinic"),
        ("医务室", "clinic"),
        ("卫生所", "clinic"),
        ("社区卫生服务中心", "community_centre"),
        ("社区卫生服务站", "community_station"),
        ("医院", "hospital"),
        ("定点医院", "hospital"),
        ("综合医院", "hospital"),
        ("县医院", "hospital"),
        ("接种点", "vaccination_point"),
        ("巡诊点", "mobile_stop"),
    ],
)
def test_the_fields_words_are_known(text: str, code: str) -> None:
    assert kind.kind_of(text) == code


@pytest.mark.parametrize(
    ("text", "kept"), [("康养驿站", "康养驿站"), ("  方舱 二号\n", "方舱 二号"), ("", "")]
)
def test_a_countys_own_words_are_kept_as_written(text: str, kept: str) -> None:
    assert kind.kind_of(text) == kept
    assert kind.label(kept) == kept
    assert kind.find(kept) is None


def test_own_words_may_have_forty_characters_and_not_one_more() -> None:
    assert kind.kind_of("驿" * 40) == "驿" * 40
    with pytest.raises(Refused) as refused:
        kind.kind_of("驿" * 41)
    assert (refused.value.code, refused.value.field, refused.value.params) == (
        "too_long",
        "kind",
        {"max": 40},
    )


def test_no_word_stands_for_two_kinds() -> None:
    words = [word for row in kind.KINDS for word in (row.code, row.label.text, *row.aliases)]
    assert len(words) == len(set(words))


def test_every_word_of_the_table_leads_to_its_row() -> None:
    for row in kind.KINDS:
        assert {kind.kind_of(word) for word in (row.code, row.label.text, *row.aliases)} == {row.code}
        assert kind.find(row.code) is row


def test_where_one_doctor_works_the_table_says_so() -> None:
    assert {row.code for row in kind.KINDS if row.one_doctor} == {
        *("village_clinic", "clinic", "community_station")
    }


def test_only_hospitals_are_hospitals() -> None:
    assert {row.code for row in kind.KINDS if row.hospital} == {"hospital"}


def test_a_capacity_is_suggested_only_where_the_field_knows_one() -> None:
    assert {row.code: row.suggested_capacity for row in kind.KINDS if row.suggested_capacity is not None} == {
        "hospital": 120,
        "township_centre": 20,
        "community_station": 20,
        "village_clinic": 20,
        "community_centre": 20,
    }


def test_labels_are_chinese_unless_english_is_asked_for() -> None:
    assert kind.label("village_clinic") == "村卫生室"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("渡头村卫生室", "village_clinic"),
        ("第三卫生室", "village_clinic"),
        ("盐场卫生所", "village_clinic"),
        ("盐场 卫生站", "village_clinic"),
        ("李家庄村医", "village_clinic"),
        ("张三诊所", "clinic"),
        ("县一中医务室", "clinic"),
        ("北关社区卫生服务站", "community_station"),
        ("北关社区卫生服务中心", "community_centre"),
        ("桃源镇中心卫生院", "township_centre"),
        ("县人民医院", "hospital"),
        ("县人民医院（发热门诊）", "fever_clinic"),
        ("传染病医院(救治定点医院)", "hospital"),
        ("桃源镇卫生院（渡头村卫生室）", "village_clinic"),
        ("渡头村卫生室（村委会旁）", "village_clinic"),
        ("桃源镇", None),
        ("医院路18号", None),
        ("诊所旁的方舱", None),
        ("", None),
    ],
)
def test_a_name_tells_the_kind_by_its_ending_or_not_at_all(name: str, code: str | None) -> None:
    assert kind.kind_named(name) == code
