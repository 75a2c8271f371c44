"""Whom a site serves."""

import pytest

from trafficlight.domain.kind import Ages, ages

BOTH, ADULT, CHILD, UNKNOWN = (
    Ages(adult=True, child=True),
    Ages(adult=True, child=False),
    Ages(adult=False, child=True),
    Ages(),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (text, ADULT)
            for text in (
                "成人",
                "仅限成人",
                "成人发热患者",
                "14岁以上",
                "14周岁及以上",
                "18岁以上成人",
                "≥14岁",
            )
        ),
        *((text, ADULT) for text in ("14岁（含）以上", "老年人", "Adults only", "60岁以上老人")),
        *(
            (text, CHILD)
            for text in ("儿童", "小儿", "6岁以下儿童", "14岁以下", "0-14岁儿童", "婴幼儿", "只接诊儿童")
        ),
        *(
            (text, BOTH)
            for text in (
                "成人、儿童",
                "成人及儿童",
                "全人群",
                "不限",
                "所有患者",
                "6岁以上",
                "adults and children",
            )
        ),
        *((text, UNKNOWN) for text in ("", "发热患者", "本村居民", "6个月以上", "孕产妇")),
        *(
            (text, UNKNOWN)
            for text in ("儿童除外", "不接诊儿童", "14岁以下暂不接诊", "全人群（儿童除外）", "非儿童")
        ),
        ("成人及孕产妇", Ages(adult=True)),
        ("儿童、过敏体质", Ages(child=True)),
    ],
)
def test_whom_a_text_names(text: str, expected: Ages) -> None:
    assert ages(text) == expected


def test_between_the_ages_at_which_lists_differ_nobody_is_turned_away() -> None:
    assert ages("16岁以下") == CHILD
    assert ages("16岁以上") == ADULT
    assert ages("3-20岁") == BOTH
