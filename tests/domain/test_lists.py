from tests.domain.story import Story
from trafficlight.domain import event as e
from trafficlight.domain import record as coding
from trafficlight.domain.board import MOST_GUIDE, MOST_TEAMS, Team
from trafficlight.domain.phone import Phone
from trafficlight.domain.state import BoardFold

EAST = Team(name="东庄镇第一团队", town="东庄镇", area="东村", phones=(Phone("0000-5550101"),))
WEST = Team(name="西岭团队")


def kept(*events: e.Event) -> BoardFold:
    story = Story()
    for event in events:
        story.keep("24 08:00", event)
    return story.fold


def test_a_list_of_teams_takes_the_place_of_the_one_before() -> None:
    assert kept(e.TeamsSet(teams=(EAST, WEST))).teams == (EAST, WEST)
    assert kept(e.TeamsSet(teams=(EAST, WEST)), e.TeamsSet(teams=(WEST,))).teams == (WEST,)
    assert kept(e.TeamsSet(teams=(EAST, WEST)), e.TeamsSet()).teams == ()


def test_a_list_that_makes_no_sense_changes_nothing() -> None:
    for bad in (e.TeamsSet(teams=(WEST,) * (MOST_TEAMS + 1)), e.TeamsSet(teams=(Team(name=""),))):
        fold = kept(e.TeamsSet(teams=(EAST,)), bad)
        assert (fold.teams, fold.ignored) == ((EAST,), 1)
    assert not kept(e.TeamsSet(teams=(WEST,) * MOST_TEAMS)).ignored


def test_a_guide_stands_until_another_one_and_an_empty_one_takes_it_back() -> None:
    assert kept(e.GuideSet(text="# 一"), e.GuideSet(text="# 二")).guide == "# 二"
    assert kept(e.GuideSet(text="# 一"), e.GuideSet()).guide == ""
    fold = kept(e.GuideSet(text="# 一"), e.GuideSet(text="重" * (MOST_GUIDE // 3 + 1)))
    assert (fold.guide, fold.ignored) == ("# 一", 1)


def test_both_are_of_the_board_as_a_whole_and_no_site_is_touched() -> None:
    story = Story()
    touched = story.fold.sites["a"].touched
    for event in (e.TeamsSet(teams=(EAST,)), e.GuideSet(text="# 一")):
        record = story.keep("24 08:00", event)
        assert story.fold.header is not None
        assert story.fold.header.position == record.position
    assert story.fold.sites["a"].touched == touched


def test_a_record_of_a_team_holds_what_was_said_and_no_more() -> None:
    assert coding.encode(e.TeamsSet(teams=(WEST,))) == (
        '{"type":"teams_set","v":1,"teams":[{"name":"西岭团队"}]}'.encode()
    )
