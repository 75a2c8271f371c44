"""A ledger of a clinic that was fuller than it looked, day after day: what lights are held against."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SURPRISE = ((time(9), 5), (time(11), 25))
"""Of 20 places, open from 8:00 to 18:00: full at 10:30, and by `share` blue until 11:00."""
DAYS = 12


def surprised_ledger(file: Path, of_today: int | None = None) -> Path:
    """The last twelve days of the board `shili`, written as `ledger import` reads them; it has no rule."""
    today = datetime.now(ZONE).date()
    begin = datetime.combine(today - timedelta(days=DAYS + 1), time(0), ZONE)
    site = {"id": "a", "name": "桃源镇卫生院", "hours": "8:00-18:00", "capacity": 20}
    board = {"slug": "shili", "name": "示例县"}
    lines = [_line(1, begin, "board_put", settings=board), _line(2, begin, "site_put", site=site)]
    told = [
        (datetime.combine(today - timedelta(days=back), wall, ZONE), count)
        for back in range(DAYS, 0, -1)
        for wall, count in SURPRISE
    ]
    if of_today is not None:
        told.append((datetime.combine(today, time(0), ZONE), of_today))
    for at, count in told:
        number = len(lines) + 1
        report = {"id": f"r{number:015}", "site": "a", "service_day": str(at.date()), "patients": count}
        lines.append(_line(number, at, "reported", **report))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _line(position: int, at: datetime, event: str, **said: object) -> str:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    told = {"board": "shili", "position": position, "at": stamp, "type": event, "v": 1, **said}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)
