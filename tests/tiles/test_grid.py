"""The grid: its cells, their true areas and its tiles."""

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from tiles.grid import Grid, Tile

LIMIT = 0.002
GEOD = Geod(ellps="WGS84")


def grid(
    crs: str, left: float, top: float, cell: float, rows: int, cols: int, limit: float = LIMIT
) -> Grid:
    return Grid(crs, (cell, 0, left, 0, -cell, top), rows, cols, limit)


def whole(of: Grid) -> Tile:
    return Tile(0, of.rows, 0, of.cols)


def total_area(of: Grid) -> float:
    """Return the area of all cells, m2."""
    relative = np.broadcast_to(of.relative_area(whole(of)), of.shape)
    return float(relative.sum() * of.nominal_area)


def geodesic_area(of: Grid, step: int = 400) -> float:
    """Return the true area inside the grid's outline, m2."""
    left, bottom, right, top = of.bounds
    edge = np.linspace(0, 1, step)
    x = np.concatenate([left + (right - left) * edge, np.full(step, right),
                        right - (right - left) * edge, np.full(step, left)])  # fmt: skip
    y = np.concatenate([np.full(step, bottom), bottom + (top - bottom) * edge,
                        np.full(step, top), top - (top - bottom) * edge])  # fmt: skip
    lon, lat = Transformer.from_crs(of.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return abs(GEOD.polygon_area_perimeter(lon, lat)[0])


GEOGRAPHIC = {
    "one degree in Zhejiang": grid("EPSG:4326", 119, 29, 1 / 400, 400, 400),
    "across the equator": grid("EPSG:4326", 6, 1, 0.01, 200, 100),
    "the far south": grid("EPSG:4326", -70, -50, 0.02, 250, 300),
    "up to the pole": grid("EPSG:4326", 0, 90, 0.25, 80, 40),
}
PLANAR = {
    "3-degree belt": grid("EPSG:4549", 402_000, 2_903_000, 30, 400, 400),
    "UTM": grid("EPSG:32650", 450_000, 3_200_000, 10, 600, 600),
    "equal area": grid("EPSG:6933", 11_500_000, 3_500_000, 100, 300, 300),
    "Laborde": grid("EPSG:29702", 731_581.55, 1_085_725.28, 119.703, 512, 313),
}
DISTORTED = {
    "web mercator": grid("EPSG:3857", 13_300_000, 3_320_000, 30, 700, 600),
    "web mercator far north": grid("EPSG:3857", 2_000_000, 9_000_000, 100, 900, 300),
    "plate carree": grid("EPSG:4087", 13_300_000, 3_320_000, 250, 500, 400),
    "UTM far outside its zone": grid("EPSG:32650", 1_150_000, 3_200_000, 50, 500, 700),
}


@pytest.mark.parametrize("of", GEOGRAPHIC.values(), ids=GEOGRAPHIC)
def test_cells_of_degrees_sum_to_the_geodesic_area_of_their_box(of):
    # parallels are no geodesics: the box by zones, whose edges need many points to follow them
    rows = np.linspace(of.bounds[1], of.bounds[3], 5)
    box = 0.0
    lon = np.linspace(of.bounds[0], of.bounds[2], 20_001)
    for south, north in pairwise(rows):
        ring_lon = np.concatenate([lon, lon[::-1]])
        ring_lat = np.concatenate([np.full_like(lon, south), np.full_like(lon, north)])
        box += abs(GEOD.polygon_area_perimeter(ring_lon, ring_lat)[0])
    assert total_area(of) == pytest.approx(box, rel=1e-9)


@pytest.mark.parametrize("of", PLANAR.values(), ids=PLANAR)
def test_where_the_projection_keeps_areas_each_cell_counts_with_its_planar_area(of):
    assert of.keeps_areas
    assert (of.relative_area(whole(of)) == 1).all()
    assert of.nominal_area == of.affine.a**2
    low, high = of.areal_range
    assert 1 - LIMIT <= low <= high <= 1 + LIMIT
    # what the receipt says of the distortion is so
    assert low - 1e-6 <= geodesic_area(of) / total_area(of) <= high + 1e-6


@pytest.mark.parametrize("of", DISTORTED.values(), ids=DISTORTED)
def test_where_it_does_not_cells_are_brought_to_their_geodesic_area(of):
    assert not of.keeps_areas
    planar = of.nominal_area * of.rows * of.cols
    true = geodesic_area(of)
    assert abs(planar / true - 1) > LIMIT
    assert total_area(of) == pytest.approx(true, rel=1e-4)


def test_areas_stay_right_for_cells_of_half_a_metre_far_from_the_origin():
    of = grid("EPSG:3857", 13_300_000, 3_320_000, 0.5, 200, 200)
    assert total_area(of) == pytest.approx(geodesic_area(of), rel=1e-6)
    area = of.relative_area(whole(of))
    assert np.abs(np.diff(area, axis=1)).max() < 1e-7


def test_a_limit_of_nothing_corrects_a_3_degree_belt_too():
    of = grid("EPSG:4549", 402_000, 2_903_000, 30, 400, 400, limit=0.0)
    assert not of.keeps_areas
    assert total_area(of) == pytest.approx(geodesic_area(of), rel=1e-6)


def test_feet_become_metres():
    of = grid("EPSG:2263", 980_000, 200_000, 10, 100, 100)  # US survey feet
    assert of.nominal_area == pytest.approx((10 * 1200 / 3937) ** 2, rel=1e-12)
    assert total_area(of) == pytest.approx(geodesic_area(of), rel=1e-3)


@pytest.mark.parametrize(
    "of",
    [*DISTORTED.values(), *GEOGRAPHIC.values(), PLANAR["UTM"]],
    ids=[*DISTORTED, *GEOGRAPHIC, "UTM"],
)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_a_cell_has_the_same_area_in_whatever_tile(of, data):
    areas = np.broadcast_to(of.relative_area(whole(of)), of.shape)
    row, col = (data.draw(st.integers(0, n - 1)) for n in of.shape)
    row_to, col_to = (
        data.draw(st.integers(row + 1, of.rows)),
        data.draw(st.integers(col + 1, of.cols)),
    )
    part = of.relative_area(Tile(row, row_to, col, col_to))
    shape = (row_to - row, col_to - col)
    assert np.broadcast_to(part, shape).tobytes() == areas[row:row_to, col:col_to].tobytes()


# Tiles


@given(
    st.integers(1, 90), st.integers(1, 90), st.integers(1, 100),
    st.tuples(st.integers(-50, 50), st.integers(-50, 50)),
)  # fmt: skip
def test_tiles_hold_each_cell_once(rows, cols, size, offset):
    met = np.zeros((rows, cols), int)
    for tile in grid("EPSG:4549", 0, 0, 1, rows, cols).tiles(size, offset):
        assert 0 < tile.shape[0] <= size
        assert 0 < tile.shape[1] <= size
        met[tile.row_from : tile.row_to, tile.col_from : tile.col_to] += 1
    assert (met == 1).all()


@given(
    st.floats(0, 50), st.floats(0, 50), st.floats(0.1, 60), st.floats(0.1, 60),
    st.integers(-(10**6), 10**6),
)  # fmt: skip
def test_a_grid_over_bounds_is_the_smallest_of_whole_cells_of_its_anchor(left, low, wide, high, at):
    anchor = Affine(30, 0, at, 0, -30, at + 13)
    bounds = (at + left * 30, at + low * 30, at + (left + wide) * 30, at + (low + high) * 30)
    of = Grid.over(bounds, "EPSG:4549", anchor, LIMIT)
    near = 30 * 2e-6
    for side, bound, outwards in zip(of.bounds, bounds, (-1, -1, 1, 1), strict=True):
        assert -near <= (side - bound) * outwards < 30 + near
    assert (of.affine.c - anchor.c) / 30 == round((of.affine.c - anchor.c) / 30)


def test_a_grid_crosses_to_another_process_without_what_it_worked_out():
    of: Any = DISTORTED["web mercator"]
    again = pickle.loads(pickle.dumps(of))  # noqa: S301
    assert again == of
    assert again.relative_area(whole(of)).tobytes() == of.relative_area(whole(of)).tobytes()
    assert len(pickle.dumps(of)) < 1000
