"""What happens when a part is in trouble: a code and a sentence for the stranger, the rest goes on."""

import asyncio
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import pytest

from tests.patience import LONG
from tests.web.conftest import BOARD, SITES, Clock, Starter, World, facts
from tests.web.phones import Phone
from trafficlight.actions import reporting
from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import Appended, Key, LedgerUnavailable
from trafficlight.ledger.current import Current
from trafficlight.ledger.sqlite import SqliteLedger
from trafficlight.metrics import Metrics
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.formats.board_json import BoardJson
from trafficlight.publish.sync import TargetSync
from trafficlight.settings import Settings
from trafficlight.web import api
from trafficlight.web import node as parts
from trafficlight.web.app import NODE, create_app
from trafficlight.web.server import serve


class Away:
    """Takes the ledger away from a server."""

    def __init__(self, world: World) -> None:
        self._kept = world.node.current.ledger
        world.node.current.ledger = self
        self._world = world
        self.read = self._kept.read
        self.follow = self._kept.follow
        self.close = self._kept.close

    async def append(
        self, _board: str, _events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        del key, expect
        raise LedgerUnavailable("away")

    async def used(self, _board: str, _key: Key) -> Appended | None:
        raise LedgerUnavailable("away")

    async def ready(self) -> None:
        raise LedgerUnavailable("away")

    async def heads(self) -> Mapping[str, int]:
        raise LedgerUnavailable("away")

    def back(self) -> None:
        self._world.node.current.ledger = self._kept


async def test_without_the_ledger_nothing_is_acknowledged_and_pages_stand(world: World) -> None:
    token, link = await world.token(), await world.link(site="lk-001")
    await world.report({"patients": 5}, token=token)
    away = Away(world)
    answer = await world.report({"patients": 60}, token=token)
    assert (answer.status, (await answer.json())["code"]) == (503, "ledger_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    bulk = {"reports": [{"site": "lk-001", "patients": 60}, {"site": "lk-002", "patients": 6}]}
    answer = await world.client.post(
        "/api/v1/reports", json=bulk, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status == 503
    some = {"reports": [{"site": "lk-001", "patients": 60}, {"site": "lk-002", "patients": -6}]}
    answer = await world.client.post(
        "/api/v1/reports", json=some, headers={"Authorization": f"Bearer {token}"}
    )
    assert [one["status"] for one in (await answer.json())["results"]] == [503, 422]
    unknown = await world.report({"patients": 60}, token="unknown")
    assert unknown.status == 503  # nobody can say whether it is bad
    assert (await world.client.get("/longkou/")).status == 200
    assert (await world.client.get(f"/enter/{link.secret}", allow_redirects=False)).status == 303
    away.back()
    assert (await world.report({"patients": 60}, token=token)).status == 201


async def test_a_form_that_could_not_be_kept_says_so(world: World) -> None:
    phone = Phone(world, await world.link(site="lk-001"))
    await phone.enter()
    fields = await phone.fields()
    away = Away(world)
    answer = await phone.send(fields, patients="40")
    assert answer.status == 503
    text = await answer.text()
    assert "不能确认是否收下" in text
    assert 'value="40"' in text
    away.back()
    assert (await phone.send(fields, patients="40")).status == 303


async def test_too_many_at_once_are_told_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_AT_ONCE", 3)
    token = await world.token()
    answers = await asyncio.gather(*(world.report({"patients": 5}, token=token) for _ in range(20)))
    statuses = {answer.status for answer in answers}
    assert statuses <= {201, 503}
    bulk = {"reports": [{"site": "lk-001", "patients": 1}] * 4}
    answer = await world.client.post(
        "/api/v1/reports", json=bulk, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert (await answer.json())["code"] == "overloaded"
    assert (await world.report({"patients": 5}, token=token)).status == 201


async def test_a_fault_of_ours_is_told_without_its_text(
    world: World, monkeypatch: pytest.MonkeyPatch, logged: StringIO
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("13812345678")

    monkeypatch.setattr(reporting, "parse_report", fail)
    answer = await world.report({"patients": 5})
    assert (answer.status, (await answer.json())["code"]) == (500, "internal")
    assert "13812345678" not in await answer.text()
    line = logged.getvalue()
    assert "handler_failed" in line
    assert "RuntimeError" in line
    assert "13812345678" not in line


async def test_a_part_that_dies_is_told_and_ends_the_server(
    tmp_path: Path, clock: Clock, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dying(_self: Current) -> None:
        await asyncio.sleep(0.05)
        raise RuntimeError

    monkeypatch.setattr(Current, "run", dying)
    settings = Settings(data=tmp_path, listen=("127.0.0.1", 0), ops=("127.0.0.1", 0))
    assert await serve(settings) == 1
    assert '"event": "part_died"' in logged.getvalue()
    assert '"part": "following"' in logged.getvalue()
    assert '"event": "stopped"' in logged.getvalue()


async def test_a_ledger_that_cannot_be_opened_ends_the_server(tmp_path: Path, logged: StringIO) -> None:
    (tmp_path / "ledger.sqlite").write_text("something else entirely, and long enough to be looked at" * 20)
    settings = Settings(data=tmp_path, listen=("127.0.0.1", 0), ops=("127.0.0.1", 0))
    assert await serve(settings) == 1
    assert "cannot_start" in logged.getvalue()


async def test_a_port_that_is_taken_ends_the_server(tmp_path: Path, logged: StringIO, start: Starter) -> None:
    world = await start()
    assert world.client.port is not None
    taken = ("127.0.0.1", world.client.port)
    for settings in (
        Settings(data=tmp_path / "a", listen=("127.0.0.1", 0), ops=taken),
        Settings(data=tmp_path / "b", listen=taken, ops=("127.0.0.1", 0)),
    ):
        assert await serve(settings) == 1
    assert "cannot_start" in logged.getvalue()


async def test_a_target_that_is_none_ends_the_server(tmp_path: Path, logged: StringIO) -> None:
    settings = Settings(
        data=tmp_path, listen=("127.0.0.1", 0), ops=("127.0.0.1", 0), targets=("gopher://example.cn/",)
    )
    assert await serve(settings) == 1
    assert "cannot_start" in logged.getvalue()


async def test_what_was_folded_is_saved_at_the_end_and_used_at_the_start(
    start: Starter, world: World, tmp_path: Path
) -> None:
    await world.report({"patients": 40})
    await world.client.close()
    assert list((tmp_path / "snapshots").rglob("longkou.snapshot"))
    again = await start()
    board = await (await again.client.get("/longkou/board.json")).json()
    assert board["sites"][0]["light"] == "yellow"


async def test_a_snapshot_that_cannot_be_written_is_told_and_hurts_nobody(
    start: Starter, tmp_path: Path, logged: StringIO
) -> None:
    (tmp_path / "snapshots").write_text("no folder")
    world = await start()
    own, placed = facts(BOARD, SITES)
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)
    assert (await world.report({"patients": 40})).status == 201
    await world.client.close()
    assert "snapshot_failed" in logged.getvalue()


async def test_a_target_that_fails_as_nobody_foresaw_is_begun_again_and_hurts_nobody(
    start: Starter, tmp_path: Path, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = 0

    async def failing(_self: TargetSync) -> None:
        nonlocal begun
        begun += 1
        raise RuntimeError

    monkeypatch.setattr(TargetSync, "run", failing)
    monkeypatch.setattr(parts, "RESTART_SECONDS", 0.01)
    world = await start(targets=(str(tmp_path / "tree"),))
    await asyncio.sleep(0.1)
    assert begun > 1
    assert not world.node.failed.is_set()
    assert "target_died" in logged.getvalue()
    assert (await world.client.get("/")).status == 200


async def test_a_ledger_that_refuses_is_measured_whatever_it_was_asked() -> None:
    class Failing(SqliteLedger):
        async def append(self, *_: object) -> Appended:
            raise LedgerUnavailable("away")

        async def used(self, *_: object) -> None:
            raise LedgerUnavailable("away")

        async def ready(self) -> None:
            raise LedgerUnavailable("away")

    metrics = Metrics()
    measured = parts.Measured(Failing.__new__(Failing), metrics.appended)
    for asked in (measured.append("b", []), measured.used("b", Key("", b"")), measured.ready()):
        with pytest.raises(LedgerUnavailable):
            await asked
    assert b"trafficlight_ledger_append_failed_total 3.0" in metrics.render()


async def test_a_format_that_fails_is_told_and_hurts_no_other(
    world: World, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_self: BoardJson, _view: object) -> tuple[Artifact, ...]:
        raise RuntimeError("13812345678")

    monkeypatch.setattr(BoardJson, "make", failing)
    answer = await world.client.get("/longkou/board.json")
    assert "13812345678" not in await answer.text()
    assert (await world.client.get("/longkou/")).status == 200
    assert b'trafficlight_publish_failed_total{format="board_json"} 1.0' in world.node.metrics.render()
    assert '"event": "format_failed"' in logged.getvalue()
    assert "13812345678" not in logged.getvalue()


async def test_two_apps_in_one_process_do_not_meet(tmp_path: Path, clock: Clock) -> None:
    one, two = (
        create_app(Settings(data=tmp_path / "1"), clock),
        create_app(Settings(data=tmp_path / "2"), clock),
    )
    assert one[NODE].metrics.registry is not two[NODE].metrics.registry
    one[NODE].metrics.reported("accepted")
    assert b"trafficlight_reports_accepted_total 1.0" in one[NODE].metrics.render()
    assert b"trafficlight_reports_accepted_total 0.0" in two[NODE].metrics.render()


async def test_a_target_is_written_and_kept(start: Starter, tmp_path: Path) -> None:
    world = await start(targets=(str(tmp_path / "tree"),))
    own, placed = facts(BOARD, SITES)
    await world.put("longkou", *own)
    await world.put(SYSTEM, *placed)
    await world.report({"patients": 40})
    page = tmp_path / "tree" / "longkou" / "sites" / "lk-001.html"
    async with asyncio.timeout(LONG):
        while "黄·较多" not in await asyncio.to_thread(_text, page):  # noqa: ASYNC110 - a folder announces nothing
            await asyncio.sleep(0.05)
    assert b'trafficlight_target_lag_seconds{target="folder:tree"}' in world.node.metrics.render()
    assert b'trafficlight_target_waiting_seconds{target="folder:tree"}' in world.node.metrics.render()


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
