"""A county sets itself up: a draft, settings, rule and words; open only when somebody answers for it."""

import msgspec
import pytest
from lxml import html

from tests.web.conftest import BOARD, World
from tests.web.desk.conftest import Hire, fields, text_of
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.event import BoardPut, RuleSet
from trafficlight.domain.rules import dump_rule

SETTINGS = "/boards/longkou/settings"
RULES = "/boards/longkou/rules"
WORDS = "/boards/longkou/words"


def board(world: World, slug: str = "longkou") -> Board:
    found = world.node.current.boards[slug].board
    assert found is not None
    return found


async def test_a_new_board_is_a_draft_and_opens_only_with_publisher_and_hotline(
    world: World, hire: Hire
) -> None:
    admin = await hire("王芳", {"*": "admin"})
    answer = await admin.send("/boards/new", name="莱州市", slug="laizhou")
    assert answer.status == 303
    assert board(world, "laizhou").state is BoardState.DRAFT
    path = "/boards/laizhou/settings"
    assert (await admin.send(path, 1)).status == 400, "a button says what to do"
    assert (await admin.send(path, 1, act="open")).status == 422
    assert board(world, "laizhou").state is BoardState.DRAFT
    assert (await admin.send(path, 2, publisher="莱州市卫生健康局", hotline="0535-2222120")).status == 303
    assert (await admin.send(path, 1, act="open")).status == 303
    assert board(world, "laizhou").state is BoardState.LIVE
    assert (await admin.send(path, 1, hotline="")).status == 422, "an open board keeps its hotline"
    records = await world.node.ledger.read("laizhou")
    assert {record.event.by for record in records} == {f"user:{admin.user}"}


@pytest.mark.parametrize(
    ("slug", "said"), [("Lai zhou", "小写字母"), ("desk", "系统保留"), ("longkou", "已经有这个代码的看板")]
)
async def test_a_slug_that_will_not_do_is_refused_beside_its_field(slug: str, said: str, hire: Hire) -> None:
    admin = await hire("王芳", {"*": "admin"})
    answer = await admin.send("/boards/new", name="莱州市", slug=slug)
    assert answer.status == 422
    assert said in await answer.text()


async def test_the_form_for_a_new_board_sent_twice_makes_one(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"*": "admin"})
    form = {**fields(await admin.page("/boards/new")), "name": "莱州市", "slug": "laizhou"}
    assert [(await admin.post("/boards/new", form)).status for _ in range(2)] == [303, 303]
    records = await world.node.ledger.read("laizhou")
    assert [type(record.event) for record in records] == [BoardPut, RuleSet]


