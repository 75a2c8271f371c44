"""The system board: directory, credentials, shared settings."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain import event as e
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.domain.system import SystemFold, apply

NOW = datetime(2022, 12, 24, tzinfo=UTC)
names = st.sampled_from(("a", "b", "c", ""))
facts = st.one_of(
    st.builds(e.SitePlaced, site=names, board=names),
    st.builds(e.TokenIssued, token=names, digest=names, site=names),
    st.builds(e.TokenRevoked, token=names),
    st.builds(e.LinkIssued, link=names, digest=names, town=names),
    st.builds(e.LinkRevoked, link=names),
    st.builds(e.ConfigSet, key=names, value=names),
    st.builds(e.Withdrawn, site=names, report=names),
    st.just(e.Unknown(raw=b"{}")),
)


def folded(events: list[e.Event], fold: SystemFold | None = None) -> SystemFold:
    fold = fold or SystemFold()
    for event in events:
        apply(fold, Record(board=SYSTEM, position=fold.position + 1, at=NOW, event=event))
    return fold


def test_the_directory_says_where_a_site_is_or_was_last() -> None:
    moved = [e.SitePlaced(site="a", board="longkou"), e.SitePlaced(site="a", board="laizhou")]
    assert folded(list(moved)).directory == {"a": "laizhou"}


def test_a_token_is_known_by_its_digest_until_it_is_revoked() -> None:
    issued = e.TokenIssued(token="t1", digest="d1", role="desk", board="longkou", label="HIS")
    fold = folded([issued, e.TokenIssued(token="t2", digest="d2", site="a")])
    assert fold.tokens["d1"].role == "desk"
    assert fold.tokens["d1"].issued_at == NOW
    assert fold.tokens["d2"].role == "reporter"
    folded([e.TokenRevoked(token="t1")], fold)
    assert list(fold.tokens) == ["d2"]
    assert fold.ignored == 0


def test_a_link_is_known_by_its_digest_until_it_is_revoked() -> None:
    fold = folded([e.LinkIssued(link="l1", digest="d1", board="longkou", town="芦头镇")])
    assert fold.links["d1"].town == "芦头镇"
    assert folded([e.LinkRevoked(link="l1")], fold).links == {}


def test_a_setting_is_what_was_last_said() -> None:
    said = [e.ConfigSet(key="public_url", value="https://a.cn"), e.ConfigSet(key="public_url", value="")]
    assert folded(list(said)).config == {"public_url": ""}


@pytest.mark.parametrize(
    "event",
    [
        e.TokenRevoked(token="t1"),
        e.LinkRevoked(link="l1"),
        e.Reported(id="r", site="a", service_day=date(2022, 12, 24)),
        e.Unknown(raw=b"{}"),
    ],
)
def test_what_makes_no_sense_is_counted_and_changes_nothing(event: e.Event) -> None:
    fold = folded([event])
    assert fold == SystemFold(position=1, at=NOW, ignored=1)


@given(st.lists(facts, max_size=20), st.integers(0, 20))
def test_the_fold_is_a_function_and_snapshots_lose_nothing(events: list[e.Event], cut: int) -> None:
    fold = folded(events)
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(folded(events[:cut])), type=SystemFold)
    assert folded(events[cut:], restored) == fold == folded(events)
    assert fold.position == len(events)
