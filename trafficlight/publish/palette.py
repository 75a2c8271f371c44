"""The colours of the lights, and of the words on them: one table for badges, articles and pictures.

`static/board.css` says the same to browsers. Each word stands out from its colour by at least 4.5 to 1, in
WeChat's dark mode too.
"""

from collections.abc import Mapping
from typing import Final

FILLS: Final[Mapping[str, str]] = {
    "blue": "#1565c0",
    "yellow": "#f5b400",
    "red": "#c62828",
    "cross": "#5c6370",
}
INKS: Final[Mapping[str, str]] = {
    "blue": "#ffffff",
    "yellow": "#191919",
    "red": "#ffffff",
    "cross": "#ffffff",
}
