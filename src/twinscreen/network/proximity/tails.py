"""How likely a random drug is as near to a random module, without the normal approximation.

Given a module, the distances of a drug's targets are draws from the histograms of its classes,
without replacement; their sum is distributed as the convolution. Eight random modules stand
side by side, and the results are averaged over all.
"""

from twinscreen.network.kernels.compiled import compiled
from twinscreen.network.kernels.float_vectors import (
    get,
    less,
    plus_times,
    put,
    splat,
    sum_of,
    times,
)

#: A probability that small (summed over eight modules) is zero, before it slows down arithmetic.
NOTHING = 1e-150


@compiled()
def _start(part, first, reach, total, zero, longest):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Set the distribution of the sum to that of the first draws."""
    for x in range(longest + 1):
        put(total, zero + x, get(part, first + x) if x < reach else splat(0.0))
    return 0


@compiled()
def _convolve(part, first, reach, total, zero, low, longest):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Convolve the distribution of the sum, in place, with that of further draws.

    `part` has P(further = k) in the rows first..first + reach - 1; `total` has P(sum = x) in row
    zero + x, nothing below `low`, and enough rows of nothing before. Four sums are computed
    together, so that no addition waits for the one before. Returns the new `low`.
    """
    x = longest
    while x >= low:
        row = zero + x
        weight = get(part, first)
        a, b = times(weight, get(total, row)), times(weight, get(total, row - 1))
        c, d = times(weight, get(total, row - 2)), times(weight, get(total, row - 3))
        for k in range(1, reach):
            weight = get(part, first + k)
            a = plus_times(a, weight, get(total, row - k))
            b = plus_times(b, weight, get(total, row - k - 1))
            c = plus_times(c, weight, get(total, row - k - 2))
            d = plus_times(d, weight, get(total, row - k - 3))
        put(total, row, a)
        put(total, row - 1, b)
        put(total, row - 2, c)
        put(total, row - 3, d)
        x -= 4
    while low < longest and sum_of(get(total, zero + low)) < NOTHING:
        put(total, zero + low, splat(0.0))
        low += 1
    return low


@compiled()
def _finish(part, first, reach, total, zero, low, longest):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Sum P(sum + last draws <= longest) over the eight random modules."""
    within, below = splat(0.0), splat(0.0)
    one = splat(1.0)
    for k in range(longest - low + 1):
        if k < reach:
            within = plus_times(within, one, get(part, first + k))
        below = plus_times(below, within, get(total, zero + longest - k))
    return sum_of(below)


@compiled()
def _several(share, first, depth, size, draws, reach, ways, weight):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Find the distribution of the sum of several draws without replacement from one class.

    With c_k = share[first + k] x size proteins at distance k, the number of ways to a sum x is
    the coefficient of y^draws z^x in the product over k of (1 + y z^k)^c_k. `ways` collects it
    for j <= draws and x < reach in row j x reach + x, scaled by (draws / (e size))^j to stay
    within range; `weight` is working space. Rows draws x reach + x end as P(sum = x).
    """
    scale = draws / (2.718281828459045 * size)
    for row in range((draws + 1) * reach):
        put(ways, row, splat(0.0))
    put(ways, 0, splat(1.0))
    for k in range(depth):
        here = times(get(share, first + k), splat(float(size)))
        chosen = splat(1.0)
        for i in range(1, draws + 1):
            left = less(here, splat(i - 1.0))
            chosen = times(times(chosen, left), splat(scale / i))
            put(weight, i, chosen)
        for j in range(draws, 0, -1):
            for i in range(1, j + 1):
                if i * k >= reach:
                    break
                chosen = get(weight, i)
                to, source = j * reach, (j - i) * reach - i * k
                for x in range(i * k, reach):
                    put(ways, to + x, plus_times(get(ways, to + x), chosen, get(ways, source + x)))
    in_all = 1.0
    for i in range(draws):
        in_all *= (size - i) * scale / (i + 1)
    for x in range(draws * reach, (draws + 1) * reach):
        put(ways, x, times(get(ways, x), splat(1.0 / in_all)))


@compiled()
def lower_tail(share, size, classes, draws, longest, random_modules, total, ways, weight):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Compute P(sum of the distances <= longest), averaged over the random modules.

    Parameters
    ----------
    share
        Share of each class at each distance from each random module, shape (tiles, classes,
        depth, 8), as `rows_of_doubles` makes it.
    size
        Proteins in each class.
    classes, draws
        Classes to draw from, and how often.
    longest
        The observed sum.
    random_modules
        Number of random modules: 8 per tile, or fewer in a single tile, whose other columns
        must be zero.
    total, ways, weight
        Working space, at least (2 longest + 6, 8), ((most draws + 1) (longest + 1), 8) and
        (most draws + 1, 8).
    """
    tiles, all_classes, depth, _ = share.shape
    flat = share.reshape(-1, share.shape[3])
    zero = longest + 5
    for x in range(zero):
        put(total, x, splat(0.0))
    below = 0.0
    for tile in range(tiles):
        low = 0
        for i in range(len(classes)):
            part, first = flat, (tile * all_classes + classes[i]) * depth
            reach = min((depth - 1) * draws[i], longest) + 1
            if draws[i] > 1:
                _several(flat, first, depth, size[classes[i]], draws[i], reach, ways, weight)
                part, first = ways, draws[i] * reach
            if i == 0:
                low = _start(part, first, reach, total, zero, longest)
            if i == len(classes) - 1:
                if i == 0:
                    for x in range(longest + 1):
                        below += sum_of(get(total, zero + x))
                else:
                    below += _finish(part, first, reach, total, zero, low, longest)
            elif i > 0:
                low = _convolve(part, first, reach, total, zero, low, longest)
    return min(below / random_modules, 1.0)
