"""The parcels as a map in SVG: simplified outlines in the run's own projection, five colours."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from shapely.ops import polylabel

from data_catalog.text import Text
from data_catalog.units import conversion
from review.figures import PERCENT, figure, unit
from review.overview import Overview, text_of

Floats: TypeAlias = npt.NDArray[np.float64]
__all__ = ["COLOURS", "Legend", "Outline", "ParcelMap", "Theme", "parcel_map"]

COLOURS = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
"""ColorBrewer YlGnBu: in order of lightness, told apart in print and by colour-blind readers."""
NO_COLOUR = "#d9d9d9"
WIDTH = 720
"""Width of the drawing in its own units."""
MARGIN = 8
FINEST = 0.4
"""What outlines are simplified to, in units of the drawing."""
MOST_LABELS = 40
LABEL_PRECISION = 0.01
MANY = 30
"""From this many parcels the lowest and highest classes are open, so that outliers do not rule."""
OPEN_TAIL = 0.02
BAR_SHARE = 0.3
ROUND_STEPS = (5, 2, 1)
TENTH = 10
"""Below this range of values the legend shows two decimals."""


@dataclass(frozen=True, slots=True)
class Legend:
    """One class of a theme: its colour and the range it stands for."""

    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A column that the map can be coloured by; `classes` holds -1 where there is no value."""

    id: str
    title: Text
    unit: Text
    figures: tuple[str, ...]
    classes: tuple[int, ...]
    legend: tuple[Legend, ...]

    def colour(self, parcel: int) -> str:
        """Return the colour of a parcel by its place."""
        return COLOURS[self.classes[parcel]] if self.classes[parcel] >= 0 else NO_COLOUR


@dataclass(frozen=True, slots=True)
class Outline:
    """A parcel's outline as an SVG path, and where its name goes."""

    parcel: str
    name: Text
    path: str
    x: str
    y: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ParcelMap:
    """The drawing: outlines, themes, and a scale bar where the projection is in length."""

    height: int
    outlines: tuple[Outline, ...]
    themes: tuple[Theme, ...]
    labelled: bool
    bar: float
    bar_label: str
    width: int = WIDTH


def parcel_map(overview: Overview) -> ParcelMap:
    """Return the map of a run."""
    frame = overview.parcels
    shapes = frame.geometry.to_numpy()
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    west, south, east, north = shapely.total_bounds(shapes[known])
    scale = (WIDTH - 2 * MARGIN) / max(east - west, np.finfo(float).tiny)
    simple = shapely.simplify(shapes, FINEST / scale)
    outlines = []
    for parcel, shape, drawn in zip(frame["parcel_id"].astype(str), simple, known, strict=True):
        if not drawn:
            continue
        point = _middle(shape) if len(shapes) <= MOST_LABELS else shapely.Point(west, north)
        outlines.append(
            Outline(
                parcel, overview.names[parcel], _path(shape, west, north, scale),
                _at((point.x - west) * scale), _at((north - point.y) * scale),
            )
        )  # fmt: skip
    ids = [o.parcel for o in outlines]
    metre = _metre(frame.crs)
    bar = _round_length((east - west) * metre * BAR_SHARE) if metre else 0.0
    return ParcelMap(
        height=math.ceil((north - south) * scale + 2 * MARGIN),
        outlines=tuple(outlines),
        themes=tuple(_themes(overview, ids)),
        labelled=len(outlines) <= MOST_LABELS,
        bar=bar / metre * scale if metre else 0.0,
        bar_label=_length(bar),
    )


