"""Ground in common: shapes in one CRS, areas in an equal-area projection, and what a sliver is.

Two polygons are cut in the CRS in which their edges are straight, so that a border they share is
shared exactly. Only the cut pieces, and the parcels they belong to, are then brought to Lambert's
azimuthal equal-area projection on the same ellipsoid, centred on the data, and measured there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from data_catalog.text import Text
from data_catalog.units import conversion
from lending.conflicts.claim import Claim, ClaimError
from lending.conflicts.invalidity import invalidity
from lending.conflicts.rules import Rules

__all__ = [
    "Flags", "Overlaps", "Shapes", "areas", "common_crs", "geometry_faults", "in_crs", "moved",
    "overlaps", "parts",
]  # fmt: skip

Shapes: TypeAlias = NDArray[np.object_]
Numbers: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
CORNERS = 1
"""Segments of a quarter circle in an eroded outline: corners matter little to a width."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What pairs of parcels have in common.

    Parameters
    ----------
    area : (pair,) array, m2
        Never negative; zero where they only touch.
    share_of_one, share_of_other : (pair,) array, 1
        Of the area of each.
    sliver : (pair,) bool array
        Whether surveying explains the overlap.
    """

    area: Numbers
    share_of_one: Numbers
    share_of_other: Numbers
    sliver: Flags


def common_crs(claims: Sequence[Claim]) -> str:
    """Return the CRS of most claims that have ground, the first by name of equals."""
    counts = Counter(claim.crs for claim in claims if claim.geometry is not None)
    return min(counts, key=lambda crs: (-counts[crs], crs), default="EPSG:4490")


def in_crs(claims: Sequence[Claim], crs: str) -> Shapes:
    """Return the shapes of claims in one CRS; None where a claim has no ground."""
    shapes = np.array([claim.geometry for claim in claims], dtype=object)
    for other in {c.crs for c in claims if c.geometry is not None and c.crs != crs}:
        there = np.array([claim.crs == other for claim in claims])
        shapes[there] = _moved(shapes[there], other, crs)
    return shapes


def overlaps(one: Shapes, other: Shapes, crs: str, rules: Rules) -> Overlaps:
    """Return what pairs of parcels have in common.

    Parameters
    ----------
    one, other : (pair,) array of polygons
        In `crs`.
    """
    return _measured(shapely.intersection(one, other), (one, other), crs, rules)


def parts(wholes: Shapes, pieces: Shapes, crs: str, rules: Rules) -> Overlaps:
    """Return the same of pieces that lie within parcels: a share is one of the parcel's area."""
    return _measured(pieces, (wholes,), crs, rules)


def moved(shapes: Shapes, source: str, target: str) -> Shapes:
    """Return shapes in another CRS."""
    return shapes if source == target else _moved(shapes, source, target)


def _measured(common: Shapes, wholes: tuple[Shapes, ...], crs: str, rules: Rules) -> Overlaps:
    meeting = np.flatnonzero(shapely.area(common) > 0)
    area, share_of_one, share_of_other = (np.zeros(len(common)) for _ in range(3))
    sliver = np.zeros(len(common), dtype=np.bool_)
    found = Overlaps(area, share_of_one, share_of_other, sliver)
    if not len(meeting):
        return found
    plane = _equal_area(crs, _centre(common[meeting]))
    pieces = _moved(common[meeting], crs, plane)
    size = shapely.area(pieces)
    sizes = [shapely.area(_moved(whole[meeting], crs, plane)) for whole in wholes]
    sliver[meeting] = _slivers(pieces, size, np.min(sizes, axis=0), rules)
    area[meeting] = np.where(size < _limit(rules, "overlap_recorded", "m2"), 0, size)
    share_of_one[meeting] = size / sizes[0]
    share_of_other[meeting] = size / sizes[-1]
    return found


