"""The catalogue of open data in DCAT, for portals that collect catalogues."""

from typing import Any, Final

import msgspec

from trafficlight.publish import open_data, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.open_data import DataFile
from trafficlight.publish.view import BoardEntry, IndexView
from trafficlight.text.languages import N_, language, translate

_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
_CONTINUOUS: Final = "http://publications.europa.eu/resource/authority/frequency/UPDATE_CONT"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_PAGES: Final = "text/html"


class CatalogJsonld:
    """catalog.jsonld: a dataset for each board, with every file that programs read as a distribution."""

    name = "catalog_jsonld"
    scope = FormatScope.INDEX
    pattern = "catalog.jsonld"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        catalog = _without_unknown(
            {
                "@context": _CONTEXT,
                "@id": f"{_top(view)}{self.pattern}",
                "@type": "dcat:Catalog",
                "dct:title": _translated(N_("发热门诊忙闲数据目录"), view.lang),
                "dct:description": _translated(
                    N_("各县区发热就诊机构忙闲情况的开放数据，随时更新。"), view.lang
                ),
                "dct:publisher": _agent(view.place.contact or translate(N_("本站"), view.lang)),
                "dct:license": view.place.licence,
                "dcat:dataset": [_dataset(board, view) for board in view.boards],
            }
        )
        return (Artifact(self.pattern, "application/ld+json", msgspec.json.encode(catalog) + b"\n"),)


def _dataset(board: BoardEntry, view: IndexView) -> dict[str, Any]:
    top = f"{_top(view)}{board.slug}/"
    title = translate(N_("{place}发热就诊机构忙闲情况"), view.lang).format(place=board.name)
    files = [one for one in open_data.FILES if not one.of_site and one.media != _PAGES]
    return _without_unknown(
        {
            "@id": top,
            "@type": "dcat:Dataset",
            "dct:identifier": board.slug,
            "dct:title": _text(title, view.lang),
            "dct:description": _text(words.sentences(words.about(view.lang), view.lang), view.lang),
            "dct:publisher": _agent(board.attribution or board.name),
            "dct:license": board.licence,
            "dct:accrualPeriodicity": {"@id": _CONTINUOUS},
            "dcat:landingPage": {"@id": top},
            "dcat:distribution": [_distribution(one, top, view.lang) for one in files],
        }
    )


def _distribution(one: DataFile, top: str, lang: str) -> dict[str, Any]:
    return {
        "@id": f"{top}{one.path}",
        "@type": "dcat:Distribution",
        "dct:title": _text(translate(one.label, lang), lang),
        "dct:description": _text(translate(one.about, lang), lang),
        "dcat:accessURL": {"@id": f"{top}data.html"},
        "dcat:downloadURL": {"@id": f"{top}{one.path}"},
        "dcat:mediaType": {"@id": _MEDIA + one.media},
    }


def _top(view: IndexView) -> str:
    """The way to the tree in the view's language; where no address is known, from where the file lies."""
    return f"{view.place.public_url}/{language(view.lang).folder}" if view.place.public_url else ""


def _agent(name: str) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _translated(text: str, lang: str) -> dict[str, str]:
    return _text(translate(text, lang), lang)


def _text(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": language(lang).html}


def _without_unknown(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, "", [])}
