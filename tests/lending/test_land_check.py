"""Check G2 by maps: parcels beyond the boundary, and on water, roads or protected farmland."""

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from lending.conflicts import Claim, ClaimError, Land, Layer, bundled_rules, find_conflicts
from lending.conflicts.land import read_layer
from tests.lending.claims import CRS, TODAY, box, claim, sound

RULES = bundled_rules()
HECTARE = box(0, 0, 100, 100)


def layer(*shapes: Any) -> Layer:
    return Layer(shapes=np.array(shapes, dtype=object), crs=CRS)


def found(one: Claim, **maps: Layer) -> list[tuple[str, float | None]]:
    findings = find_conflicts([one], (), RULES.only(["G2"]), TODAY, Land(**maps))
    return [(f.check, f.area_m2 and round(f.area_m2)) for f in findings if not f.missing]


@pytest.mark.parametrize(("boundary", "area"), [
    ([box(0, 0, 100, 100)], None),
    ([box(-500, -500, 50, 500), box(50, -500, 500, 500)], None),
    # 30 m x 100 m are beyond it
    ([box(-500, -500, 70, 500)], 3000),
    # 2 m along the edge are what surveys may differ by
    ([box(-500, -500, 98, 500)], None),
    ([box(5000, 0, 6000, 100)], 10_000),
])  # fmt: skip
def test_a_parcel_lies_inside_the_boundary(boundary: list[Any], area: float | None) -> None:
    assert found(claim("n", HECTARE), boundary=layer(*boundary)) == (
        [("G2", pytest.approx(area, rel=1e-3))] if area else []
    )


@pytest.mark.parametrize(("excluded", "area"), [
    ([box(100, 0, 200, 100)], None),
    # a road 10 m wide, and a pond of 20 m x 20 m beside it, 4 m of which are road
    ([box(0, 40, 100, 50), box(20, 46, 40, 66)], 1000 + 20 * 16),
    ([box(98, 0, 200, 100)], None),
    ([box(-50, -50, 500, 500)], 10_000),
])  # fmt: skip
def test_a_parcel_keeps_clear_of_excluded_land(excluded: list[Any], area: float | None) -> None:
    assert found(claim("n", HECTARE), excluded=layer(*excluded)) == (
        [("G2", pytest.approx(area, rel=1e-3))] if area else []
    )


def test_what_a_map_shows_need_not_be_declared() -> None:
    bare = sound(inside_boundary=None, clear_of_excluded_land=None)
    around = layer(box(-1000, -1000, 1000, 1000))
    pond = layer(box(800, 800, 900, 900))
    missing = [f.missing for f in find_conflicts([bare], (), RULES, TODAY)]
    assert missing == [("inside_boundary", "clear_of_excluded_land")]
    half = find_conflicts([bare], (), RULES, TODAY, Land(boundary=around))
    assert [f.missing for f in half] == [("clear_of_excluded_land",)]
    assert find_conflicts([bare], (), RULES, TODAY, Land(boundary=around, excluded=pond)) == []


def test_a_map_in_another_crs_is_brought_to_the_claims() -> None:
    frame = geopandas.GeoSeries([box(-500, -500, 70, 500)], crs=CRS).to_crs("EPSG:4490")
    map_ = Layer(shapes=np.array(frame, dtype=object), crs="EPSG:4490")
    assert found(claim("n", HECTARE), boundary=map_) == [("G2", pytest.approx(3000, abs=2))]


def test_maps_are_read_and_bad_ones_refused(tmp_path: Path) -> None:
    geopandas.GeoSeries([HECTARE], crs=CRS).to_file(tmp_path / "a.gpkg")
    assert read_layer(tmp_path / "a.gpkg").shapes[0].equals(HECTARE)
    bow_tie = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    geopandas.GeoSeries([bow_tie], crs=CRS).to_file(tmp_path / "b.gpkg")
    with pytest.raises(ClaimError, match="valid polygons"):
        read_layer(tmp_path / "b.gpkg")
    with pytest.raises(ClaimError, match="no such file"):
        read_layer(tmp_path / "c.gpkg")
