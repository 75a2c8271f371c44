"""A notice is looked at before it stands above the board, and is held to what a clinic's note is."""

from tests.web.conftest import World
from tests.web.desk.conftest import Hire

HOME = "/boards/longkou/corrections"


def notices(world: World) -> list[str]:
    return [one.text for one in world.node.current.boards["longkou"].notices.values()]


async def test_it_is_looked_at_before_it_is_posted(world: World, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    looked = await admin.send(HOME, act="look", text="元旦各机构照常开诊。", until="2022-12-31")
    page = await looked.text()
    assert (looked.status, "会是这样（还没有发布）" in page, "元旦各机构照常开诊。" in page) == (
        200,
        True,
        True,
    )
    assert notices(world) == []
    assert (await admin.send(HOME, act="post", text="元旦各机构照常开诊。", until="2022-12-31")).status == 303
    assert notices(world) == ["元旦各机构照常开诊。"]


async def test_a_persons_number_is_refused_with_the_reason_and_what_was_typed_stays(
    world: World, hire: Hire
) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    for act in ("look", "post"):
        refused = await admin.send(HOME, act=act, text="患者张三 13812345678 阳性请到")
        page = await refused.text()
        assert (refused.status, "手机号或证件号" in page) == (422, True)
        assert "患者张三 13812345678 阳性请到" in page, "it is shown again, to be mended"
        assert notices(world) == []
