"""The files by which an official account proves that the pages' domain is its own."""

from typing import Final

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView

_MEDIA: Final = "text/plain; charset=utf-8"


class WechatProof:
    """MP_verify_….txt at the top of the tree, byte for byte; where WeChat looks for them."""

    name = "wechat_proof"
    scope = FormatScope.TREE
    pattern = "MP_verify_{proof}.txt"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        return tuple(Artifact(name, _MEDIA, word.encode()) for name, word in view.place.proofs)
