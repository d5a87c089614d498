"""A map's error on parcels and on any sum of them, against sums over all pairs of pixels."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParcelError, ProjectError
from sinks.estimates import Estimates, together
from sinks.uncertainty.correlation import Correlation, mean_in_square
from sinks.uncertainty.fields import Field, Spread
from sinks.uncertainty.map_error import (
    footprints_of_pixels,
    footprints_of_polygons,
    mean_correlation,
    with_map_error,
)

PIXEL = 30.0
SIDE = 60


def bare(value, **keys) -> Estimates:
    frame = pd.DataFrame(keys or {"parcel_id": [f"p{i}" for i in range(len(value))]})
    return Estimates(keys=frame, value=np.array(value, dtype=float), own=np.zeros(len(value)))


class Parcels:
    """Irregular parcels of a square of pixels, and the pairs of all their pixels."""

    def __init__(self, number: int, correlation: Correlation, side: int = SIDE) -> None:
        random = np.random.default_rng(number)
        self.row, self.col = (a.ravel() for a in np.mgrid[:side, :side])
        seeds = random.uniform(0, side, (number, 2, 1))
        distance = (seeds[:, 0] - self.row) ** 2 + (seeds[:, 1] - self.col) ** 2
        self.parcel = distance.argmin(axis=0)
        self.sd = random.uniform(2, 8, side**2)
        self.number, self.correlation = number, correlation
        prints = footprints_of_pixels(self.parcel, self.row, self.col, self.sd, PIXEL, number)
        self.sums = np.bincount(self.parcel, self.sd, number)
        self.footprints = prints
        self.estimates = with_map_error(
            bare(np.full(number, 100.0)), "map model", prints, correlation, self.sums
        )

    def exact(self, parcels: np.ndarray) -> float:
        """Return the standard error of the sum of some parcels from all pairs of their pixels."""
        of = np.isin(self.parcel, parcels)
        row, col, sd = self.row[of], self.col[of], self.sd[of]
        distance = PIXEL * np.hypot(row[:, None] - row, col[:, None] - col)
        return float(np.sqrt(sd @ self.correlation.at(distance) @ sd))

    def found(self, parcels: np.ndarray) -> float:
        """Return what the estimates say of the sum of some parcels."""
        of = np.isin(np.arange(self.number), parcels)
        return float(self.estimates.chosen(of).summed(()).se[0])


@pytest.mark.parametrize("model", ["exponential", "gaussian", "spherical"])
@pytest.mark.parametrize("range_m", [60.0, 500.0, 5000.0])
def test_parcels_and_their_sums_err_as_all_pairs_of_pixels_say(model: str, range_m: float) -> None:
    county = Parcels(40, Correlation(model, range_m))
    for parcel in range(0, 40, 7):
        one = np.array([parcel])
        assert county.found(one) == pytest.approx(county.exact(one), rel=1e-9)
    for some in (np.arange(2), np.arange(0, 40, 3), np.arange(40)):
        # two neighbours in cells as wide as themselves: a few per cent; of all of them: none
        tolerance = 0.04 if len(some) < 40 else 0.003
        assert county.found(some) == pytest.approx(county.exact(some), rel=tolerance)


def test_a_lattice_coarser_than_parcels_keeps_totals_and_nearly_neighbours() -> None:
    # cells of 4 x 4 pixels against parcels of some 3 x 3
    correlation = Correlation("exponential", 400.0)
    county = Parcels(400, correlation)
    prints = county.footprints
    field = Field(correlation, PIXEL, 1)
    fine = Spread.gathered(field, 400, prints.row, prints.x, prints.y, prints.effect)
    coarse = fine.coarsened(4).times(county.sums)
    exact = fine.times(county.sums).variance()
    left = np.maximum(exact - coarse.variance(), 0)
    whole = np.zeros(400, dtype=np.int64)
    total = coarse.summed(whole, 1).variance()[0] + left.sum()
    assert np.sqrt(total) == pytest.approx(county.exact(np.arange(400)), rel=0.01)


def test_a_square_polygon_has_the_square_s_mean_correlation() -> None:
    correlation = Correlation("exponential", 2000.0)
    sides = [(0, 1000), (1100, 400), (3000, 250), (4000, 1300)]
    squares = [shapely.box(5e5 + x, 3e6, 5e5 + x + side, 3e6 + side) for x, side in sides]
    exact = [mean_in_square(correlation, side) for _, side in sides]
    found = mean_correlation(footprints_of_polygons(squares), correlation)
    assert np.sqrt(found) == pytest.approx(np.sqrt(exact), rel=0.01)
    closer = mean_correlation(footprints_of_polygons(squares, side_m=10.0), correlation)
    assert np.sqrt(closer) == pytest.approx(np.sqrt(exact), rel=0.002)


def test_polygons_and_pixels_agree_on_a_parcel_of_any_shape() -> None:
    correlation = Correlation("spherical", 700.0)
    shape = shapely.Polygon([(0, 0), (900, 0), (900, 300), (300, 300), (300, 800), (0, 800)],
                            [[(50, 50), (250, 50), (250, 250), (50, 250)]])  # fmt: skip
    random = np.random.default_rng(1)
    at = random.uniform(0, 900, (20_000, 2))
    at = at[shapely.contains_xy(shape, *at.T)]
    half = len(at) // 2
    pairs = correlation.at(np.hypot(*(at[:half] - at[half : 2 * half]).T)).mean()
    row, col = (a.ravel() for a in np.mgrid[:80, :90])
    inside = shapely.contains_xy(shape, 10 * col + 5.0, 10 * row + 5.0)
    pixels = footprints_of_pixels(
        np.zeros(inside.sum(), int), row[inside], col[inside], np.ones(inside.sum()), 10.0, 1
    )
    by_pixels = mean_correlation(pixels, correlation)[0]
    by_polygon = mean_correlation(footprints_of_polygons([shape]), correlation)[0]
    assert by_polygon == pytest.approx(by_pixels, rel=0.01)
    assert by_polygon == pytest.approx(pairs, rel=0.02)


def test_touching_polygons_share_the_squares_under_their_border() -> None:
    shapes = [shapely.box(0, 0, 130, 210), shapely.box(130, 0, 333, 210)]
    prints = footprints_of_polygons(shapes, side_m=50.0)
    assert np.bincount(prints.row, prints.effect) == pytest.approx([1, 1])
    # column 2, from 100 to 150 m: 30 m of its 50 m are the first parcel's, of 130 m
    column = (prints.row == 0) & (prints.x == 2)
    assert prints.effect[column].sum() == pytest.approx(30 / 130)


def test_pools_of_a_parcel_share_all_of_its_error_and_dates_as_much_as_they_are_given() -> None:
    correlation = Correlation("exponential", 300.0)
    prints = Parcels(10, correlation).footprints
    parcel = np.repeat(np.arange(10), 2)
    pools = bare(np.full(20, 10.0), parcel_id=parcel, pool=["above", "below"] * 10)
    whole = with_map_error(pools, "map model", prints, correlation, np.tile([3, 1], 10), parcel)
    by_parcel = whole.summed(["parcel_id"])
    assert by_parcel.se == pytest.approx(4 * np.sqrt(mean_correlation(prints, correlation)))
    nothing = whole.minus(whole)
    assert nothing.se == pytest.approx(0, abs=1e-12)


@pytest.fixture(scope="module")
def county() -> Parcels:
    return Parcels(30, Correlation("exponential", 500.0), side=24)


def test_one_error_everywhere_adds_up_linearly() -> None:
    # a range of 1000 counties is correlation 1: parcels' errors add as numbers
    found = Parcels(20, Correlation("gaussian", 1000 * SIDE * PIXEL)).estimates
    assert found.summed(()).se[0] == pytest.approx(found.se.sum(), rel=3e-3)


def test_no_correlation_beyond_a_pixel_is_sigma_over_root_n() -> None:
    found = Parcels(20, Correlation("spherical", PIXEL / 2))
    by_pixel = np.sqrt(np.bincount(found.parcel, found.sd**2, 20))
    assert found.estimates.se == pytest.approx(by_pixel)
    assert found.estimates.summed(()).se[0] == pytest.approx(np.sqrt((found.sd**2).sum()))


@given(st.permutations(range(30)), st.integers(1, 29))
def test_order_and_portions_of_parcels_change_nothing(
    county: Parcels, order: list[int], cut: int
) -> None:
    whole = county.estimates
    pieces = [np.isin(np.arange(30), part) for part in (order[:cut], order[cut:])]
    apart = together([whole.chosen(p) for p in pieces]).summed(())
    assert apart.se == pytest.approx(whole.summed(()).se)


@given(st.floats(-10, 10).filter(lambda f: f == 0 or abs(f) > 1e-6))
def test_twice_the_amount_errs_twice_as_much(county: Parcels, factor: float) -> None:
    scaled = county.estimates.times(factor, {})
    assert scaled.se == pytest.approx(abs(factor) * county.estimates.se)
    assert scaled.summed(()).se == pytest.approx(abs(factor) * county.estimates.summed(()).se)


@given(st.floats(0, 50))
def test_an_independent_source_never_narrows(county: Parcels, more: float) -> None:
    before = county.estimates
    after = before.times(1, {"carbon_fraction": more / 100})
    assert (after.se >= before.se).all()
    assert after.summed(()).se[0] >= before.summed(()).se[0]


def test_errors_of_different_fields_do_not_add_up() -> None:
    one, two = (Parcels(5, Correlation("exponential", r)).estimates for r in (300.0, 600.0))
    with pytest.raises(ProjectError, match=r"exponential 300 m / .*; exponential 600 m / .*apart"):
        together([one, two])
    with pytest.raises(ProjectError, match="cannot be put together"):
        one.minus(two)


def test_a_parcel_without_a_place_is_an_error_where_it_has_one() -> None:
    correlation = Correlation("exponential", 500.0)
    prints = footprints_of_pixels([0, 2], [0, 5], [0, 0], [1, 1], PIXEL, 3)
    with pytest.raises(ParcelError, match="number 1"):
        with_map_error(bare([1.0, 2.0, 3.0]), "map", prints, correlation, [1.0, 1.0, 1.0])
    found = with_map_error(bare([1.0, 0.0, 3.0]), "map", prints, correlation, [1.0, 0.0, 1.0])
    assert found.se == pytest.approx([1, 0, 1])


def test_an_unknown_error_is_not_forgotten_and_no_error_touches_nothing() -> None:
    correlation = Correlation("exponential", 500.0)
    prints = Parcels(3, correlation).footprints
    found = with_map_error(bare([1.0, 2.0, 3.0]), "map", prints, correlation, [1.0, np.nan, 0.0])
    assert np.isnan(found.se).tolist() == [False, True, False]
    assert found.se[2] == 0
    assert np.isnan(found.summed(()).se[0])
