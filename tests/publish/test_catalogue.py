"""The catalogue of open data, held against the shapes that portals ask for; and the maps for searches."""

from typing import Any

import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace
from pyshacl import validate
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

from tests.golden.views import BOARDS, DRAFT, INDEX, MIXED
from trafficlight.publish import open_data
from trafficlight.publish.formats.board_sitemap import BoardSitemap
from trafficlight.publish.formats.catalog_jsonld import CatalogJsonld
from trafficlight.publish.formats.robots import Robots
from trafficlight.publish.formats.sitemap import Sitemap
from trafficlight.publish.view import BoardView, IndexView

# The readers warn of what they themselves will change.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

HOME = "https://fever.example.cn"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
[] a sh:NodeShape ; sh:targetClass dcat:Catalog ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ;
  sh:property [ sh:path dct:description ; sh:minCount 1 ] ;
  sh:property [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ;
  sh:property [ sh:path dcat:dataset ; sh:class dcat:Dataset ; sh:nodeKind sh:IRI ] .
[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:datatype rdf:langString ] ;
  sh:property [ sh:path dct:description ; sh:minCount 1 ] ;
  sh:property [ sh:path dct:accrualPeriodicity ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path dcat:landingPage ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] ;
  sh:property [ sh:path dcat:distribution ; sh:nodeKind sh:IRI ] .
[] a sh:NodeShape ; sh:targetClass dcat:Distribution ;
  sh:property [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path dcat:downloadURL ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
  sh:property [ sh:path dcat:mediaType ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
[] a sh:NodeShape ; sh:targetClass foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
"""
"""What DCAT-AP 3 makes mandatory, and of what else we say the kinds that it asks for."""


def placed(view: IndexView, address: str = HOME) -> IndexView:
    return replace(view, place=replace(view.place, public_url=address))


def graph(view: IndexView) -> Graph:
    (made,) = CatalogJsonld().make(view)
    return Graph().parse(data=made.body, format="json-ld", publicID=f"{HOME}/catalog.jsonld")


@pytest.mark.parametrize("address", [HOME, ""])
def test_the_catalogue_has_the_shapes(address: str) -> None:
    conforms, _, report = validate(
        graph(placed(INDEX, address)), shacl_graph=SHAPES, shacl_graph_format="turtle"
    )
    assert conforms, report


def test_the_shapes_find_what_is_missing() -> None:
    found = graph(placed(INDEX))
    found.remove((None, DCTERMS.title, None))
    assert not validate(found, shacl_graph=SHAPES, shacl_graph_format="turtle")[0]


def test_every_board_and_every_file_for_programs_is_in_it() -> None:
    found = graph(placed(INDEX))
    boards = {f"{HOME}/{board.slug}/" for board in INDEX.boards}
    assert {str(one) for one in found.subjects(RDF.type, DCAT.Dataset)} == boards
    files = {one.path for one in open_data.FILES if not one.of_site and one.media != "text/html"}
    assert len(files) > 5
    for board in boards:
        urls = {
            str(found.value(one, DCAT.downloadURL)) for one in found.objects(URIRef(board), DCAT.distribution)
        }
        assert urls == {board + file for file in files}


def test_without_an_address_everything_is_beside_the_catalogue() -> None:
    with_one, without = graph(placed(INDEX)), graph(placed(INDEX, ""))
    for name in (DCAT.dataset, DCAT.downloadURL):
        assert set(with_one.objects(None, name)) == set(without.objects(None, name))


def test_terms_are_the_boards_own() -> None:
    board = replace(INDEX.boards[0], licence="CC-BY-4.0", attribution="示例县卫生健康局")
    found = graph(placed(replace(INDEX, boards=(board,))))
    dataset = URIRef(f"{HOME}/{board.slug}/")
    assert str(found.value(dataset, DCTERMS.license)) == "CC-BY-4.0"
    foaf = Namespace("http://xmlns.com/foaf/0.1/")
    assert str(found.value(found.value(dataset, DCTERMS.publisher), foaf.name)) == "示例县卫生健康局"


# --- maps ---------------------------------------------------------------------------------------------------


def located(body: bytes) -> list[str]:
    return [str(one) for one in etree.fromstring(body).xpath("//*[local-name()='loc']/text()")]


def on(view: BoardView) -> BoardView:
    return replace(view, header=replace(view.header, place=replace(view.header.place, public_url=HOME)))


def test_a_search_finds_every_board_and_from_there_every_page() -> None:
    (made,) = Sitemap().make(placed(INDEX))
    assert located(made.body) == [f"{HOME}/{board.slug}/sitemap.xml" for board in INDEX.boards]
    assert b"Sitemap: https://fever.example.cn/sitemap.xml" in Robots().make(placed(INDEX))[0].body
    (board,) = BoardSitemap().make(on(MIXED))
    found = located(board.body)
    assert found[0] == f"{HOME}/shili/"
    assert len(set(found)) == len(found)
    assert {f"{HOME}/shili/sites/{site.id}.html" for site in MIXED.sites} <= set(found)


def test_drafts_and_trees_without_an_address_have_none() -> None:
    assert Sitemap().make(placed(INDEX, "")) == ()
    assert b"Sitemap" not in Robots().make(placed(INDEX, ""))[0].body
    assert BoardSitemap().make(on(DRAFT)) == ()
    nowhere = replace(MIXED, header=replace(MIXED.header, place=replace(MIXED.header.place, public_url="")))
    assert BoardSitemap().make(nowhere) == ()


def test_an_address_of_a_map_is_escaped() -> None:
    views: list[Any] = [on(view) for view in BOARDS]
    for view in views:
        for made in BoardSitemap().make(view):
            assert all(one.startswith(HOME) for one in located(made.body))
    assert msgspec.json.decode(CatalogJsonld().make(INDEX)[0].body)["@type"] == "dcat:Catalog"
