"""The board as an article for WeChat: the bare fragment, as it is sent or pasted."""

from trafficlight.publish import templating, words
from trafficlight.publish.article import articles
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView


class WechatFragment:
    """{board}/wechat-fragment.html, and -2, -3 … where one article does not hold all; in Chinese only."""

    name = "wechat_fragment"
    scope = FormatScope.BOARD
    pattern = "{board}/wechat-fragment{part}.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        if view.header.lang != words.ZH:
            return ()
        return tuple(
            Artifact(
                self.pattern.format(board=view.header.slug, part=f"-{one.number}" if one.number > 1 else ""),
                templating.HTML,
                one.content.encode(),
                inline=True,
            )
            for one in articles(view)
        )
