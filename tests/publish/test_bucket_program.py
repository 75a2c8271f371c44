"""The program and a bucket: served, published once, and told where it fails."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from tests.publish.buckets import Bucket, refusing_strangers
from tests.publish.trees import happens, tree
from tests.publish.worlds import lively
from trafficlight import logs
from trafficlight.cli import console
from trafficlight.cli.program import run
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.settings import Settings
from trafficlight.web.app import NODE, create_app


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A data folder on a busy morning."""
    folder, world = tmp_path / "data", lively()
    await asyncio.to_thread(folder.mkdir)
    now = world.at
    ledger = await open_ledger(data_ledger_url(folder), lambda: now)
    for record in world.records:
        now = record.at
        await ledger.append(record.board, [record.event])
    await ledger.close()
    return folder


@pytest.fixture
def logged() -> StringIO:
    told = StringIO()
    logs.configure("info", told)
    return told


def plain(root: Path) -> dict[str, bytes]:
    return {path: body for path, body in tree(root).items() if not path.endswith((".gz", ".br"))}


async def test_a_server_keeps_a_folder_and_a_bucket_alike(
    data: Path, bucket: Bucket, tmp_path: Path, soon: None
) -> None:
    """And a third target, which is down, delays neither and rings."""
    root, at = tmp_path / "tree", lively().at
    away = "s3://keiner/tree?endpoint=http://127.0.0.1:1&credentials=/nowhere"
    app = create_app(Settings(data=data, targets=(away, str(root), bucket.address())), lambda: at)
    async with TestServer(app):
        metrics = app[NODE].metrics
        pictures = [f"shili/{name}.png" for name in ("poster", "cover")]
        await happens(lambda: all((root / path).exists() for path in pictures), within=60)
        async with asyncio.timeout(60):  # more pictures may still be on their way to both
            while await asyncio.to_thread(bucket.tree) != await asyncio.to_thread(plain, root):  # noqa: ASYNC110 - files
                await asyncio.sleep(0.05)
        told = metrics.render().decode()
        assert 'trafficlight_target_failed_total{target="s3:keiner/tree@127.0.0.1:1"} 0' not in told
        assert 'trafficlight_target_failed_total{target="s3:keiner/tree@127.0.0.1:1"}' in told
        assert (
            f'trafficlight_target_lag_seconds{{target="s3:{bucket.name}/tree@127.0.0.1:{bucket.port}"}}'
            in told
        )
    assert not [key for key in bucket.tags() if "keiner" in key]


async def test_wrong_credentials_ring_and_hurt_nobody(
    data: Path, bucket: Bucket, store_port: int, soon: None, logged: StringIO
) -> None:
    at = lively().at
    app = create_app(Settings(data=data, targets=(bucket.address(),)), lambda: at)
    with refusing_strangers(store_port):
        async with TestServer(app):
            assert app[NODE].ready
            failed = (
                f'trafficlight_target_failed_total{{target="s3:{bucket.name}/tree@127.0.0.1:{store_port}"}}'
            )
            await happens(lambda: failed in app[NODE].metrics.render().decode())
    assert "the credentials are refused" in logged.getvalue()
    assert "geheim" not in logged.getvalue()
    assert "AKIADENG" not in logged.getvalue()


def test_the_tree_is_published_to_a_bucket_once(
    data: Path,
    bucket: Bucket,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(console, "LANG", "en")
    monkeypatch.setenv("TRAFFICLIGHT_FONT", "none")
    then = lively().at.isoformat()
    for to in (bucket.address(), str(tmp_path / "tree"), bucket.address()):
        assert run(["publish", "--data", str(data), "--as-of", then, "--to", to]) == 0
    assert bucket.tree() == plain(tmp_path / "tree")
    assert capsys.readouterr().out.splitlines()[-1].startswith("wrote 0 files to s3://")


def test_where_a_bucket_cannot_be_written_it_is_said_in_a_sentence(
    data: Path, bucket: Bucket, store_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with refusing_strangers(store_port):
        then = lively().at.isoformat()
        assert run(["publish", "--data", str(data), "--as-of", then, "--to", bucket.address()]) == 1
    assert "the credentials are refused" in capsys.readouterr().err
    assert run(["publish", "--data", str(data), "--to", "s3://AKIADENG:geheim@deng/"]) == 2
    told = capsys.readouterr()
    assert "geheim" not in told.out + told.err
