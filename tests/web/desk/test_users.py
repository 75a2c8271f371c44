"""`/desk/users` for whoever manages one board: its users are theirs, and nobody is raised beyond it."""

import pytest

from tests.web.desk.conftest import PASSWORD, Hire, Office, Person, fields, text_of
from trafficlight.domain.users import User

NEW = "paper lantern seven"


def known(person: Person) -> User:
    return person.world.node.current.system.users.known[person.user]


async def test_who_manages_a_board_finds_its_users_and_nothing_of_other_boards(hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    both = await hire("李明", {"longkou": "viewer", "qixia": "editor"}, signed_in=False)
    other = await hire("赵静", {"qixia": "admin"}, signed_in=False)
    told = text_of(await admin.page("/users"))
    assert "李明" in told
    assert "赵静" not in told
    assert "栖霞" not in told
    assert "qixia" not in await (await admin.get(f"/users/{both.user}")).text()
    assert (await admin.get(f"/users/{other.user}")).status == 404


async def test_who_manages_a_board_adds_users_of_every_role_there(office: Office, hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    page = await admin.page("/users")
    assert page.xpath("//select/@name") == ["role:longkou"]
    for name, role in (("李明", "viewer"), ("赵静", "editor"), ("周敏", "admin")):
        sent = await admin.send("/users", name=name, password=NEW, **{"role:longkou": role})
        assert sent.status == 303
        added = admin.world.node.current.system.users.named(name)
        assert added is not None
        assert added.roles == {"longkou": role}
    new = office.browser("", "周敏")
    assert (await new.sign_in(password=NEW)).status == 303
    mine = {"password_now": NEW, "password": PASSWORD, "again": PASSWORD}
    assert (await new.send("/account", **mine)).status == 303
    assert (await new.get("/users")).status == 200


@pytest.mark.parametrize("where", ["*", "qixia", "nowhere"])
async def test_nobody_is_given_rights_beyond_the_managers_boards(hire: Hire, where: str) -> None:
    admin = await hire("王芳", {"longkou": "admin", "qixia": "editor"})
    other = await hire("李明", {"longkou": "viewer"}, signed_in=False)
    beyond = {f"role:{where}": "admin", "role:longkou": "editor"}
    position = admin.world.node.current.system.position
    assert (await admin.send("/users", name="赵静", password=NEW, **beyond)).status == 403
    for path in (f"/users/{other.user}", f"/users/{admin.user}"):
        assert (await admin.send(path, 1, **beyond)).status == 403
    assert admin.world.node.current.system.position == position


async def test_rights_on_boards_of_others_stay_as_they_are(hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    both = await hire("李明", {"longkou": "viewer", "qixia": "editor"}, signed_in=False)
    assert (await admin.send(f"/users/{both.user}", 1, **{"role:longkou": "editor"})).status == 303
    assert known(both).roles == {"longkou": "editor", "qixia": "editor"}
    assert (await admin.send(f"/users/{both.user}", 1, **{"role:longkou": ""})).status == 303
    assert known(both).roles == {"qixia": "editor"}
    assert (await admin.get(f"/users/{both.user}")).status == 404


@pytest.mark.parametrize("roles", [{"longkou": "viewer", "qixia": "viewer"}, {"*": "viewer"}, {"*": "admin"}])
async def test_an_account_that_reaches_further_is_not_taken_over(hire: Hire, roles: dict[str, str]) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    other = await hire("李明", roles)
    page = await admin.page(f"/users/{other.user}")
    assert "重设密码" not in text_of(page)
    position = admin.world.node.current.system.position
    for act in ("password", "end", "second-step", "remove"):
        typed = {**fields(page, 1), "act": act, "password": NEW}
        assert (await admin.post(f"/users/{other.user}", typed)).status == 403, act
    assert admin.world.node.current.system.position == position
    assert (await other.get("/account")).status == 200


async def test_a_lost_phone_and_a_forgotten_password_of_the_boards_own_users_are_mended(hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    other = await hire("李明", {"longkou": "editor"})
    assert "李明" in text_of(await admin.page("/sessions"))
    path = f"/users/{other.user}"
    form = fields(await admin.page(path), 1)
    assert (await admin.post(path, {**form, "act": "end"})).status == 303
    assert (await other.get("/account")).status == 303
    form = fields(await admin.page(path), 1)
    assert (await admin.post(path, {**form, "act": "password", "password": NEW})).status == 303
    assert (await other.sign_in(password=PASSWORD)).status == 403
    assert (await other.sign_in(password=NEW)).status == 303
    form = fields(await admin.page(path), 1)
    assert (await admin.post(path, {**form, "act": "remove"})).status == 303
    assert (await other.get("/account")).status == 303


async def test_sessions_of_other_boards_users_are_not_shown_and_not_ended(hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    other = await hire("李明", {"longkou": "viewer", "qixia": "viewer"})
    page = await admin.page("/sessions")
    assert "李明" not in text_of(page)
    (session,) = [
        one.id for one in admin.world.node.current.system.users.sessions.values() if one.user == other.user
    ]
    assert (await admin.post("/sessions", {**fields(page, 0), "session": session})).status == 403
    assert (await other.get("/account")).status == 200


async def test_who_gives_up_a_board_is_no_longer_let_in_there(hire: Hire) -> None:
    admin = await hire("王芳", {"longkou": "admin"})
    sent = await admin.send(f"/users/{admin.user}", 1, **{"role:longkou": "viewer"})
    assert sent.headers["Location"].endswith("desk")
    assert (await admin.get("/users")).status == 403
    assert "/users" not in await (await admin.get("")).text()