def _middle(shape: shapely.Geometry) -> shapely.Point:
    """Return where a name fits best: the middle of the largest circle inside."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    return polylabel(largest, math.sqrt(largest.area) * LABEL_PRECISION)


def _path(shape: shapely.Geometry, west: float, north: float, scale: float) -> str:
    parts = []
    for ring in _rings(shape):
        xy = shapely.get_coordinates(ring)[:-1]
        points = [f"{_at((x - west) * scale)},{_at((north - y) * scale)}" for x, y in xy]
        parts.append("M" + " ".join(points) + "Z")
    return "".join(parts)


def _rings(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    for polygon in shapely.get_parts(shape):
        if shapely.get_dimensions(polygon) == 2:  # noqa: PLR2004  (an area)
            yield from shapely.get_rings(polygon)


def _at(distance: float) -> str:
    return f"{distance + MARGIN:.1f}"


def _metre(crs: object) -> float:
    """Return metres per unit of the projection; 0 where it is in degrees or unknown."""
    projection = CRS.from_user_input(crs) if crs is not None else None
    if projection is None or not projection.is_projected:
        return 0.0
    return float(projection.axis_info[0].unit_conversion_factor)


def _round_length(metres: float) -> float:
    power = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in ROUND_STEPS if step * power <= metres)


def _length(metres: float) -> str:
    kilometre = conversion("km", "m")[0]
    return f"{metres / kilometre:g} km" if metres >= kilometre else f"{metres:g} m"


def _themes(overview: Overview, ids: list[str]) -> Iterator[Theme]:
    area = overview.area_ha
    if overview.services:
        title = Text("单位面积 GEP", "GEP per hectare")
        yield _theme("gep", title, "CNY/ha", overview.gep / area, ids)
    for service in overview.services:
        name = service["service"]
        numbers = pd.Series(overview.parcels[f"{name}_value"].to_numpy(float), index=area.index)
        own = text_of(service, "title")
        title = Text(f"单位面积价值：{own.zh}", f"Value per hectare: {own.en}")
        if numbers.notna().any():
            yield _theme(name, title, "CNY/ha", numbers / area, ids)
    if len(overview.stock.columns):
        title = Text("单位面积碳储量", "Carbon stock per hectare")
        total = overview.stock.sum(axis=1, min_count=1)
        yield _theme("carbon", title, "t_C/ha", total / area, ids)
    if not overview.extent.empty:
        title = Text("森林占比", "Forest share")
        yield _theme("forest", title, "%", overview.forest_ha / area * PERCENT, ids)


def _theme(id_: str, title: Text, units: str, values: "pd.Series[float]", ids: list[str]) -> Theme:
    numbers = np.asarray(values.reindex(ids), dtype=np.float64)
    known = numbers[np.isfinite(numbers)]
    decimals = _decimals(known)
    edges, is_open = _edges(known)
    inner = edges[1:-1]
    classes = [int(np.searchsorted(inner, v, "right")) if math.isfinite(v) else -1 for v in numbers]
    return Theme(
        id=id_,
        title=title,
        unit=unit(units),
        figures=tuple(figure(float(v), decimals) for v in numbers),
        classes=tuple(_spread(c, len(edges) - 1) for c in classes),
        legend=tuple(_legend(edges, decimals, open_=is_open)),
    )


def _decimals(known: Floats) -> int:
    spread = np.ptp(known) if known.size else 0.0
    return 0 if spread >= PERCENT else 1 if spread >= TENTH else 2


def _edges(known: Floats) -> tuple[list[float], bool]:
    """Return the limits of equal classes; one class where all values are alike."""
    if not known.size:
        return [], False
    is_open = known.size >= MANY
    low, high = np.quantile(known, (OPEN_TAIL, 1 - OPEN_TAIL)) if is_open else (
        known.min(), known.max()
    )  # fmt: skip
    if low == high:
        return [float(low), float(high)], False
    return [float(e) for e in np.linspace(low, high, len(COLOURS) + 1)], is_open


def _spread(place: int, classes: int) -> int:
    """Return the colour of a class: the middle one where there is but one class."""
    return len(COLOURS) // 2 if classes == 1 and place >= 0 else place


def _legend(edges: list[float], decimals: int, *, open_: bool) -> Iterable[Legend]:
    last = len(edges) - 2
    for place in range(last + 1):
        low, high = (figure(e, decimals) for e in edges[place : place + 2])
        label = f"{low} – {high}" if low != high else low
        if open_ and place in {0, last}:
            label = f"< {high}" if place == 0 else f"≥ {low}"
        yield Legend(COLOURS[_spread(place, last + 1)], label)
