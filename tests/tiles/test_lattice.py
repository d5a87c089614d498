"""Where the grid's corners lie in a source raster, in any tile and any process."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.warp import reproject

from data_catalog.errors import LayerError
from tiles.lattice import STEPS, Lattice
from tiles.overlap import overlap_majority, overlap_mean, source_window

TOLERANCE = 0.001
SHAPE = (150, 170)

# name: grid transform, grid shape, grid CRS, source transform, source CRS
PLACES = {
    "degrees under a 3-degree belt": (
        Affine(30, 0, 400000, 0, -30, 2900000), SHAPE, "EPSG:4549",
        Affine(0.00025, 0, 118.9, 0, -0.00025, 26.3), "EPSG:4326",
    ),
    "coarse degrees under a 3-degree belt": (
        Affine(30, 0, 400000, 0, -30, 2900000), SHAPE, "EPSG:4549",
        Affine(0.1, 0, 73, 0, -0.1, 54), "EPSG:4326",
    ),
    "Laborde grid under degrees": (
        Affine(0.0003, 0, 46.5, 0, -0.0003, -18), SHAPE, "EPSG:4326",
        Affine(30, 0, 300000, 0, -30, 1100000), "EPSG:29702",
    ),
    "degrees under the Laborde grid": (
        Affine(30, 0, 500000, 0, -30, 900000), SHAPE, "EPSG:29702",
        Affine(0.0004, 0, 45, 0, -0.0004, -17), "EPSG:4326",
    ),
    "UTM under a 3-degree belt, turned": (
        Affine(30, 0, 400000, 0, -30, 2900000), SHAPE, "EPSG:4549",
        Affine(9, 3, 200000, 3, -9, 2900000), "EPSG:32651",
    ),
}  # fmt: skip
each_place = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
FINE, COARSE = PLACES["degrees under a 3-degree belt"], PLACES["degrees under the Laborde grid"]


def lattice_of(place):
    return Lattice.between(*place, TOLERANCE)


def exact_corners(place):
    """Return the corners of the whole grid by pyproj alone."""
    grid, (rows, cols), grid_crs, source, source_crs = place
    col, row = np.meshgrid(np.arange(cols + 1.0), np.arange(rows + 1.0))
    x, y = grid.a * col + grid.c, grid.e * row + grid.f
    x, y = Transformer.from_crs(grid_crs, source_crs, always_xy=True).transform(x, y)
    x, y, back = np.where(np.isfinite(x), x, np.nan), np.where(np.isfinite(y), y, np.nan), ~source
    return back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f


def cuts(size):
    """Draw where a side is cut into tiles."""
    inner = st.lists(st.integers(1, size - 1), max_size=3, unique=True)
    return inner.map(lambda at: list(pairwise([0, *sorted(at), size])))


@each_place
def test_corners_lie_where_pyproj_puts_them(place):
    lattice = lattice_of(place)
    x, y = lattice.corners(0, SHAPE[0], 0, SHAPE[1])
    exact_x, exact_y = exact_corners(place)
    error = np.hypot(x - exact_x, y - exact_y).max()
    cell = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)).min()
    assert error <= TOLERANCE * min(cell, 1)
    assert error <= 1.1 * lattice.error + 1e-9
    assert lattice.step in STEPS[:-1]


@each_place
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_cut_into_tiles_gives_the_bytes_of_the_whole(place, data):
    lattice = lattice_of(place)
    whole = lattice.corners(0, SHAPE[0], 0, SHAPE[1])
    for row_from, row_to in data.draw(cuts(SHAPE[0])):
        for col_from, col_to in data.draw(cuts(SHAPE[1])):
            part = slice(row_from, row_to + 1), slice(col_from, col_to + 1)
            tile = lattice.corners(row_from, row_to, col_from, col_to)
            assert [v.tobytes() for v in tile] == [v[part].tobytes() for v in whole]


@pytest.mark.parametrize("place", [FINE, COARSE], ids=["EPSG:4549", "EPSG:29702"])
@settings(deadline=None, max_examples=15)
@given(rows=cuts(SHAPE[0]), cols=cuts(SHAPE[1]))
def test_a_warped_layer_has_the_same_bytes_in_any_tiles(place, rows, cols):
    lattice = lattice_of(place)
    random = np.random.default_rng(5)
    x, y = lattice.corners(0, SHAPE[0], 0, SHAPE[1])
    top, bottom, left, right = source_window(x, y, 10**6, 10**6)
    source = random.normal(size=(bottom - top, right - left)).astype(np.float32)
    source[random.random(source.shape) < 0.05] = np.nan
    classes = random.integers(0, 9, source.shape).astype(np.uint8)
    whole = overlap_mean(source, x, y, top, left, 0.5)
    whole_classes = overlap_majority(classes, 0, x, y, top, left, 0.5)
    for row_from, row_to in rows:
        for col_from, col_to in cols:
            x, y = lattice.corners(row_from, row_to, col_from, col_to)
            window = source_window(x, y, right, bottom)
            cut = (
                slice(window[0] - top, window[1] - top), slice(window[2] - left, window[3] - left)
            )  # fmt: skip
            tile = slice(row_from, row_to), slice(col_from, col_to)
            values = overlap_mean(source[cut], x, y, window[0], window[2], 0.5)
            assert values.tobytes() == whole[tile].tobytes()
            codes = overlap_majority(classes[cut], 0, x, y, window[0], window[2], 0.5)
            assert codes.tobytes() == whole_classes[tile].tobytes()


def test_a_halo_beyond_the_grid_does_not_move_its_corners():
    lattice = lattice_of(FINE)
    x, y = lattice.corners(0, 10, 0, 10)
    wide_x, wide_y = lattice.corners(-7, 13, -70, 30)
    assert wide_x[7:18, 70:81].tobytes() == x.tobytes()
    assert wide_y[7:18, 70:81].tobytes() == y.tobytes()


def tile_of(lattice):
    return [v.tobytes() for v in lattice.corners(3, 90, 5, 120)]


def test_threads_and_processes_find_the_same_bytes():
    lattice = lattice_of(COARSE)
    assert pickle.loads(pickle.dumps(lattice)) == lattice  # noqa: S301  (our own bytes)
    with ThreadPoolExecutor(4) as pool:
        assert all(tile == tile_of(lattice) for tile in pool.map(tile_of, [lattice] * 8))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        x, y = pool.submit(lattice.corners, 3, 90, 5, 120).result()
    assert [x.tobytes(), y.tobytes()] == tile_of(lattice)


def test_a_coarser_tolerance_never_narrows_the_lattice():
    steps = [Lattice.between(*FINE, tolerance).step for tolerance in (1e-9, 1e-6, 1e-4, 1e-2)]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1] == STEPS[0]


def test_no_tolerance_at_all_asks_proj_for_every_corner():
    lattice = Lattice.between(*FINE, 0)
    assert (lattice.step, lattice.error) == (1, 0)
    exact_x, exact_y = exact_corners(FINE)
    x, y = lattice.corners(0, SHAPE[0], 0, SHAPE[1])
    np.testing.assert_allclose(x, exact_x, atol=1e-8)
    np.testing.assert_allclose(y, exact_y, atol=1e-8)


@pytest.mark.parametrize("crs", ["EPSG:4549", Transformer.from_crs(4549, 4326).source_crs.to_wkt()])
def test_one_crs_makes_exact_corners_without_proj(crs):
    # 15 m pixels 90 m left of and 45 m above a 30 m grid: 6 and 3 pixels, and 2 a cell
    grid, source = Affine(30, 0, 500100, 0, -30, 3000000), Affine(15, 0, 500010, 0, -15, 3000045)
    lattice = Lattice.between(grid, (3, 4), "EPSG:4549", source, crs, TOLERANCE)
    assert (lattice.operation, lattice.error) == ("", 0)
    x, y = lattice.corners(0, 3, 1, 4)
    assert x.tolist() == [[8, 10, 12, 14]] * 4
    assert y[:, 0].tolist() == [3, 5, 7, 9]


def test_a_local_crs_that_proj_does_not_know_is_still_one_with_itself():
    crs, place = 'LOCAL_CS["forest farm",UNIT["metre",1]]', Affine(30, 0, 0, 0, -30, 0)
    x, _ = Lattice.between(place, (2, 2), crs, place, crs, TOLERANCE).corners(0, 1, 0, 2)
    assert x.tolist() == [[0, 1, 2]] * 2


def test_datums_that_proj_takes_for_one_are_not_transformed():
    # CGCS2000 and WGS 84 differ by less than anyone has published: PROJ does nothing
    grid, source = Affine(0.01, 0, 118, 0, -0.01, 27), Affine(0.02, 0, 110, 0, -0.02, 30)
    lattice = Lattice.between(grid, (90, 90), "EPSG:4490", source, "EPSG:4326", TOLERANCE)
    assert lattice.operation == ""
    assert lattice.corners(0, 1, 0, 1)[0][0] == pytest.approx([400, 400.5])


def test_a_turned_source_of_one_crs_is_placed_by_hand():
    # source rows run east and columns south, 10 m apart: x is southward, y eastward
    source = Affine(0, 10, 1000, -10, 0, 2000)
    lattice = Lattice.between(
        Affine(20, 0, 1040, 0, -20, 1970), (2, 2), "EPSG:4549", source, "EPSG:4549", TOLERANCE
    )
    x, y = lattice.corners(0, 1, 0, 1)
    assert x.tolist() == [[3, 3], [5, 5]]
    assert y.tolist() == [[4, 6], [4, 6]]


def test_a_grid_across_180_degrees_stays_whole():
    place = (
        Affine(300, 0, 700000, 0, -300, 1000000), (100, 700), "EPSG:32660",
        Affine(0.1, 0, -180, 0, -0.1, 90), "EPSG:4326",
    )  # fmt: skip
    x, _ = lattice_of(place).corners(0, 100, 0, 700)
    assert x.min() < 3600 < x.max()  # 180 degrees east of the source's western edge, in pixels
    assert np.diff(x, axis=1).min() > 0
    assert np.diff(x, axis=1).max() < 0.03


# one side of the earth, seen from above Yunnan, under the whole of it
WORLD = (
    Affine(5, 0, -180, 0, -5, 90), (36, 72), "EPSG:4326",
    Affine(100000, 0, -6400000, 0, -100000, 6400000), "+proj=ortho +lat_0=25 +lon_0=100",
)  # fmt: skip


def test_points_that_proj_cannot_place_are_missing_and_their_neighbours_are_not():
    x, y = lattice_of(WORLD).corners(0, 36, 0, 72)
    seen = np.isfinite(x) & np.isfinite(y)
    assert (seen == np.isfinite(exact_corners(WORLD)[0])).all()
    assert 0.4 < seen.mean() < 0.6
    result = overlap_mean(np.ones((128, 128)), x, y, 0, 0, 0.5)
    whole = seen[1:, 1:] & seen[1:, :-1] & seen[:-1, 1:] & seen[:-1, :-1]
    assert np.isnan(result[~whole]).all()
    np.testing.assert_allclose(result[1:-1][whole[1:-1]], 1)  # at the poles a cell is a triangle


def test_a_point_of_the_lattice_does_not_suffer_from_one_that_proj_cannot_place():
    x, _ = replace(lattice_of(WORLD), step=4).corners(0, 36, 0, 72)
    points = slice(None, None, 4), slice(None, None, 4)
    assert (np.isfinite(x) == np.isfinite(exact_corners(WORLD)[0]))[points].all()
    assert np.isfinite(x).sum() < np.isfinite(exact_corners(WORLD)[0]).sum()


def test_a_grid_that_proj_cannot_place_is_refused_by_name():
    with pytest.raises(LayerError, match="cannot be transformed"):
        Lattice.between(Affine(0.1, 0, -80, 0, -0.1, -20), (50, 50), *WORLD[2:], TOLERANCE)


def test_gdal_finds_the_same_averages_of_a_smooth_field():
    # pixels of about 100 m under cells of 300 m; the field goes from 0 to 100 in 100 km
    grid = Affine(300, 0, 400000, 0, -300, 2900000), (60, 60), "EPSG:4549"
    source = Affine(0.001, 0, 118.9, 0, -0.001, 26.3), "EPSG:4326"
    row, col = np.mgrid[0:400, 0:400]
    field = 50 + 50 * np.sin(col / 160) * np.cos(row / 160)
    x, y = Lattice.between(*grid, *source, TOLERANCE).corners(0, 60, 0, 60)
    assert source_window(x, y, 400, 400) == source_window(x, y, 10**6, 10**6)
    result = overlap_mean(field, x, y, 0, 0, 1)
    warped = np.full((60, 60), np.nan)
    reproject(
        field, warped, src_transform=source[0], src_crs=source[1], dst_transform=grid[0],
        dst_crs=grid[2], resampling=Resampling.average, tolerance=0,
    )  # fmt: skip
    # GDAL weighs by the upright rectangle around a cell; one pixel is up to 0.3 of the field
    assert abs(result - warped).max() < 0.02
