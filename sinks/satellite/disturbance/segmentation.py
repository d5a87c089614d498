"""A pixel's years as a few straight segments: when it fell, by how much, and how sure that is.

After LandTrendr: spikes are dampened, vertices are added where the fit is worst, then taken away
one by one; of the models so made, each a continuous line through its vertices by least squares,
one is chosen by the p of its fit. A model in which the index recovers too quickly is not allowed.

Here the vertex that goes is the one whose loss costs the fit least, and all levels are fitted at
once; LandTrendr goes by angles and fits from left to right. A model of s segments has s levels and
s - 1 dates besides the mean: 2 s - 1 degrees of freedom in

    F = ((S_0 - S) / (2 s - 1)) / (S / (n - 2 s)),   p = P(F_(2s-1, n-2s) > F)

with S_0 the sum of squares about the mean and S that about the line, n clear looks. As dates were
searched, that p is too small: a fifth of pure noise has a model with p <= 0.05. So it chooses among
models, as published, while whether there is a model at all is asked of the p of the whole search.

References
----------
Kennedy, Yang and Cohen 2010; the arguments as Earth Engine describes them.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

__all__ = ["Rules", "Segments", "segmented"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
BLOCK = 1 << 14
"""Pixels at a time: all models of all of them are held."""
NEGLIGIBLE = 1e-12
"""Share of the sum of squares about the mean that is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of the method; see parameters/disturbance.csv.

    Parameters
    ----------
    most : int
        Segments.
    overshoot : int
        Vertices found beyond most + 1.
    spike : float
        Share of a spike that must vanish between its neighbours for it to be dampened.
    recovery : float, 1/year
        Share of the pixel's range that may be recovered in a year.
    p_of_fit : float
        Largest p of the search.
    proportion : float
        A model of more segments may have a p of (2 - proportion) times the least.
    least_looks : int
    """

    most: int
    overshoot: int
    spike: float
    recovery: float
    p_of_fit: float
    proportion: float
    least_looks: int


@dataclass(frozen=True, slots=True)
class Segments:
    """The greatest fall of each pixel in its chosen model, (pixel,) arrays.

    Parameters
    ----------
    start, end : arrays of int
        Places in `times` between which the index fell; -1 where no model holds, or none falls.
    fall : array, units of the index
        Level before less level after; NaN where there is none.
    recovered : array
        Share of the fall that was won back by the last look.
    p : array
        p of the search; NaN where no model holds.
    """

    start: Places
    end: Places
    fall: Floats
    recovered: Floats
    p: Floats


def segmented(times: Floats, values: Floats, rules: Rules) -> Segments:
    """Return the greatest fall of each pixel.

    Parameters
    ----------
    times : (time,) array, years
        Increasing.
    values : (pixel, time) array
        An index that is high where there is forest; NaN where there is no clear look.
    """
    parts = [_block(times, values[i : i + BLOCK], rules) for i in range(0, len(values), BLOCK)]
    if not parts:
        none = np.empty(0)
        return Segments(none.astype(np.int64), none.astype(np.int64), none, none, none)
    return Segments(*(
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("start", "end", "fall", "recovered", "p")
    ))  # fmt: skip


def _block(times: Floats, values: Floats, rules: Rules) -> Segments:
    pixels, most = len(values), rules.most
    vertices = np.full((pixels, most, most + 1), -1, np.int64)
    levels = np.full((pixels, most, most + 1), np.nan)
    squares = np.full((pixels, most), np.nan)
    about_mean, looks = np.empty(pixels), np.empty(pixels, np.int64)
    _models(
        times, np.ascontiguousarray(values), rules.overshoot, rules.spike, rules.recovery,
        rules.least_looks, vertices, levels, squares, about_mean, looks,
    )  # fmt: skip
    of_models = p_of_fit(squares, about_mean, looks)
    p, model = p_of_search(of_models, looks), _chosen(of_models, rules.proportion)
    rows, held = np.arange(pixels), p <= rules.p_of_fit
    place, level = vertices[rows, model], levels[rows, model]
    falls = np.where(np.isnan(level[:, 1:]), -np.inf, level[:, :-1] - level[:, 1:])
    falls = np.where(held[:, np.newaxis], falls, -np.inf)
    worst = falls.argmax(axis=1)
    fall = falls[rows, worst]
    found = fall > 0
    last = level[rows, model + 1]
    recovered = np.where(found, last - level[rows, worst + 1], np.nan) / np.where(found, fall, 1)
    return Segments(
        start=np.where(found, place[rows, worst], -1),
        end=np.where(found, place[rows, worst + 1], -1),
        fall=np.where(found, fall, np.nan),
        recovered=recovered,
        p=np.where(held, p, np.nan),
    )


def p_of_fit(squares: Floats, about_mean: Floats, looks: Places) -> Floats:
    """Return the p of each model's F, (pixel, model); NaN where it has too few looks.

    Parameters
    ----------
    squares : (pixel, model) array
        Sum of squares about the line of 1, 2, 3 ... segments; NaN where not allowed.
    about_mean : (pixel,) array
    looks : (pixel,) array
    """
    from scipy.special import betainc

    segments = np.arange(1, squares.shape[1] + 1)
    of_model = 2 * segments - 1
    left = looks[:, np.newaxis] - 1 - of_model
    whole = about_mean[:, np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(squares <= NEGLIGIBLE * whole, 0.0, np.minimum(squares / whole, 1.0))
    share = np.where((left > 0) & (whole > 0), share, np.nan)
    return np.asarray(betainc(np.maximum(left, 1) / 2, of_model / 2, share))


def p_of_search(p: Floats, looks: Places) -> Floats:
    """Return how likely the best of all models is where nothing happened, (pixel,); at most 1.

    Each p is taken as often as there were dates to choose its vertices from, and models to choose
    from (Bonferroni): of pixels that are all noise no more than this share has a model so good.
    """
    from scipy.special import binom

    models = p.shape[1]
    ways = binom(looks[:, np.newaxis] - 2, np.arange(models))
    known = np.where(np.isnan(p), 1.0, p * ways * models)
    return np.asarray(np.minimum(known.min(axis=1), 1.0))


def _chosen(p: Floats, proportion: float) -> Places:
    """Return the place of the chosen model, (pixel,).

    Of models as good as the best the one of most segments; of perfect ones, that of fewest.
    """
    known = np.where(np.isnan(p), np.inf, p)
    least = known.min(axis=1)
    good = known <= ((2 - proportion) * least)[:, np.newaxis]
    most = p.shape[1] - 1 - good[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(least == 0, good.argmax(axis=1), most))


@nb.njit(cache=True, nogil=True)
def _models(
    times: Floats,
    values: Floats,
    overshoot: int,
    spike: float,
    recovery: float,
    least_looks: int,
    vertices: Places,
    levels: Floats,
    squares: Floats,
    about_mean: Floats,
    looks: Places,
) -> None:
    """Fill in all models of all pixels; the arrays are those of `_block`."""
    most = squares.shape[1]
    size = values.shape[1]
    t, y, place = np.empty(size), np.empty(size), np.empty(size, np.int64)
    for pixel in range(values.shape[0]):
        n = 0
        for i in range(size):
            if not np.isnan(values[pixel, i]):
                t[n], y[n], place[n] = times[i], values[pixel, i], i
                n += 1
        looks[pixel], about_mean[pixel] = n, np.nan
        if n < least_looks:
            continue
        _dampen(t[:n], y[:n], spike)
        mean = y[:n].mean()
        about_mean[pixel] = ((y[:n] - mean) ** 2).sum()
        scope = y[:n].max() - y[:n].min()
        knots = _found(t[:n], y[:n], min(most + 1 + overshoot, n))
        while knots.size > most + 1:
            knots = _fewer(t[:n], y[:n], knots)
        while True:
            s = knots.size - 1
            level, square = _fitted(t[:n], y[:n], knots)
            if not _too_quick(t, knots, level, recovery * scope):
                squares[pixel, s - 1] = square
                for k in range(s + 1):
                    vertices[pixel, s - 1, k] = place[knots[k]]
                    levels[pixel, s - 1, k] = level[k]
            if s == 1:
                break
            knots = _fewer(t[:n], y[:n], knots)


@nb.njit(cache=True, nogil=True)
def _dampen(t: Floats, y: Floats, spike: float) -> None:
    """Bring single values that stand out, and vanish again, onto the line of their neighbours.

    The one that stands out most goes first; at most each value once.
    """
    for _ in range(y.size):
        worst, at, line_at = spike, -1, 0.0
        for i in range(1, y.size - 1):
            along = (t[i] - t[i - 1]) / (t[i + 1] - t[i - 1])
            line = y[i - 1] + along * (y[i + 1] - y[i - 1])
            height = abs(y[i] - line)
            if height == 0:
                continue
            vanishing = 1 - abs(y[i + 1] - y[i - 1]) / height
            if vanishing > worst:
                worst, at, line_at = vanishing, i, line
        if at < 0:
            return
        y[at] = line_at


@nb.njit(cache=True, nogil=True)
def _found(t: Floats, y: Floats, most: int) -> Places:
    """Return places of vertices: the ends, and one by one where the fit so far is worst."""
    knots = np.array([0, y.size - 1])
    while knots.size < most:
        level, _ = _fitted(t, y, knots)
        worst, at = 0.0, -1
        for k in range(knots.size - 1):
            for i in range(knots[k] + 1, knots[k + 1]):
                along = (t[i] - t[knots[k]]) / (t[knots[k + 1]] - t[knots[k]])
                off = abs(y[i] - level[k] - along * (level[k + 1] - level[k]))
                if off > worst:
                    worst, at = off, i
        if at < 0:
            break
        knots = np.sort(np.append(knots, at))
    return knots


@nb.njit(cache=True, nogil=True)
def _fewer(t: Floats, y: Floats, knots: Places) -> Places:
    """Return the vertices without the inner one whose loss costs the fit least."""
    least, best = np.inf, 1
    for k in range(1, knots.size - 1):
        _, square = _fitted(t, y, np.delete(knots, k))
        if square < least:
            least, best = square, k
    return np.delete(knots, best)


@nb.njit(cache=True, nogil=True)
def _too_quick(t: Floats, knots: Places, level: Floats, most_a_year: float) -> bool:
    """Return whether some segment rises more in a year than is allowed."""
    for k in range(knots.size - 1):
        if level[k + 1] - level[k] > most_a_year * (t[knots[k + 1]] - t[knots[k]]):
            return True
    return False


@nb.njit(cache=True, nogil=True)
def _fitted(t: Floats, y: Floats, knots: Places) -> tuple[Floats, float]:
    """Return the levels at the vertices by least squares, and the sum of squares about the line.

    A line through levels c_k at the vertices is sum_k c_k h_k(t), h_k falling from 1 at vertex k
    to 0 at its neighbours: the normal equations have three diagonals.
    """
    size = knots.size
    main, beside, right = np.zeros(size), np.zeros(size), np.zeros(size)
    k = 0
    for i in range(y.size):
        while k < size - 2 and i >= knots[k + 1]:
            k += 1
        w = (t[i] - t[knots[k]]) / (t[knots[k + 1]] - t[knots[k]])
        main[k] += (1 - w) ** 2
        main[k + 1] += w**2
        beside[k] += w * (1 - w)
        right[k] += (1 - w) * y[i]
        right[k + 1] += w * y[i]
    for k in range(1, size):  # elimination downwards, then upwards
        factor = beside[k - 1] / main[k - 1]
        main[k] -= factor * beside[k - 1]
        right[k] -= factor * right[k - 1]
    level = np.empty(size)
    level[size - 1] = right[size - 1] / main[size - 1]
    for k in range(size - 2, -1, -1):
        level[k] = (right[k] - beside[k] * level[k + 1]) / main[k]
    square, k = 0.0, 0
    for i in range(y.size):
        while k < size - 2 and i >= knots[k + 1]:
            k += 1
        w = (t[i] - t[knots[k]]) / (t[knots[k + 1]] - t[knots[k]])
        square += (y[i] - (1 - w) * level[k] - w * level[k + 1]) ** 2
    return level, square
