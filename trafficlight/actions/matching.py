"""Which known site a row of a list is: by its name, else by its phone or address; or a new one.

What nobody can say is asked.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from trafficlight.actions.drafts import SiteDraft
from trafficlight.actions.fields import write_cell
from trafficlight.actions.questions import SAME_NAME, SKIP, WHICH, WHICH_RENAMED, Ask
from trafficlight.actions.values import plain
from trafficlight.domain.board import Board, Site
from trafficlight.domain.phone import Phone, area_code_of, dial

_DISTINCT_DIGITS: Final = 7
"""Digits from which a number is somebody's own; 120 and 12345 are everybody's."""
_LONGEST_STEM: Final = 58
"""Characters of a slug in front of a number, so that an id has no more than 64."""
_MOST_NAMED: Final = 8
"""Sites that a question offers."""


def match(drafts: Iterable[SiteDraft], sites: Mapping[str, Site], board: Board | None, ask: Ask) -> None:
    """Give a board's drafts without an id the ids of the sites that they are, as far as it is sure.

    Those that stay without are new, unless something is asked of them.
    """
    drafts = list(drafts)
    named = {draft.id for draft in drafts if draft.id}
    unnamed = [draft for draft in drafts if not draft.id and draft.name]
    free = {site.id: site for site in sites.values() if site.id not in named}
    _match_names(unnamed, free.values(), ask)
    taken = {draft.id for draft in unnamed}
    left = {site_id: site for site_id, site in free.items() if site_id not in taken}
    _match_renamed([draft for draft in unnamed if not draft.id and not draft.is_out], left, board, ask)


def number(drafts: Iterable[SiteDraft], is_used: Callable[[str], bool], taken: Collection[str] = ()) -> None:
    """Give the drafts that have none the next free ids of their boards: `<slug>-001` and so on."""
    reached: dict[str, int] = defaultdict(int)
    for draft in drafts:
        while not draft.id:
            reached[draft.board] += 1
            candidate = f"{draft.board[:_LONGEST_STEM]}-{reached[draft.board]:03}"
            if candidate not in taken and not is_used(candidate):
                draft.id = candidate


# --- by name ----------------------------------------------------------------------------------------------


def _match_names(drafts: Iterable[SiteDraft], free: Iterable[Site], ask: Ask) -> None:
    """First what has the same name and town; then the same name, where the row or the site tells no town."""
    rows_of: dict[str, list[SiteDraft]] = defaultdict(list)
    for draft in drafts:
        rows_of[plain(draft.name)].append(draft)
    sites_of: dict[str, list[Site]] = defaultdict(list)
    for site in free:
        sites_of[plain(site.name)].append(site)
    for name, alike in rows_of.items():
        rows, sites = _without_duplicates(alike, ask), sites_of.get(name, [])
        towns = dict.fromkeys(_town(row) for row in rows if "town" in row.texts)
        for town in towns:
            there = [site for site in sites if plain(site.town) == town]
            unsure = _match_alike([row for row in rows if _town(row) == town], there, ask)
            rows = [row for row in rows if not row.id and row not in unsure]
        unsure = _match_alike([row for row in rows if _town(row)], _left(alike, sites, untold=True), ask)
        rows = [row for row in rows if not _town(row)]
        _match_alike(rows, _left(alike, sites, untold=False), ask)


def _town(draft: SiteDraft) -> str:
    return plain(draft.texts.get("town", ""))


def _without_duplicates(rows: Iterable[SiteDraft], ask: Ask) -> list[SiteDraft]:
    """The rows but those that nobody could tell from an earlier one, unless they are said to be another."""
    firsts: dict[tuple[str, str], SiteDraft] = {}
    others = []
    for row in rows:
        first = firsts.setdefault((_town(row), _address(row)), row)
        if first is row:
            others.append(row)
            continue
        answer = ask(SAME_NAME, row, row=first.line, old=summary_of(first, row), new=summary_of(row, first))
        if answer == SKIP:
            row.fault("same_place", "name", row=first.line)
        elif answer:
            others.append(row)
    return others


def summary_of(draft: SiteDraft, beside: SiteDraft) -> str:
    """What a row says of its site, for whoever compares it with another's."""
    sheet = f"{draft.row.sheet}：" if draft.row.sheet != beside.row.sheet else ""
    texts = [draft.texts.get(column, "") for column in ("name", "town", "address", "phone")]
    return sheet + " ".join(text for text in texts if text)


def described(site: Site) -> str:
    """The same of a known site, and its id."""
    phone = write_cell("phone", site)
    return " ".join(text for text in (site.name, site.town, site.address, phone, f"（{site.id}）") if text)


