"""Exact coverage of grid cells by polygons."""

import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import ParcelError
from tiles.coverage import UNIT, Rings, cell_weights, coverage, parcels_in

ROWS, COLS = 7, 9
HERE = Affine.identity()
ROUNDING = 1e-8  # of a cell: a handful of edges, each rounded to 2^-31


def rings_of(*polygons):
    return Rings.from_polygons(list(polygons), HERE)


def weights_of(rings, rows=ROWS, cols=COLS, row_from=0, col_from=0, parcels=None):
    """Return the weights for every parcel asked for, in that order, also those not met."""
    found = coverage(rings, row_from, row_from + rows, col_from, col_from + cols)
    parcels = range(int(rings.parcel.max(initial=-1)) + 1) if parcels is None else parcels
    weights = np.zeros((len(parcels), rows, cols), np.int64)
    weights[np.searchsorted(parcels, found.parcels)] = cell_weights(found, rows, cols)
    return weights


def shares(polygon, **window):
    return weights_of(rings_of(polygon), parcels=[0], **window)[0] / UNIT


def areas_by_shapely(polygon, rows=ROWS, cols=COLS, row_from=0, col_from=0):
    col, row = np.meshgrid(np.arange(cols) + col_from, np.arange(rows) + row_from)
    return shapely.area(shapely.intersection(polygon, shapely.box(col, row, col + 1, row + 1)))


coordinate = st.floats(-3, 12, allow_nan=False)
on_lines = st.integers(-3, 12).map(float)
halves = st.integers(-6, 24).map(lambda i: i / 2)
anywhere = coordinate | on_lines | halves
# Coordinates like 1e-309 are too much for the others: GEOS 3.14 misses whole cells in overlays,
# exactextract 0.3.0 dies of a segmentation fault.
surveyed = coordinate.map(lambda v: round(v, 6)) | on_lines | halves


@st.composite
def polygons(draw, numbers=surveyed):
    """Draw simple polygons, concave ones and ones with a hole or several parts among them."""
    points = draw(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=12, unique=True))
    middle = np.mean(points, axis=0)
    points.sort(key=lambda p: (math.atan2(p[1] - middle[1], p[0] - middle[0]), p))
    polygon = shapely.make_valid(shapely.Polygon(points))
    if draw(st.booleans()):
        x, y = draw(numbers), draw(numbers)
        polygon = shapely.difference(polygon, shapely.box(x, y, x + 2.25, y + 1.5))
    parts = [p for p in shapely.get_parts(polygon) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


# By hand


def test_a_rectangle_by_hand():
    # x from 1.5 to 4, y from 1 to 2.25: half of column 1, all of 2 and 3; row 2 by a quarter
    expected = np.zeros((ROWS, COLS))
    expected[1, 1:4] = [0.5, 1, 1]
    expected[2, 1:4] = [0.125, 0.25, 0.25]
    np.testing.assert_array_equal(shares(shapely.box(1.5, 1, 4, 2.25)), expected)


def test_a_triangle_by_hand():
    # Legs of 2 cells, right angle at (1, 1): one whole cell, two halves under the slanted side
    expected = np.zeros((ROWS, COLS))
    expected[1, 1:3] = [1, 0.5]
    expected[2, 1] = 0.5
    triangle = shapely.Polygon([(1, 1), (3, 1), (1, 3)])
    np.testing.assert_array_equal(shares(triangle), expected)


def test_a_steep_triangle_by_hand():
    # Base 1 at the top of row 0, height 2: widths 1, 0.5, 0 at rows 0, 1, 2
    np.testing.assert_array_equal(
        shares(shapely.Polygon([(0, 0), (1, 0), (0, 2)]), rows=2, cols=1), [[0.75], [0.25]]
    )


def test_a_polygon_inside_one_cell_has_its_area_there():
    expected = np.zeros((ROWS, COLS))
    expected[3, 5] = 0.125
    np.testing.assert_array_equal(shares(shapely.box(5.25, 3.25, 5.75, 3.5)), expected)


def test_a_hole_is_not_covered():
    # The hole takes cell (2, 2) and half of (2, 3)
    ring = shapely.Polygon([(1, 1), (5, 1), (5, 4), (1, 4)], [[(2, 2), (3.5, 2), (3.5, 3), (2, 3)]])
    expected = np.zeros((ROWS, COLS))
    expected[1:4, 1:5] = 1
    expected[2, 2:4] = [0, 0.5]
    np.testing.assert_array_equal(shares(ring), expected)


def test_a_hole_is_not_covered_whatever_way_the_rings_turn():
    outer = [(1, 1), (5, 1), (5, 4), (1, 4)]
    hole = [(2, 2), (3.5, 2), (3.5, 3), (2, 3)]
    turns = [(a, b) for a in (outer, outer[::-1]) for b in (hole, hole[::-1])]
    for flip in (Affine.identity(), Affine(1, 0, 0, 0, -1, ROWS)):
        rings = Rings.from_polygons([shapely.Polygon(a, [b]) for a, b in turns], flip)
        weights = weights_of(rings)
        assert weights[0].sum() == 10.5 * UNIT
        assert (weights == weights[0]).all()


def test_the_parts_of_a_multipolygon_add_up():
    # Both halves of cell (1, 2), and an island in the hole of the larger part
    left, right = shapely.box(1, 1, 2.5, 2), shapely.box(2.75, 1, 8, 6)
    lake, island = shapely.box(4, 3, 7, 5), shapely.box(5, 3.5, 6, 4.5)
    parts = shapely.MultiPolygon([left, shapely.difference(right, lake), island])
    got = shares(parts)
    assert got[1, 2] == 0.75
    assert got[3, 5] == 0.5
    assert got[3, 4] == 0
    np.testing.assert_array_equal(got, areas_by_shapely(parts))


def test_parts_that_overlap_against_the_rules_never_weigh_more_than_a_cell():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 4, 1.75), shapely.box(2, 0, 6, 1.75)])
    found = coverage(rings_of(parts), 0, 2, 0, COLS)
    assert found.spans.tolist() == [[0, 6, 0], [2, 4, 0]]
    assert (found.fringe_weight == 0.75 * UNIT).all()


