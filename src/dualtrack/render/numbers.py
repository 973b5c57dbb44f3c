"""The one place that turns a number into text for a reader.

It exists so that the same value reads the same everywhere and no rounding claims more than the data: 0 % and 100 %
are printed only when exact, and the bounds of an interval have the decimals of the estimate. Knows nothing of the
domain; may import ``render.style``, which says how marks of decimals are written. An undefined number has no text here:
callers say why in words.

Source of the rounding rules: Cole 2015, Arch Dis Child 100:608, table 1; Lang and Altman 2015, SAMPL guidelines.
"""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

from dualtrack.render.style import day, written

__all__ = [
    "count",
    "count_of",
    "day",
    "difference",
    "difference_decimals",
    "difference_span",
    "exact_percent",
    "hundredths",
    "index",
    "index_span",
    "level",
    "numeral",
    "per_hundred",
    "percent",
    "percent_against",
    "percent_decimals",
    "percent_span",
    "plain",
    "plain_span",
]

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
PERCENT = f"{SPACE}%"
SMALL_BASE = 100
ONE_DECIMAL_BELOW = Decimal(10)
MOST_DECIMALS = 4
INDEX_DECIMALS = 1
DIFFERENCE_DECIMALS = 3
PLAIN_DECIMALS = 6


def count(n: int) -> str:
    """Text of a count: whole, with thousands separated.

    Args:
        n: a whole number; may be negative.

    Example:
        >>> count(12345)
        '12,345'
    """
    return written(f"{n:,}").replace("-", MINUS)


def count_of(n: int, total: int) -> str:
    """Text of a count and its denominator.

    Args:
        n: how many.
        total: of how many.

    Example:
        >>> count_of(3, 1200)
        '3/1,200'
    """
    return f"{count(n)}/{count(total)}"


def percent_decimals(p: float, n: int | None) -> int:
    """Decimals that a percentage deserves: none on fewer than 100 cases or from 10 % on, else one.

    Args:
        p: proportion, 0..1.
        n: its denominator; None where there is none to speak of (a limit, a weighted share).

    Example:
        >>> percent_decimals(0.034, 250), percent_decimals(0.034, 40), percent_decimals(0.34, 250)
        (1, 0, 0)
    """
    if n is not None and n < SMALL_BASE:
        return 0
    return 1 if abs(_times_hundred(p)) < ONE_DECIMAL_BELOW else 0


def percent(p: float, *, n: int | None = None, decimals: int | None = None) -> str:
    r"""Text of a proportion as a percentage; never 0 % or 100 % unless exact.

    Args:
        p: proportion, 0..1.
        n: its denominator, which limits the decimals (``percent_decimals``).
        decimals: decimals to use instead.

    Example:
        >>> percent(0.034, n=250), percent(0.0004, n=40), percent(0.9996, n=250), percent(1, n=8)
        ('3.4\xa0%', '<1\xa0%', '>99\xa0%', '100\xa0%')
    """
    places = percent_decimals(p, n) if decimals is None else decimals
    return _hundredths(p, places) + PERCENT


def percent_span(lower: float, upper: float, *, decimals: int) -> str:
    r"""Text of an interval of proportions, with the decimals of its estimate.

    Args:
        lower: lower limit, 0..1.
        upper: upper limit, 0..1.
        decimals: decimals of the estimate (``percent_decimals``).

    Example:
        >>> percent_span(0, 0.0881, decimals=0)
        '0 to 9\xa0%'
    """
    return f"{_hundredths(lower, decimals)} to {_hundredths(upper, decimals)}{PERCENT}"


def percent_against(p: float, limit: float) -> str:
    r"""Text of a proportion that is read against a limit: enough decimals that it never looks equal unless it is.

    Args:
        p: proportion, 0..1.
        limit: the proportion that it is compared with, 0..1.

    Example:
        >>> percent_against(0.0203, 0.02), percent_against(0.088, 0.02), percent_against(0.02, 0.02)
        ('2.03\xa0%', '8.8\xa0%', '2.0\xa0%')
    """
    places = percent_decimals(p, None)
    shown, bound = _times_hundred(p), _times_hundred(limit)
    while shown != bound and places < MOST_DECIMALS and _rounded(shown, places) == _rounded(bound, places):
        places += 1
    return _hundredths(p, places) + PERCENT


