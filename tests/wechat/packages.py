"""What is pushed in tests, and what then lies in the stand-in's draft box."""

from datetime import UTC, date, datetime, timedelta

from tests.wechat.conftest import MORNING
from tests.wechat.standin import StandIn
from trafficlight.publish.article import Face, articles
from trafficlight.publish.view import BoardView
from trafficlight.wechat.drafts import DraftPart, Package

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
QR = "https://fever.example.cn/shili/wechat-qr.png?v=7"
LINK = "https://fever.example.cn/shili/?v=7"
CONTENT = f'<section><p>截至8:00“人多”</p><p><img src="{QR}" alt="码"></p></section>'


def part(hour: str = "8:00", number: str = "") -> DraftPart:
    return DraftPart(
        title=f"示例县发热就诊机构忙闲（12月24日 {hour}）{number}",
        digest=f"截至{hour}",
        content=CONTENT.replace("8:00", hour),
        link=LINK,
        picture=QR,
    )


def package(*parts: DraftPart) -> Package:
    return Package(
        day=date(2022, 12, 24),
        since=datetime.fromtimestamp(MORNING, UTC) - timedelta(hours=8),
        parts=parts or (part(),),
        cover=PNG,
        picture=PNG,
        author="示例县卫生健康局疾病预防控制科",
    )


def titles(standin: StandIn) -> list[list[str]]:
    return [[one["title"] for one in draft["articles"]] for draft in standin.drafts.values()]


def packed(view: BoardView, face: Face) -> Package:
    """A board's own articles."""
    made = articles(view, face)
    return package(
        *(
            DraftPart(
                title=one.title, digest=one.digest, content=one.content, link=one.link, picture=one.picture
            )
            for one in made
        )
    )
