"""The page of open data: the one link from a board's first view leads here."""

from msgspec.structs import replace

from trafficlight.publish import open_data, templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.data_schemas import SCHEMAS
from trafficlight.publish.formats.have_xml import has_any
from trafficlight.publish.open_data import DataFile
from trafficlight.publish.view import BoardView
from trafficlight.text.languages import translate


class DataPage:
    """{board}/data.html: which files there are, what each holds, and on which terms."""

    name = "data_page"
    scope = FormatScope.DATA
    pattern = "{board}/data.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug)
        files = [
            _translated(one, view.header.lang)
            for one in open_data.FILES
            if one.key != "have" or has_any(view)
        ]
        body = templating.view_page(
            "data_page/page.html",
            path,
            view,
            files=[one for one in files if not one.of_site],
            site_files=[one for one in files if one.of_site],
            schemas=list(SCHEMAS),
        )
        return (Artifact(path, templating.HTML, body),)


def _translated(one: DataFile, lang: str) -> DataFile:
    return replace(one, label=translate(one.label, lang), about=translate(one.about, lang))