def _left(rows: Iterable[SiteDraft], sites: Iterable[Site], *, untold: bool) -> list[Site]:
    """The sites that are none of the rows' yet; `untold`: of these, those whose town nobody told."""
    taken = {row.id for row in rows}
    return [site for site in sites if site.id not in taken and not (untold and site.town)]


def _match_alike(rows: Sequence[SiteDraft], sites: Iterable[Site], ask: Ask) -> Sequence[SiteDraft]:
    """Match rows and sites of one name: by address, then by phone, then what is left over.

    The rows of which it is asked which site they are.
    """
    left = list(sites)
    for alike in (_same_address, _same_phone):
        for row in rows:
            same = [site for site in left if not row.id and alike(row, site)]
            if len(same) == 1:
                row.id = same[0].id
                left.remove(same[0])
    rows = [row for row in rows if not row.id]
    if len(rows) == len(left) == 1:
        rows[0].id = left[0].id
    elif left:
        for row in rows:
            _choose(row, left, WHICH, ask)
            left = [site for site in left if site.id != row.id]
        return rows
    return ()


def _choose(row: SiteDraft, sites: Sequence[Site], asks: str, ask: Ask) -> None:
    """Ask which of the sites the row is; it stays without an id where it is new, or where nobody said."""
    more = {site.id: described(site) for site in sites[:_MOST_NAMED]}
    answer = ask(asks, row, more=more, new=summary_of(row, row))
    if answer == SKIP:
        row.fault("not_chosen", "name")
    elif answer in more:
        row.id = answer


def _address(draft: SiteDraft) -> str:
    return plain(draft.texts.get("address", ""))


def _same_address(draft: SiteDraft, site: Site) -> bool:
    return bool(_address(draft)) and _address(draft) == plain(site.address)


def _same_phone(draft: SiteDraft, site: Site) -> bool:
    return bool(_numbers(draft.values.get("phone", ()), "") & _numbers(site.phones, ""))


def differs_in_all(draft: SiteDraft, site: Site) -> bool:
    """Whether phone and address, where the row gives both or one, are another's than the site's."""
    phones, address = draft.values.get("phone", ()), _address(draft)
    comparable = bool(phones and site.phones) or bool(address and site.address)
    return comparable and not _same_phone(draft, site) and not _same_address(draft, site)


def _numbers(phones: Sequence[Phone], area: str) -> set[str]:
    """The numbers of somebody's own, as dialled."""
    code = area_code_of(phones, area)
    dialled = {dial(phone, code) for phone in phones}
    return {called for called in dialled if len(called.partition(",")[0]) >= _DISTINCT_DIGITS}


# --- renamed ----------------------------------------------------------------------------------------------


def _match_renamed(
    drafts: Iterable[SiteDraft], left: Mapping[str, Site], board: Board | None, ask: Ask
) -> None:
    """Find rows whose phone, or address and town, is that of a site which the list no longer names."""
    area = board.area_code if board else ""
    holders: dict[str, set[str]] = defaultdict(set)
    for site in left.values():
        for trait in _traits(site.phones, site.address, site.town, area):
            holders[trait].add(site.id)
    wanted: list[tuple[SiteDraft, set[str]]] = []
    claims: dict[str, int] = defaultdict(int)
    for draft in drafts:
        texts = draft.texts
        traits = _traits(draft.values.get("phone", ()), texts.get("address", ""), texts.get("town", ""), area)
        found = set[str]().union(*(holders.get(trait, ()) for trait in traits))
        wanted.append((draft, found))
        for site_id in found:
            claims[site_id] += 1
    taken: set[str] = set()
    for draft, found in wanted:
        if len(found) == 1 and all(claims[site_id] == 1 for site_id in found):
            draft.id, draft.renamed = found.pop(), True
        elif found - taken:
            _choose(draft, [left[site_id] for site_id in sorted(found - taken)], WHICH_RENAMED, ask)
            taken.add(draft.id)


def _traits(phones: Sequence[Phone], address: str, town: str, area: str) -> set[str]:
    traits = {f"phone {called}" for called in _numbers(phones, area)}
    return traits | ({f"at {plain(town)} {plain(address)}"} if address else set())


# --- twice in one list ------------------------------------------------------------------------------------


def same_places(
    drafts: Iterable[SiteDraft], areas: Mapping[str, str]
) -> Iterator[tuple[SiteDraft, SiteDraft]]:
    """Rows with a phone and the address of an earlier one: perhaps one clinic under two names."""
    first: dict[tuple[str, str, str], SiteDraft] = {}
    for draft in drafts:
        address = _address(draft)
        if draft.is_out or not address:
            continue
        for called in sorted(_numbers(draft.values.get("phone", ()), areas.get(draft.board, ""))):
            same = first.setdefault((draft.board, address, called), draft)
            if same is not draft:
                if (plain(same.name), _town(same)) != (plain(draft.name), _town(draft)):
                    yield draft, same
                break
