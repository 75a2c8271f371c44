"""Every text of a page is read in light and in dark."""

import re

from trafficlight.assets import assets
from trafficlight.publish import words


def test_every_text_is_read_in_light_and_in_dark() -> None:
    """WCAG 2.2 and the Chinese rules for the elderly: a contrast of 4.5 at least."""
    css = next(asset.body.decode() for asset in assets() if asset.name == "first.css")
    later = next(asset.body.decode() for asset in assets() if asset.name == "board.css")
    screen, printed = css, later.partition("@media print")[2]
    light, dark = (colours(block) for block in re.findall(r":root \{(.*?)\}", screen, re.DOTALL))
    schemes = (light, light | dark)
    pairs = [
        (scheme, ink, paper) for scheme in schemes for ink in ("ink", "soft") for paper in ("paper", "wash")
    ]
    for scheme, ink, paper in pairs:
        assert contrast(scheme[ink], scheme[paper]) >= 4.5, (ink, paper)
    pills = re.findall(
        r"\.(\w+) \.pill[^{]*\{\s*background: ([^;]+);.*?color: (#\w+);\s*\}", screen, re.DOTALL
    )
    assert {name for name, _, _ in pills} == {"blue", "yellow", "red", "cross"}
    (elder,) = re.findall(
        r"\.large, :root:target \{(.*?)\}", screen.partition("@media (max-width")[0], re.DOTALL
    )
    for name, fill, ink in pills:
        variable = re.fullmatch(r"var\(--(\w+)\)", fill)
        paper = light[variable[1]] if variable else fill
        assert contrast(ink, paper) >= 4.5, name
        assert paper == words.FILLS[name]
        # Whoever chose the version for elders sees everything with 7 to 1, as WCAG's AAA has it.
        assert contrast(ink, colours(elder)[variable[1]] if variable else fill) >= 7, name
    assert "--soft: var(--ink);" in elder
    for scheme in schemes:
        assert min(contrast(scheme["ink"], scheme[paper]) for paper in ("paper", "wash")) >= 7
    (black,) = (colours(block) for block in re.findall(r":root \{(.*?)\}", printed, re.DOTALL))
    assert (black["ink"], black["soft"], black["paper"]) == ("#000", "#000", "#fff")


def test_form_and_desk_show_the_lights_in_the_colours_of_the_public_pages() -> None:
    css = next(asset.body.decode() for asset in assets() if asset.name == "app.css")
    screen, printed, _ = css.partition("@media print")
    assert printed
    found = re.findall(
        r"\.(\w+) \.pill[^{]*\{\s*background: (#\w+);.*?color: (#\w+);\s*\}", screen, re.DOTALL
    )
    assert {name: fill for name, fill, _ in found} == {name: words.FILLS[name] for name, _, _ in found}
    assert {name for name, _, _ in found} == {"blue", "yellow", "red", "cross"}
    assert min(contrast(ink, fill) for _, fill, ink in found) >= 4.5
    light, dark = (colours(block) for block in re.findall(r":root \{(.*?)\}", screen, re.DOTALL))
    for scheme in (light, light | dark):
        for ink in ("ink", "soft"):
            assert min(contrast(scheme[ink], scheme[paper]) for paper in ("paper", "wash")) >= 4.5


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#\w+);", block))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance as WCAG defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
