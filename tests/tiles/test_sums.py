"""Exact sums: whole numbers, whatever the order and however the area is cut."""

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import LayerError
from data_catalog.spec import Citation, Layer, Model, Output
from data_catalog.text import Text
from tiles.binding import Bound, FromLayer
from tiles.coverage import UNIT, Rings, cell_weights, coverage
from tiles.sums import LIMB_BITS, PIXEL_BITS, Sums, add_block, scale_for
from tiles.tile import _out_of_range

ROWS, COLS = 5, 7
ONE = np.ones((1, 1))
RANGE = 4000.0  # of the amounts here, both ways
SCALES = np.array(
    [scale_for(RANGE), scale_for(RANGE), scale_for(2.0), scale_for(2.0), scale_for(2.0)]
)
HALVES = Rings.from_polygons(
    [shapely.box(0, 0, 3.25, ROWS), shapely.box(3.25, 0, COLS, ROWS)], Affine.identity()
)

amounts = st.floats(-RANGE, RANGE) | st.just(float("nan"))


def layers(of: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """Draw two amounts of every cell."""
    cells = st.lists(of, min_size=2 * ROWS * COLS, max_size=2 * ROWS * COLS)
    return cells.map(lambda x: np.array(x).reshape(2, ROWS, COLS))


def group_maps(count: int) -> st.SearchStrategy[Any]:
    cells = st.lists(st.integers(0, count - 1), min_size=ROWS * COLS, max_size=ROWS * COLS)
    return cells.map(lambda x: np.array(x, np.int16).reshape(ROWS, COLS))


def added(
    values: Any, groups: Any, scope: Any = None, rings: Rings = HALVES, area: Any = ONE
) -> tuple[Sums, float]:
    """Add a whole tile as one block."""
    count = int(groups.max()) + 1
    scope = np.ones((len(values), count), np.bool_) if scope is None else scope
    cover = coverage(rings, 0, ROWS, 0, COLS)
    sums = Sums.zeros(len(cover.parcels) * count, 2 * len(values) + 1)
    top = add_block(sums, cover, values, area, SCALES, groups, scope, scope.any(axis=1), 0)
    return sums, top


def exactly(sums: Sums) -> list[list[int]]:
    """Return sums as Python's whole numbers, which have no limit."""
    return [
        [int(h) * 2**LIMB_BITS + int(low) for h, low in zip(*row, strict=True)]
        for row in zip(sums.high, sums.low, strict=True)
    ]


# Exactness


@settings(deadline=None)
@given(layers(amounts), group_maps(3))
def test_sums_are_those_of_fractions_to_the_rounding_of_each_cell(values, groups):
    found = exactly(added(values, groups)[0])
    weights = cell_weights(coverage(HALVES, 0, ROWS, 0, COLS), ROWS, COLS)
    for parcel in range(2):
        for group in range(int(groups.max()) + 1):
            row = found[parcel * (int(groups.max()) + 1) + group]
            met = [
                (i, j, Fraction(int(weights[parcel, i, j]), UNIT))
                for i in range(ROWS)
                for j in range(COLS)
                if groups[i, j] == group and weights[parcel, i, j]
            ]
            for q in range(2):
                known = [(i, j, w) for i, j, w in met if not np.isnan(values[q, i, j])]
                amount = sum(
                    (w * Fraction(float(values[q, i, j])) for i, j, w in known), Fraction()
                )
                # one rounding to a whole number for each cell
                assert abs(Fraction(row[q]) / Fraction(SCALES[q]) - amount) * Fraction(
                    SCALES[q]
                ) <= len(known)
                missing = sum((w for i, j, w in met if (i, j, w) not in known), Fraction())
                assert Fraction(row[3 + q]) / Fraction(SCALES[3 + q]) == missing
            area = sum((w for *_, w in met), Fraction())
            assert Fraction(row[2]) / Fraction(SCALES[2]) == area


@settings(deadline=None)
@given(st.lists(st.floats(-RANGE, RANGE), min_size=1, max_size=200), st.randoms())
def test_the_order_of_adding_changes_nothing(numbers, random):
    def total(of: list[float]) -> list[list[int]]:
        sums = Sums.zeros(1, 1)
        for number in of:
            whole = int(np.rint(number * scale_for(RANGE)))
            part = Sums(np.array([[whole >> LIMB_BITS]]), np.array([[whole & (2**LIMB_BITS - 1)]]))
            sums.add(np.zeros(1, np.int64), part)
        return exactly(sums)

    shuffled = list(numbers)
    random.shuffle(shuffled)
    assert total(shuffled) == total(numbers)


@settings(deadline=None)
@given(
    layers(amounts),
    group_maps(2),
    st.lists(st.integers(1, ROWS - 1), unique=True),
    st.lists(st.integers(1, COLS - 1), unique=True),
)
def test_any_cut_into_tiles_and_blocks_gives_the_same_whole_numbers(values, groups, rows, cols):
    whole = exactly(added(values, groups)[0])
    total = Sums.zeros(len(whole), 5)
    scope = np.ones((2, 2), np.bool_)
    count = int(groups.max()) + 1
    for left, right in pairwise([0, *sorted(cols), COLS]):
        cover = coverage(HALVES, 0, ROWS, left, right)
        part = Sums.zeros(len(cover.parcels) * count, 5)
        for top, bottom in pairwise([0, *sorted(rows), ROWS]):
            block = slice(top, bottom), slice(left, right)
            add_block(
                part, cover, np.ascontiguousarray(values[:, *block]), ONE, SCALES,
                np.ascontiguousarray(groups[block]), scope[:, :count],
                scope.any(axis=1), top,
            )  # fmt: skip
        part.carry()
        zones = (cover.parcels[:, np.newaxis] * count + np.arange(count)).ravel()
        total.add(zones.astype(np.int64), part)
    assert exactly(total) == whole


def test_sums_far_beyond_64_bits_are_exact():
    # a billion cells at the top of their range: 2**46 * 2**30 = 2**76
    sums = Sums.zeros(1, 1)
    largest = 2 ** (PIXEL_BITS + 15) - 1
    part = Sums(np.array([[largest >> LIMB_BITS]]), np.array([[largest & (2**LIMB_BITS - 1)]]))
    for _ in range(1 << 15):
        sums.add(np.zeros(1, np.int64), part)
    assert exactly(sums) == [[largest << 15]]
    assert sums.over(np.array([1.0]))[0, 0] == float(largest << 15)


@given(st.integers(-(2**80), 2**80))
def test_a_sum_is_rounded_once_when_it_becomes_a_float(whole):
    sums = Sums(np.array([[whole >> LIMB_BITS]]), np.array([[whole & (2**LIMB_BITS - 1)]]))
    # the nearest float, but for the last bit where the upper limb alone has more than 53
    assert sums.over(np.array([1.0]))[0, 0] == pytest.approx(float(whole), rel=2**-52)
    if abs(whole) < 2 ** (LIMB_BITS + 53):
        assert sums.over(np.array([1.0]))[0, 0] == float(whole)


@given(st.floats(1e-12, 1e15))
def test_the_scale_keeps_the_largest_amount_below_its_bits_and_wastes_few(largest):
    scaled = largest * scale_for(largest)
    assert 2.0 ** (PIXEL_BITS - 2) < scaled <= 2.0 ** (PIXEL_BITS - 1)
    assert np.log2(scale_for(largest)).is_integer()


# Areas


@settings(deadline=None)
@given(layers(st.floats(0, RANGE)), st.integers(0, 2**32 - 1))
def test_cells_of_unequal_area_count_with_theirs(values, seed):
    area = np.random.default_rng(seed).uniform(0.5, 1.5, (ROWS, COLS))
    groups = np.zeros((ROWS, COLS), np.int16)
    for given_area in (area, area[:, :1]):
        sums, _ = added(values, groups, area=given_area)
        weights = cell_weights(coverage(HALVES, 0, ROWS, 0, COLS), ROWS, COLS) / UNIT
        full = np.broadcast_to(given_area, (ROWS, COLS))
        expected = [(w * full * v).sum() for w in weights for v in values]
        found = sums.over(SCALES)
        np.testing.assert_allclose(found[:, :2].ravel(), expected, rtol=1e-9, atol=1e-8)
        np.testing.assert_allclose(found[:, 2], (weights * full).sum(axis=(1, 2)), rtol=1e-12)


def test_missing_amounts_add_their_area_to_the_missing_and_nothing_to_the_sum():
    values = np.full((2, ROWS, COLS), 2.0)
    values[0, 1, 0:2] = np.nan  # two whole cells of the left parcel
    values[0, 2, 3] = np.nan  # the cell both share, a quarter left and three quarters right
    sums, _ = added(values, np.zeros((ROWS, COLS), np.int16))
    found = sums.over(SCALES)
    left, right = 3.25 * ROWS, 3.75 * ROWS
    np.testing.assert_array_equal(found[:, 2], [left, right])
    np.testing.assert_array_equal(found[:, 3], [2.25, 0.75])
    np.testing.assert_array_equal(found[:, 0], [2 * (left - 2.25), 2 * (right - 0.75)])
    np.testing.assert_array_equal(found[:, 4], [0, 0])
    np.testing.assert_array_equal(found[:, 1], [2 * left, 2 * right])


# What must not be added


TOO_LARGE = st.sampled_from([2.0, 1e3, 1e9, 1e300, float("inf")]).flatmap(
    lambda factor: st.sampled_from([-1, 1]).map(lambda sign: sign * factor * 2 * RANGE)
)


@settings(deadline=None)
@given(layers(amounts), TOO_LARGE, st.integers(0, ROWS - 1), st.integers(0, COLS - 1))
def test_an_amount_beyond_its_range_is_always_noticed(values, wrong, row, col):
    # whatever else is in its row: gaps before and after it too
    values[1, row, col] = wrong
    _, top = added(values, np.zeros((ROWS, COLS), np.int16))
    assert top >= 2.0**PIXEL_BITS


@settings(deadline=None)
@given(layers(st.floats(-RANGE, RANGE) | st.just(float("nan"))), group_maps(2))
def test_amounts_within_their_range_are_never_refused(values, groups):
    _, top = added(values, groups)
    assert not top >= 2.0**PIXEL_BITS


@settings(deadline=None)
@given(layers(amounts), group_maps(2), TOO_LARGE)
def test_where_an_amount_does_not_count_it_may_be_any_number(values, groups, wrong):
    groups[0, 0] = 0
    groups[0, 1] = 1
    scope = np.array([[True, False], [True, True]])
    before = exactly(added(values, groups, scope)[0])
    values[0][groups == 1] = wrong
    sums, top = added(values, groups, scope)
    assert not top >= 2.0**PIXEL_BITS
    after = exactly(sums)
    for zone in range(0, len(after), 2):  # of group 0: not a unit has changed
        assert after[zone] == before[zone]
    for zone in range(1, len(after), 2):  # of group 1: nor of the amount that does count there
        assert [after[zone][k] for k in (1, 2, 4)] == [before[zone][k] for k in (1, 2, 4)]


def test_an_amount_beyond_its_range_is_told_in_words_with_value_and_unit():
    model = Model(
        id="rain", title=Text("雨", "rain"), formula="x", source=Citation("", ""),
        inputs={"layer": Layer(symbol="x", units="mm/year")}, kernel=lambda layer: layer,
        output=Output(name="rain", units="mm/year", total="m3/year", low=0, high=12000),
    )  # fmt: skip
    bound = Bound(
        id="rain:all", account="rain", model=model, arguments=(FromLayer("rain", 1, 0),),
        scope=frozenset(), classes="", to_total=1, rows=(),
    )  # fmt: skip
    values = np.array([[[1.0, np.nan, 65535.0]]])
    error = _out_of_range(
        SimpleNamespace(models=(bound,)),  # type: ignore[arg-type]
        values, np.zeros((1, 3), np.int16), np.ones((1, 1), np.bool_),
    )  # fmt: skip
    assert isinstance(error, LayerError)
    assert "rain:all" in error.say("en")
    assert "65535 mm/year" in error.say("en")
    assert "0 to 12000" in error.say("en")