def test_a_polygon_on_grid_lines_has_whole_cells_only():
    cross = shapely.union(shapely.box(2, 0, 4, 6), shapely.box(0, 2, 6, 4))
    found = coverage(rings_of(cross), 0, ROWS, 0, COLS)
    assert found.fringe.size == 0
    assert found.spans.tolist() == [[2, 4, 0]] * 2 + [[0, 6, 0]] * 2 + [[2, 4, 0]] * 2
    assert found.span_offsets.tolist() == [0, 1, 2, 3, 4, 5, 6, 6]


def test_vertices_on_cell_corners_are_exact():
    diamond = shapely.Polygon([(3, 0), (6, 3), (3, 6), (0, 3)])
    np.testing.assert_array_equal(shares(diamond), areas_by_shapely(diamond))


def test_a_polygon_larger_than_the_window_on_every_side_covers_it_by_one_span_a_row():
    found = coverage(rings_of(shapely.box(-50, -40.5, 60.25, 70)), 0, ROWS, 0, COLS)
    assert found.spans.tolist() == [[0, COLS, 0]] * ROWS
    assert found.fringe.size == 0


def test_edges_that_cross_the_window_from_outside_are_cut_exactly():
    star = shapely.Polygon([(-5, 3), (3, 2), (4, -6), (5, 2), (14, 3), (5, 4), (4, 13), (3, 4)])
    np.testing.assert_allclose(shares(star), areas_by_shapely(star), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize(
    "box",
    [(-3, 0, 0, 7), (9, 0, 12, 7), (0, -3, 9, 0), (0, 7, 9, 9), (-2, -2, 0, 0), (9, 7, 11, 8)],
)
def test_a_polygon_that_only_touches_the_window_covers_nothing(box):
    found = coverage(rings_of(shapely.box(*box)), 0, ROWS, 0, COLS)
    assert found.parcels.size == found.spans.size == found.fringe.size == 0


def test_a_polygon_that_ends_at_the_sides_of_the_window_fills_it():
    assert (weights_of(rings_of(shapely.box(0, 0, COLS, ROWS))) == UNIT).all()


def test_a_polygon_as_flat_as_a_line_covers_nothing():
    flat = shapely.Polygon([(1, 1.5), (5, 1.5), (3, 1.5)])
    upright = shapely.Polygon([(2, 1), (2, 5), (2, 3)])
    assert coverage(rings_of(flat, upright), 0, ROWS, 0, COLS).parcels.size == 0


# Numbers of parcels


def test_parcels_keep_their_numbers_and_those_not_met_are_left_out():
    far, near = shapely.box(50, 50, 60, 60), shapely.box(1, 1, 2.5, 2)
    rings = rings_of(far, near, None, shapely.Polygon(), shapely.box(4, 4, 5, 5.5))
    found = coverage(rings, 0, ROWS, 0, COLS)
    assert found.parcels.tolist() == [1, 4]
    assert found.spans[:, 2].tolist() == [0, 1]
    assert found.fringe[:, 1].tolist() == [0, 1]
    assert parcels_in(rings, 0, ROWS, 0, COLS).tolist() == [1, 4]
    assert parcels_in(rings, 40, 70, 40, 70).tolist() == [0]


def test_bounds_may_reach_where_the_parcel_does_not():
    corner = shapely.Polygon([(0, 0), (8, 0), (0, 8)])
    assert parcels_in(rings_of(corner), 6, 8, 6, 8).tolist() == [0]
    assert coverage(rings_of(corner), 6, 8, 6, 8).parcels.size == 0


def test_no_parcels_cover_nothing():
    found = coverage(rings_of(), 0, ROWS, 0, COLS)
    assert found.parcels.size == 0
    assert cell_weights(found, ROWS, COLS).shape == (0, ROWS, COLS)
    assert found.fringe_offsets.tolist() == [0] * (ROWS + 1)


def test_map_coordinates_become_global_pixel_coordinates():
    # Grid of 30 m cells, upper left corner at (500000, 3500000); rows 100.., columns 200..
    to_pixel = ~(Affine.translation(500_000, 3_500_000) @ Affine.scale(30, -30))
    x, y = 500_000 + 200 * 30, 3_500_000 - 100 * 30
    parcel = shapely.box(x + 15, y - 60, x + 90, y)
    weights = weights_of(
        Rings.from_polygons([parcel], to_pixel), rows=3, cols=4, row_from=100, col_from=200
    )
    np.testing.assert_allclose(
        weights[0] / UNIT, [[0.5, 1, 1, 0], [0.5, 1, 1, 0], [0] * 4], rtol=0, atol=ROUNDING
    )


# What is refused


def test_a_line_is_refused_by_its_number():
    with pytest.raises(ParcelError, match="parcel number 1: it is a LineString"):
        rings_of(shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 1e12])