def areas(shapes: Shapes, crs: str) -> Numbers:
    """Return areas, m2; NaN where there is no shape."""
    if not len(shapes) or all(shape is None for shape in shapes):
        return np.full(len(shapes), np.nan)
    plane = _equal_area(crs, _centre(shapes))
    return np.where(shapely.is_missing(shapes), np.nan, shapely.area(_moved(shapes, crs, plane)))


def geometry_faults(claims: Sequence[Claim]) -> list[ClaimError]:
    """Return why shapes cannot be compared: CRS, kind, validity, place."""
    faults: list[ClaimError] = []
    grounded = [claim for claim in claims if claim.geometry is not None]
    shapes = np.array([claim.geometry for claim in grounded], dtype=object)
    kinds, empty = shapely.get_type_id(shapes), shapely.is_empty(shapes)
    bounds, valid = shapely.bounds(shapes), shapely.is_valid(shapes)
    boxes: dict[str, tuple[float, float, float, float] | ClaimError] = {}
    for crs in {claim.crs for claim in grounded}:
        boxes[crs] = _box_of(crs)
    for place, claim in enumerate(grounded):
        box = boxes[claim.crs]
        if isinstance(box, ClaimError):
            faults.append(_fault(claim, box.facts["problem"]))
        elif kinds[place] not in POLYGONS or empty[place]:
            kind = shapes[place].geom_type
            faults.append(_fault(claim, Text(
                f"图形是{'空的 ' if empty[place] else ' '}{kind}，需要有面积的面或多面。",
                f"its geometry is {'an empty' if empty[place] else 'a'} {kind}; a polygon or "
                "multipolygon with an area is needed.",
            )))  # fmt: skip
        elif not valid[place]:
            why = invalidity(shapes[place])
            faults.append(_fault(claim, Text(
                f"图形无效：{why.zh}。请先用 shapely.make_valid 或 GIS 修复并核对面积。",
                f"its geometry is not valid: {why.en}. Repair it (shapely.make_valid or a GIS) "
                "and compare its area.",
            )))  # fmt: skip
        elif not _within(bounds[place], box) or not _on_earth(bounds[place], box, claim.crs):
            faults.append(_fault(claim, _misplaced(bounds[place], box, claim.crs)))
    return faults


def _slivers(pieces: Shapes, area: Numbers, smaller: Numbers, rules: Rules) -> Flags:
    share = area / smaller
    small = (area < _limit(rules, "sliver_area", "m2")) | (
        share < _limit(rules, "sliver_share", "1")
    )
    width = _limit(rules, "sliver_width", "m")
    unsure = np.flatnonzero(~small & (share <= _limit(rules, "sliver_share_most", "1")))
    # a disc in a piece has no more than its inradius, which is area / perimeter or more
    thick = area[unsure] / shapely.length(pieces[unsure]) > width / 2
    unsure = unsure[~thick]
    narrow = shapely.is_empty(shapely.buffer(pieces[unsure], -width / 2, quad_segs=CORNERS))
    small[unsure[narrow]] = True
    return small & (share <= _limit(rules, "sliver_share_most", "1"))


def _limit(rules: Rules, name: str, units: str) -> float:
    threshold = rules.thresholds[name]
    return threshold.value * conversion(threshold.units, units)[0]


def _moved(shapes: Shapes, source: str, target: str) -> Shapes:
    change = _transformer(source, target)

    def moved(points: Numbers) -> Numbers:
        return np.column_stack(change.transform(points[:, 0], points[:, 1]))

    return shapely.transform(shapes, moved)


def _centre(shapes: Shapes) -> tuple[float, float]:
    west, south, east, north = shapely.total_bounds(shapes)
    return (west + east) / 2, (south + north) / 2


