"""The colours of the style sheet, and how far two of them are apart to an eye that mixes some of them up.

Sources: Machado, Oliveira and Fernandes 2009, IEEE Trans. Vis. Comput. Graph. 15:1291, matrices of severity 1.0 for
linear RGB; CIE 1976 L*a*b* under D65 for the difference (delta E 76).
"""

import re
from importlib import resources

SHEET = resources.files("dualtrack.render").joinpath("static", "report.css").read_text(encoding="utf-8")
ROOTS = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
LIGHT, DARK = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", root)) for root in ROOTS)
EYES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)


def linear(colour):
    """Red, green and blue of a colour such as #0b5cad, as linear light from 0 to 1."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG 2.2 contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def lab(light):
    """CIE L*a*b* of linear light."""
    f = [
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (each / white for each, white in zip(_times(_XYZ, light), _WHITE, strict=True))
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def seen(colour, eye):
    """What an eye makes of a colour, as L*a*b*."""
    return lab([min(max(each, 0.0), 1.0) for each in _times(EYES[eye], linear(colour))])


def apart(one, other, eye):
    """How far two colours are apart to an eye: delta E 76; about 2 can just be seen side by side."""
    return sum((a - b) ** 2 for a, b in zip(seen(one, eye), seen(other, eye), strict=True)) ** 0.5
