"""The rule of the board or of one site: tried on today's counts, then saved, in force from that moment."""

from collections.abc import Mapping

from aiohttp import web

from trafficlight.actions.rules import (
    PERCENT,
    RuleWish,
    Trial,
    as_written,
    board_rule,
    exception_of,
    set_rule,
    try_rule,
)
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import RuleSet
from trafficlight.domain.rules import RULES, Rule, RuleInput, dump_rule, inputs_of, load_rule
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.request import DeskRequest, mark


async def show(desk: DeskRequest) -> web.Response:
    """The rule in force, the form, the exceptions."""
    return _page(desk, None)


def _page(desk: DeskRequest, trial: Trial | None) -> web.Response:
    fold, site = desk.fold, _site(desk)
    state = fold.sites.get(site)
    own = exception_of(state) if state else None
    version = own or board_rule(fold)
    in_force = version.rule()
    return desk.page(
        "desk/settings/rule.html",
        site=state.site if state else None,
        kinds=[_choice(desk, kind, in_force) for kind in RULES],
        kind=in_force.kind,
        said=phrase(in_force.describe(site), desk.lang),
        version=version.version,
        since=desk.local(version.since) if version.since else None,
        own=own is not None,
        exceptions=[
            (one.site, phrase(exception.rule().describe(one.site.id), desk.lang))
            for one in fold.sites.values()
            if (exception := exception_of(one))
        ],
        sites=sorted((one.site for one in fold.sites.values()), key=lambda one: (one.town, one.name)),
        seen=mark(_subject(fold, site)),
        trial=trial,
    )


def _choice(desk: DeskRequest, kind: type[Rule], in_force: Rule) -> Mapping[str, object]:
    """A kind to choose, and its inputs: with the numbers in force, or those that it has by default."""
    now = dump_rule(in_force) if in_force.kind == kind.kind else {}
    return {
        "name": kind.kind,
        "label": phrase(kind.label, desk.lang),
        "inputs": [
            {
                "field": _field(kind, one.name),
                "label": phrase(one.field.label, desk.lang),
                "value": as_written(one, now.get(one.name, one.default)),
            }
            for one in inputs_of(kind)
        ],
    }


def _field(kind: type[Rule], name: str) -> str:
    return f"{kind.kind}_{name}"


async def save(desk: DeskRequest) -> web.Response:
    """Try the rule, or save it; a site's exception ends by `reset`."""
    site, act = _site(desk), desk.form.value("act")
    if act not in {"try", "save", "reset"} or (act == "reset" and not site):
        raise Refused("not_form")
    wish = RuleWish(site=site) if act == "reset" else _wish(desk, site)
    try:
        if act == "try":
            return _page(desk, try_rule(desk.fold, wish, desk.at))
        await set_rule(desk.changes(lambda fold: _subject(fold, site)), desk.board, wish, desk.at)
    except Refused as refused:
        refused.field = refused.field and f"{wish.kind}_{refused.field}"
        raise
    back = f"/boards/{desk.board}/rules" + (f"?site={site}" if site else "")
    return desk.done(back, N_("规则已保存，从现在起生效。"))


async def history(desk: DeskRequest) -> web.Response:
    """Every rule that was set: when, by whom, for what."""
    records = await desk.ledger.read(desk.board)
    names = {site: state.site.name for site, state in desk.fold.sites.items()}
    lines = []
    for record in records:
        event = record.event
        if not isinstance(event, RuleSet):
            continue
        try:
            sentence = phrase(load_rule(event.rule).describe(event.site), desk.lang) if event.rule else ""
        except Refused:
            continue
        lines.append((desk.local(record.at), desk.who(event.by), names.get(event.site, event.site), sentence))
    return desk.page("desk/settings/history.html", lines=lines[::-1])


def _site(desk: DeskRequest) -> str:
    """The site that the page is about, as the address or the form says; empty for the board."""
    site = desk.form.value("site", desk.request.query.get("site", ""))
    if site and site not in desk.fold.sites:
        raise Refused("not_found")
    return site


def _subject(fold: BoardFold, site: str) -> object:
    versions = fold.sites[site].rules if site in fold.sites else ([] if site else fold.rules)
    return [(version.version, version.raw) for version in versions[-1:]]


def _wish(desk: DeskRequest, site: str) -> RuleWish:
    chosen = desk.form.value("kind")
    kind = next((one for one in RULES if one.kind == chosen), None)
    if kind is None:
        raise Refused("not_listed", "kind")
    written = {one.name: _written(desk.form.text(_field(kind, one.name)), one) for one in inputs_of(kind)}
    return RuleWish(site=site, kind=chosen, written=written)


def _written(text: str, asked: RuleInput) -> str:
    """The number with its unit: the form says per cent beside the field, so a bare 70 is 70%."""
    return text + PERCENT if asked.field.unit == PERCENT and not text.endswith(PERCENT) else text
