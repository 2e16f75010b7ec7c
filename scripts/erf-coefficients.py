"""Derives the two coefficient tables of assembly/network/erf.ts with mpmath (50 digits).

Run: python3 scripts/erf-coefficients.py    (Debian: apt-get install python3-mpmath)

Both are Chebyshev interpolants, truncated where every later coefficient is below 2^-57:
- erf(x)/x - 1 as a polynomial in x^2 on |x| <= 1/2, rewritten in powers (its powers alternate
  and fall fast, so Horner's rule loses nothing);
- (1 + 2x) erfcx(x) on x >= 1/2 in t in [-1, 1], where u = (x - 4)/(x + 4) runs over [-7/9, 1]
  and t is the affine image of u; evaluated by Clenshaw's recurrence, lowest order first here.
  The idea of that weighted form is Shepherd and Laframboise, Math. Comp. 36 (1981) 249-253.
"""
from mpmath import mp, mpf, cos, pi, erf, erfc, exp, sqrt, taylor, polyval

mp.dps = 50
EDGE, CENTRE = mpf(1) / 2, 4


def chebyshev(f, degree):
    n = degree + 1
    angles = [pi * (k + mpf(1) / 2) / n for k in range(n)]
    samples = [f(cos(a)) for a in angles]
    return [(1 if j == 0 else 2) * sum(s * cos(j * a) for s, a in zip(samples, angles)) / n for j in range(n)]


def truncated(c):
    keep = next(i for i in range(len(c)) if max(abs(v) for v in c[i:]) < mpf(2) ** -57)
    return c[:keep]


def powers(c, low, high):
    """Chebyshev series on [low, high] to ascending powers, through exact polynomial arithmetic."""
    a, b = 2 / (high - low), -(high + low) / (high - low)

    def times_t(p):
        out = [mpf(0)] * (len(p) + 1)
        for i, v in enumerate(p):
            out[i] += b * v
            out[i + 1] += a * v
        return out

    before, now = [mpf(1)], times_t([mpf(1)])
    total = [mpf(0)] * len(c)
    for j, coefficient in enumerate(c):
        basis = before if j == 0 else now
        for i, v in enumerate(basis):
            total[i] += coefficient * v
        if j >= 1:
            twice = [2 * v for v in times_t(now)]
            following = [v - (before[i] if i < len(before) else 0) for i, v in enumerate(twice)]
            before, now = now, following
    return total


def near(t):
    y = EDGE**2 * (t + 1) / 2
    return erf(sqrt(y)) / sqrt(y) - 1


def far(t):
    low = (EDGE - CENTRE) / (EDGE + CENTRE)
    u = low + (1 - low) * (t + 1) / 2
    x = CENTRE * (1 + u) / (1 - u)
    return (1 + 2 * x) * exp(x * x) * erfc(x)


for name, table in (
    ("NEAR", powers(truncated(chebyshev(near, 30)), mpf(0), EDGE**2)),
    ("FAR", truncated(chebyshev(far, 50))),
):
    print(name, len(table))
    for v in table:
        print(f"  {float(v)!r},")
