"""Means and majorities of the source pixels under each cell, by exact area."""

import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.feature import JSONFeatureSource
from exactextract.raster import NumPyRasterSource
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tiles.overlap import FARTHEST, overlap_majority, overlap_mean, source_window

NAN = np.nan
FOUR = np.array([[1.0, 2.0], [3.0, 4.0]])


def corners(transform, rows, cols):
    """Return the corners of cells which `transform` carries to source pixels."""
    col, row = np.meshgrid(np.arange(cols + 1.0), np.arange(rows + 1.0))
    return (
        transform.a * col + transform.b * row + transform.c,
        transform.d * col + transform.e * row + transform.f,
    )


def cell(*points):
    """Return one cell by its north-west, north-east, south-west and south-east corners."""
    x, y = np.array(points, float).T.reshape(2, 2, 2)
    return x.copy(), y.copy()


def mean(source, x, y, least_share=0.5):
    return overlap_mean(np.asarray(source, float), x, y, 0, 0, least_share)


def majority(source, x, y, least_share=0.5, missing=0):
    return overlap_majority(np.asarray(source, np.uint8), missing, x, y, 0, 0, least_share)


def areas(x, y):
    """Return the area of each cell in source pixels."""
    across = (x[1:, 1:] - x[:-1, :-1]) * (y[1:, :-1] - y[:-1, 1:])
    return abs(across - (x[1:, :-1] - x[:-1, 1:]) * (y[1:, 1:] - y[:-1, :-1])) / 2


def polygons(x, y):
    """Return each cell as a polygon, with y turned up."""
    ring = [(slice(-1), slice(-1)), (slice(-1), slice(1, None)),
            (slice(1, None), slice(1, None)), (slice(1, None), slice(-1))]  # fmt: skip
    return shapely.polygons(np.stack([np.stack([x[k], -y[k]], -1) for k in ring], -2))


# any place, turn, stretch and shear of the grid's cells, mirrored ones among them
sizes = st.floats(0.3, 4) | st.sampled_from([0.5, 1.0, 2.0, 3.0])
turns = st.floats(-180, 180) | st.sampled_from([0.0, 90.0, -90.0, 180.0, 1e-7])


@st.composite
def transforms(draw, middle=(20.0, 20.0), span=8):
    """Draw a transform that puts the middle of `span` cells near `middle`."""
    width = draw(sizes)
    height = width * draw(st.floats(0.5, 2) | st.just(1.0)) * draw(st.sampled_from([1, -1]))
    place = [m + draw(st.floats(-1, 1) | st.sampled_from([0, 0.5])) for m in middle]
    turned = Affine.rotation(draw(turns)) @ Affine.shear(draw(st.floats(-20, 20) | st.just(0.0)))
    back = Affine.translation(-span / 2, -span / 2)
    return Affine.translation(*place) @ turned @ Affine.scale(width, height) @ back


def test_a_grid_equal_to_the_source_returns_it_unchanged():
    source = np.random.default_rng(1).normal(size=(5, 7))
    source[2, 3] = NAN
    x, y = corners(Affine.identity(), 5, 7)
    assert mean(source, x, y).tobytes() == source.tobytes()
    x, y = corners(Affine.translation(-3e-10, 4e-10), 5, 7)  # rounding of a coordinate
    assert mean(source, x, y).tobytes() == source.tobytes()


def test_a_float32_source_is_averaged_in_float64():
    # (1 + 2 + 3 + 1e8) / 4 = 25000001.5; float32 has no halves there
    source = np.array([[1, 2], [3, 1e8]], np.float32)
    result = overlap_mean(source, *corners(Affine.scale(2), 1, 1), 0, 0, 0.5)
    assert result.dtype == np.float64
    assert result.item() == 25000001.5


def test_a_grid_twice_as_coarse_averages_four_pixels():
    # (1 + 2 + 3 + 4) / 4 = 2.5 and (5 + 7 + 6 + 8) / 4 = 6.5
    source = [[1, 2, 5, 7], [3, 4, 6, 8]]
    assert mean(source, *corners(Affine.scale(2), 1, 2)).tolist() == [[2.5, 6.5]]


def test_a_grid_half_a_pixel_off_takes_a_half_of_each_neighbour():
    # to the right: half of 1 and half of 2 is 1.5; the last cell lies half beside the source
    x, y = corners(Affine.translation(0.5, 0), 2, 2)
    assert mean(FOUR, x, y).tolist() == [[1.5, 2], [3.5, 4]]
    assert mean(FOUR, x, y, 0.6).tolist()[0][0] == 1.5
    assert np.isnan(mean(FOUR, x, y, 0.6)[:, 1]).all()
    # down and to the right: a quarter of each of 1, 2, 3, 4 is 2.5
    assert mean(FOUR, *corners(Affine.translation(0.5, 0.5), 1, 1)).item() == 2.5


