"""The mean correlation of a parcel's points, against an independent quadrature and by hand."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import UnknownNameError
from sinks.uncertainty.correlation import (
    MODELS,
    Correlation,
    exchangeable_factor,
    mean_in_square,
    table_of_squares,
)

CASES = Path(__file__).parent.parent / "cases" / "block_mean_correlation.csv"
models = st.sampled_from(sorted(MODELS))
ranges = st.floats(10, 1e5)


def cases() -> list[dict[str, str]]:
    return list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    "case", cases(), ids=lambda c: f"{c['model']}-{c['side_over_practical_range']}"
)
def test_squares_of_the_published_sizes(case: dict[str, str]) -> None:
    side = 1000 * float(case["side_over_practical_range"])
    found = mean_in_square(Correlation(case["model"], 1000.0), side)
    assert found == pytest.approx(float(case["mean_corr_in_square"]), abs=6e-6)
    assert np.sqrt(found) == pytest.approx(float(case["sd_factor"]), abs=6e-6)


def test_a_parcel_of_a_kilometre_keeps_seventy_per_cent_of_a_pixel_s_error() -> None:
    # 1 km with a range of 2 km; of 1600 pixels of 25 m, sigma / sqrt(n) would keep 2.5 %
    assert mean_in_square(Correlation("exponential", 2000.0), 1000.0) ** 0.5 == pytest.approx(
        0.70, abs=0.005
    )


def test_the_gaussian_square_in_closed_form() -> None:
    # the gaussian is a product over the two axes: with k = 3 (L/r)^2 and c = erf,
    # (sqrt(pi/k) c(sqrt(k)) - (1 - exp(-k)) / k)^2
    from scipy.special import erf

    for ratio in (0.1, 1.0, 5.0):
        k = 3 * ratio**2
        line = np.sqrt(np.pi / k) * erf(np.sqrt(k)) - (1 - np.exp(-k)) / k
        found = mean_in_square(Correlation("gaussian", 1000.0), 1000 * ratio)
        assert found == pytest.approx(line**2, rel=1e-6)


def test_exchangeable_pixels() -> None:
    # sqrt((1 + 10 x .3) / 11) = .603, sqrt((1 + 99 x .1) / 100) = .330
    assert exchangeable_factor([11, 100], [0.3, 0.1]) == pytest.approx([0.603, 0.330], abs=5e-4)
    assert float(exchangeable_factor(50, 1)) == 1
    assert float(exchangeable_factor(50, 0)) == pytest.approx(50**-0.5)


def test_squares_of_few_pixels_are_sums_over_their_pairs() -> None:
    # two squares of 2 x 2 pixels of 10 m, one beside the other: all 16 pairs of centres
    correlation = Correlation("exponential", 40.0)
    left = np.array([(x, y) for x in (5, 15) for y in (5, 15)])
    right = left + np.array([20, 0])
    pairs = np.hypot(*(left[:, None] - right[None]).transpose(2, 0, 1))
    table = table_of_squares(correlation, 20.0, 2, 4)
    assert table[1, 0] == pytest.approx(correlation.at(pairs).mean())
    assert table[0, 1] == pytest.approx(table[1, 0])
    far = np.hypot(*(left[:, None] - (left + np.array([60, 40]))[None]).transpose(2, 0, 1))
    assert table[3, 2] == pytest.approx(correlation.at(far).mean())


def test_a_square_is_the_mean_of_its_quarters() -> None:
    # the mean over pairs of points of a square of 2 x 2 cells, cell by cell
    correlation = Correlation("spherical", 900.0)
    cells = table_of_squares(correlation, 250.0, None, 2)
    whole = (cells[0, 0] + 2 * cells[0, 1] + cells[1, 1]) / 4
    assert mean_in_square(correlation, 500.0) == pytest.approx(whole, rel=1e-5)


@given(models, ranges)
def test_correlation_falls_from_one_to_what_the_range_means(model: str, range_m: float) -> None:
    at = Correlation(model, range_m).at(np.linspace(0, 2, 21) * range_m)
    assert at[0] == 1
    assert (np.diff(at) <= 1e-12).all()
    assert 0 <= at[10] <= 0.05


@given(models, ranges, st.floats(1, 1e5), st.floats(1.01, 10))
def test_a_larger_square_has_less_in_common(
    model: str, range_m: float, side: float, factor: float
) -> None:
    correlation = Correlation(model, range_m)
    assert mean_in_square(correlation, side) >= mean_in_square(correlation, side * factor) - 1e-9


def test_an_unknown_model_and_no_range_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="exponential"):
        Correlation("exponental", 100.0)
    for nonsense in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="range"):
            Correlation("exponential", nonsense)
