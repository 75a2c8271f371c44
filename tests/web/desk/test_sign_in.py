"""Coming in and going out: nobody guesses, is led elsewhere, or keeps what somebody else knew before."""

import asyncio
from datetime import timedelta
from io import StringIO
from typing import Any

import pyotp
import pytest
from lxml import html

from tests.web.conftest import Starter, World
from tests.web.desk.conftest import PASSWORD, Hire, Office, Person, fields
from trafficlight.actions import passwords
from trafficlight.domain.event import PasswordSet, SecondStepSet, UserRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.web.app import desk_parts
from trafficlight.web.desk.auth import (
    AT_ONCE,
    IDLE,
    MOST_WAITING,
    SECOND_STEP,
    SESSION,
    TRIES,
    PasswordCheck,
    next_of,
)


async def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_where_he_was_going(hire: Hire) -> None:
    person = await hire("王芳", {"*": "admin"}, signed_in=False)
    asked = await person.get("/users?page=2")
    assert (asked.status, asked.headers["Location"]) == (303, "../desk/sign-in?next=users%3Fpage%3D2")
    form = fields(await person.page("/sign-in?next=users%3Fpage%3D2"))
    sent = await person.post("/sign-in", {**form, "name": "王芳", "password": PASSWORD})
    assert (sent.status, sent.headers["Location"]) == (303, "users?page=2")
    assert (await person.get("/users")).status == 200


async def test_a_name_is_the_same_in_any_case_and_a_password_from_any_keyboard(hire: Hire) -> None:
    person = await hire("Wang Fang", {"*": "viewer"}, signed_in=False)
    assert (await person.sign_in(name=" wang fang ", password="ｃｏｒｒｅｃｔ horse battery")).status == 303


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "..//evil.example",
        "%2e%2e//evil.example",
        "%2F%2Fevil.example",
        "a/../../../longkou/",
        "a%0d%0aLocation: x",
        "a\r\nLocation: x",
        "sign-out",
        "",
    ],
)
async def test_the_way_back_leads_nowhere_but_below_the_desk(hire: Hire, next_: str) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    sent = await person.sign_in(next=next_)
    assert (sent.status, sent.headers["Location"]) == (303, "../desk")
    again = await person.client.get("/desk/sign-in", params={"next": next_}, allow_redirects=False)
    assert again.headers["Location"] == "../desk"


@pytest.mark.parametrize("next_", ["users", "boards/longkou/today?day=2022-12-24", "boards/longkou/sites"])
def test_pages_of_the_desk_are_ways_back(next_: str) -> None:
    assert next_of(next_) == next_


