"""Slope and LS, against hand calculation, laws and InVEST."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.derived import (
    makers_of,
    slope,
    slope_length_steepness,
    slope_length_steepness_flow,
    slope_length_steepness_segment,
)
from data_catalog.parameters import bundled

GURA = Path(__file__).parents[3] / "shared" / "data" / "invest_reference" / "gura"
LS = slope_length_steepness.DERIVATION
NUMBERS = LS.coefficients(bundled())
FLOW = slope_length_steepness_flow.DERIVATION
SEGMENT = slope_length_steepness_segment.DERIVATION
SEGMENT_NUMBERS = SEGMENT.coefficients(bundled())
FLOW_NUMBERS = FLOW.coefficients(bundled())


def slope_of(window: list[list[float]], dx: float = 10, dy: float = 10) -> float:
    cells = np.array(window, dtype=np.float64)[:, :, np.newaxis, np.newaxis]
    size = np.ones((1, 1))
    return float(slope.slope(cells, dx * size, dy * size)[0, 0])


def ls(degrees: float, size: float = 30) -> float:
    return float(LS(slope=np.array([[degrees]]), cell_size=np.array([[size]]), **NUMBERS)[0, 0])


def ls_of_flow(cells: float, degrees: float, size: float = 10) -> float:
    found = FLOW(
        flow_accumulation=np.array([[cells]]),
        slope=np.array([[degrees]]),
        cell_size=np.array([[size]]),
        **FLOW_NUMBERS,
    )
    return float(found[0, 0])


def test_a_plane_that_rises_eastward_by_its_cell_width_is_at_45_degrees() -> None:
    assert slope_of([[0, 10, 20]] * 3) == pytest.approx(45)


def test_a_window_by_hand() -> None:
    # east: (4 + 2*7 + 9) - (1 + 2*3 + 6) = 14; 14 / (8 * 10) = 0.175
    # south: (6 + 2*8 + 9) - (1 + 2*2 + 4) = 22; 22 / (8 * 20) = 0.1375
    # sqrt(0.175^2 + 0.1375^2) = 0.222556; arctan = 12.5470 degrees
    assert slope_of([[1, 2, 4], [3, 5, 7], [6, 8, 9]], 10, 20) == pytest.approx(12.5470, abs=1e-4)


def test_a_missing_neighbour_counts_as_high_as_the_centre() -> None:
    whole = slope_of([[5, 10, 20], [0, 5, 20], [0, 10, 20]])
    assert slope_of([[math.nan, 10, 20], [0, 5, 20], [0, 10, 20]]) == whole


def test_a_missing_centre_is_missing() -> None:
    assert math.isnan(slope_of([[1, 2, 3], [1, math.nan, 3], [1, 2, 3]]))


@given(st.floats(-500, 9000), st.lists(st.floats(-100, 100), min_size=9, max_size=9))
def test_slope_does_not_depend_on_the_height_of_the_sea(base: float, steps: list[float]) -> None:
    window = np.array(steps).reshape(3, 3)
    at_base = slope_of((base + window).tolist())
    assert 0 <= at_base < 90
    assert at_base == pytest.approx(slope_of(window.tolist()), abs=1e-6)


@pytest.mark.shared
@pytest.mark.skipif(not GURA.is_dir(), reason=f"no real data at {GURA}")
def test_slope_is_that_of_invest_inside_the_catchment() -> None:
    import rasterio

    with rasterio.open(GURA / "inputs/dem.tif") as dem:
        elevation = dem.read(1, masked=True).astype(np.float64).filled(np.nan)
        size = dem.res[0]
        with rasterio.open(GURA / "soil_loss/slope.tif") as reference:
            percent = reference.read(1, masked=True).astype(np.float64).filled(np.nan)
            row, column = dem.index(*reference.xy(0, 0))
    height, width = percent.shape
    elevation = elevation[row - 1 : row + height + 1, column - 1 : column + width + 1]
    window = np.lib.stride_tricks.sliding_window_view(elevation, (3, 3)).transpose(2, 3, 0, 1)
    cell = np.full((height, 1), size)
    made = slope.slope(window, cell, cell)
    # InVEST sees nothing outside the catchment and narrows the difference there: compare inside
    around = np.pad(percent, 1, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(around, (3, 3))
    inside = ~np.isnan(around).any(axis=(2, 3))
    assert inside.sum() > 450_000
    want = np.rad2deg(np.arctan(percent / 100))
    np.testing.assert_allclose(made[inside], want[inside], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("degrees", "want"), [(5, 0.9713), (15, 4.7081), (30, 9.5988)])
def test_steepness_of_the_norm(degrees: float, want: float) -> None:
    # on a slope of 22.13 m L is 1 and LS is S: 10.8 sin 5 + 0.03; 21.9 sin 15 - 0.96; constant
    assert ls(degrees, 22.13) == pytest.approx(want, abs=1e-4)


def test_the_moderate_branch_and_the_edges_between_branches() -> None:
    # 16.8 * sin(8) - 0.5 = 16.8 * 0.139173 - 0.5 = 1.83811
    assert ls(8, 22.13) == pytest.approx(1.83811, abs=1e-5)
    # at 5.14 the moderate branch begins: 16.8 * 0.0895896 - 0.5 = 1.00511
    assert ls(5.14, 22.13) == pytest.approx(1.00511, abs=1e-5)
    # at 10.20 the steep one: 21.9 * 0.1770847 - 0.96 = 2.91816
    assert ls(10.20, 22.13) == pytest.approx(2.91816, abs=1e-5)
    assert ls(28.81, 22.13) == 9.5988


def test_slope_length_by_hand() -> None:
    # 15 degrees: sin = 0.258819; b = (0.258819/0.0896) / (3 * 0.258819^0.8 + 0.56)
    # 0.258819^0.8 = exp(0.8 * -1.351626) = 0.339154; b = 2.888605 / 1.577462 = 1.831173
    # m = 1.831173 / 2.831173 = 0.646789; (30/22.13)^m = exp(0.646789 * 0.304263) = 1.217494
    # LS = 4.708137 * 1.217494 = 5.732126
    assert ls(15, 30) == pytest.approx(5.732126, abs=1e-5)


def test_flat_land_has_the_least_ls_whatever_the_cell() -> None:
    assert ls(0, 10) == ls(0, 100) == pytest.approx(0.03)


@given(st.floats(0, 89), st.floats(0, 1), st.floats(22.13, 100))
def test_a_steeper_cell_never_has_less_ls(degrees: float, more: float, size: float) -> None:
    assert ls(degrees + more, size) >= ls(degrees, size) - 1e-9


def test_missing_slope_makes_missing_ls() -> None:
    assert math.isnan(ls(math.nan))


def test_ls_with_flow_from_upslope_by_hand() -> None:
    # flat: m = 0.2, S = 0.03. On the divide L = (10/22.13)^0.2 = exp(0.2 * -0.794350) = 0.853107
    assert ls_of_flow(1, 0) == pytest.approx(0.03 * 0.853107, rel=1e-5)
    # four cells above: sqrt(4 * 100) = 20; (120^1.2 - 20^1.2) / (10^2.2 * 22.13^0.2)
    # = (312.623 - 36.411) / (158.489 * 1.857789) = 0.938086
    assert ls_of_flow(5, 0) == pytest.approx(0.03 * 0.938086, rel=1e-4)


def test_ls_with_flow_on_a_steep_cell_by_hand() -> None:
    # 30 degrees on the divide: sin = 0.5; b = (0.5/0.0896) / (3 * 0.5^0.8 + 0.56)
    # = 5.580357 / 2.283048 = 2.444257; m = 0.709662; x = 0.5 + 0.866025 = 1.366025
    # (10 / (22.13 * 1.366025))^0.709662 = exp(0.709662 * -1.106254) = 0.456090; S = 16.8/2 - 0.5
    assert ls_of_flow(1, 30) == pytest.approx(7.9 * 0.456090, rel=1e-5)


@given(st.floats(1, 1e9), st.floats(1, 1e6), st.floats(0, 60))
def test_more_flow_from_upslope_never_lowers_ls(cells: float, more: float, degrees: float) -> None:
    a, b = ls_of_flow(cells, degrees), ls_of_flow(cells + more, degrees)
    assert b >= a * (1 - 1e-6)  # two large powers are taken from each other


def ls_of_segment(length: float, degrees: float, size: float = 10) -> float:
    found = SEGMENT(
        slope_length=np.array([[length]]),
        slope=np.array([[degrees]]),
        cell_size=np.array([[size]]),
        **SEGMENT_NUMBERS,
    )
    return float(found[0, 0])


def test_ls_of_the_second_segment_of_a_slope_by_hand() -> None:
    # 15 degrees, m = 0.5, from 10 to 20 m: (20^1.5 - 10^1.5) / (10 * 22.13^0.5)
    # = (89.44272 - 31.62278) / 47.04253 = 1.229099; S = 21.91 * 0.258819 - 0.96 = 4.710726
    assert ls_of_segment(20, 15) == pytest.approx(1.229099 * 4.710726, rel=1e-6)
    # a slope that begins in the cell: (5^1.5 / 5) / 22.13^0.5 = (5/22.13)^0.5
    assert ls_of_segment(5, 15) == pytest.approx((5 / 22.13) ** 0.5 * 4.710726, rel=1e-6)


@given(st.floats(0.1, 1000), st.floats(0, 60))
def test_segments_of_a_slope_add_up_to_the_whole_slope(first: float, degrees: float) -> None:
    # mean L of two segments, weighted by their lengths, is L of the slope as one cell
    whole = ls_of_segment(first + 10, degrees, first + 10)
    parts = ls_of_segment(first, degrees, first) * first + ls_of_segment(first + 10, degrees) * 10
    assert parts / (first + 10) == pytest.approx(whole, rel=1e-9)


def test_flow_or_segments_are_used_where_their_layer_is_given_and_the_cell_elsewhere() -> None:
    assert [maker.id for maker in makers_of("slope_length_steepness")] == [
        FLOW.id,
        SEGMENT.id,
        LS.id,
    ]
    assert next(iter(FLOW.layers())) == "flow_accumulation"
    assert next(iter(SEGMENT.layers())) == "slope_length"
