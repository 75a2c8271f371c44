"""The kinds of site of the field, as one table; and whom a site serves, as its list says it.

A county may use words of its own: they are stored and shown as written, and nothing is guessed from them.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.sentence import Sentence

LONGEST_KIND: Final = 40
"""Characters of a county's own word for a kind: it must fit on one line of an old phone's screen."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of site.

    `one_doctor`: usually one doctor works there, so the public reads that the site is closed, never that
    staff are infected: it would name a person's illness. `hospital`: serves severe cases too, and has words
    of its own. `fever_only`: its number is of fever patients alone, see `counted`. `suggested_capacity`
    (patients a day) is proposed to the desk, never used unasked.
    """

    code: str
    label: Sentence
    aliases: tuple[str, ...] = ()
    one_doctor: bool = False
    hospital: bool = False
    fever_only: bool = False
    suggested_capacity: int | None = None


KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        code="fever_clinic",
        label=Sentence("发热门诊"),
        aliases=("Fever clinic", "发烧门诊", "发热门诊部"),
        fever_only=True,
    ),
    Kind(
        code="sentinel_room",
        label=Sentence("哨点诊室"),
        aliases=("Sentinel room", "发热诊室", "发热哨点", "发热哨点诊室", "哨点", "基层发热诊室"),
        fever_only=True,
    ),
    Kind(
        code="township_centre",
        label=Sentence("乡镇卫生院"),
        aliases=(
            "Township health centre",
            "卫生院",
            "中心卫生院",
            "镇卫生院",
            "乡卫生院",
            "乡镇中心卫生院",
            "镇中心卫生院",
        ),
        suggested_capacity=20,
    ),
    Kind(
        code="village_clinic",
        label=Sentence("村卫生室"),
        aliases=(
            "Village clinic",
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
        label=Sentence("诊所"),
        aliases=("Clinic", "个体诊所", "私人诊所", "医务室", "卫生所"),
        one_doctor=True,
    ),
    Kind(
        code="community_centre",
        label=Sentence("社区卫生服务中心"),
        aliases=("Community health centre", "社区卫生中心", "社区服务中心", "卫生服务中心"),
        suggested_capacity=20,
    ),
    Kind(
        code="community_station",
        label=Sentence("社区卫生服务站"),
        aliases=("Community health station", "社区卫生站", "社区服务站", "卫生服务站"),
        one_doctor=True,
        suggested_capacity=20,
    ),
    Kind(
        code="hospital",
        label=Sentence("医院"),
        aliases=(
            "Hospital",
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
        fever_only=True,
        suggested_capacity=120,
    ),
    Kind(
        code="vaccination_point",
        label=Sentence("接种点"),
        aliases=("Vaccination point", "疫苗接种点", "预防接种点", "接种门诊", "预防接种门诊"),
    ),
    Kind(
        code="mobile_stop",
        label=Sentence("巡诊点"),
        aliases=("Mobile clinic stop", "流动巡诊点", "巡诊车", "巡回医疗点"),
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
"""Endings of names from which the kind surely follows; of two that fit, the first one counts."""
_REMARK: Final = re.compile(r"(.*)\((.*)\)")


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


_BY_CODE: Final = {kind.code: kind for kind in KINDS}
_CODE_OF: Final = {
    _plain(word): kind.code for kind in KINDS for word in (kind.code, kind.label.text, *kind.aliases)
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


def label(kind: str) -> str:
    """What people read for a kind, in Chinese: the table's words, or the county's own as they are."""
    known = _BY_CODE.get(kind)
    return known.label.text if known else kind


COUNTED: Final = Sentence("今天到现在登记的病人，含候诊的；发热门诊、哨点诊室和医院只数发热病人")
"""What the number of a day is, where sites of several kinds are told of together."""
_FEVER_PATIENTS: Final = Sentence("今天到现在登记的发热病人，含候诊的")
_ALL_PATIENTS: Final = Sentence("今天到现在登记的病人，含候诊的")


def counted(kind: str) -> Sentence:
    """What the number of a day is at a site of the kind: the one definition, for all who write or read it.

    A running total of those registered. Of a county's own kind nothing is guessed: all patients.
    """
    known = _BY_CODE.get(kind)
    return _FEVER_PATIENTS if known is not None and known.fever_only else _ALL_PATIENTS


# --- whom a site serves -------------------------------------------------------------------------------------


ADULT_FROM: Final = 18
"""Years of age from which somebody is an adult."""
CHILD_UNTIL: Final = 14
"""Years: up to here children's departments see children; between the two, lists differ."""