def test_coordinates_that_cannot_be_of_the_grid_are_refused(wrong):
    square = shapely.box(0, 0, 1, 1)
    bad = shapely.set_coordinates(square, [(0, 0), (1, 0), (wrong, 1), (0, 1), (0, 0)])
    with pytest.raises(ParcelError, match="parcel number 1: it lies more than"):
        rings_of(shapely.box(0, 0, 1, 1), bad)


@pytest.mark.parametrize("window", [(3, 3, 0, 4), (0, 4, 5, 2)])
def test_an_empty_window_is_refused(window):
    with pytest.raises(ValueError, match="at least 1 x 1"):
        coverage(rings_of(shapely.box(0, 0, 1, 1)), *window)


# Other ways to the same numbers


@settings(deadline=None)
@given(polygons())
def test_shares_are_the_areas_of_the_intersections(polygon):
    np.testing.assert_allclose(shares(polygon), areas_by_shapely(polygon), rtol=0, atol=ROUNDING)


@settings(deadline=None, max_examples=50)
@given(st.lists(polygons().filter(bool), min_size=1, max_size=4))
def test_shares_agree_with_exactextract(parcels):
    # Over an extent that holds all parcels. With another, its fractions may change (its issue
    # 165), and it dies on polygons with a hole that reach beyond.
    y_upwards = Affine(1, 0, 0, 0, -1, 8)
    raster = NumPyRasterSource(np.zeros((16, 16)), -4, -4, 12, 12)
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(p)}
        for p in parcels
    ]
    found = exact_extract(raster, JSONFeatureSource(features), ["coverage", "cell_id"])
    expected = np.zeros((len(parcels), 16 * 16))
    for row, feature in zip(expected, found, strict=True):
        values = feature["properties"]
        row[np.asarray(values["cell_id"], int)] = values["coverage"]
    weights = weights_of(
        Rings.from_polygons(parcels, y_upwards), 16, 16, -4, -4, range(len(parcels))
    )
    shares = weights.reshape(expected.shape) / UNIT
    # exactextract 0.3.0 loses a whole cell of some multipolygons with corners on the grid's:
    # where the two differ, the area of the intersection decides
    for parcel, cell in np.argwhere(np.abs(shares - expected) > 1e-6):
        left, top = cell % 16 - 4, 12 - cell // 16
        square = shapely.box(left, top - 1, left + 1, top)
        area = shapely.intersection(parcels[parcel], square).area
        assert shares[parcel, cell] == pytest.approx(area, abs=1e-8)


