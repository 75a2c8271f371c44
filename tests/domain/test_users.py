"""Users of the desk as the ledger has them: one of a name, signed in where they are, gone when removed."""

from datetime import UTC, datetime, timedelta

import pytest

from trafficlight.domain import event as e
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.domain.system import SystemFold, apply
from trafficlight.domain.users import MOST_SESSIONS, SESSION_LASTS, Users, rank_on

NOW = datetime(2022, 12, 24, tzinfo=UTC)
FANG = e.UserPut(user="u1", name="王芳", roles={"longkou": "editor"})


def folded(*events: e.Event, later: timedelta = timedelta(0), fold: SystemFold | None = None) -> SystemFold:
    fold = fold or SystemFold()
    for event in events:
        apply(fold, Record(board=SYSTEM, position=fold.position + 1, at=NOW + later, event=event))
    return fold


def session(number: int, *, step: int = 0) -> e.SessionStarted:
    return e.SessionStarted(session=f"s{number}", user="u1", digest=f"d{number}", step=step)


def test_a_user_keeps_the_password_when_the_rights_change() -> None:
    changed = e.UserPut(user="u1", name="王芳", roles={"*": "admin"})
    users = folded(FANG, e.PasswordSet(user="u1", digest="p"), changed).users
    assert (users.known["u1"].password, users.known["u1"].roles) == ("p", {"*": "admin"})
    assert users.known["u1"].since == NOW


def test_there_is_one_user_of_a_name_whatever_its_case() -> None:
    fold = folded(
        e.UserPut(user="u1", name="Wang"),
        e.UserPut(user="u2", name="WANG"),
        e.UserPut(user="u1", name="wang"),
    )
    assert {user.id: user.name for user in fold.users.known.values()} == {"u1": "wang"}
    assert fold.ignored == 1


def test_who_was_removed_is_signed_out_named_still_and_does_not_come_back_under_the_id() -> None:
    users = folded(FANG, session(1), e.UserRemoved(user="u1"), FANG).users
    assert users.known == {}
    assert users.sessions == {}
    assert users.names == {"u1": "王芳"}


def test_a_code_is_used_up_by_the_first_session() -> None:
    fold = folded(FANG, session(1, step=7), session(2, step=7), session(3, step=6), session(4, step=8))
    assert [one.id for one in fold.users.sessions.values()] == ["s1", "s4"]
    assert fold.ignored == 2


def test_another_second_step_counts_its_codes_anew() -> None:
    on = e.SecondStepSet(user="u1", seed="x")
    assert folded(FANG, on, session(1, step=7), on).users.known["u1"].step == 0


def test_sessions_that_are_over_do_not_pile_up() -> None:
    fold = folded(FANG, *(session(number) for number in range(MOST_SESSIONS + 3)))
    assert len(fold.users.sessions) == MOST_SESSIONS
    assert "d0" not in fold.users.sessions
    folded(session(99), later=SESSION_LASTS, fold=fold)
    assert list(fold.users.sessions) == ["d99"]


@pytest.mark.parametrize(
    "event",
    [
        e.PasswordSet(user="nobody", digest="x"),
        e.SecondStepSet(user="nobody", seed="x"),
        e.UserRemoved(user="nobody"),
        e.SessionEnded(session="nothing"),
        e.SessionStarted(session="s", user="nobody", digest="d"),
    ],
)
def test_what_makes_no_sense_changes_nothing_and_is_counted(event: e.Event) -> None:
    fold = folded(event)
    assert fold.users == Users()
    assert fold.ignored == 1


def test_rights_are_the_better_of_those_here_and_everywhere() -> None:
    user = folded(e.UserPut(user="u", name="u", roles={"*": "viewer", "a": "admin"})).users.known["u"]
    assert [rank_on(user, board) for board in ("a", "b", "*")] == [3, 1, 1]
