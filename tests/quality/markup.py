"""html-validate over every golden page.

Its recommended rules, but for these: telephone numbers keep their plain hyphens, because they are copied and
dialled; titles may be long, because names are the county's; assets need no digest beside the one in their
name, since they come from where the page comes from; lists may be named; buttons of one name tell what was
chosen; what HTML takes for granted (a type, a table's body) is not written out, for each byte is sent to
slow phones; and names of towns are ids as they are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tests.browser.pages import golden
from tests.quality.judges import HOME, NoVerdict, ask
from trafficlight.publish.templating import HTML

_BROKEN: Final = "fault.html"
"""A page put beside the others that no judge may pass: one who does has not looked."""


class Message(msgspec.Struct, rename="camel"):
    rule_id: str
    message: str
    line: int


class Judged(msgspec.Struct, rename="camel"):
    file_path: str
    messages: list[Message]


def faults(folder: Path) -> Iterator[str]:
    """A line for each thing found; the pages are put into the folder."""
    pages = {
        path: body
        for path, (media, body) in golden().items()
        if media == HTML and "/wechat" not in path  # articles carry their styles; their own tests judge them
    }
    for path, body in pages.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    (folder / _BROKEN).write_text("<!doctype html><title></title><p id=a><p id=a>")
    config = HOME / "html-validate.json"
    told = ask("html-validate", "--config", config, "--formatter", "json", "**/*.html", cwd=folder)
    found = {
        Path(judged.file_path).resolve().relative_to(folder.resolve()).as_posix(): judged.messages
        for judged in msgspec.json.decode(told, type=list[Judged])
    }
    if not found.pop(_BROKEN, None):
        raise NoVerdict("html-validate finds nothing in a page full of faults")
    for page, messages in found.items():
        yield from (f"{page}:{one.line}: {one.rule_id}: {one.message}" for one in messages)
