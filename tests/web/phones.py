"""A clinic's phone: what it opens, types and taps; no script runs."""

import re
from typing import TYPE_CHECKING, Any

from aiohttp import ClientResponse
from lxml import html

from trafficlight.actions.credentials import Issued

if TYPE_CHECKING:
    from tests.web.conftest import World

Fields = dict[str, str]


class Phone:
    """A browser at a clinic: keeps cookies, fills in forms, runs no script."""

    def __init__(self, world: "World", link: Issued, path: str = "") -> None:
        self.world = world
        self.link = link
        self.url = f"/report/{link.id}/{path}"

    async def enter(self) -> ClientResponse:
        return await self.world.client.get(f"/enter/{self.link.secret}", allow_redirects=False)

    async def page(self, path: str = "") -> html.HtmlElement:
        answer = await self.world.client.get(self.url + path)
        assert answer.status == 200, await answer.text()
        return html.document_fromstring(await answer.text())

    async def fields(self) -> Fields:
        return fields_of(await self.page())

    async def send(self, fields: Fields | None = None, **typed: str) -> ClientResponse:
        fields = fields or await self.fields()
        return await self.world.client.post(self.url, data={**fields, **typed}, allow_redirects=False)

    async def receipt(self, answer: ClientResponse) -> str:
        assert answer.status == 303, await answer.text()
        where = answer.headers["Location"]
        shown = await self.world.client.get(self.url + where)
        assert shown.status == 200
        return text_of(html.document_fromstring(await shown.text()))


def fields_of(page: html.HtmlElement) -> Fields:
    """What the browser sends without a button: every field of the form as it stands."""
    return {name: value for name, value in _form(page).form_values() if name != "decided"}


def _form(page: html.HtmlElement) -> html.FormElement:
    """The form to be filled in; on a receipt the one that takes back."""
    forms: list[html.FormElement] = page.forms
    return next((form for form in forms if form.get("id") == "form"), forms[0])


def text_of(page: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", page.text_content())


async def shown_again(answer: ClientResponse) -> tuple[html.HtmlElement, str]:
    page = html.document_fromstring(await answer.text())
    return page, text_of(page)


async def light_of(world: "World", site: str = "lk-001") -> str | None:
    board = await (await world.client.get("/longkou/board.json")).json()
    light: str | None = next(one["light"] for one in board["sites"] if one["id"] == site)
    return light


def decided(fields: Fields, *answers: str, **typed: str) -> list[tuple[str, str]]:
    return [*{**fields, **typed}.items(), *(("decided", answer) for answer in answers)]


async def answer_with(phone: Phone, answer: ClientResponse, choice: str) -> ClientResponse:
    """Press the button of that value on the page that asks."""
    page, _ = await shown_again(answer)
    [button] = page.xpath(f'//div[@class="ask"]//button[@value="{choice}"]')
    kept = [(name, value) for name, value in _form(page).form_values() if name != "act"]
    act = page.xpath('//div[@class="ask"]//input[@name="act"]/@value')
    data: list[tuple[str, Any]] = [*kept, *(("act", one) for one in act), (button.get("name"), choice)]
    return await phone.world.client.post(phone.url, data=data, allow_redirects=False)
