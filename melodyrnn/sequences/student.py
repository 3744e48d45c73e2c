"""Student's t distribution, without the second or so that importing SciPy's statistics takes."""

from functools import lru_cache
from math import exp, inf, lgamma, log, log1p

_STEPS = 10_000  # of the continued fraction, which needs some √freedom
_PRECISION = 1e-15
_LARGEST = 1e100


def p_value(t: float, freedom: float) -> float:
    """The probability of a value at least as far from 0 as ``t``, on either side: the regularised
    incomplete beta function I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t²) (Abramowitz
    and Stegun 1964, 26.7.1). Raises ValueError where ``freedom`` is not above 0.
    """
    if not freedom > 0:
        raise ValueError(f"{freedom} degrees of freedom; there are more than 0")
    square = t * t
    a, b = freedom / 2, 0.5
    x, rest = freedom / (freedom + square), square / (freedom + square)
    if rest == 0:
        return 1.0
    if x == 0:
        return 0.0
    log_x = -log1p(square / freedom)
    front = exp(a * log_x + b * log(rest) + lgamma(a + b) - lgamma(a) - lgamma(b))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(a, b, x) / a)
    return min(1.0, max(0.0, 1.0 - front * _fraction(b, a, rest) / b))


@lru_cache(4096)
def quantile(p: float, freedom: float) -> float:
    """The t of which ``p_value`` is ``p``, found by halving; infinite for a ``p`` of 0."""
    if p <= 0:
        return inf
    low, high = 0.0, 1.0
    while p_value(high, freedom) > p:
        low, high = high, 2 * high
        if high > _LARGEST:
            return inf
    while low < (middle := (low + high) / 2) < high:
        if p_value(middle, freedom) > p:
            low = middle
        else:
            high = middle
    return high


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (Press et al. 2007, 6.4), by the
    method of Lentz (1976).
    """
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            c, d = 1 + term / c, 1 / (1 + term * d)
            found *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return found