async def test_a_board_is_paused_opened_again_and_ended_with_a_dated_word(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    await admin.send(SETTINGS, 2, act="pause")
    assert board(world).state is BoardState.PAUSED
    await admin.send(SETTINGS, 2, act="open")
    assert board(world).state is BoardState.LIVE
    assert (await admin.send(SETTINGS, 3, act="end")).status == 422, "not without a word"
    assert (await admin.send(SETTINGS, 3, act="end", closing="感谢大家。")).status == 303
    ended = board(world)
    assert (ended.state, ended.closing, str(ended.ended_on)) == (BoardState.ENDED, "感谢大家。", "2022-12-24")


async def test_one_capacity_for_a_kind_is_suggested_and_nothing_is_guessed(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    page = await admin.page(SETTINGS)
    form = fields(page, 1)
    assert form["capacity:hospital"] == ""
    told = text_of(page)
    assert "建议120" in told
    assert told.count("建议20") == 2
    assert (await admin.send(SETTINGS, 1, **{"capacity:hospital": "许多"})).status == 422
    assert (await admin.send(SETTINGS, 1, **{"capacity:hospital": "120"})).status == 303
    assert board(world).capacities == {"hospital": 120}
    assert "84人起黄，120人起红" in text_of(await admin.page(SETTINGS))


async def test_the_ordinary_hours_of_unknown_sites_are_set_by_kind(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    answer = await admin.send(SETTINGS, 1, **{"ordinary_hours:hospital": "看情况"})
    assert answer.status == 422
    assert 'id="wrong-ordinary_hours:hospital"' in await answer.text()
    hours = {"ordinary_hours:*": "8:00-17:30", "ordinary_hours:hospital": "24小时"}
    assert (await admin.send(SETTINGS, 1, **hours)).status == 303
    assert board(world).ordinary_hours == {"*": "8:00-17:30", "hospital": "24小时"}
    form = fields(await admin.page(SETTINGS), 1)
    assert (form["ordinary_hours:*"], form["ordinary_hours:hospital"]) == ("8:00-17:30", "24小时")
    assert (await admin.send(SETTINGS, 1, **{"ordinary_hours:*": ""})).status == 303
    assert board(world).ordinary_hours == {"hospital": "24小时"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("report_by", "早上"),
        ("valid_hours", "49"),
        ("cut_off", "25:00"),
        ("hotline", "打电话"),
        ("name", ""),
        ("area_code", "零"),
    ],
)
async def test_a_setting_that_cannot_be_read_is_refused_and_what_was_typed_stays(
    field: str, typed: str, world: World, hire: Hire
) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    answer = await admin.send(SETTINGS, 1, **{field: typed})
    assert answer.status == 422
    assert f'id="wrong-{field}"' in await answer.text()
    assert board(world) == BOARD


async def test_of_two_editors_the_second_sees_what_the_first_saved(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    form = fields(await admin.page(SETTINGS), 1)
    await world.put("longkou", BoardPut(board=msgspec.structs.replace(BOARD, banner="试运行")))
    answer = await admin.post(SETTINGS, {**form, "banner": "测试"})
    assert answer.status == 409
    assert "现在是：试运行" in await answer.text()
    assert board(world).banner == "试运行"


async def test_a_rule_is_tried_on_todays_counts_before_it_is_saved(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    await world.report({"patients": 30}, site="lk-001")
    await world.report({"patients": 1}, site="lk-002")
    before = world.node.current.position("longkou")
    answer = await admin.send(RULES, 1, act="try", kind="counts", counts_yellow="10", counts_red="20")
    told = await answer.text()
    assert answer.status == 200
    assert "今天有人数的2家里，1家会变。" in told
    assert "东江卫生院" in told
    page = html.document_fromstring(told)
    lights = page.xpath("//section[contains(@class, 's-trial')]//table[1]/tbody/tr")
    assert [text_of(row) for row in lights[:3]] == ["● 人少21", "▲ 较多00", "■ 很多01"]
    assert "按最近14天试一试" in told
    assert world.node.current.position("longkou") == before, "nothing is kept by trying"
    answer = await admin.send(RULES, 1, act="save", kind="counts", counts_yellow="10", counts_red="20")
    assert answer.status == 303
    told = text_of(await admin.page(RULES))
    assert "第1版，12月24日 周六 8:10起" in told
    assert "王芳" in text_of(await admin.page(f"{RULES}/history"))


async def test_one_site_has_a_rule_of_its_own_and_follows_the_board_again(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    await world.report({"patients": 30}, site="lk-001")
    path = f"{RULES}?site=lk-001"
    await admin.send(path, 1, act="save", kind="share", share_yellow="35.5", share_red="50")
    state = world.node.current.boards["longkou"].sites["lk-001"]
    rule = state.rules[-1].rule()
    assert rule
    assert dump_rule(rule) == {"kind": "share", "yellow": 0.355, "red": 0.5}
    assert "东江卫生院" in text_of(await admin.page(RULES))
    answer = await admin.send(path, 1, act="try", kind="counts", counts_yellow="40", counts_red="50")
    assert "今天有人数的1家里，1家会变。" in await answer.text()
    await admin.send(path, 1, act="reset")
    assert state.rules[-1].raw == b""
    assert (await admin.get(f"{RULES}?site=nowhere")).status == 404


@pytest.mark.parametrize(
    ("kind", "yellow", "red"),
    [
        ("counts", "20", "10"),
        ("counts", "1.5", "3"),
        ("counts", "nan", "3"),
        ("share", "0", "3"),
        ("usual", "1", "2"),
        ("x", "1", "2"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(
    kind: str, yellow: str, red: str, world: World, hire: Hire
) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    answer = await admin.send(
        RULES, 1, act="save", kind=kind, **{f"{kind}_yellow": yellow, f"{kind}_red": red}
    )
    assert answer.status == 422
    assert not world.node.current.boards["longkou"].rules


async def test_a_rule_that_somebody_else_set_meanwhile_is_not_written_over(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    form = fields(await admin.page(RULES), 1)
    await world.put("longkou", RuleSet(rule={"kind": "counts", "yellow": 1, "red": 2}))
    answer = await admin.post(RULES, {**form, "act": "save", "kind": "counts"})
    assert answer.status == 409
    assert len(world.node.current.boards["longkou"].rules) == 1


async def test_words_are_the_countys_by_light_and_by_kind_and_braces_are_checked(
    world: World, hire: Hire
) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    assert "默认：就诊人数不多，可直接前往。" in text_of(await editor.page(WORDS))
    answer = await editor.send(WORDS, **{"word:blue": "可以直接来。{reopen}"})
    assert answer.status == 422
    assert board(world).words == {}
    answer = await editor.send(
        WORDS,
        **{
            "word:blue": "可以直接来。",
            "word:cross": "先别来，{reopen}",
            "new_key": "red",
            "new_kind": "village_clinic",
            "new_text": "请去卫生院。",
        },
    )
    assert answer.status == 303
    assert board(world).words == {
        "blue": "可以直接来。",
        "cross": "先别来，{reopen}",
        "red/village_clinic": "请去卫生院。",
    }
    await editor.send(WORDS, **{"word:red/village_clinic": "", "word:blue": "就诊人数不多，可直接前往。"})
    assert board(world).words == {"cross": "先别来，{reopen}"}


async def test_roles_see_and_do_what_is_theirs(hire: Hire) -> None:
    viewer, editor = await hire("李明", {"longkou": "viewer"}), await hire("王芳", {"longkou": "editor"})
    for path in (SETTINGS, RULES, f"{RULES}/history", WORDS):
        assert (await viewer.get(path)).status == 200
    for path in (SETTINGS, RULES):
        assert (await editor.post(path, {"act": "save"})).status == 403
    assert (await viewer.post(WORDS, {})).status == 403
    assert (await editor.get("/boards/new")).status == 403
    assert (await viewer.get("/boards/qixia/settings")).status == 404


async def test_words_of_farewell_are_looked_at_before_they_stand(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    looked = await admin.send(SETTINGS, 3, act="look", closing="感谢大家。")
    assert (looked.status, "感谢大家。" in await looked.text()) == (200, True)
    assert board(world).state is BoardState.LIVE
    refused = await admin.send(SETTINGS, 3, act="look", closing="患者张三 13812345678 阳性请到")
    assert refused.status == 422
    assert board(world).closing == ""
