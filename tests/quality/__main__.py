"""What judges from elsewhere say of the pages: `make quality`.

    python -m tests.quality [--only markup|lighthouse] [--write]

`--write` puts Lighthouse's table into docs/quality.md. Ends with 1 where a page has a fault or a score is too
low.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests import figures
from tests.quality import markup, served
from tests.quality.judges import NoVerdict
from tests.quality.lighthouse import CATEGORIES, MARKS, scores
from tests.running import NotRunning

HEAD = ("page", *CATEGORIES, "", "points lost in")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality")
    parser.add_argument("--only", choices=["markup", "lighthouse"])
    parser.add_argument("--write", action="store_true", help="into docs/quality.md")
    given = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="trafficlight-quality-") as folder:
        try:
            if given.only != "lighthouse":
                good &= _markup(Path(folder) / "pages")
            if given.only != "markup":
                good &= _lighthouse(Path(folder), write=given.write)
        except (NoVerdict, NotRunning) as error:
            say(str(error))
            return 1
    return 0 if good else 1


def _markup(folder: Path) -> bool:
    found = list(markup.faults(folder))
    print("\n".join([*found, f"html-validate: {len(found)} faults in the golden pages"]), flush=True)
    return not found


def _lighthouse(folder: Path, *, write: bool) -> bool:
    good, rows = True, []
    with served.pages(folder) as pages:
        for what, url in pages.items():
            began = time.monotonic()
            judged = scores(url)
            good &= judged.met
            points = [str(judged.of[name]) for name in CATEGORIES]
            rows.append([what, *points, "met" if judged.met else "**missed**", ", ".join(judged.lost)])
            say(f"{what}: {' / '.join(points)} in {time.monotonic() - began:.0f} s")
    marks = ["*at least*", *(str(MARKS[name]) for name in CATEGORIES), "", ""]
    words = f"{figures.today()}, {figures.machine()}."
    told = f"{words}\n\n{figures.table(HEAD, [*rows, marks])}"
    print(told)
    if write:
        figures.write(figures.DOCS / "quality.md", told)
    return good


def say(text: str) -> None:
    print(f"quality: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
