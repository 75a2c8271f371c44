"""A board and its twin: one is set at the desk, the other by a command, and both stand alike."""

import asyncio
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from lxml import html
from msgspec.structs import replace

from tests.parity.ways import TAKEN, code_of
from tests.web.conftest import World
from tests.web.desk.conftest import Person, fields
from trafficlight.cli.program import run
from trafficlight.domain.board import Board, Site
from trafficlight.domain.state import BoardFold

DESK, CLI = "ta", "tb"
"""The twins, and the ids of their sites begin with them."""


def twin(slug: str) -> Board:
    return Board(
        slug=slug,
        name="双子县",
        publisher="双子县卫健局",
        hotline="0535-5550120",
        area_code="0535",
        capacities={"hospital": 90},
    )


def sites_of(slug: str) -> tuple[Site, ...]:
    return (
        Site(id=f"{slug}-1", name="东江卫生院", kind="township_centre", town="东江街道", capacity=50),
        Site(id=f"{slug}-2", name="人民医院", kind="hospital", town="新嘉街道"),
    )


class Twins:
    """The two boards, whoever sits at the desk, and a terminal."""

    def __init__(self, world: World, data: Path, admin: Person, watch: BlockBuster) -> None:
        self.world = world
        self.data = data
        self.admin = admin
        self._watch = watch

    async def desk(self, path: str, number: int, **typed: str) -> str:
        """Fill in a form of the page and send it; the code of the answer."""
        form = fields(await self.admin.page(path.format(board=DESK)), number)
        answer = await self.admin.post(path.format(board=DESK), {**form, **typed})
        if answer.status == 303:
            return TAKEN
        page = html.document_fromstring(await answer.text())
        said = page.xpath("//*[@class='wrong' or @class='fault']")
        return code_of(" ".join(one.text_content() for one in said))

    async def cli(self, *arguments: str | Path, typed: str = "") -> str:
        """Run a command; the code of what it says."""
        said = StringIO()

        def command() -> int:
            words = [str(one) for one in (*arguments, "--data", self.data)]
            with redirect_stderr(said), redirect_stdout(StringIO()), pytest.MonkeyPatch.context() as patch:
                patch.setattr("sys.stdin", StringIO(typed))
                return run(words)

        self._watch.deactivate()  # a command keeps nobody waiting
        code = await asyncio.to_thread(command)
        self._watch.activate()
        await self.world.node.freshness.refresh()
        return TAKEN if code == 0 else code_of(said.getvalue())

    def board(self, slug: str) -> BoardFold:
        return self.world.node.current.boards[slug]

    def assert_alike(self) -> None:
        """The two stand alike."""
        one, other = (_plain(self.board(slug)) for slug in (DESK, CLI))
        assert one == other


def _plain(fold: BoardFold) -> object:
    """What was set, without what tells the twins apart."""
    return (
        replace(fold.board, slug=""),
        [version.raw for version in fold.rules],
        {
            name[2:]: (replace(state.site, id=""), [one.raw for one in state.rules])
            for name, state in fold.sites.items()
        },
        sorted((notice.text, notice.until) for notice in fold.notices.values()),
        fold.guide,
        fold.teams,
    )
