"""The county's clinics as one long picture without lights: names, phones and hours, which hold for months.

It is forwarded and saved long after it was made, so there is nothing in it that a report changes: no light,
no closure, no time of day; only the day of the list.
"""

from collections.abc import Iterator
from typing import Final

from trafficlight.publish import naming, picture, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.poster import foot
from trafficlight.publish.picture import PNG, Block, Look, Sketch, ems, encode, gap, stacked
from trafficlight.publish.view import BoardView, Header, SiteView, TownSection
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

MOST_SITES: Final = 200
"""Of a board with more, each town's poster and the pages serve: the picture would be beyond 15,000 pixels."""
_COLUMN: Final = (picture.INNER - 32) // 2
_NAME: Final = Look(size=32, bold=True)
_LINE: Final = Look(size=picture.SMALLEST)
_HOURS: Final = Look(size=picture.SMALLEST, ink=picture.MUTED)


class Directory:
    """{board}/directory.png: 1080 wide, in two columns, as long as the list."""

    name = "directory"
    scope = FormatScope.PICTURES
    pattern = "{board}/directory.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        if not 0 < len(view.sites) <= MOST_SITES or view.header.state == "ended":
            return ()
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, PNG, encode(directory_sketch(view)), sketch=True),)


def directory_sketch(view: BoardView) -> Sketch:
    """Town by town, the sites of each by their names: an order that no report changes."""
    header = view.header
    day = header.service_day
    url = words.board_url(header)
    heading = translate(N_("{place}发热就诊机构名录"), header.lang).format(place=header.name)
    about = translate(
        N_("名单日期：{day}。这里没有忙闲，前往前请看最新忙闲，或先打电话。"), header.lang
    ).format(day=rendering.day_full(day, header.lang))
    head = [gap(picture.PAD)]
    if header.banner:
        head += [picture.framed([header.banner], Look(size=36, bold=True, paper=picture.STRIP)), gap(16)]
    head += [
        picture.text(heading, picture.TITLE),
        picture.text(_count(view), picture.TIME),
        picture.text(about, picture.NOTE),
        gap(12),
    ]
    towns = (_town(town, header) for town in view.towns)
    end = foot(header, f"{url}?v={day:%Y%m%d}" if url else "", url)
    whole = stacked([*head, *towns, end])
    return Sketch(width=picture.WIDE, height=whole.height, paper=picture.PAPER, items=whole.items)


def _count(view: BoardView) -> str:
    return translate(N_("共{count}家机构"), view.header.lang).format(count=len(view.sites))


def _town(town: TownSection, header: Header) -> Block:
    """Its sites in two columns, the left one as long as the right or longer by one."""
    sites = sorted(town.sites, key=lambda site: (site.name, site.id))
    half = (len(sites) + 1) // 2
    left, right = (
        stacked(_site(site, x, header.lang) for site in some)
        for some, x in (
            (sites[:half], picture.PAD),
            (sites[half:], picture.WIDE - picture.PAD - _COLUMN),
        )
    )
    return stacked([gap(10), picture.framed([town.label], picture.TOWN), gap(4), picture.beside(left, right)])


def _site(site: SiteView, x: int, lang: str) -> Block:
    lines = (picture.text(line, look, x=x, width=_COLUMN) for line, look in _lines(site, lang))
    return stacked([gap(7), *lines, gap(7)])


def _lines(site: SiteView, lang: str) -> Iterator[tuple[str, Look]]:
    name = naming.below_town(site.name, site.town)
    yield (words.bracketed(name, site.distinct, lang) if site.distinct else name), _NAME
    # By the list, not by who answers at this hour.
    phones = sorted(site.phones, key=lambda phone: (phone.number, phone.ext))
    numbers = [words.phone_text(phone, lang) for phone in phones] or [translate(N_("暂无电话"), lang)]
    hours = site.rota or site.hours
    both = f"{numbers[-1]}　{hours}"
    if hours and ems(both) * _LINE.size <= _COLUMN:
        numbers[-1], hours = both, ""
    for number in numbers:
        yield number, _LINE
    if hours:
        yield hours, _HOURS
