"""Check G2 by map: the county's or the collective's boundary, and land that is no forest to pledge.

Where a layer is given, the map decides and nothing need be declared; what surveying explains is
let through, as between two parcels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from data_catalog.text import Text
from data_catalog.units import conversion
from lending.conflicts.claim import ClaimError, Finding, party
from lending.conflicts.ground import Shapes, moved, parts
from lending.conflicts.known import KnownClaims
from lending.conflicts.rules import Rules

__all__ = ["Land", "Layer", "check_land", "read_layer", "without_what_maps_say"]

CHECK = "G2"
INSIDE, CLEAR = "inside_boundary", "clear_of_excluded_land"


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Polygons of a map, and their CRS."""

    shapes: Shapes
    crs: str


@dataclass(frozen=True, kw_only=True)
class Land:
    """All of the land in which a parcel may lie; and water, roads, protected farmland."""

    boundary: Layer | None = None
    excluded: Layer | None = None


def read_layer(file: Path) -> Layer:
    """Return the polygons of a file.

    Raises
    ------
    ClaimError
        If it cannot be read, has no CRS, or a polygon is not valid.
    """
    import geopandas
    from pyogrio.errors import DataSourceError

    if not file.is_file():
        raise ClaimError(where=file, problem=Text("没有这个文件。", "there is no such file."))
    try:
        parquet = file.suffix.lower() == ".parquet"
        frame = geopandas.read_parquet(file) if parquet else geopandas.read_file(file)
    except (OSError, ValueError, DataSourceError) as error:
        raise ClaimError(where=file, problem=NO_LAYER) from error
    shapes = np.array(frame.geometry, dtype=object)
    bad = np.flatnonzero(~(shapely.is_valid(shapes) & (shapely.area(shapes) > 0)))
    if frame.crs is None or len(bad) or not len(shapes):
        raise ClaimError(where=file, problem=Text(
            "须为有坐标系的、有效的面；请修复后再用。",
            "valid polygons with a CRS are needed; repair it first.",
        ))  # fmt: skip
    return Layer(shapes=shapes, crs=frame.crs.to_string())


def without_what_maps_say(rules: Rules, land: Land) -> Rules:
    """Return the rules without the facts that the map shows, so that they need no declaring."""
    shown = {name for name, layer in ((INSIDE, land.boundary), (CLEAR, land.excluded)) if layer}
    return replace(rules, declared=tuple(d for d in rules.declared if d.fact not in shown))


def check_land(claims: KnownClaims, land: Land, rules: Rules) -> Iterator[Finding]:
    """Return the claims that lie beyond the boundary or on excluded land, with the area."""
    if CHECK not in rules.checks:
        return
    there = np.flatnonzero(~shapely.is_missing(claims.shapes))
    shapes = claims.shapes[there]
    if land.boundary is not None:
        around = shapely.union_all(moved(land.boundary.shapes, land.boundary.crs, claims.crs))
        shapely.prepare(around)
        beyond = np.flatnonzero(~shapely.covers(around, shapes))
        pieces = shapely.difference(shapes[beyond], around)
        yield from _findings(claims, there[beyond], pieces, OUTSIDE, rules)
    if land.excluded is not None:
        tree = shapely.STRtree(moved(land.excluded.shapes, land.excluded.crs, claims.crs))
        on = np.unique(tree.query(shapes, predicate="intersects")[0])
        grounds = [shapely.union_all(tree.geometries[tree.query(shapes[place])]) for place in on]
        pieces = shapely.intersection(shapes[on], np.array(grounds, dtype=object))
        yield from _findings(claims, there[on], pieces, EXCLUDED, rules)


def _findings(
    claims: KnownClaims, places: NDArray[np.intp], pieces: Shapes, words: Text, rules: Rules
) -> Iterator[Finding]:
    """Return a finding for each claim of which more than a sliver lies in its piece."""
    common = parts(claims.shapes[places], pieces, claims.crs, rules)
    check = rules.checks[CHECK]
    for number in np.flatnonzero((common.area > 0) & ~common.sliver):
        area, share = float(common.area[number]), float(common.share_of_one[number])
        facts = {"area": area, "mu": area * conversion("m2", "mu_land")[0], "share": share}
        yield Finding(
            check=CHECK,
            level=check.level,
            claim=party(claims[int(places[number])]),
            area_m2=area,
            what=Text(words.zh.format(**facts), words.en.format(**facts)),
            rule=check.rule,
            source=check.source,
        )


OUTSIDE = Text(
    "宗地有 {area:,.0f} m²（{mu:,.2f} 亩，{share:.1%}）在边界之外。",
    "{area:,.0f} m2 ({mu:,.2f} mu, {share:.1%}) of the parcel lie beyond the boundary.",
)
EXCLUDED = Text(
    "宗地有 {area:,.0f} m²（{mu:,.2f} 亩，{share:.1%}）压水面、道路或耕地红线。",
    "{area:,.0f} m2 ({mu:,.2f} mu, {share:.1%}) of the parcel lie on water, road or protected "
    "farmland.",
)
NO_LAYER = Text(
    "无法读取；应为矢量图层（GeoPackage、GeoJSON、Shapefile 或 GeoParquet）。",
    "cannot be read; it must be a vector layer (GeoPackage, GeoJSON, Shapefile or GeoParquet).",
)