def index(value: float, *, decimals: int = INDEX_DECIMALS) -> str:
    """Text of a mapped level or score on 0..100, which is no percentage; never 0 or 100 unless exact.

    Args:
        value: 0..1, 1 is best.
        decimals: decimals to use.

    Example:
        >>> index(0.8342), index(1), index(0.99996)
        ('83.4', '100', '>99.9')
    """
    return _hundredths(value, decimals)


def index_span(lower: float, upper: float, *, decimals: int = INDEX_DECIMALS) -> str:
    """Text of an interval of mapped levels or scores on 0..100.

    Args:
        lower: lower limit, 0..1.
        upper: upper limit, 0..1.
        decimals: decimals of the estimate.

    Example:
        >>> index_span(0.805, 0.8621)
        '80.5 to 86.2'
    """
    return f"{_hundredths(lower, decimals)} to {_hundredths(upper, decimals)}"


def difference(value: float, *, decimals: int = INDEX_DECIMALS) -> str:
    """Text of a difference of two proportions or scores, in points of 100, always with its sign.

    A difference that is not zero gets as many decimals, up to three, as it needs not to look like zero.

    Args:
        value: -1..1.
        decimals: least decimals.

    Example:
        >>> difference(0.0342), difference(-0.12), difference(0.0004), difference(0)
        ('+3.4', '−12.0', '+0.04', '0')
    """
    return _signed(value, difference_decimals(value, decimals))


def difference_against(value: float, limit: float) -> str:
    """Text of a difference that is read against a margin: enough decimals that it never looks equal unless it is.

    Args:
        value: -1..1.
        limit: the margin that its size is compared with, 0..1.

    Example:
        >>> difference_against(0.0203, 0.02), difference_against(-0.05004, 0.05), difference_against(0.02, 0.02)
        ('+2.03', '−5.004', '+2.0')
    """
    places = difference_decimals(value)
    shown, bound = _times_hundred(value), _times_hundred(limit)
    while abs(shown) != bound and places < MOST_DECIMALS and _rounded(abs(shown), places) == _rounded(bound, places):
        places += 1
    return _signed(value, places)


def difference_span(lower: float, upper: float, *, decimals: int = INDEX_DECIMALS) -> str:
    """Text of an interval of a difference, in points of 100; a bound beside zero keeps its sign.

    Args:
        lower: lower limit, -1..1.
        upper: upper limit, -1..1.
        decimals: decimals of the estimate.

    Example:
        >>> difference_span(-0.0121, 0.0803), difference_span(0.0002, 0.05)
        ('−1.2 to +8.0', '+0.0 to +5.0')
    """
    return f"{_signed(lower, decimals)} to {_signed(upper, decimals)}"


def difference_decimals(value: float, decimals: int = INDEX_DECIMALS) -> int:
    """Decimals that a difference needs not to look like zero, three at most.

    Args:
        value: -1..1.
        decimals: least decimals.

    Example:
        >>> difference_decimals(0.0342), difference_decimals(0.0004)
        (1, 2)
    """
    return _places(_times_hundred(value), decimals, DIFFERENCE_DECIMALS)


def plain(value: float, *, decimals: int = 3) -> str:
    """Text of a number in its own unit, without trailing zeros beyond what was asked.

    What would look like zero gets the decimals it needs, six at most; what is smaller still is zero, without a sign.

    Args:
        value: any finite number.
        decimals: decimals to use.

    Example:
        >>> plain(0.0916), plain(11.25, decimals=1), plain(-2, decimals=0), plain(1234.5, decimals=1)
        ('0.092', '11.3', '−2', '1,234.5')
        >>> plain(-0.0041, decimals=2), plain(-1e-12, decimals=2)
        ('−0.004', '0.00')
    """
    number = _decimal(value)
    rounded = _rounded(number, _places(number, decimals, PLAIN_DECIMALS)) or _rounded(Decimal(0), decimals)
    return written(f"{rounded:,f}").replace("-", MINUS)


