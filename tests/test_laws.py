"""Laws that no single room keeps."""

import msgspec
import pytest

from tests.publish.worlds import DAY, SHILI, World, board, everything, report, site
from trafficlight.domain import event as e
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.report import parse_report

KNOWN = {
    *("by", "id", "site", "service_day", "patients", "staff_infected", "capacity_today", "expected_reopen"),
    *("note", "phone_busy", "counted_at", "paused", "cleared", "confirmed"),
}
"""Of these only the note is free text, and it is read for numbers of people before it is kept."""

SECRETS = (
    *("token-of-the-nurse", "link-of-the-village", "d1ge5t-of-a-secret", "cli-zhang", "desk-li"),
    *("report-of-the-day-0001", "体温计用完"),
)
COUNTS = ("3741", "5003", "4999")
"""Patients, capacity of the day, capacity: numbers that nothing else on a page has."""


def kept_quiet(*, public_counts: bool) -> World:
    """A county on which everything was said that the public must not read."""
    world = World()
    world.happen(
        SYSTEM,
        e.TokenIssued(token=SECRETS[0], digest=SECRETS[2], site="clinic-0", by=SECRETS[3]),
        e.LinkIssued(link=SECRETS[1], digest=SECRETS[2], site="clinic-2", by=SECRETS[3]),
    )
    put = msgspec.structs.replace(board(SHILI, public_counts=public_counts), by=SECRETS[3])
    world.happen(SHILI, put, *(site(number, capacity=int(COUNTS[2])) for number in range(6)))
    said = {"note": SECRETS[6], "by": f"token:{SECRETS[0]}"}
    told = report(0, int(COUNTS[0]), DAY, capacity_today=int(COUNTS[1]), confirmed=True, **said)
    world.happen(SHILI, msgspec.structs.replace(told, id=SECRETS[5]), after=60)
    world.happen(
        SHILI,
        report(2, staff_infected=True, note=SECRETS[6], by=f"link:{SECRETS[1]}"),
        report(3, int(COUNTS[0]), by=f"link:{SECRETS[1]}"),
        e.AskedBack(site="clinic-4", service_day=DAY, patients=int(COUNTS[0]), by=f"token:{SECRETS[0]}"),
        e.Withdrawn(site="clinic-3", report="none", by=SECRETS[4]),
        e.CrossConfirmed(site="clinic-2", confirmed=True, by=SECRETS[4]),
        after=60,
    )
    return world


def test_no_personal_health_data() -> None:
    """It is refused at the door, there is no field for it, and who reported what is not published."""
    for note in ("请打13800000000", "138 0000 0000", "身份证000000198001010001", "患者 11010119800101001X"):
        with pytest.raises(Refused) as refused:
            parse_report({"patients": 3, "note": note})
        assert (refused.value.code, refused.value.field) == ("personal_data", "note")
        assert note not in repr(refused.value)
    assert set(e.Reported.__struct_fields__) == KNOWN

    world = kept_quiet(public_counts=False)
    published = everything(world.publisher(), world.at)
    assert len([path for path in published if path.startswith(f"{SHILI}/")]) > 15
    for path, body in published.items():
        for hidden in (*SECRETS, *COUNTS):
            assert hidden.encode() not in body, (path, hidden)


def test_counts_are_published_where_the_county_wants_them_and_nothing_else_is() -> None:
    world = kept_quiet(public_counts=True)
    published = everything(world.publisher(), world.at)
    assert COUNTS[0].encode() in published[f"{SHILI}/board.json"]
    assert COUNTS[1].encode() in published[f"{SHILI}/sites/clinic-0.html"]
    for path, body in published.items():
        assert not [hidden for hidden in SECRETS if hidden.encode() in body], path


def test_a_one_doctor_sites_pages_do_not_name_the_illness() -> None:
    world = kept_quiet(public_counts=True)
    told = everything(world.publisher(), world.at)
    assert "✕ 暂停" in told[f"{SHILI}/sites/clinic-2.html"].decode()
    for path in (f"{SHILI}/sites/clinic-2.html", f"{SHILI}/sites/clinic-2.svg", f"{SHILI}/board.json"):
        assert "感染" not in told[path].decode()
