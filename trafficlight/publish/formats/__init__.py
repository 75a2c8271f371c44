"""Every format, in the order in which targets write: what others link to before what links."""

from typing import Final

from trafficlight.publish.formats.base import Format
from trafficlight.publish.formats.board_badge import BoardBadge
from trafficlight.publish.formats.board_csv import BoardCsv
from trafficlight.publish.formats.board_geojson import BoardGeojson
from trafficlight.publish.formats.board_json import BoardJson
from trafficlight.publish.formats.board_page import BoardPage
from trafficlight.publish.formats.board_print import BoardPrint
from trafficlight.publish.formats.board_shields import BoardShields
from trafficlight.publish.formats.board_sitemap import BoardSitemap
from trafficlight.publish.formats.board_xlsx import BoardXlsx
from trafficlight.publish.formats.boards_json import BoardsJson
from trafficlight.publish.formats.catalog_jsonld import CatalogJsonld
from trafficlight.publish.formats.changes_atom import ChangesAtom
from trafficlight.publish.formats.cover import Cover
from trafficlight.publish.formats.cover_square import CoverSquare
from trafficlight.publish.formats.data_page import DataPage
from trafficlight.publish.formats.data_schemas import DataSchemas
from trafficlight.publish.formats.directory import Directory
from trafficlight.publish.formats.door_sheet import DoorSheet
from trafficlight.publish.formats.embed_page import EmbedPage
from trafficlight.publish.formats.embed_script import EmbedScript
from trafficlight.publish.formats.fhir_ndjson import FhirNdjson
from trafficlight.publish.formats.find_json import FindJson
from trafficlight.publish.formats.guide_page import GuidePage
from trafficlight.publish.formats.have_xml import HaveXml
from trafficlight.publish.formats.index_find import IndexFind
from trafficlight.publish.formats.index_page import IndexPage
from trafficlight.publish.formats.lights_json import LightsJson
from trafficlight.publish.formats.notice import NoticeText
from trafficlight.publish.formats.planned_ics import PlannedIcs
from trafficlight.publish.formats.poster import Poster
from trafficlight.publish.formats.robots import Robots
from trafficlight.publish.formats.service_worker import ServiceWorker
from trafficlight.publish.formats.site_atom import SiteAtom
from trafficlight.publish.formats.site_badge import SiteBadge
from trafficlight.publish.formats.site_page import SitePage
from trafficlight.publish.formats.site_shields import SiteShields
from trafficlight.publish.formats.sitemap import Sitemap
from trafficlight.publish.formats.teams_find import TeamsFind
from trafficlight.publish.formats.teams_page import TeamsPage
from trafficlight.publish.formats.town_notice import TownNotice
from trafficlight.publish.formats.town_page import TownPage
from trafficlight.publish.formats.town_poster import TownPoster
from trafficlight.publish.formats.town_print import TownPrint
from trafficlight.publish.formats.town_teams import TownTeams
from trafficlight.publish.formats.wechat_fragment import WechatFragment
from trafficlight.publish.formats.wechat_page import WechatPage
from trafficlight.publish.formats.wechat_proof import WechatProof
from trafficlight.publish.formats.wechat_qr import WechatQr

FORMATS: Final[tuple[Format, ...]] = (
    DoorSheet(),
    SitePage(),
    SiteBadge(),
    SiteAtom(),
    SiteShields(),
    BoardJson(),
    LightsJson(),
    FindJson(),
    IndexFind(),
    BoardBadge(),
    BoardShields(),
    HaveXml(),
    FhirNdjson(),
    NoticeText(),
    TownNotice(),
    TownPage(),
    TownPoster(),
    Directory(),
    Poster(),
    Cover(),
    CoverSquare(),
    TeamsFind(),
    TownTeams(),
    TeamsPage(),
    GuidePage(),
    BoardPrint(),
    TownPrint(),
    EmbedPage(),
    EmbedScript(),
    WechatQr(),
    WechatFragment(),
    WechatPage(),
    BoardPage(),
    BoardCsv(),
    BoardXlsx(),
    BoardGeojson(),
    ChangesAtom(),
    PlannedIcs(),
    DataPage(),
    BoardSitemap(),
    BoardsJson(),
    CatalogJsonld(),
    Sitemap(),
    Robots(),
    DataSchemas(),
    WechatProof(),
    ServiceWorker(),
    IndexPage(),
)
