"""WeChat's dark mode, as far as colours of inline styles go.

After the algorithm that its makers publish as mp-darkmode (version 1.2.1).
"""

import colorsys
import re
from typing import Final

Rgb = tuple[float, float, float]

PAGE: Final[Rgb] = (25, 25, 25)
PAGE_TEXT: Final[Rgb] = (163, 163, 163)
LIGHT_PAGE: Final[Rgb] = (255, 255, 255)
LIGHT_TEXT: Final[Rgb] = (25, 25, 25)

_WHITE_LIKE: Final = 250
_BRIGHTEST_GROUND: Final = 190
_LEAST_APART: Final = 65
_BRIGHT_GROUND: Final = 100
_BRIGHT_GREY: Final = 40
_DARKEST: Final = 22


def rgb(text: str) -> Rgb:
    red, green, blue = (int(part, 16) for part in re.findall("[0-9a-f]{2}", text))
    return (red, green, blue)


def brightness(colour: Rgb) -> float:
    """As it is perceived: https://www.w3.org/TR/AERT/#color-contrast."""
    return (colour[0] * 299 + colour[1] * 587 + colour[2] * 114) / 1000


def ground(colour: Rgb) -> Rgb:
    """A background in dark mode."""
    hue, saturation, lightness = hsl(colour)
    if (saturation == 0 and lightness > _BRIGHT_GREY) or brightness(colour) > _WHITE_LIKE:
        return from_hsl(0, 0, min(100, 100 + hsl(PAGE)[2] - lightness))
    if brightness(colour) > _BRIGHTEST_GROUND:
        return limited(_BRIGHTEST_GROUND, colour)
    if lightness < _DARKEST:
        return from_hsl(hue, saturation, _DARKEST)
    return colour


def ink(colour: Rgb, under: Rgb = PAGE) -> Rgb:
    """A text's colour in dark mode; `under`: the background that it lies on, already in dark mode."""
    most_apart = brightness(PAGE_TEXT) - brightness(PAGE)
    apart, paper = abs(brightness(under) - brightness(colour)), brightness(under)
    if brightness(colour) >= _WHITE_LIKE:
        return colour
    if apart > most_apart and paper <= brightness(PAGE) + 2:
        return limited(most_apart + paper, colour)
    if apart >= _LEAST_APART:
        return colour
    hue, saturation, lightness = hsl(colour)
    bright = paper >= _BRIGHT_GROUND
    if lightness > 90 - _BRIGHT_GREY if bright else lightness <= _BRIGHT_GREY:
        return ink(from_hsl(hue, saturation, 90 - lightness), under)
    return limited(min(most_apart, paper - _LEAST_APART if bright else paper + _LEAST_APART), colour)


def limited(limit: float, colour: Rgb) -> Rgb:
    """The colour with that perceived brightness."""
    ratio = limit / brightness(colour)
    red, green, blue = (min(255.0, part * ratio) for part in colour)
    if green == 0 or red == 255 or blue == 255:
        green = (limit * 1000 - red * 299 - blue * 114) / 587
    elif red == 0:
        red = (limit * 1000 - green * 587 - blue * 114) / 299
    elif blue == 0 or green == 255:
        blue = (limit * 1000 - red * 299 - green * 587) / 114
    return (red, green, blue)


def hsl(colour: Rgb) -> tuple[float, float, float]:
    """Hue in degrees, saturation and lightness in percent."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    return hue * 360, saturation * 100, lightness * 100


def from_hsl(hue: float, saturation: float, lightness: float) -> Rgb:
    red, green, blue = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
    return (red * 255, green * 255, blue * 255)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG's: 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    parts = [max(0.0, min(255.0, part)) / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
