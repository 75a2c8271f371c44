"""What stands at a path whose format fails and whose last good bytes have run out: phone first."""

from trafficlight.publish.formats.base import Artifact

SENTENCE = "系统故障，暂时无法显示忙闲。前往前请先打电话；情况紧急请直接拨打120。"

_HTML = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>系统故障</title>'
    '<p style="font:20px/1.6 sans-serif;margin:2em">{}</p></html>'
)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="120" height="24"><title>系统故障</title>'
    '<text x="4" y="17" font-size="14">系统故障</text></svg>'
)
_BY_EXTENSION = {
    "html": ("text/html; charset=utf-8", _HTML.format(SENTENCE)),
    "json": ("application/json", f'{{"fault":"{SENTENCE}"}}'),
    "svg": ("image/svg+xml", _SVG),
}


def fault_artifact(path: str) -> Artifact:
    """A page, object, picture or text, by the path's extension, that says what to do."""
    extension = path.rpartition(".")[2]
    media, body = _BY_EXTENSION.get(extension, ("text/plain; charset=utf-8", SENTENCE + "\n"))
    return Artifact(path, media, body.encode())
