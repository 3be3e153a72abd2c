"""How likely a random drug is as near to a random module, without the normal approximation.

Given a module, the distances of a drug's targets are draws from the histograms of its classes,
without replacement; their sum is distributed as the convolution. Random modules stand side by
side in lanes of 64, and the results are averaged over them.
"""

from twinscreen.network.compiled import compiled

#: Random modules that are convolved side by side: 64 doubles are eight registers.
SIDE = 64


@compiled(fastmath={"contract", "nsz"})
def _convolve_one(share, total, longest):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add one draw, with probability share[k] of distance k, to the distribution of the sum.

    `total`, shape (longest + 1, 64), has P(sum = x) and is changed in place, from the end.
    """
    reach = share.shape[0]
    for x in range(longest, -1, -1):
        row = total[x]
        here = share[0]
        for lane in range(SIDE):
            row[lane] *= here[lane]
        for k in range(1, min(x + 1, reach)):
            other, weight = total[x - k], share[k]
            for lane in range(SIDE):
                row[lane] += other[lane] * weight[lane]


@compiled(fastmath={"contract", "nsz"})
def _several(share, size, draws, longest, ways, part):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Find the distribution of the sum of several draws without replacement from one class.

    With c_k proteins at distance k, the number of ways is the coefficient of y^draws x^sum in
    the product over k of (1 + y x^k)^c_k. `ways`, shape (draws + 1, longest + 1, 64), collects
    it, scaled by (draws / (e size))^draws to stay within range; `part`, shape (longest + 1, 64),
    receives P(sum = x).
    """
    scale = draws / (2.718281828459045 * size)
    for j in range(draws + 1):
        for x in range(longest + 1):
            for lane in range(SIDE):
                ways[j, x, lane] = 0.0
    for lane in range(SIDE):
        ways[0, 0, lane] = 1.0
    weight = part[0]
    for k in range(share.shape[0]):
        for j in range(draws, 0, -1):
            for lane in range(SIDE):
                weight[lane] = 1.0
            for i in range(1, j + 1):
                if i * k > longest:
                    break
                for lane in range(SIDE):
                    left = max(share[k, lane] * size - (i - 1), 0.0)
                    weight[lane] *= left * scale / i
                for x in range(i * k, longest + 1):
                    row, other = ways[j, x], ways[j - i, x - i * k]
                    for lane in range(SIDE):
                        row[lane] += other[lane] * weight[lane]
    ways_in_all = 1.0
    for i in range(draws):
        ways_in_all *= (size - i) * scale / (i + 1)
    for x in range(longest + 1):
        for lane in range(SIDE):
            part[x, lane] = ways[draws, x, lane] / ways_in_all


@compiled(fastmath={"contract", "nsz"})
def _convolve(part, total, longest, spare):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Replace `total` by its convolution with `part`, both of shape (longest + 1, 64)."""
    for x in range(longest + 1):
        row = spare[x]
        for lane in range(SIDE):
            row[lane] = 0.0
        for k in range(x + 1):
            a, b = part[k], total[x - k]
            for lane in range(SIDE):
                row[lane] += a[lane] * b[lane]
    for x in range(longest + 1):
        for lane in range(SIDE):
            total[x, lane] = spare[x, lane]


@compiled(fastmath={"reassoc", "contract", "nsz"})
def lower_tail(share, size, classes, draws, longest, random_modules, work, ways):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Compute P(sum of the distances <= longest), averaged over the random modules.

    Parameters
    ----------
    share
        Share of each class at each distance from each random module, shape (tiles, classes,
        depth, 64).
    size
        Proteins in each class.
    classes, draws
        Classes to draw from, and how often.
    longest
        The observed sum.
    random_modules
        Number of random modules; the lanes beyond are left out.
    work, ways
        Working space, of at least (3, longest + 1, 64) and (draws + 1, longest + 1, 64).
    """
    total, part, spare = work[0], work[1], work[2]
    below = 0.0
    for tile in range(share.shape[0]):
        for x in range(longest + 1):
            for lane in range(SIDE):
                total[x, lane] = 0.0
        for lane in range(SIDE):
            total[0, lane] = 1.0
        for i in range(len(classes)):
            here = share[tile, classes[i]]
            if draws[i] == 1:
                _convolve_one(here, total, longest)
            else:
                _several(here, size[classes[i]], draws[i], longest, ways, part)
                _convolve(part, total, longest, spare)
        used = min(SIDE, random_modules - tile * SIDE)
        for x in range(longest + 1):
            for lane in range(used):
                below += total[x, lane]
    return min(below / random_modules, 1.0)
