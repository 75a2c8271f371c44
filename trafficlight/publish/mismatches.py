"""「与实际不符」 in words: what a form on a site's page offers, and what the answer and the desk read."""

from collections.abc import Mapping
from typing import Final

from trafficlight.text.languages import N_

MISMATCHES: Final[Mapping[str, str]] = {
    "wrong_phone": N_("电话有误"),
    "closed": N_("到了没开门"),
    "not_seen": N_("到了没看上"),
}
"""By the codes of `domain.mismatch.WHATS`, in the order in which they are offered."""