def plain_span(lower: float, upper: float, *, decimals: int = 3) -> str:
    """Text of an interval in the number's own unit.

    Args:
        lower: lower limit.
        upper: upper limit.
        decimals: decimals of the estimate.

    Example:
        >>> plain_span(0.0712, 0.113)
        '0.071 to 0.113'
    """
    return f"{plain(lower, decimals=decimals)} to {plain(upper, decimals=decimals)}"


def level(value: float) -> str:
    """Text of a setting exactly as it was written: no rounding, no trailing zeros.

    Args:
        value: any finite number, as a weight, a mapped level or an assumed correlation.

    Example:
        >>> level(0.25), level(5.0), level(1)
        ('0.25', '5', '1')
    """
    return _exact(_decimal(value))


def numeral(n: int) -> str:
    """Text of a number that names something, such as a seed: no separators.

    Args:
        n: a whole number.

    Example:
        >>> numeral(20250101)
        '20250101'
    """
    return str(n)


def hundredths(value: float) -> str:
    """Text of a setting in hundredths, exactly as it was written.

    Args:
        value: a proportion, mapped level or margin.

    Example:
        >>> hundredths(0.29), hundredths(0.005), hundredths(1)
        ('29', '0.5', '100')
    """
    return _exact(_times_hundred(value))


def per_hundred(p: float) -> str:
    """Text of a proportion as a whole number out of a hundred, upwards, so that it never claims less.

    Args:
        p: proportion, 0..1.

    Example:
        >>> per_hundred(0.088), per_hundred(0.0), per_hundred(1)
        ('9', '0', '100')
    """
    return numeral(math.ceil(_times_hundred(p)))


def exact_percent(p: float) -> str:
    r"""Text of a setting as a percentage, exactly as it was written.

    Args:
        p: a proportion, as a confidence or a limit.

    Example:
        >>> exact_percent(0.95), exact_percent(0.025)
        ('95\xa0%', '2.5\xa0%')
    """
    return hundredths(p) + PERCENT


_WIDE = Context(prec=400)  # every finite float has fewer digits


def _decimal(value: float) -> Decimal:
    if not math.isfinite(value):
        raise ValueError(f"only a finite number has a text, got {value!r}")
    return Decimal(str(value))


def _exact(number: Decimal) -> str:
    text = f"{number:,f}"
    return written(text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


def _times_hundred(value: float) -> Decimal:
    return _decimal(value) * 100


def _places(number: Decimal, least: int, most: int) -> int:
    """Decimals from ``least`` to ``most`` that a number needs not to look like zero."""
    places = least
    while number and places < most and not _rounded(number, places):
        places += 1
    return places


def _rounded(scaled: Decimal, decimals: int) -> Decimal:
    return scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


def _hundredths(value: float, decimals: int) -> str:
    """A proportion times 100; what rounds to 0 or 100 without being it is said with < or >."""
    scaled = _times_hundred(value)
    if scaled in (0, 100):
        return f"{scaled.to_integral_value():f}"
    shown = _rounded(scaled, decimals)
    step = Decimal(1).scaleb(-decimals)
    if shown == 0:
        return written(f"<{step:f}") if scaled > 0 else written(f">{MINUS}{step:f}")
    if shown == 100 and scaled < 100:  # noqa: PLR2004 -- one whole, in hundredths
        return written(f">{100 - step:f}")
    if shown == 100:  # noqa: PLR2004 -- the same whole, from above
        return f">{shown.to_integral_value():f}"
    return written(f"{shown:,f}").replace("-", MINUS)


def _signed(value: float, decimals: int) -> str:
    scaled = _times_hundred(value)
    if not scaled:
        return "0"
    sign = "+" if scaled > 0 else MINUS
    return sign + written(f"{_rounded(abs(scaled), decimals):f}")
