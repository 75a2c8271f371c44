"""What stands at a path whose format fails and whose last good bytes have run out: phone first."""

from trafficlight.publish.formats.base import Artifact
from trafficlight.text.languages import N_, split, translate

SENTENCE = N_("系统故障，暂时无法显示忙闲。前往前请先打电话；情况紧急请直接拨打120。")
TITLE = N_("系统故障")

_HTML = (
    '<!doctype html><html lang="{lang}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<p style="font:20px/1.6 sans-serif;margin:2em">{said}</p></html>'
)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="120" height="24"><title>{title}</title>'
    '<text x="4" y="17" font-size="14">{title}</text></svg>'
)
_BY_EXTENSION = {
    "html": ("text/html; charset=utf-8", _HTML),
    "json": ("application/json", '{{"fault":"{said}"}}'),
    "svg": ("image/svg+xml", _SVG),
}


def fault_artifact(path: str) -> Artifact:
    """A page, object, picture or text, by the path's extension, that says what to do."""
    spoken, _ = split(path)
    extension = path.rpartition(".")[2]
    media, body = _BY_EXTENSION.get(extension, ("text/plain; charset=utf-8", "{said}\n"))
    said, title = translate(SENTENCE, spoken.code), translate(TITLE, spoken.code)
    return Artifact(path, media, body.format(lang=spoken.html, title=title, said=said).encode())