async def test_wrong_names_passwords_and_codes_are_told_alike_and_what_was_typed_stays(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    told = set()
    for typed in ({"name": "李明"}, {"password": "wrong horse battery"}, {"name": ""}, {"password": ""}):
        answer = await person.sign_in(**typed)
        assert answer.status == 403
        page = person_page = await answer.text()
        assert PASSWORD not in person_page
        told.add(page.count("用户名、密码或动态码不对。"))
        assert SESSION not in person.cookies
    assert told == {1}
    again = await person.sign_in(name="李明")
    assert 'value="李明"' in await again.text()


async def test_an_unknown_name_costs_the_same_work_as_a_known_one(
    hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compared by what is done, not by a stop watch: one argon2 of the same cost, whoever it is."""
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    gone = await hire("李明", {"*": "viewer"}, signed_in=False)
    for user in (person.user, gone.user):
        await person.world.put(SYSTEM, PasswordSet(user=user, digest=passwords.digest_of(PASSWORD)))
    await person.world.put(SYSTEM, UserRemoved(user=gone.user))
    done: list[str] = []
    verify = passwords._hasher.verify  # noqa: SLF001 - the work itself is what is compared

    class Watched:
        def verify(self, digest: str, password: str) -> Any:
            done.append(digest.rpartition("$")[0].rpartition("$")[0])
            return verify(digest, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    for name in ("王芳", "李明", "nobody", "", "x" * 10_000):
        assert (await person.sign_in(name=name, password="wrong horse battery")).status == 403
    assert len(done) == 5
    assert len(set(done)) == 1


async def test_a_session_is_always_a_new_one_and_the_planted_one_ends(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    users = person.world.node.current.system.users
    first, planted = set(users.sessions), person.cookies[SESSION]
    victim = office.browser(person.user, person.name)
    form = fields(await victim.page("/sign-in"))
    victim.plant(SESSION, planted)
    sent = await victim.post("/sign-in", {**form, "name": "王芳", "password": PASSWORD})
    assert sent.status == 303
    assert victim.cookies[SESSION] != planted
    assert not set(users.sessions) & first
    assert (await person.get("")).status == 303, "who planted it is signed out"
    assert (await victim.get("")).status == 200


async def test_a_sign_in_that_no_form_of_ours_sent_is_refused(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"}, signed_in=False)
    bare = await person.post("/sign-in", {"name": "王芳", "password": PASSWORD})
    assert bare.status == 403
    other = fields(await office.browser().page("/sign-in"))
    stolen = await person.post("/sign-in", {**other, "name": "王芳", "password": PASSWORD})
    assert stolen.status == 403
    assert SESSION not in person.cookies


@pytest.mark.parametrize("https", [False, True])
async def test_the_cookie_is_out_of_reach_and_tied_to_https_and_host(
    office: Office, start: Starter, https: bool
) -> None:
    await office.hire("王芳", {"*": "viewer"}, signed_in=False)
    world = await start(public_url="https://fever.example.cn" if https else "")
    person = office.browser(name="王芳", world=world)
    opened = await person.get("/sign-in")
    before = opened.cookies["desk-before"]
    page = html.document_fromstring(await opened.text())
    sent = await person.client.post(
        "/desk/sign-in",
        data={**fields(page), "name": "王芳", "password": PASSWORD},
        headers={"Cookie": f"desk-before={before.value}"},  # over plain http no browser would send it back
        allow_redirects=False,
    )
    assert sent.status == 303
    cookie = sent.cookies[f"__Host-{SESSION}" if https else SESSION]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (bool(cookie["secure"]), bool(before["secure"])) == (https, https)
    assert cookie["domain"] == ""


async def test_no_secret_is_in_an_address_a_log_or_the_ledger(hire: Hire, logged: StringIO) -> None:
    person = await hire("王芳", {"*": "admin"}, signed_in=False)
    assert (await person.sign_in(password="another secret entirely")).status == 403
    assert (await person.sign_in()).status == 303
    secret = person.cookies[SESSION]
    records = await person.world.node.current.ledger.read(SYSTEM)
    kept = repr(records)
    for hidden in (PASSWORD, "another secret entirely", secret):
        assert hidden not in logged.getvalue()
        assert hidden not in kept
    assert "王芳" not in logged.getvalue()
    asked = await person.get("/users")
    assert "token=" not in str(asked.url)


async def test_everything_of_the_desk_is_kept_out_of_caches_and_frames(hire: Hire) -> None:
    person = await hire("王芳", {"*": "admin"})
    for path in ("", "/users", "/account", "/nothing", "/sign-in"):
        headers = (await person.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


# --- how often, and how many at once -----------------------------------------------------------------------


async def test_guessing_ends_after_so_many_tries_by_account_and_by_address(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    for _ in range(TRIES):
        assert (await person.sign_in(password="x")).status == 403
    refused = await person.sign_in()
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0
    other = await hire("李明", {"*": "viewer"}, signed_in=False)
    assert (await other.sign_in()).status == 429, "the same address"


async def test_whoever_guesses_locks_nobody_out_of_a_browser_they_signed_in_by(
    office: Office, hire: Hire, logged: StringIO
) -> None:
    person = await hire("王芳", {"*": "viewer"})
    guesser = await hire("李明", {"*": "viewer"}, signed_in=False)
    for _ in range(TRIES + 2):
        await guesser.sign_in(name="王芳", password="my bank is 6222")
    assert (await guesser.sign_in(name="王芳")).status == 429, "right, but nobody knows that browser"
    new = "another secret entirely"
    assert (await person.send("/account", password_now=PASSWORD, password=new, again=new)).status == 303
    assert (await person.post("/sign-out", fields(await person.page(""), 0))).status == 303
    assert (await person.sign_in(password=new)).status == 303
    assert (await person.post("/sign-out", fields(await person.page(""), 0))).status == 303
    for _ in range(TRIES):
        await person.sign_in(password="x")
    assert (await person.sign_in(password=new)).status == 429, "a budget of its own"
    told = [line for line in logged.getvalue().splitlines() if "sign_in_failed" in line]
    assert len(told) > 2 * TRIES
    assert "my bank" not in logged.getvalue()
    assert b'trafficlight_sign_ins_total{outcome="too_many"}' in office.world.node.metrics.render()


async def test_who_signs_in_uses_up_no_tries(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    for _ in range(3):
        for _ in range(3):
            assert (await person.sign_in(password="x")).status == 403
        assert (await person.sign_in()).status == 303
        person.client.session.cookie_jar.clear()


async def test_a_flood_of_sign_ins_takes_few_turns_at_once_and_sends_the_rest_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most, gate = 0, 0, PasswordCheck(desk_parts(world.node))
    hold = asyncio.Event()

    async def work(*_: object) -> bool:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await hold.wait()
        at_work -= 1
        return False

    monkeypatch.setattr("trafficlight.web.desk.auth.asyncio.to_thread", work)
    flood = [
        asyncio.ensure_future(gate.sign_in(f"n{number}", "x", "", f"a{number}"))
        for number in range(AT_ONCE + MOST_WAITING + 10)
    ]
    await asyncio.wait(flood[-10:])
    hold.set()
    codes = [getattr(one, "code", "") for one in await asyncio.gather(*flood, return_exceptions=True)]
    assert most == AT_ONCE
    assert (codes.count("desk_busy"), codes.count("sign_in_wrong")) == (10, AT_ONCE + MOST_WAITING)


# --- the second step ----------------------------------------------------------------------------------------


def code_of(person: Person, seed: str) -> str:
    secret = person.world.node.seal.derived(SECOND_STEP, f"{person.user}\n{seed}")
    return pyotp.TOTP(secret).at(person.world.clock())


async def test_a_second_step_is_asked_for_and_its_code_is_good_once(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    await person.world.put(SYSTEM, SecondStepSet(user=person.user, seed="seed"))
    assert (await person.sign_in()).status == 403
    assert (await person.sign_in(code="000000")).status == 403
    code = code_of(person, "seed")
    assert (await person.sign_in(code=f"{code[:3]} {code[3:]}")).status == 303
    person.client.session.cookie_jar.clear()
    assert (await person.sign_in(code=code)).status == 403, "used"
    person.world.clock.turn(seconds=60)
    assert (await person.sign_in(code=code_of(person, "seed"))).status == 303


async def test_whoever_knows_the_password_cannot_guess_the_second_step_away(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    await person.world.put(SYSTEM, SecondStepSet(user=person.user, seed="seed"))
    used = code_of(person, "seed")
    assert (await person.sign_in(code=used)).status == 303
    form = {**fields(await person.page("/account/second-step")), "password_now": PASSWORD}
    tries = [await person.post("/account/second-step", {**form, "code": used})]
    tries += [await person.post("/account/second-step", {**form, "code": f"{n:06}"}) for n in range(TRIES)]
    assert [answer.status for answer in tries] == [422] * TRIES + [429]
    assert person.world.node.current.system.users.known[person.user].seed == "seed"


async def test_two_who_use_one_code_at_once_are_not_both_let_in(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"}, signed_in=False)
    await person.world.put(SYSTEM, SecondStepSet(user=person.user, seed="seed"))
    other = office.browser(person.user, person.name)
    code = code_of(person, "seed")
    answers = await asyncio.gather(person.sign_in(code=code), other.sign_in(code=code))
    assert sorted(answer.status for answer in answers) == [303, 403]


async def test_from_what_the_ledger_holds_no_other_installation_makes_the_codes(
    hire: Hire, start: Starter
) -> None:
    person = await hire("王芳", {"*": "viewer"}, signed_in=False)
    await person.world.put(SYSTEM, SecondStepSet(user=person.user, seed="seed"))
    here = person.world.node.seal.derived(SECOND_STEP, f"{person.user}\nseed")
    other = await start(secret_key="another secret of at least 32 characters")
    assert other.node.current.system.users.known[person.user].seed == "seed"
    assert other.node.seal.derived(SECOND_STEP, f"{person.user}\nseed") != here
    assert here not in repr(await person.world.node.current.ledger.read(SYSTEM))


# --- how long a session lasts -------------------------------------------------------------------------------


async def test_a_session_ends_by_itself_when_idle_and_after_a_week_at_most(hire: Hire) -> None:
    person = await hire("王芳", {"*": "viewer"})
    clock = person.world.clock
    for _ in range(13):
        clock.turn(hours=11)
        assert (await person.get("")).status == 200, "in use, it goes on"
    clock.turn(hours=24 * 7 - 13 * 11 + 1)
    assert (await person.get("")).status == 303
    await person.sign_in()
    clock.turn(seconds=(IDLE + timedelta(seconds=1)).total_seconds())
    assert (await person.get("")).status == 303


async def test_signing_out_ends_the_session_wherever_its_cookie_went(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    copy = office.browser(person.user, person.name)
    copy.plant(SESSION, person.cookies[SESSION])
    assert (await copy.get("")).status == 200
    sent = await person.post("/sign-out", fields(await person.page(""), 0))
    assert (sent.status, sent.headers["Location"]) == (303, "../desk/sign-in")
    assert sent.headers["Clear-Site-Data"] == '"cache"'
    assert SESSION not in person.cookies
    assert (await copy.get("")).status == 303


async def test_a_cookie_that_we_did_not_sign_opens_nothing(office: Office) -> None:
    person = await office.hire("王芳", {"*": "viewer"})
    good = person.cookies[SESSION]
    for cookie in ("x", "A" * 5000, "e30", good[:-1], good[::-1], f"{good}A"):
        person.plant(SESSION, cookie)
        assert (await person.get("")).status == 303, cookie[:20]
    person.plant(SESSION, good)
    assert (await person.get("")).status == 200
