"""The rule of the board or of one site: tried on today's counts, then saved, in force from that moment."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from trafficlight.actions.ruling import Trial, baselines, exception_of, raw_of, try_rule
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import RuleSet
from trafficlight.domain.judge import today_at
from trafficlight.domain.rules import Rule, dump_rule, load_rule
from trafficlight.domain.state import DEFAULT_VERSION, BoardFold, RuleVersion
from trafficlight.publish.words import told
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

KINDS: Final[Mapping[str, str]] = {
    "share": N_("占日接诊能力的比例（%）"),
    "counts": N_("当天就诊人数（人）"),
    "usual": N_("与平时相比（倍）"),
}
_DEFAULTS: Final = {"share": (70.0, 100.0), "counts": (30.0, 60.0), "usual": (1.3, 2.0)}
_MOST: Final = 10_000


async def show(desk: DeskRequest) -> web.Response:
    """The rule in force, the form, the exceptions."""
    return _page(desk, None)


def _page(desk: DeskRequest, trial: Trial | None) -> web.Response:
    fold, site = desk.fold, _site(desk)
    state = fold.sites.get(site)
    board_rule = _board_rule(fold)
    rule = (exception_of(state) or board_rule) if state else board_rule
    in_force = rule.rule()
    steps = {kind: (f"{low:g}", f"{high:g}") for kind, (low, high) in _DEFAULTS.items()}
    factor = 100 if in_force.kind == "share" else 1
    steps[in_force.kind] = (f"{in_force.yellow * factor:g}", f"{in_force.red * factor:g}")
    return desk.page(
        "desk/settings/rule.html",
        site=state.site if state else None,
        kinds=KINDS,
        kind=in_force.kind,
        steps=steps,
        said=told(in_force.describe(site), desk.lang),
        version=rule,
        own=bool(state and exception_of(state)),
        exceptions=[
            (one.site, told(version.rule().describe(one.site.id), desk.lang))
            for one in fold.sites.values()
            if (version := exception_of(one))
        ],
        sites=sorted((one.site for one in fold.sites.values()), key=lambda one: (one.town, one.name)),
        seen=mark(_subject(fold, site)),
        trial=trial,
    )


async def save(desk: DeskRequest) -> web.Response:
    """Try the rule, or save it; a site's exception ends by `reset`."""
    site, act = _site(desk), desk.form.value("act")
    if act not in {"try", "save", "reset"} or (act == "reset" and not site):
        raise Refused("not_form")
    rule = None if act == "reset" else _read(desk, site)
    if act == "try":
        return _page(desk, try_rule(desk.fold, site, rule, desk.at))
    raw = dump_rule(rule) if rule else None

    def put(fold: BoardFold) -> list[RuleSet]:
        versions = fold.sites[site].rules if site else fold.rules
        same = (versions[-1].raw if versions else b"") == raw_of(raw)
        return [] if same else [RuleSet(site=site, rule=raw)]

    await desk.change(desk.form.value("seen"), lambda fold: _subject(fold, site), put)
    back = f"/boards/{desk.board}/rules" + (f"?site={site}" if site else "")
    return desk.done(back, N_("规则已保存，从现在起生效。"))


async def history(desk: DeskRequest) -> web.Response:
    """Every rule that was set: when, by whom, for what."""
    records = await desk.node.ledger.read(desk.board)
    names = {site: state.site.name for site, state in desk.fold.sites.items()}
    lines = []
    for record in records:
        event = record.event
        if not isinstance(event, RuleSet):
            continue
        try:
            said = told(load_rule(event.rule).describe(event.site), desk.lang) if event.rule else ""
        except Refused:
            continue
        lines.append((desk.local(record.at), desk.who(event.by), names.get(event.site, event.site), said))
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


def _board_rule(fold: BoardFold) -> RuleVersion:
    """The board's rule now, whatever exceptions there are."""
    return fold.rules[-1] if fold.rules else DEFAULT_VERSION


def _read(desk: DeskRequest, site: str) -> Rule:
    kind = desk.form.value("kind")
    if kind not in KINDS:
        raise Refused("not_listed", "kind")
    low, high = (_number(desk, f"{kind}_{step}", whole=kind == "counts") for step in ("yellow", "red"))
    if low > high:
        raise Refused("rule_order", f"{kind}_red")
    raw: dict[str, Any] = {"kind": kind, "yellow": low, "red": high}
    if kind == "share":
        raw |= {"yellow": round(low / 100, 6), "red": round(high / 100, 6)}
    if kind == "usual":
        board = desk.fold.board
        raw |= baselines(desk.fold, site, today_at(board, desk.at).day)
    return load_rule(raw)


def _number(desk: DeskRequest, field: str, *, whole: bool) -> float:
    try:
        number = float(desk.form.text(field).removesuffix("%"))
    except ValueError:
        raise Refused("not_a_count", field) from None
    if not 0 < number <= _MOST:
        raise Refused("out_of_range", field, least=1 if whole else 0.1, most=_MOST)
    if whole and number != int(number):
        raise Refused("not_a_count", field)
    return int(number) if whole else number
