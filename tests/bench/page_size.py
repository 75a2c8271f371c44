"""The board page with 152 sites, which carries all that its first view needs, compressed.

Where real lists lie beside the project (`../shared/data/sites.csv`), the first 152 sites of that file on
one board; else the sites of the other benches. All have reported, so that every row has its light, words
and time. Counted is the body of the page, its styles in it; apart from it the style sheet and the scripts
that come later, each as the app sends it.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from tests.bench.installations import FIRST_BOARD, Installation
from tests.bench.rig import SMALL, Rig, Row
from tests.bench.rounds import Rounds
from tests.running import Server, command, get, issue_token

MOST = {"br": 11 * 1024, "gzip": 11 * 1024}
LATER = 15 * 1024
REAL = Path(__file__).parents[3] / "shared" / "data" / "sites.csv"
_LATER = re.compile(rb'<(?:link rel="stylesheet" href="([^"]+)"|script src="([^"]+)" defer)>')


def run(rig: Rig) -> Iterator[Row]:
    with_real = REAL.is_file()
    installation = _real(rig) if with_real else rig.installation(SMALL)
    with Server(installation.data, core=rig.server_core) as server:
        server.wait_until_ready()
        for site in _sites(server.port, installation.board):
            client = Rounds(server.port, installation, [site])
            client.report()
            client.close()
        for coding in ("br", "gzip"):
            path = f"/{installation.board}/"
            whole, most = _size(server.port, path, coding), MOST[coding]
            yield Row(
                what=f"board page with 152 {'real ' if with_real else ''}sites, {coding}",
                budget=f"≤ {most:,} bytes with all that the first view needs",
                measured=f"{whole:,} bytes",
                ratio=f"{whole / most:.2f} ×",
                met=whole <= most,
            )
            later = _parts(server.port, path, coding, _LATER)
            whole = sum(later.values())
            yield Row(
                what=f"its scripts and the other styles after that, {coding}",
                budget=f"≤ {LATER:,} bytes in all",
                measured=f"{whole:,} bytes",
                ratio=f"{whole / LATER:.2f} ×",
                met=whole <= LATER,
                note=_told(later),
            )


def _real(rig: Rig) -> Installation:
    """The real sites, moved onto one board and imported as a county would."""
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))[:FIRST_BOARD]
    for row in rows:
        row.pop("source")
        row |= {"board": "b0000", "board_name": "示例县"}
    sheet, data = rig.folder / "real.csv", rig.folder / "real"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    command("sites", "import", sheet, "--data", data, "--answer", "area=add")
    return Installation(data=data, plan=SMALL, token=issue_token(data))


def _sites(port: int, board: str) -> list[str]:
    return re.findall(r'"id":"([^"]+)"', get(port, f"/{board}/board.json")[1].decode())


def _told(parts: dict[str, int]) -> str:
    return ", ".join(f"{name} {size:,}" for name, size in parts.items())


def _parts(port: int, path: str, coding: str, which: re.Pattern[bytes]) -> dict[str, int]:
    """The sizes of what goes over the wire beside the page."""
    parts = {}
    for sheet, script in which.findall(get(port, path)[1]):
        name = (sheet or script).decode()
        parts[name.rpartition("/")[2].partition(".")[0] + name[name.rfind(".") :]] = f"/{name.lstrip('./')}"
    return {name: _size(port, place, coding) for name, place in parts.items()}


def _size(port: int, path: str, coding: str) -> int:
    status, body = get(port, path, {"Accept-Encoding": coding})
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return len(body)