def test_a_diamond_takes_a_triangle_of_each_pixel():
    # a square on its tip, of half diagonal 1/2 around the middle: an eighth pixel of each of four
    x, y = cell((1, 0.5), (1.5, 1), (0.5, 1), (1, 1.5))
    assert mean(FOUR, x, y).item() == pytest.approx(2.5, abs=1e-15)
    # moved 1/2 to the left: x from 0 to 1, so only 1 and 3, alike
    assert mean(FOUR, x - 0.5, y).item() == pytest.approx(2, abs=1e-15)


def test_a_sheared_cell_by_hand():
    # corners (0,0) (1,0) (1,1) (2,1): a pixel's area 1, half in each of two pixels: (1 + 2) / 2
    assert mean(FOUR, *cell((0, 0), (1, 0), (1, 1), (2, 1))).item() == pytest.approx(1.5)


def test_a_cell_inside_one_pixel_has_its_value():
    x, y = corners(Affine.translation(1.25, 0.5) @ Affine.rotation(30) @ Affine.scale(1e-3), 40, 40)
    assert (mean(FOUR, x, y) == 2).all()


@given(transforms(middle=(100.0, 100.0)), st.floats(-1e6, 1e6))
@settings(deadline=None)
def test_a_constant_field_stays_constant(transform, value):
    x, y = corners(transform, 8, 8)
    result = mean(np.full((200, 200), value), x, y, 1)
    np.testing.assert_allclose(result, value, rtol=1e-12, atol=1e-300)


@given(transforms(span=20), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_means_times_areas_add_up_to_the_source(transform, seed):
    source = np.zeros((40, 40))
    source[18:22, 18:22] = np.random.default_rng(seed).uniform(0, 100, (4, 4))
    x, y = corners(transform, 20, 20)
    whole = shapely.union_all(polygons(x, y)[[0, 0, -1, -1], [0, -1, -1, 0]]).convex_hull
    assume(whole.contains(shapely.box(17.9, -22.1, 22.1, -17.9)))
    result = mean(np.pad(source, 100), x + 100, y + 100)
    assert np.sum(result * areas(x, y)) == pytest.approx(source.sum(), rel=1e-9)


def some_source(seed):
    """Return a source of 10 by 12 pixels between 0 and 1, a fifth of them missing."""
    random = np.random.default_rng(seed)
    source = random.random((10, 12))
    source[random.random(source.shape) < 0.2] = NAN
    return source


def bent_corners(transform, seed):
    """Return 5 by 5 cells with sides that meet, but are not parallel."""
    bend = np.random.default_rng(seed).uniform(-0.02, 0.02, (2, 6, 6))
    return (v + b for v, b in zip(corners(transform, 5, 5), bend, strict=True))


@given(transforms(middle=(6.0, 5.0), span=5), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_means_are_those_of_intersected_polygons(transform, seed):
    source, (x, y) = some_source(seed), bent_corners(transform, seed)
    col, row = np.meshgrid(np.arange(12), np.arange(10))
    pixels = shapely.box(col, -row - 1, col + 1, -row)
    parts = shapely.area(shapely.intersection(polygons(x, y)[..., None, None], pixels))
    parts = np.where(np.isnan(source), 0, parts)
    valid = parts.sum(axis=(2, 3))
    known = valid >= 0.2 * areas(x, y)
    assume((abs(valid / areas(x, y) - 0.2) > 1e-6).all())
    result = mean(source, x, y, 0.2)
    assert np.isnan(result[~known]).all()
    expected = (parts * np.nan_to_num(source)).sum(axis=(2, 3))[known] / valid[known]
    np.testing.assert_allclose(result[known], expected, atol=1e-9)


@given(transforms(middle=(6.0, 5.0), span=5), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_means_are_those_of_exactextract(transform, seed):
    source, (x, y) = some_source(seed), bent_corners(transform, seed)
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(polygon)}
        for polygon in polygons(x, y).ravel()
    ]
    raster = NumPyRasterSource(source, xmin=0, ymin=-10, xmax=12, ymax=0)
    found = exact_extract(raster, JSONFeatureSource(features), ["mean", "count"])
    expected, count = (
        np.array([one["properties"][name] for one in found], float).reshape(5, 5)
        for name in ("mean", "count")
    )
    result, share = mean(source, x, y, 0.2), count / areas(x, y)
    assume((abs(share - 0.2) > 1e-6).all())
    assert np.isnan(result[share < 0.2]).all()
    # exactextract's fractions are float32, 6e-8 of a pixel; a cell here has up to 100 pixels
    np.testing.assert_allclose(result[share > 0.2], expected[share > 0.2], atol=1e-6)


def test_missing_pixels_are_left_out_of_the_mean():
    # 2, 3 and 4 of four pixels: 9 / 3 = 3, and three quarters of the cell are valid
    x, y = corners(Affine.scale(2), 1, 1)
    source = [[NAN, 2], [3, 4]]
    assert mean(source, x, y, 0.75).item() == 3
    assert np.isnan(mean(source, x, y, 0.76)).all()
    assert np.isnan(mean(np.full((2, 2), NAN), x, y, 0)).all()


def test_what_lies_beside_the_source_is_not_valid():
    # the cell is 2 by 2 from (1, 1): a quarter of it is the pixel of 4
    x, y = corners(Affine.translation(1, 1) @ Affine.scale(2), 1, 1)
    assert mean(FOUR, x, y, 0.25).item() == 4
    assert np.isnan(mean(FOUR, x, y, 0.26)).all()
    assert np.isnan(mean(FOUR, x + 5, y, 0)).all()


@pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf, 2.0 * FARTHEST, 1e300])
def test_a_cell_without_a_place_is_missing_and_its_neighbours_are_not(bad):
    x, y = corners(Affine.translation(0.25, 0) @ Affine.scale(0.5), 2, 3)
    x[0, 0] = bad
    result, classes = mean(FOUR, x, y), majority(FOUR, x, y)
    assert np.isnan(result[0, 0])
    assert np.isfinite(result).sum() == 5
    assert classes[0, 0] == 0
    assert (classes > 0).sum() == 5


