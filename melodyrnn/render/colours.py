"""Colours of pictures on white: the ink, the series of lines, and a scale for heat maps.

The scale runs from near white to dark blue in equal steps of lightness in OKLab, whose distances
are those that the eye sees (Ottosson 2020): it orders the same in print without colour and for
those who distinguish few colours.
"""

INK, SOFT, FAINT, NOTHING = "#1d1c1a", "#65625c", "#dedad2", "#f1efea"
"""Titles; words; lines; a cell without a value."""

SERIES = ("#0072b2", "#b07800", "#007d5c", "#b0578a", "#3a8fc4", "#6b6760", "#8a6d00", "#5b4b9a")
"""As the page of a comparison has them by day."""

_SCALE = (
    (0.98, -0.006, 0.020),
    (0.88, -0.045, 0.060),
    (0.78, -0.085, 0.025),
    (0.68, -0.080, -0.030),
    (0.58, -0.050, -0.075),
    (0.48, -0.018, -0.110),
    (0.38, 0.012, -0.125),
    (0.28, 0.030, -0.100),
)
"""OKLab: lightness, green to red, blue to yellow."""


def shade(share: float) -> str:
    """``"#rrggbb"`` of the scale at ``share``, from 0, the lightest, to 1."""
    place = min(max(share, 0.0), 1.0) * (len(_SCALE) - 1)
    below = min(int(place), len(_SCALE) - 2)
    part = place - below
    pairs = zip(_SCALE[below], _SCALE[below + 1], strict=True)
    return _hexadecimal(*(low + part * (high - low) for low, high in pairs))


def ink_on(share: float) -> str:
    """What is well read on ``shade(share)``."""
    return INK if share < 0.55 else "#ffffff"


def _hexadecimal(lightness: float, a: float, b: float) -> str:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    light = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(min(max(v, 0.0), 1.0))):02x}" for v in light)


def _encoded(light: float) -> float:
    """A share of light as sRGB writes it."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
