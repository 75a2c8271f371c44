"""The QR code of the board's live page as a picture: what an article shows to be pressed."""

from trafficlight.publish import article, words
from trafficlight.publish.cards import qr_png
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView


class WechatQr:
    """{board}/wechat-qr.png, where it is known where the tree lives."""

    name = "wechat_qr"
    scope = FormatScope.BOARD
    pattern = "{board}/" + article.QR_FILE

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        address = article.live_url(view)
        if not address or view.header.lang != words.ZH:
            return ()
        return (Artifact(self.pattern.format(board=view.header.slug), "image/png", qr_png(address)),)