def test_a_cell_of_no_area_is_missing():
    assert np.isnan(mean(FOUR, *cell((0.5, 0.5), (1.5, 1.5), (0.5, 0.5), (1.5, 1.5)), 0)).all()
    assert np.isnan(mean(FOUR, *cell((0.5, 1), (1.5, 1), (0.5, 1), (1.5, 1)), 0)).all()
    # an hourglass: its two halves go round opposite ways
    assert np.isnan(mean(FOUR, *cell((0, 0), (2, 0), (2, 2), (0, 2)), 0)).all()


def test_a_cell_over_more_pixels_than_memory_is_refused():
    x, y = corners(Affine.scale(50000), 1, 1)
    with pytest.raises(ValueError, match="too many source pixels"):
        mean(FOUR, x, y)


def test_a_large_cell_after_small_ones_has_room():
    source = np.arange(10000.0).reshape(100, 100)
    x, y = np.meshgrid([0, 0.5, 1.25, 99.5], [0, 0.5, 99.5])
    turned = x + 1e-6 * y  # not upright
    expected = (source[:99, 2:99].sum() + source[:99, 1].sum() * 0.75
                + source[:99, 99].sum() * 0.5 - source[0, 2:99].sum() * 0.5
                - source[0, 1] * 0.375 - source[0, 99] * 0.25 + source[99, 2:99].sum() * 0.5
                + source[99, 1] * 0.375 + source[99, 99] * 0.25) / (98.25 * 99)  # fmt: skip
    assert mean(source, x, y)[1, 2] == pytest.approx(expected, rel=1e-12)
    assert mean(source, turned, y)[1, 2] == pytest.approx(expected, rel=1e-6)


def test_the_largest_class_wins():
    # 0.5 right: the cell has half a column of 1s, a column of 2s: 1 of 1, 2 of 2, by area
    source = [[1, 2, 3], [1, 2, 2]]
    x, y = corners(Affine.translation(0.5, 0) @ Affine.scale(1.5, 2), 1, 1)
    assert majority(source, x, y).item() == 2


def test_the_smallest_code_wins_among_equals():
    x, y = corners(Affine.scale(2), 1, 1)
    assert majority([[7, 3], [3, 7]], x, y).item() == 3
    assert majority([[9, 5], [7, 8]], x, y).item() == 5


@given(st.floats(-180, 180), st.floats(0.1, 1.4))
@settings(deadline=None)
def test_quarters_of_a_turned_square_are_equal_but_for_rounding(turn, size):
    turned = Affine.translation(1, 1) @ Affine.rotation(turn) @ Affine.scale(size)
    x, y = corners(turned @ Affine.translation(-0.5, -0.5), 1, 1)
    assert majority([[9, 7], [8, 5]], x, y).item() == 5
    assert majority([[5, 9], [7, 8]], x, y).item() == 5