_OLDEST: Final = 200  # years

_ALL: Final = re.compile(
    r"全(?:部|体|年龄段?|人群)|所有(?:人群?|患者|年龄段?)?|不限(?:年龄)?|各年龄段?|各类人群|老少皆可"
)
_BETWEEN: Final = re.compile(r"(\d{1,2})(?:周?岁)?[-~至到](\d{1,2})周?岁")
_FROM: Final = re.compile(r"(?:年?满)?(\d{1,2})周?岁(?:\(?[含及]\)?)?(?:以上|及以上|起)|[≥>]=?(\d{1,2})周?岁")
_UNTIL: Final = re.compile(r"(\d{1,2})周?岁(?:\(?[含及]\)?)?(?:以下|及以下|以内)|[≤<]=?(\d{1,2})周?岁")
_CHILD: Final = re.compile(r"婴幼儿|新生儿|婴儿|幼儿|儿童|小儿|患儿|儿科|孩子|children|child|kids")
_ADULT: Final = re.compile(r"成年人?|成人|大人|老年人?|老人|adults?")
_NOT: Final = re.compile(r"不|未|无|非|除|暂停|谢绝|\bno\b|\bnot\b|except")
_ONLY: Final = re.compile(r"仅限?|只(?:收治|接诊|看)?|only")
_FILLER: Final = re.compile(
    r"[\s,、;/()及和与或的]|发热|患者|病人|人群|人员|门诊|接诊|收治|服务|就诊|居民|and|patients"
)


class Ages(msgspec.Struct, frozen=True):
    """Whether adults and whether children are served; None: not known."""

    adult: bool | None = None
    child: bool | None = None


@lru_cache(maxsize=4096)
def ages(text: str) -> Ages:
    """Who is served by a text such as 成人, 儿童, 14岁以上, 6岁以下儿童.

    Who is named is served. Who is not named is not served, if every word of the text was understood; else
    that is not known. Of a text with a refusal in it (儿童除外) nothing is known.
    """
    plain = _ONLY.sub("", unicodedata.normalize("NFKC", text).casefold())
    rest, everybody = _ALL.subn("", plain)
    if _NOT.search(rest):
        return Ages()
    if everybody:
        return Ages(adult=True, child=True)
    spans, rest = _spans(rest)
    rest, children = _CHILD.subn("", rest)
    rest, adults = _ADULT.subn("", rest)
    adult = bool(adults) or any(last > ADULT_FROM for _, last in spans)
    child = bool(children) or any(first < CHILD_UNTIL for first, _ in spans)
    if not adult and not child:
        return Ages()
    unnamed = None if _FILLER.sub("", rest) else False
    return Ages(adult=adult or unnamed, child=child or unnamed)


def _spans(text: str) -> tuple[list[tuple[int, int]], str]:
    """The ages from and up to which somebody is served, and the text without them."""
    spans = [(int(first), int(last)) for first, last in _BETWEEN.findall(text)]
    text = _BETWEEN.sub("", text)
    spans += [(int(word or sign), _OLDEST) for word, sign in _FROM.findall(text)]
    text = _FROM.sub("", text)
    spans += [(0, int(word or sign)) for word, sign in _UNTIL.findall(text)]
    return spans, _UNTIL.sub("", text)
