"""What lets a phone show the last edition that it has seen, marked as such, when there is no network."""

import hashlib
from typing import Final

from trafficlight.assets import template_dir
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView

_SOURCE: Final = (template_dir() / "service_worker" / "sw.js").read_bytes()
"""Read when the program starts, so never on the event loop."""

# By its own bytes: what one version has kept no other can show, and nobody has to raise a number.
_BODY: Final = _SOURCE.replace(b"@VERSION@", hashlib.sha256(_SOURCE).hexdigest()[:10].encode())


class ServiceWorker:
    """sw.js, at the top of the tree because only from there it may answer for all of it.

    Its name never changes, for a phone asks for the next version under the name of the last.
    """

    name = "service_worker"
    scope = FormatScope.TREE
    pattern = "sw.js"

    def make(self, _view: IndexView, /) -> tuple[Artifact, ...]:
        return (Artifact(self.pattern, "text/javascript; charset=utf-8", _BODY),)