def test_many_pixels_of_a_class_beat_a_single_large_one():
    # three slivers of 0.3 of class 4 are 0.9; one piece of class 2 is 0.6 and one of 9 is 0.3
    x, y = corners(Affine.scale(6, 0.3), 1, 1)
    assert majority([[4, 4, 4, 2, 2, 9]], x, y).item() == 4


def test_missing_pixels_have_no_vote_but_count_for_the_share():
    x, y = corners(Affine.scale(2), 1, 1)
    source = [[0, 0], [0, 6]]
    assert majority(source, x, y, 0.25).item() == 6
    assert majority(source, x, y, 0.26).item() == 0
    assert majority([[255, 255], [0, 0]], x, y, 0.5, missing=255).item() == 0
    assert majority([[255, 255], [0, 0]], x, y, 0.6, missing=255).item() == 255


def test_one_cell_leaves_no_area_to_the_next():
    # each cell is 2 by 1: 5 fills the first; the second has 1 of 3 and 1 of 5, the third 3 alone
    x, y = corners(Affine.scale(2, 1), 1, 3)
    assert majority([[5, 5, 3, 5, 3, 3]], x, y).tolist() == [[5, 3, 3]]


def test_classes_keep_their_type():
    source = np.array([[1, 60000], [60000, 2]], np.uint16)
    result = overlap_majority(source, 65535, *corners(Affine.scale(2), 1, 1), 0, 0, 0.5)
    assert result.dtype == np.uint16
    assert result.item() == 60000


@given(transforms(middle=(6.0, 5.0), span=5), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_the_majority_is_the_class_with_the_largest_mean_presence(transform, seed):
    source = np.random.default_rng(seed).integers(1, 5, (10, 12))
    x, y = corners(transform, 5, 5)
    present = np.stack([mean(source == code, x, y, 0.1) for code in range(1, 5)])
    known = np.isfinite(present[0])
    chosen = majority(source, x, y, 0.1)
    assert (chosen[~known] == 0).all()
    best = np.take_along_axis(present, np.maximum(chosen, 1)[None].astype(int) - 1, 0)[0]
    assert (best[known] >= present.max(axis=0)[known] - 1e-8).all()


@given(
    transforms(span=12), st.integers(1, 11), st.integers(1, 11), st.integers(0, 2**32 - 1),
    st.integers(0, 3),
)  # fmt: skip
@settings(deadline=None)
def test_windows_give_the_bytes_of_the_whole(transform, row, col, seed, margin):
    random = np.random.default_rng(seed)
    source = random.normal(size=(40, 40))
    source[random.random(source.shape) < 0.1] = NAN
    classes = random.integers(0, 6, source.shape).astype(np.uint8)
    x, y = corners(transform, 12, 12)
    values, codes = mean(source, x, y), majority(classes, x, y)
    for rows in (slice(row), slice(row, 12)):
        for cols in (slice(col), slice(col, 12)):
            part = slice(rows.start, rows.stop + 1), slice(cols.start, cols.stop + 1)
            window = source_window(x[part], y[part], 40, 40)
            if window is None:
                assert np.isnan(values[rows, cols]).all()
                continue
            # a window may be larger than it need be
            top, left = max(window[0] - margin, 0), max(window[2] - margin, 0)
            cut = slice(top, window[1] + margin), slice(left, window[3])
            there = x[part].copy(), y[part].copy(), top, left, 0.5
            assert overlap_mean(source[cut], *there).tobytes() == values[rows, cols].tobytes()
            assert (
                overlap_majority(classes[cut], 0, *there).tobytes() == codes[rows, cols].tobytes()
            )


def test_the_window_is_the_smallest_that_covers_the_cells():
    x, y = corners(Affine.translation(2.5, 3) @ Affine.scale(2), 2, 3)
    # x from 2.5 to 8.5, y from 3 to 7
    assert source_window(x, y, 100, 100) == (3, 7, 2, 9)
    assert source_window(x, y + 1e-12, 100, 100) == (3, 7, 2, 9)
    assert source_window(x, y, 5, 6) == (3, 6, 2, 5)
    assert source_window(x - 6, y - 6, 100, 100) == (0, 1, 0, 3)


def test_there_is_no_window_beside_the_source():
    x, y = corners(Affine.identity(), 2, 2)
    assert source_window(x - 2, y, 10, 10) is None
    assert source_window(x + 10, y, 10, 10) is None
    assert source_window(x, y + 1e300, 10, 10) is None
    assert source_window(x + NAN, y, 10, 10) is None


def test_the_window_passes_over_corners_without_a_place():
    x, y = corners(Affine.identity(), 3, 3)
    x[0], y[1, 0] = np.inf, NAN
    assert source_window(x, y, 10, 10) == (1, 3, 0, 3)