def _equal_area(crs: str, centre: tuple[float, float]) -> str:
    """Return the projection, centred to the whole degree so that it hardly ever changes."""
    lon, lat = _to_degrees(crs).transform(*centre)
    shape = CRS.from_user_input(crs).ellipsoid
    if shape is None:
        raise ClaimError(where=crs, problem=NO_EARTH)
    size = f"+a={shape.semi_major_metre!r} +rf={shape.inverse_flattening!r}"
    return f"+proj=laea +lat_0={round(lat)} +lon_0={round(lon)} {size} +units=m +no_defs"


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


@cache
def _to_degrees(crs: str) -> Transformer:
    projected = CRS.from_user_input(crs)
    return Transformer.from_crs(projected, projected.geodetic_crs or projected, always_xy=True)


@cache
def _box_of(crs: str) -> "tuple[float, float, float, float] | ClaimError":
    """Return where coordinates of a CRS can lie, or why it cannot be used."""
    try:
        found = CRS.from_user_input(crs)
    except CRSError:
        return ClaimError(where=crs, problem=Text(
            f"坐标系“{crs}”无法识别，请写成 EPSG:4490 这样的形式。",
            f"its CRS {crs!r} is not known; write it as EPSG:4490.",
        ))  # fmt: skip
    area = found.area_of_use
    if found.ellipsoid is None or not (found.is_geographic or found.is_projected):
        return ClaimError(where=crs, problem=NO_EARTH)
    try:
        _transformer(crs, DEGREES)
    except ProjError:
        return ClaimError(where=crs, problem=NOT_HERE)
    if area is None:
        return WORLD if found.is_geographic else ANYWHERE
    if found.is_geographic:
        return area.west, area.south, area.east, area.north
    there = Transformer.from_crs(found.geodetic_crs, found, always_xy=True)
    west, south, east, north = there.transform_bounds(area.west, area.south, area.east, area.north)
    # a county at the border of two zones is often kept in one of them: half a zone is let through
    wide, high = (east - west) / 2, (north - south) / 2
    return west - wide, south - high, east + wide, north + high


def _within(bounds: Numbers, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    inside = bounds[:2] >= (west, south), bounds[2:] <= (east, north)
    return bool(np.all(np.isfinite(bounds)) and np.all(inside))


def _on_earth(bounds: Numbers, box: tuple[float, float, float, float], crs: str) -> bool:
    """Return whether what lies anywhere on a plane lies on the earth."""
    return box != ANYWHERE or bool(np.all(np.isfinite(
        _transformer(crs, DEGREES).transform_bounds(*bounds)
    )))  # fmt: skip


WORLD, ANYWHERE = (-180.0, -90.0, 180.0, 90.0), (-np.inf, -np.inf, np.inf, np.inf)
DEGREES = "EPSG:4490"
NOT_HERE = Text(
    "坐标系无法换算到 CGCS2000（EPSG:4490），不能与其他宗地比较。",
    "its CRS cannot be brought to CGCS2000 (EPSG:4490), so it is compared with no other parcel.",
)
NO_EARTH = Text(
    "坐标系既不是地理坐标也不是投影坐标。", "its CRS is neither geographic nor projected."
)


def _misplaced(bounds: Numbers, box: tuple[float, float, float, float], crs: str) -> Text:
    x, y = float(bounds[0]), float(bounds[1])
    swapped = _within(bounds[[1, 0, 3, 2]], box)
    hint = Text(
        "东、北两轴互换后则在其内：请以东（经度）在前、北（纬度）在后给出坐标。",
        "With the axes swapped it would lie inside: give east (longitude) before north (latitude).",
    ) if swapped else Text("请核对坐标系。", "Check the CRS.")  # fmt: skip
    return Text(
        f"图形位于 ({x:.6g}, {y:.6g})，不在 {crs} 的适用范围内。{hint.zh}",
        f"its geometry lies at ({x:.6g}, {y:.6g}), outside the area of {crs}. {hint.en}",
    )


def _fault(claim: Claim, problem: object) -> ClaimError:
    return ClaimError(where=claim.claim_id, problem=problem)
