from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from trafficlight.cli import console
from trafficlight.cli.program import run

LIST = """\
id,name,board,board_name,town,address,phone,hours
a1,桃源镇卫生院,shili,示例县,桃源镇,桃源大街1号,0300-5550101,24小时
a2,桃源镇东村卫生室,shili,示例县,桃源镇,东村,0300-5550102,8:00-17:00
b1,柳河乡卫生院,shili,示例县,柳河乡,柳河路2号,0300-5550103/0300-5550104,
"""
"""Three sites of two towns of one board."""


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Trafficlight = Callable[..., Done]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """English, and no settings of the machine's own."""
    monkeypatch.setattr(console, "LANG", "en")
    for name in (
        "TRAFFICLIGHT_DATA",
        "TRAFFICLIGHT_LEDGER",
        "TRAFFICLIGHT_TARGETS",
        "TRAFFICLIGHT_PUBLIC_URL",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def trafficlight(capsys: pytest.CaptureFixture[str]) -> Trafficlight:
    """The command line, in this process."""

    def command(*arguments: str | Path) -> Done:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return command


@pytest.fixture
def data(tmp_path: Path, trafficlight: Trafficlight) -> Path:
    """A data folder with the list's sites."""
    listed = tmp_path / "list.csv"
    listed.write_text(LIST, encoding="utf-8")
    folder = tmp_path / "data"
    assert trafficlight("sites", "import", listed, "--data", folder).code == 0
    return folder
