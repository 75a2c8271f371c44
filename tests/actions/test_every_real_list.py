"""All lists of the folder of real data in one run: the table of what was understood, and the cells' sum."""

import pytest

from tests.actions.lists import REAL_SITES, needs_real_sites
from tests.actions.test_reading import CASES
from tests.real_lists import KINDS, main, table


@needs_real_sites
def test_every_list_of_the_folder_is_read_in_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(table(REAL_SITES.parent))
    whole = next(row for row in rows if row.list == REAL_SITES.name)
    boards = [row for row in rows if row.list.startswith("– ")]
    assert (whole.rows, whole.sites, whole.asked, whole.refused) == (1079, 1079, 0, 0)
    assert whole.cells == whole.taken + whole.left
    assert len(boards) == 70
    assert (sum(row.sites for row in boards), sum(row.phones for row in boards)) == (
        whole.sites,
        whole.phones,
    )
    others = [row for row in rows if row.why]
    assert [row.list for row in others] == ["fever_visits_china.csv"], "it is no list of sites, and says so"
    main(REAL_SITES.parent)
    assert f"| {REAL_SITES.name} | 1079 | 1079 |" in capsys.readouterr().out


@pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
def test_every_case_is_read_or_says_why_not() -> None:
    rows = list(table(CASES))
    assert len(rows) >= len([path for path in CASES.iterdir() if path.suffix in KINDS])
    for row in rows:
        assert bool(row.why) is row.list.startswith("teams"), row
