"""The installation that the proofs are made on: 96 sites on three boards, imported as a county would."""

import csv
from dataclasses import dataclass, replace
from pathlib import Path

from tests.running import command, issue_token

BOARDS = ("dongxian", "xixian", "nanxian")
SITES_A_BOARD = 32


@dataclass(frozen=True, slots=True)
class Town:
    """A data folder, its sites, and a token for all of them."""

    data: Path
    sites: tuple[str, ...]
    token: str
    ledger: str = ""
    """Its URL, where it is not in the data folder."""

    @property
    def where(self) -> tuple[str, str | Path]:
        """What tells the command line which ledger is meant."""
        return ("--ledger", self.ledger) if self.ledger else ("--data", self.data)


def import_town(folder: Path, data: Path, ledger: str = "") -> Town:
    """The installation, in a data folder that may not exist yet, or in the ledger at a URL."""
    rows = [
        {
            "id": f"{board}-{number:03}",
            "name": f"{board}第{number}卫生院",
            "board": board,
            "board_name": f"示例{board}",
            "town": ("东庄镇", "西岭镇")[number % 2],
            "address": f"人民路{number}号",
            "phone": f"0000-555{number:04}",
            "capacity": 50,
        }
        for board in BOARDS
        for number in range(SITES_A_BOARD)
    ]
    sheet = folder / "sites.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    sites = tuple(str(row["id"]) for row in rows)
    town = Town(data=data, sites=sites, token="", ledger=ledger)
    command("sites", "import", sheet, *town.where)
    return replace(town, token=issue_token(data, ledger))