@settings(deadline=None)
@given(polygons())
def test_weights_sum_to_the_area(polygon):
    window = {"rows": 20, "cols": 20, "row_from": -4, "col_from": -4}
    total = weights_of(rings_of(polygon), parcels=[0], **window).sum() / UNIT
    # Each edge is rounded in each cell it crosses: too little to see unless the area is tiny
    assert total == pytest.approx(polygon.area, rel=1e-9, abs=1e-7)


def test_weights_of_a_large_polygon_sum_to_its_area():
    angle = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
    radius = 300 + 40 * np.sin(7 * angle) + 5 * np.sin(83 * angle)
    blob = shapely.Polygon(
        np.column_stack([400 + radius * np.cos(angle), 390 + radius * np.sin(angle)])
    )
    total = weights_of(rings_of(blob), 800, 800).sum() / UNIT
    assert total == pytest.approx(blob.area, rel=1e-9)


# Laws


cuts = st.lists(st.integers(-3, 11), max_size=3, unique=True)


@settings(deadline=None)
@given(st.lists(polygons(anywhere), min_size=1, max_size=3), cuts, cuts)
def test_weights_are_the_same_in_any_windows(parcels, row_cuts, col_cuts):
    rings = Rings.from_polygons(parcels, HERE)
    numbers = range(len(parcels))
    whole = weights_of(rings, 16, 16, -4, -4, numbers)
    split = np.full_like(whole, -1)
    rows, cols = ([-4, *sorted(c), 12] for c in (row_cuts, col_cuts))
    for top, bottom in pairwise(rows):
        for left, right in pairwise(cols):
            part = weights_of(rings, bottom - top, right - left, top, left, numbers)
            split[:, top + 4 : bottom + 4, left + 4 : right + 4] = part
    np.testing.assert_array_equal(split, whole)


@settings(deadline=None)
@given(st.lists(polygons(anywhere), min_size=1, max_size=3))
def test_what_is_trimmed_is_the_coverage_of_the_smallest_window_that_parcels_fill(parcels):
    whole = coverage(rings_of(*parcels), 0, ROWS, 0, COLS)
    (top, bottom, left, right), part = whole.trimmed()
    weights = cell_weights(whole, ROWS, COLS)
    assert cell_weights(part, bottom - top, right - left).sum() == weights.sum()
    np.testing.assert_array_equal(
        cell_weights(part, bottom - top, right - left), weights[:, top:bottom, left:right]
    )
    met = weights.any(axis=0)
    sides = [*met.any(axis=1)[[top, bottom - 1]], *met.any(axis=0)[[left, right - 1]]]
    assert all(sides) or not met.any()


