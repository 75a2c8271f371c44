"""One site in a few lines of text, to be sent to one's family.

It is read hours later and by others: the date comes first, and it says of when it is and until when it holds.
"""

from trafficlight.publish import addresses, lines, words
from trafficlight.publish.view import SitePageView
from trafficlight.text.languages import N_, translate


def text(view: SitePageView) -> str:
    """Date and time, name and light, what to do, phones, address, and where the page is if that is known."""
    header, site, lang = view.header, view.site, view.header.lang
    if lines.lit(header):
        light = translate(N_("{name}：{light}"), lang).format(
            name=site.name, light=f"{site.mark} {site.pill}"
        )
        told = [lines.own_time(site, view.edition.as_of.date(), lang), light, site.action]
    else:
        told = [view.edition.text, site.name, translate(words.HEADLINES[header.state], lang)]
    phones = [lines.spoken(phone, lang) for phone in site.phones]
    known = (
        (N_("电话：{said}"), lines.listed(phones, lang)),
        (N_("地址：{said}"), site.address),
        (N_("看最新：{said}"), addresses.site(header, site.id)),
    )
    told += [translate(line, lang).format(said=said) for line, said in known if said]
    return "\n".join(told)
