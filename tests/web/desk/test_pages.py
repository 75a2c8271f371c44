"""The desk's own pages, and the frame around every page: forms are ours, kept once, and shown again whole."""

import asyncio
import re

import pyotp
import pytest

from tests.patience import LONG
from tests.web.conftest import Starter, World
from tests.web.desk.conftest import PASSWORD, Hire, Office, Person, fields, text_of
from trafficlight.domain.event import PasswordSet, SecondStepSet, SessionEnded, UserPut, UserRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.web.desk.auth import SESSION, TRIES
from trafficlight.web.desk.sections import PAGES

NEW = "another horse entirely"
NAMED = {"{board}": "longkou", "{user}": "u0", "{site}": "lk-001"}


async def kept(world: World, kind: type) -> list[str]:
    """Who did such things, in order."""
    return [one.event.by for one in await world.node.current.ledger.read(SYSTEM) if type(one.event) is kind]


# --- the frame ----------------------------------------------------------------------------------------------


async def test_nothing_of_the_desk_is_shown_or_done_without_a_session(office: Office) -> None:
    await office.hire("王芳", {"*": "admin"}, signed_in=False)
    stranger, before = office.browser(), office.world.node.current.system.position
    for page in PAGES:
        path = re.sub(r"\{\w+\}", lambda name: NAMED.get(name[0], "x"), page.path)
        if page.show:
            assert (await stranger.get(path)).status == 303, path
        if page.save:
            assert (await stranger.post(path, {"act": "remove", "token": "x"})).status == 403, path
    assert office.world.node.current.system.position == before


async def test_a_form_that_is_not_this_sessions_does_nothing(office: Office) -> None:
    """CSRF: without our token, with another session's, and with ours from another site's page."""
    admin = await office.hire("王芳", {"*": "admin"})
    other = await office.hire("李明", {"*": "admin"})
    position = office.world.node.current.system.position
    form = fields(await admin.page(f"/users/{other.user}"))
    assert form["token"]
    theirs = fields(await other.page("/account"), 0)["token"]
    for page in PAGES:
        if page.save is None or "{board}" in page.path:
            continue
        path = page.path.replace("{user}", other.user)
        for token in ("", "x", theirs, form["token"] + "0", "汉"):
            answer = await admin.post(path, {**form, "act": "remove", "token": token})
            assert answer.status == 403, path
    sent = await admin.client.post(
        f"/desk/users/{other.user}",
        data={**form, "act": "remove"},
        headers={"Sec-Fetch-Site": "cross-site"},
        allow_redirects=False,
    )
    assert sent.status == 403
    assert office.world.node.current.system.position == position


async def test_what_is_no_form_or_no_address_is_told_in_words(hire: Hire) -> None:
    person = await hire("王芳", {"*": "admin"})
    for body, media in ((b"{}", "application/json"), (b"%ff=%ff", "application/x-www-form-urlencoded")):
        answer = await person.client.post("/desk/account", data=body, headers={"Content-Type": media})
        assert answer.status == 400
        assert "<h1>" in await answer.text()
    assert (await person.get("/nothing/such")).status == 404
    assert (await person.get("/boards/nothing/today")).status == 404
    assert (await person.client.put("/desk/account")).status == 405
    assert (await person.get("/")).headers["Location"] == "../desk"


