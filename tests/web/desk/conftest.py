"""Somebody at the desk: a browser that keeps cookies, fills in forms and runs no script."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient
from aiohttp.web import Request  # noqa: TC002 - as in the other conftest
from argon2 import PasswordHasher
from lxml import html
from yarl import URL

from tests.web.conftest import World
from trafficlight.domain.event import PasswordSet, UserPut
from trafficlight.domain.ids import SYSTEM

PASSWORD = "correct horse battery"
DIGEST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""Cheap to hold a password against; the program's own cost 0.3 s, and a test that is about that makes one."""
Fields = dict[str, str]
Hire = Callable[..., Awaitable["Person"]]


class Person:
    """A user before a browser."""

    def __init__(self, world: World, user: str, name: str) -> None:
        self.world = world
        self.user = user
        self.name = name
        self.client: TestClient[Request, None] = TestClient(world.client.server)

    async def get(self, path: str, **options: object) -> ClientResponse:
        return await self.client.get(f"/desk{path}", allow_redirects=False, **options)  # type: ignore[arg-type] # as aiohttp takes them

    async def page(self, path: str) -> html.HtmlElement:
        answer = await self.get(path)
        assert answer.status == 200, (path, answer.status)
        return html.document_fromstring(await answer.text())

    async def sign_in(self, **typed: str) -> ClientResponse:
        """Open the sign-in, fill it in, send it."""
        form = fields(await self.page("/sign-in"))
        filled = {**form, "name": self.name, "password": PASSWORD, **typed}
        return await self.client.post("/desk/sign-in", data=filled, allow_redirects=False)

    async def send(self, path: str, number: int = -1, /, **typed: str) -> ClientResponse:
        """Open the page, fill in its n-th form, send it."""
        form = fields(await self.page(path), number)
        return await self.post(path, {**form, **typed})

    async def post(self, path: str, filled: Fields) -> ClientResponse:
        return await self.client.post(f"/desk{path}", data=filled, allow_redirects=False)

    def plant(self, name: str, cookie: str) -> None:
        """Put a cookie into the browser, as somebody else would."""
        self.client.session.cookie_jar.update_cookies({name: cookie}, URL(str(self.client.make_url("/"))))

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}


def fields(page: html.HtmlElement, number: int = -1) -> Fields:
    """What the browser sends of a form without a button; by default of the last form of the page."""
    return dict(page.forms[number].form_values())


def text_of(page: html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


class Office:
    """Makes users and browsers, and closes the browsers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._open: list[Person] = []

    def browser(self, user: str = "", name: str = "", world: World | None = None) -> Person:
        """One that has been nowhere yet."""
        self._open.append(Person(world or self.world, user, name))
        return self._open[-1]

    async def hire(self, name: str, roles: dict[str, str], *, signed_in: bool = True) -> Person:
        """A user of that name, signed in unless asked otherwise."""
        user = f"u{len(self.world.node.current.system.users.names)}"
        await self.world.put(
            SYSTEM,
            UserPut(by="cli", user=user, name=name, roles=roles),
            PasswordSet(by="cli", user=user, digest=DIGEST),
        )
        person = self.browser(user, name)
        if signed_in:
            answer = await person.sign_in()
            assert answer.status == 303, await answer.text()
        return person

    async def close(self) -> None:
        for person in self._open:
            await person.client.session.close()


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    """Of a county with two boards."""
    made = Office(world)
    yield made
    await made.close()


@pytest.fixture
def hire(office: Office) -> Hire:
    """Makes users, signed in unless asked otherwise."""
    return office.hire
