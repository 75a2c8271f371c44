"""The town that an address names, proposed to people; nothing is set by this alone."""

import re
from collections.abc import Collection
from typing import Final

_ABOVE: Final = re.compile(r"^(?:[^\d省市县区旗]{1,7}(?:自治区|省|市|县|区|旗))+")
"""What stands before the town: province, city, county."""
_TOWN: Final = re.compile(r"^[^\d省市县区旗路街道号]{1,6}?(?:街道|镇|乡|苏木)")


def propose_town(address: str, known: Collection[str]) -> str:
    """A town of the board that the address names, else what reads like one; empty where nothing does."""
    plain = "".join(address.split())
    named = [town for town in known if town and town in plain]
    if named:
        return max(named, key=lambda town: (len(town), town))
    found = _TOWN.match(_ABOVE.sub("", plain))
    return found[0] if found else ""
