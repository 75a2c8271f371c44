"""The page that shows the board's articles for WeChat, each with a button that copies it."""

from trafficlight.publish import templating, words
from trafficlight.publish.article import MOST_IN_ONE, articles
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView


class WechatPage:
    """{board}/wechat.html, for editors where there is no desk; in Chinese only, as the articles are."""

    name = "wechat_page"
    scope = FormatScope.BOARD
    pattern = "{board}/wechat.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        if view.header.lang != words.ZH:
            return ()
        path = self.pattern.format(board=view.header.slug)
        body = templating.view_page(
            "wechat_page/page.html",
            path,
            view,
            live=True,
            articles=articles(view),
            most_in_one=MOST_IN_ONE,
            listed=False,
        )
        return (Artifact(path, templating.HTML, body, inline=True),)