async def test_a_form_sent_twice_is_kept_once(hire: Hire) -> None:
    admin = await hire("王芳", {"*": "admin"})
    form = {**fields(await admin.page("/users")), "name": "李明", "password": NEW, "role:longkou": "viewer"}
    answers = [await admin.post("/users", form) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert [user.name for user in admin.world.node.current.system.users.known.values()] == ["王芳", "李明"]


async def test_two_who_change_the_same_see_each_other(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    other = await office.hire("李明", {"longkou": "viewer"})
    path = f"/users/{other.user}"
    mine = fields(await admin.page(path), 1)
    await admin.post(path, {**mine, "role:longkou": "editor"})
    late = fields(await admin.page(path), 1) | {"seen": mine["seen"], "role:longkou": "admin"}
    answer = await admin.post(path, late)
    assert answer.status == 409
    page = await answer.text()
    assert "别人已经改过" in page
    assert "现在是：编辑" in page
    users = office.world.node.current.system.users
    assert users.known[other.user].roles == {"longkou": "editor"}


async def test_what_a_user_may_not_is_refused_whatever_the_page_shows(office: Office) -> None:
    editor = await office.hire("李明", {"longkou": "editor", "qixia": "viewer"})
    position = office.world.node.current.system.position
    assert "/desk/users" not in await (await editor.get("")).text()
    form = fields(await editor.page("/account"))
    for path in ("/users", f"/users/{editor.user}"):
        assert (await editor.get(path)).status == 403
        assert (await editor.post(path, {**form, "act": "roles", "role:*": "admin"})).status == 403
    assert office.world.node.current.system.position == position


async def test_rights_change_at_once_and_a_removed_user_is_out(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    other = await office.hire("李明", {"*": "admin"})
    assert (await other.get("/users")).status == 200
    sent = await admin.send(f"/users/{other.user}", 1, **{"role:*": "", "role:longkou": "viewer"})
    assert sent.status == 303, await sent.text()
    assert (await other.get("/users")).status == 403
    assert (await admin.send(f"/users/{other.user}", -1, act="remove")).status == 303
    assert (await other.get("")).status == 303
    assert await kept(office.world, UserRemoved) == [f"user:{admin.user}"]


@pytest.mark.parametrize(
    ("lang", "words", "told"),
    [
        ("zh-Hans", "登录设备", "现在的密码不对。"),
        ("zh-Hant", "登入裝置", "現在的密碼不對。"),
        ("en", "Devices", "The present password is wrong."),
    ],
)
async def test_the_desk_speaks_the_language_that_was_chosen_and_remembers_it(
    hire: Hire, lang: str, words: str, told: str
) -> None:
    person = await hire("王芳", {"*": "admin"})
    await person.page(f"/account?lang={lang}")
    page = await person.page("/sessions")
    assert page.findtext(".//h1") == words
    wrong = await person.send("/account", password_now="x", password="y", again="z")
    assert told in await wrong.text()


async def test_the_browsers_language_is_spoken_until_one_is_chosen(office: Office) -> None:
    for asked, html_lang in (
        ("en-GB", "en"),
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("zh-CN", "zh-CN"),
        ("", "zh-CN"),
    ):
        answer = await office.browser().get("/sign-in", headers={"Accept-Language": asked})
        assert f'<html lang="{html_lang}">' in await answer.text()


async def test_what_was_done_is_said_once_and_cannot_be_made_up(hire: Hire) -> None:
    person = await hire("王芳", {"*": "admin"})
    person.plant("desk-done", "forged")
    assert "flash" not in await (await person.get("")).text()
    await person.send("/users", name="李明", password=NEW, **{"role:*": "viewer"})
    assert "已新建账号：李明" in text_of(await person.page("/users"))
    assert "已新建账号" not in text_of(await person.page("/users"))


async def test_home_lists_the_users_boards_and_who_has_not_reported(office: Office) -> None:
    person = await office.hire("李明", {"longkou": "viewer"})
    shown = text_of(await person.page(""))
    assert "龙口市" in shown
    assert "栖霞市" not in shown
    assert "没有该报未报的" in shown, "before the first reporting time"
    office.world.clock.turn(hours=1)
    assert "3家该报未报" in text_of(await person.page(""))


# --- one's own account --------------------------------------------------------------------------------------


async def test_a_password_is_changed_with_the_present_one_and_signs_out_everywhere_else(
    office: Office,
) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    elsewhere = office.browser(person.user, person.name)
    await elsewhere.sign_in()
    for typed, status in (
        ({"password_now": "wrong", "password": NEW, "again": NEW}, 403),
        ({"password_now": PASSWORD, "password": "short", "again": "short"}, 422),
        ({"password_now": PASSWORD, "password": NEW, "again": "other"}, 422),
    ):
        answer = await person.send("/account", **typed)
        assert answer.status == status
        assert NEW not in await answer.text()
    assert (await person.send("/account", password_now=PASSWORD, password=NEW, again=NEW)).status == 303
    assert (await person.get("")).status == 200
    assert (await elsewhere.get("")).status == 303, "at once"
    assert (await elsewhere.sign_in()).status == 403
    assert (await elsewhere.sign_in(password=NEW)).status == 303
    assert (await kept(office.world, PasswordSet))[-1] == f"user:{person.user}"


async def test_who_sits_down_at_an_open_desk_cannot_guess_its_password(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"})
    for _ in range(TRIES):
        await person.send("/account", password_now="x", password=NEW, again=NEW)
    assert (await person.send("/account", password_now=PASSWORD, password=NEW, again=NEW)).status == 429


async def test_the_second_step_is_turned_on_by_a_code_and_off_by_password_and_code(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    page = await person.page("/account/second-step")
    key = page.xpath("//code")[0].text_content()
    totp = pyotp.TOTP("".join(key.split()))
    assert page.xpath("//svg")

    def code() -> str:
        return totp.at(office.world.clock())

    form = {**fields(page), "password_now": PASSWORD}
    wrong = await person.post("/account/second-step", {**form, "code": "000000"})
    assert wrong.status == 422
    assert key in await wrong.text(), "the same key: the phone has it already"
    assert (await person.post("/account/second-step", {**form, "code": code(), "seed": "x"})).status == 403
    assert (await person.post("/account/second-step", {**form, "code": code()})).status == 303
    fresh = office.browser(person.user, person.name)
    assert (await fresh.sign_in()).status == 403
    office.world.clock.turn(seconds=30)
    assert (await fresh.sign_in(code=code())).status == 303
    off = "/account/second-step"
    assert (await fresh.send(off, password_now=PASSWORD, code="000000")).status == 422
    assert (await fresh.send(off, password_now="x", code=code())).status == 403
    assert (await fresh.send(off, password_now=PASSWORD, code=code())).status == 422, "used at the sign-in"
    office.world.clock.turn(seconds=30)
    assert (await fresh.send(off, password_now=PASSWORD, code=code())).status == 303
    assert (await office.browser(person.user, person.name).sign_in()).status == 303
    assert await kept(office.world, SecondStepSet) == [f"user:{person.user}"] * 2


# --- sessions and users -------------------------------------------------------------------------------------


async def test_sessions_are_listed_and_ended_from_elsewhere_at_once(office: Office) -> None:
    person = await office.hire("王芳", {"longkou": "viewer"})
    lost = office.browser(person.user, person.name)
    await lost.sign_in()
    stranger = await office.hire("李明", {"longkou": "viewer"})
    page = await person.page("/sessions")
    ids = page.xpath("//button[@name='session']/@value")
    assert len(ids) == 2, "the other one, and all others at once"
    theirs = next(
        one.id
        for one in office.world.node.current.system.users.sessions.values()
        if one.user == stranger.user
    )
    assert theirs not in ids
    assert (await person.send("/sessions", session=theirs)).status == 403, "not one's own"
    assert (await person.send("/sessions", session="nothing")).status == 404
    assert (await person.send("/sessions", session=ids[0])).status == 303
    assert (await lost.get("")).status == 303
    assert (await stranger.get("")).status == 200
    await lost.sign_in()
    assert (await person.send("/sessions", session="others")).status == 303
    assert (await lost.get("")).status == 303
    assert set(await kept(office.world, SessionEnded)) == {f"user:{person.user}"}


async def test_whoever_manages_users_sees_and_ends_everybodys_sessions(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    other = await office.hire("李明", {"longkou": "viewer"})
    page = await admin.page("/sessions")
    assert "李明" in text_of(page)
    assert (
        await admin.send("/sessions", session=page.xpath("//button[@name='session']/@value")[-1])
    ).status == 303
    assert (await other.get("")).status == 303


async def test_a_user_is_added_with_rights_and_can_come_in(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    sent = await admin.send("/users", name=" 李 明 ", password=NEW, **{"role:longkou": "editor"})
    assert sent.status == 303
    added = office.browser("", "李 明")
    assert (await added.sign_in(password=NEW)).status == 303
    assert (await kept(office.world, UserPut))[-1] == f"user:{admin.user}"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": "", "password": NEW, "role:*": "viewer"}, "请填写名称"),
        ({"name": "王芳", "password": NEW, "role:*": "viewer"}, "已经有这个名字"),
        ({"name": "李明", "password": NEW}, "请至少给一个看板的权限"),
        ({"name": "李明", "password": NEW, "role:*": "king"}, "角色只能是"),
        ({"name": "李明", "password": "short", "role:*": "viewer"}, "密码至少要 10 个字符"),
        ({"name": "李明", "password": "aaaaaaaaaaaaaa", "role:*": "viewer"}, "太容易猜到"),
        ({"name": "李\u200b明", "password": NEW, "role:*": "viewer"}, "看不见的字符"),
        ({"name": "长" * 41, "password": NEW, "role:*": "viewer"}, "名字最多 40 个字"),
    ],
)
async def test_a_user_that_cannot_be_is_refused_beside_the_field_and_nothing_is_lost(
    hire: Hire, typed: dict[str, str], told: str
) -> None:
    admin = await hire("王芳", {"*": "admin"})
    answer = await admin.send("/users", **typed)
    page = await answer.text()
    assert answer.status == 422
    assert told in page
    assert typed["password"] not in page
    assert typed["name"] in page
    assert len(admin.world.node.current.system.users.known) == 1


async def test_the_last_who_manages_everything_stays(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    path = f"/users/{admin.user}"
    assert (await admin.send(path, act="remove")).status == 422
    assert (await admin.send(path, 1, **{"role:*": "", "role:longkou": "admin"})).status == 422
    assert (await admin.get("/users")).status == 200


async def test_a_lost_phone_and_a_forgotten_password_are_mended_by_an_admin(office: Office) -> None:
    admin = await office.hire("王芳", {"*": "admin"})
    other = await office.hire("李明", {"longkou": "viewer"})
    await office.world.put(SYSTEM, SecondStepSet(user=other.user, seed="seed"))
    path = f"/users/{other.user}"
    assert (await admin.send(path, act="second-step")).status == 303
    assert (await admin.send(path, act="end")).status == 303
    assert (await other.get("")).status == 303
    assert (await other.sign_in()).status == 303
    assert (await admin.send(path, 2, act="password", password=NEW)).status == 303
    assert (await other.get("")).status == 303
    assert (await other.sign_in(password=NEW)).status == 303
    assert (await admin.send(path, act="nothing")).status == 400
    assert (await admin.get("/users/nobody")).status == 404


async def test_a_session_begun_at_another_node_is_known_here_and_ended_there_is_over(
    office: Office, start: Starter
) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    other = await start()
    there = office.browser(person.user, person.name, other)
    there.plant(SESSION, person.cookies[SESSION])
    assert (await there.get("")).status == 200
    await person.post("/sign-out", fields(await person.page(""), 0))
    await asyncio.wait_for(_until_out(there), LONG)


async def _until_out(person: Person) -> None:
    while (await person.get("")).status == 200:
        pass  # each look takes its time; the other node hears of it within 250 ms
