"""An outline of the parcels on paper, north up, with a scale and the corners of their extent."""

import math
from collections.abc import Iterator, Sequence

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from data_catalog.text import Language, Text
from lending.loan_file.record import ParcelRecord
from lending.paper.document import Outline, Sketch

__all__ = ["sketch"]

DEGREES = "EPSG:4490"
WIDTH, HEIGHT = 96.0, 58.0
"""Millimetres of the drawing at most."""
FINEST = 0.15
"""Millimetres on paper that a corner less does not show."""
LABELLED = 12
"""Parcels that are named in the drawing; the table names all."""
STEPS = (1, 2, 5)
NOTE = Text(
    "示意图，上为北。范围：{west} 至 {east}，{south} 至 {north}（CGCS2000）。",
    "Sketch, north up. Extent: {west} to {east}, {south} to {north} (CGCS2000).",
)


def sketch(parcels: Sequence[ParcelRecord], language: Language) -> Sketch:
    """Return the drawing of some parcels.

    They are drawn in an azimuthal equal-area projection about the middle of their extent.
    """
    shapes = [shapely.from_wkt(one.outline) for one in parcels]
    frame = gpd.GeoSeries(shapes, crs=parcels[0].crs).to_crs(DEGREES)
    west, south, east, north = map(float, frame.total_bounds)
    middle = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +units=m"
    flat = frame.to_crs(middle)
    left, low, right, high = map(float, flat.total_bounds)
    metres = max((right - left) / WIDTH, (high - low) / HEIGHT)  # on the ground, to 1 mm of paper

    def placed(x: float, y: float) -> tuple[float, float]:
        return round((x - left) / metres, 2), round((high - y) / metres, 2)

    outlines = []
    for one, shape in zip(parcels, flat, strict=True):
        middle_of = shape.representative_point()
        outlines.append(Outline(
            label=one.parcel_id if len(parcels) <= LABELLED else "",
            at=placed(middle_of.x, middle_of.y),
            rings=tuple(
                tuple(placed(x, y) for x, y in ring)
                for ring in _rings(shape.simplify(FINEST * metres))
            ),
        ))  # fmt: skip
    length = _round_number((right - left) / 3)
    return Sketch(
        width=round((right - left) / metres, 2), height=round((high - low) / metres, 2),
        outlines=tuple(outlines), scale=round(length / metres, 2),
        scale_label=_length(length),
        note=NOTE[language].format(
            west=_degrees(west, "EW"), east=_degrees(east, "EW"),
            south=_degrees(south, "NS"), north=_degrees(north, "NS"),
        ),
    )  # fmt: skip


def _degrees(angle: float, sides: str) -> str:
    return f"{abs(angle):.4f}°{sides[angle < 0]}"


def _rings(shape: BaseGeometry) -> Iterator[Sequence[tuple[float, float]]]:
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            yield [(x, y) for x, y, *_ in ring.coords[:-1]]


def _round_number(metres: float) -> float:
    """Return the greatest of 1, 2 and 5 times a power of ten that is not above a length."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in STEPS if step * power <= metres)


def _length(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"  # noqa: PLR2004
