"""The kinds of site of the field, as one table.

A county may use words of its own: they are kept and shown as written, and nothing is guessed of them.
"""

import re
import unicodedata
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused

LONGEST_KIND: Final = 40
"""Characters of a county's own word for a kind: it must fit on one line of an old phone's screen."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of site.

    `one_doctor`: usually one doctor works there, so the public is told that the site is closed, never that
    staff are infected: it would name a person's illness. `hospital`: serves severe cases too, and has words
    of its own. `suggested_capacity` (patients a day) is proposed to the desk, never used unasked.
    """

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    one_doctor: bool = False
    hospital: bool = False
    suggested_capacity: int | None = None


KINDS: Final[tuple[Kind, ...]] = (
    Kind(code="fever_clinic", zh="发热门诊", en="Fever clinic", aliases=("发烧门诊", "发热门诊部")),
    Kind(
        code="sentinel_room",
        zh="哨点诊室",
        en="Sentinel room",
        aliases=("发热诊室", "发热哨点", "发热哨点诊室", "哨点", "基层发热诊室"),
    ),
    Kind(
        code="township_centre",
        zh="乡镇卫生院",
        en="Township health centre",
        aliases=("卫生院", "中心卫生院", "镇卫生院", "乡卫生院", "乡镇中心卫生院", "镇中心卫生院"),
        suggested_capacity=20,
    ),
    Kind(
        code="village_clinic",
        zh="村卫生室",
        en="Village clinic",
        aliases=(
            "卫生室",
            "卫生站",
            "村卫生所",
            "村卫生站",
            "村医",
            "村医务室",
            "村级卫生室",
            "一体化村卫生室",
            "一体化卫生室",
        ),
        one_doctor=True,
        suggested_capacity=20,
    ),
    Kind(
        code="clinic",
        zh="诊所",
        en="Clinic",
        aliases=("个体诊所", "私人诊所", "医务室", "卫生所"),
        one_doctor=True,
    ),
    Kind(
        code="community_centre",
        zh="社区卫生服务中心",
        en="Community health centre",
        aliases=("社区卫生中心", "社区服务中心", "卫生服务中心"),
        suggested_capacity=20,
    ),
    Kind(
        code="community_station",
        zh="社区卫生服务站",
        en="Community health station",
        aliases=("社区卫生站", "社区服务站", "卫生服务站"),
        one_doctor=True,
        suggested_capacity=20,
    ),
    Kind(
        code="hospital",
        zh="医院",
        en="Hospital",
        aliases=(
            "定点医院",
            "救治定点医院",
            "综合医院",
            "专科医院",
            "县医院",
            "市医院",
            "区医院",
            "人民医院",
            "县人民医院",
            "市人民医院",
            "区人民医院",
            "中医院",
            "县中医院",
            "市中医院",
            "中心医院",
            "二级医院",
            "三级医院",
        ),
        hospital=True,
        suggested_capacity=120,
    ),
    Kind(
        code="vaccination_point",
        zh="接种点",
        en="Vaccination point",
        aliases=("疫苗接种点", "预防接种点", "接种门诊", "预防接种门诊"),
    ),
    Kind(
        code="mobile_stop",
        zh="巡诊点",
        en="Mobile clinic stop",
        aliases=("流动巡诊点", "巡诊车", "巡回医疗点"),
    ),
)

_NAMED: Final = (
    ("卫生服务站", "community_station"),
    ("社区卫生站", "community_station"),
    ("卫生服务中心", "community_centre"),
    ("村医务室", "village_clinic"),
    ("卫生室", "village_clinic"),
    ("卫生所", "village_clinic"),
    ("卫生站", "village_clinic"),
    ("村医", "village_clinic"),
    ("诊所", "clinic"),
    ("医务室", "clinic"),
    ("卫生院", "township_centre"),
    ("医院", "hospital"),
    ("发热门诊", "fever_clinic"),
)
"""How names end, and the kind that this surely says; of two that fit, the first holds."""
_REMARK: Final = re.compile(r"(.*)\((.*)\)")


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


_BY_CODE: Final = {kind.code: kind for kind in KINDS}
_CODE_OF: Final = {
    _plain(word): kind.code for kind in KINDS for word in (kind.code, kind.zh, kind.en, *kind.aliases)
}


def kind_of(text: str) -> str:
    """The code that a code, a label or an alias stands for, else the county's own words, stripped.

    Spaces and the case of Latin letters do not matter for what is known. Own words of more than 40 characters
    are refused with `too_long`.
    """
    own = text.strip()
    known = _CODE_OF.get(_plain(own))
    if known is not None:
        return known
    if len(own) > LONGEST_KIND:
        raise Refused("too_long", "kind", max=LONGEST_KIND)
    return own


def kind_named(name: str) -> str | None:
    """The code of the kind that a site's name surely tells by its ending; `None` where it does not.

    A remark in brackets at the end is nearer to the site than what stands before it: a township's hospital
    may keep a village's clinic.
    """
    plain = _plain(unicodedata.normalize("NFKC", name))
    remark = _REMARK.fullmatch(plain)
    for part in (remark[2], remark[1]) if remark else (plain,):
        for ending, code in _NAMED:
            if part.endswith(ending):
                return code
    return None


def find(code: str) -> Kind | None:
    """The kind with exactly this code, or `None`: a county's own kind has no row."""
    return _BY_CODE.get(code)


def label(kind: str, lang: str = "zh") -> str:
    """What people read for a kind: the table's words, or the county's own as they are.

    English for `en`, Chinese for every other language: the table holds these two.
    """
    known = _BY_CODE.get(kind)
    if known is None:
        return kind
    return known.en if lang == "en" else known.zh