def test_a_window_that_no_parcel_reaches_is_trimmed_to_one_empty_cell():
    window, part = coverage(rings_of(shapely.box(20, 20, 21, 21)), 0, ROWS, 0, COLS).trimmed()
    assert window == (0, 1, 0, 1)
    assert cell_weights(part, 1, 1).size == 0


@settings(deadline=None)
@given(st.lists(polygons(anywhere), min_size=1, max_size=3))
def test_spans_are_whole_maximal_and_apart_from_the_fringe(parcels):
    found = coverage(Rings.from_polygons(parcels, HERE), 0, ROWS, 0, COLS)
    assert (np.diff(found.parcels) > 0).all()
    assert ((found.fringe_weight > 0) & (found.fringe_weight < UNIT)).all()
    assert ((found.spans[:, :2] >= 0) & (found.spans[:, :2] <= COLS)).all()
    for row in range(ROWS):
        spans = found.spans[found.span_offsets[row] : found.span_offsets[row + 1]]
        fringe = found.fringe[found.fringe_offsets[row] : found.fringe_offsets[row + 1]]
        cells = [(k, c) for a, b, k in spans for c in range(a, b)] + [(k, c) for c, k in fringe]
        assert len(set(cells)) == len(cells)
        in_order = [(k, a, b) for a, b, k in spans]
        assert in_order == sorted(in_order)
        assert all(p[0] != q[0] or p[2] < q[1] for p, q in pairwise(in_order))
        assert [(k, c) for c, k in fringe] == sorted((k, c) for c, k in fringe)


def voronoi(seed, count, size):
    points = np.random.default_rng(seed).random((count, 2)) * size
    around = shapely.box(-5, -5, size + 5, size + 5)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=around)
    return shapely.get_parts(cells)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 300))
def test_parcels_that_tile_an_area_share_each_cell_without_gap_or_overlap(seed, count):
    rings = Rings.from_polygons(voronoi(seed, count, 40), HERE)
    totals = weights_of(rings, 40, 40).sum(axis=0)
    # Edges cancel to the unit. A sliver rounded below nothing or above a cell is all that is left.
    assert np.abs(totals - UNIT).max() <= 4


def test_threads_get_what_one_thread_gets():
    rings = Rings.from_polygons(voronoi(5, 200, 64), HERE)
    windows = [(r, r + 16, c, c + 16) for r in range(0, 64, 16) for c in range(0, 64, 16)] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda w: cell_weights(coverage(rings, *w), 16, 16), windows))
    for window, weights in zip(windows, together, strict=True):
        np.testing.assert_array_equal(weights, cell_weights(coverage(rings, *window), 16, 16))


# Storage


def test_rings_come_back_from_disk_as_they_went(tmp_path):
    rings = Rings.from_polygons(voronoi(11, 30, 9), HERE)
    rings.save(tmp_path / "rings")
    again = Rings.open(tmp_path / "rings")
    for name in Rings.__slots__:
        np.testing.assert_array_equal(getattr(again, name), getattr(rings, name))
        assert getattr(again, name).dtype == getattr(rings, name).dtype
    np.testing.assert_array_equal(weights_of(again), weights_of(rings))


def test_vertices_are_mapped_from_disk_not_read(tmp_path):
    rings_of(shapely.box(1, 1, 2, 2)).save(tmp_path)
    again = Rings.open(tmp_path)
    for array in (again.x, again.y):
        base = array
        while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
            base = base.base
        assert isinstance(base, np.memmap)


def test_no_rings_come_back_from_disk_too(tmp_path):
    rings_of().save(tmp_path)
    assert Rings.open(tmp_path).parcel.size == 0


def test_rings_cannot_be_changed_by_accident():
    rings = rings_of(shapely.box(1, 1, 2, 2))
    with pytest.raises(ValueError, match="read-only"):
        rings.x[0] = 5


def test_rings_cross_to_another_process():
    rings = pickle.loads(pickle.dumps(rings_of(shapely.box(1, 1, 2.5, 2))))  # noqa: S301
    assert weights_of(rings).sum() == 1.5 * UNIT
