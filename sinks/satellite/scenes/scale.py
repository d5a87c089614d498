"""The tenfold scale trap: reflectances that are not, found before anything is made of them.

Products of one sensor come as 0..1, as 0..10000 and worse, at times within one file. Of every band
of every scene the clear pixels are looked at: how many lie outside 0..1, and whether the medians
of a band agree between scenes. A factor of ten passes for bright land; two dates of the same land
do not differ by it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from data_catalog.errors import GepError, LayerError, raise_all
from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.satellite.scenes.reading import Files, Footage
from tiles.grid import Grid

__all__ = ["check_scale", "medians"]

Seen = Mapping[tuple[str, str], tuple[float, float, float, float]]
"""By scene and band: median, least and greatest of the clear pixels, and the share outside 0..1."""


def check_scale(
    footage: Sequence[Footage],
    grid: Grid,
    tile: int,
    files: Files,
    parameters: Parameters,
    ratio: float | None = None,
) -> Seen:
    """Return what was seen of each scene and band.

    Parameters
    ----------
    ratio : float, optional
        Most that the medians of a band may differ; by default that of the parameter rows.

    Raises
    ------
    LayerError or Problems
        Names scene, band, values and what to write.
    """
    seen = medians(footage, grid, tile, files, _number(parameters, "reflectance_sample_cells"))
    most_outside = _number(parameters, "reflectance_outside_share")
    most = _number(parameters, "reflectance_median_ratio") if ratio is None else ratio
    raise_all([*_outside(seen, footage, most_outside), *_unlike(seen, footage, most)])
    return seen


def medians(footage: Sequence[Footage], grid: Grid, tile: int, files: Files, cells: float) -> Seen:
    """Return the median, range and share outside 0..1 of each scene's clear pixels, by band.

    Evenly spaced cells are looked at, about `cells` of them, counted from the grid's origin: the
    tiles do not matter.
    """
    step = max(1, math.isqrt(int(grid.rows * grid.cols / cells)))
    found: dict[tuple[str, str], list[np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
    for part in grid.tiles(tile):
        rows = slice(-part.row_from % step, None, step)
        cols = slice(-part.col_from % step, None, step)
        for one in footage:
            clear = one.clear(part, files)[rows, cols]
            for name in one.bands:
                values = one.band(name, part, files)[rows, cols][clear]
                found.setdefault((one.scene.id, name), []).append(values[~np.isnan(values)])
    return {key: _described(np.concatenate(parts)) for key, parts in found.items()}


def _described(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> tuple[float, float, float, float]:
    if values.size == 0:
        return math.nan, math.nan, math.nan, 0.0
    outside = float(np.mean((values < 0) | (values > 1)))
    return float(np.median(values)), float(values.min()), float(values.max()), outside


def _outside(seen: Seen, footage: Sequence[Footage], most: float) -> Iterator[GepError]:
    for (scene, band), (middle, least, greatest, outside) in seen.items():
        if outside > most:
            scale = _scale(footage, scene, band)
            better = _brought_within(max(abs(least), greatest), scale)
            yield LayerError(
                where=f"[[scene]] {scene}",
                problem=Text(
                    f"波段 {band} 按 scale = {scale:g} 换算后，{outside:.1%} 的像元超出反射率 0 至 "
                    f"1（{least:.4g} 至 {greatest:.4g}，中位数 {middle:.4g}）。请写正确的 scale 与 "
                    f"offset，例如 scales = {{ {band} = {better:g} }}。",
                    f"with scale = {scale:g}, {outside:.1%} of band {band} lies outside "
                    f"reflectances of 0 to 1 ({least:.4g} to {greatest:.4g}, median {middle:.4g}). "
                    f"Write the right scale and offset, such as "
                    f"scales = {{ {band} = {better:g} }}.",
                ),
            )


def _unlike(seen: Seen, footage: Sequence[Footage], ratio: float) -> Iterator[GepError]:
    """Yield an error for each band whose medians differ too much, for the two farthest apart."""
    for band in dict.fromkeys(band for _, band in seen):
        middles = {s: m[0] for (s, b), m in seen.items() if b == band and m[0] > 0}
        pairs = [(max(a, b, key=middles.__getitem__), min(a, b, key=middles.__getitem__))
                 for a, b in combinations(middles, 2)]  # fmt: skip
        high, low = max(pairs, key=lambda p: middles[p[0]] / middles[p[1]], default=("", ""))
        if not high or middles[high] / middles[low] <= ratio:
            continue
        times = middles[high] / middles[low]
        power = 10.0 ** round(math.log10(times))
        lower, higher = _scale(footage, high, band) / power, _scale(footage, low, band) * power
        yield LayerError(
            where=f"[[scene]] {high}",
            problem=Text(
                f"波段 {band} 的中位数为 {middles[high]:.4g}，是 {low} 景（{middles[low]:.4g}）的 "
                f"{times:.1f} 倍，超过允许的 {ratio:g} 倍：两景的系数不同。若 {high} 景有误，写 "
                f"scales = {{ {band} = {lower:g} }}；若 {low} 景有误，在该景写 "
                f"scales = {{ {band} = {higher:g} }}；若地面确实变化如此之大，写 [set] "
                "median_ratio。",
                f"band {band} has a median of {middles[high]:.4g}, {times:.1f} times that of "
                f"scene {low} ({middles[low]:.4g}), and {ratio:g} times is the most: the two have "
                f"different scales. If {high} is wrong, write scales = {{ {band} = {lower:g} }} "
                f"on it; if {low} is, write scales = {{ {band} = {higher:g} }} there. If "
                "the land did change so much, write median_ratio in [set].",
            ),
        )


def _scale(footage: Sequence[Footage], scene: str, band: str) -> float:
    return next(one.bands[band].scale for one in footage if one.scene.id == scene)


def _brought_within(greatest: float, scale: float) -> float:
    """Return the scale, a power of ten smaller, that brings the greatest value to 1 or below."""
    return float(scale / 10.0 ** max(1, math.ceil(math.log10(greatest))))


def _number(parameters: Parameters, name: str) -> float:
    row = parameters.find(name, "scenes")
    if row is None:
        raise KeyError(name)
    return row.value
