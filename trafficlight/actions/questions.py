"""What is asked about a list before it goes in: contradictions, of which no single cell decides.

A question has both sides in its sentence and a few answers. It is answered by its key (`rename:12`), or with
all of its sort by that (`rename`).
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec

from trafficlight.text.languages import N_

RENAME: Final = "rename"
OTHER_SITE: Final = "other-site"
OTHER_BOARD: Final = "other-board"
MERGED: Final = "merged"
REPEATED_ID: Final = "repeated-id"
WHICH: Final = "which"
SAME_TEAM: Final = "same-team"
SAME_AREA: Final = "same-area"
WHICH_COUNT: Final = "which-count"
WHICH_RENAMED: Final = "which-renamed"
SAME_NAME: Final = "same-name"
SAME_PLACE: Final = "same-place"
TOWN: Final = "town"
SHEETS: Final = "sheets"
MISSING: Final = "missing"
NO_PHONE: Final = "no-phone"
FEWER: Final = "fewer"
AREA: Final = "area"

STOP: Final = "stop"
"""The answer by which nothing is imported; each question of the list as a whole has it."""
SKIP: Final = "skip"
"""The answer by which the row stays out."""

ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    RENAME: {"same": N_("是同一家，改名了"), "new": N_("是另一家，新增")},
    OTHER_SITE: {
        "name": N_("是名称所说的那一家，编号不对"),
        "id": N_("是编号所说的那一家，其他都改了"),
        "new": N_("是另一家，新增"),
    },
    OTHER_BOARD: {"move": N_("从那个看板移过来"), "new": N_("是另一家，新增"), SKIP: N_("不导入这一行")},
    MERGED: {SKIP: N_("还是一家，不导入这一行"), "new": N_("又分开了，新增")},
    REPEATED_ID: {
        "first": N_("前面那一行是对的，不导入这一行"),
        "last": N_("这一行是对的，不导入前面那一行"),
        "new": N_("是另一家，新增"),
    },
    WHICH: {"new": N_("都不是，新增"), SKIP: N_("不导入这一行")},
    WHICH_RENAMED: {"new": N_("都不是，新增"), SKIP: N_("不导入这一行")},
    WHICH_COUNT: {SKIP: N_("都不报")},
    SAME_TEAM: {
        "join": N_("是一个团队，合在一起"),
        "both": N_("是两个团队"),
        SKIP: N_("不导入这一行"),
    },
    SAME_AREA: {"both": N_("是两个团队"), SKIP: N_("不导入这一行")},
    SAME_NAME: {"both": N_("是两家，都导入"), SKIP: N_("是一家，不导入这一行")},
    SAME_PLACE: {"both": N_("是两家，都导入"), SKIP: N_("是一家，不导入这一行")},
    TOWN: {"column": N_("乡镇一列是对的"), "name": N_("名称里的乡镇是对的")},
    SHEETS: {"all": N_("都要，后一张是补充"), STOP: N_("不导入，去改文件")},
    MISSING: {"part": N_("这是一部分，其余保持现状"), STOP: N_("不导入，去核对文件")},
    AREA: {"add": N_("补上0"), "leave": N_("照原样")},
    FEWER: {"go": N_("名单就是这样，移出它们"), STOP: N_("不导入，去核对文件")},
    NO_PHONE: {"go": N_("没有电话，照样导入"), STOP: N_("不导入，去改文件")},
}
"""By the sort of question: its answers, with what people read. `SHEETS` has the sheets' names too, the two
`WHICH` the sites that a row may be, `WHICH_COUNT` the rows."""

SENTENCE_OF: Final[Mapping[str, str]] = {
    RENAME: "rename_asked",
    OTHER_SITE: "other_site_asked",
    OTHER_BOARD: "belongs_to_board",
    MERGED: "merged_asked",
    REPEATED_ID: "repeated_id_asked",
    WHICH: "which_asked",
    WHICH_RENAMED: "which_renamed_asked",
    WHICH_COUNT: "which_count_asked",
    SAME_TEAM: "same_team_asked",
    SAME_AREA: "same_area_asked",
    SAME_NAME: "same_name_asked",
    SAME_PLACE: "same_place_asked",
    TOWN: "town_asked",
    SHEETS: "sheets_asked",
    MISSING: "missing_asked",
    NO_PHONE: "no_phone_asked",
    FEWER: "fewer_teams_asked",
    AREA: "area_asked",
}


class ListQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One contradiction and what may be said of it. Line 0: the list as a whole."""

    asks: str
    """Its sort, of `ANSWERS`."""
    line: int = 0
    sheet: str = ""
    params: Mapping[str, Any] = {}
    choices: Mapping[str, str]
    """Answer → what people read."""
    answer: str = ""
    """What was said; empty while it is open."""

    @property
    def key(self) -> str:
        """By which it is answered."""
        return ":".join(part for part in (self.asks, self.sheet, str(self.line or "")) if part)

    @property
    def code(self) -> str:
        """Of its sentence."""
        return SENTENCE_OF[self.asks]

    @property
    def field(self) -> str:
        """A question is about a row as a whole."""
        return ""


def asked(
    asks: str,
    answers: Mapping[str, str],
    place: tuple[int, str] = (0, ""),
    *,
    only: tuple[str, ...] = (),
    more: Mapping[str, str] | None = None,
    **params: Any,
) -> ListQuestion:
    """The question, with the answer that `answers` has for it. `place`: the row and its sheet.

    `only`: of its answers these alone; `more`: others before them.
    """
    choices = dict(more or {}) | {
        answer: text for answer, text in ANSWERS[asks].items() if not only or answer in only
    }
    question = ListQuestion(asks=asks, line=place[0], sheet=place[1], params=params, choices=choices)
    given = answers.get(question.key) or answers.get(asks) or ""
    return msgspec.structs.replace(question, answer=given if given in choices else "")


class Ask(Protocol):
    """Asks of a row; the answer, or empty where there is none yet. `only`, `more` as in `asked`."""

    def __call__(self, asks: str, draft: Any, **params: Any) -> str: ...
