"""The QR code of the board's live page as a picture: what an article shows to be pressed."""

from trafficlight.publish import words
from trafficlight.publish.article import frame
from trafficlight.publish.cards import qr_png
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView


class WechatQr:
    """{board}/wechat-qr.png, where it is known where the tree lives."""

    name = "wechat_qr"
    scope = FormatScope.BOARD
    pattern = "{board}/" + frame.PICTURE

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        address = frame.address(view)
        if not address or view.header.lang != words.ZH:
            return ()
        return (Artifact(self.pattern.format(board=view.header.slug), "image/png", qr_png(address)),)
