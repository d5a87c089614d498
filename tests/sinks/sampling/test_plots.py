"""Plots of a forest: means, changes and numbers of plots; plots with a map; small areas."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing, TableError
from sinks.sampling.intervals import SampleEstimate
from sinks.sampling.plots import (
    anew,
    double_sampling,
    plots_needed,
    remeasured,
    stratified_mean,
    within_pixel_cv,
)
from sinks.sampling.small_areas import fay_herriot
from sinks.sampling.strata import Strata
from sinks.sampling.with_map import by_domain, model_assisted, synthetic
from sinks.uncertainty.levels import confidence, level_of, quantile

NINETY = level_of(confidence("ar-tool14"))


def strata(*area: float) -> Strata:
    return Strata(names=tuple(f"s{k}" for k in range(len(area))), area=np.array(area))


def sample_of(mean: float, sd: float, n: int) -> np.ndarray:
    """Return n numbers with exactly this mean and standard deviation."""
    z = np.linspace(-1, 1, n)
    return mean + sd * (z - z.mean()) / z.std(ddof=1)


def test_the_published_sampling_example_of_ar_tool14() -> None:
    # 34 plots of 45.328 with s 12.776: SEM 2.191, t(0.10; 33) 1.692, half-width 3.707, U 8.18 %
    found = stratified_mean(sample_of(45.328, 12.776, 34), np.zeros(34, dtype=int), strata(1.0))
    assert found.se == pytest.approx(2.191, abs=5e-4)
    assert found.df == 33
    assert quantile(NINETY, found.df) == pytest.approx(1.692, abs=5e-4)
    assert found.half_width(NINETY) == pytest.approx(3.708, abs=1e-3)
    assert found.relative(NINETY) == pytest.approx(0.0818, abs=5e-5)


def test_a_quarter_of_an_uncertainty_of_15_percent_lowers_the_stock() -> None:
    # 60 +- 9 is U = 15 %; 25 % of 9 is 2.25: 57.75 for a project, 62.25 for a baseline
    stock = SampleEstimate(value=60, se=9 / quantile(NINETY, 33), df=33)
    assert stock.relative(NINETY) == pytest.approx(0.15)
    discount = 0.25 * stock.relative(NINETY) * stock.value
    assert (stock.value - discount, stock.value + discount) == pytest.approx((57.75, 62.25))


def test_a_stratified_mean_by_hand() -> None:
    # means 10 and 30, weights 3/4 and 1/4: 15; s^2 2 and 8 of 2 plots: (9/16) 1 + (1/16) 4
    found = stratified_mean(np.array([9, 11, 28, 32.0]), np.array([0, 0, 1, 1]), strata(75.0, 25.0))
    assert found.value == pytest.approx(15)
    assert found.se == pytest.approx(math.sqrt(9 / 16 + 4 / 16))
    assert found.df == 2


def test_plots_for_a_tenth_at_90_percent() -> None:
    assert round(plots_needed(0.737, 0.10, NINETY)) == 147
    assert round(plots_needed(0.30, 0.10, NINETY)) == 24
    # with 23 degrees of freedom instead of the normal distribution it takes 26.4
    assert plots_needed(0.30, 0.10, NINETY, df=23) == pytest.approx((1.7139 * 3) ** 2, abs=0.01)


def test_a_second_phase_of_the_same_plots_adds_nothing() -> None:
    y, x = np.array([3, 5, 6, 9, 12.0]), np.array([1, 2, 3, 4, 5.0])
    found = double_sampling(y, x, float(x.mean()), len(x))
    assert found.value == pytest.approx(y.mean())
    assert found.se == pytest.approx(y.std(ddof=1) / math.sqrt(5))


def test_double_sampling_by_hand() -> None:
    # beta = 22/10, xbar 3, ybar 7; 20 plots of x with mean 3.5: 7 + 2.2 * 0.5 = 8.1
    # s^2 = 50/4 = 12.5, rho^2 = 22^2/(10 * 50) = 0.968, alpha 5/20: 12.5 (1 - 0.75 * 0.968)/5
    y, x = np.array([3, 5, 6, 9, 12.0]), np.array([1, 2, 3, 4, 5.0])
    found = double_sampling(y, x, 3.5, 20)
    assert found.value == pytest.approx(8.1)
    assert found.se**2 == pytest.approx(2.5 * (1 - 0.75 * 0.968))
    assert found.df == 3


def test_the_same_plots_again_tell_a_change_that_new_plots_do_not() -> None:
    draw = np.random.default_rng(3)
    before = draw.normal(80, 30, 40)
    after = before + draw.normal(5, 4, 40)
    place, one = np.zeros(40, dtype=int), strata(1.0)
    again = remeasured(before, after, place, one)
    new = anew(stratified_mean(before, place, one), stratified_mean(after, place, one))
    assert again.value == pytest.approx(new.value)
    assert again.se < new.se / 5
    assert again.interval(NINETY)[0] > 0 > new.interval(NINETY)[0]


def test_a_plot_that_was_not_found_again_is_not_forgotten_silently() -> None:
    before, after = np.array([1.0, 2, 3]), np.array([2, np.nan, 4])
    with pytest.raises(TableError, match="1 of 3 plots have no value"):
        remeasured(before, after, np.zeros(3, dtype=int), strata(1.0))


def test_a_stratum_with_one_plot_is_refused_in_words() -> None:
    with pytest.raises(TableError, match=r"stratum 's1' has 1 plot"):
        stratified_mean(np.array([1.0, 2, 3]), np.array([0, 0, 1]), strata(1.0, 1.0))


def test_small_plots_say_little_of_their_pixel() -> None:
    assert within_pixel_cv(0.04, 1).in_units("1") == pytest.approx(0.502)
    assert within_pixel_cv(0.25, 0.5).in_units("1") == pytest.approx(0.147)
    by_pixel = [within_pixel_cv(0.1, pixel).value for pixel in (0.5, 1, 2, 4)]
    assert by_pixel == sorted(by_pixel), "the larger the pixel, the less a plot says of it"
    with pytest.raises(ParameterMissing, match=r"plot_sampling_cv.*0\.3/1"):
        within_pixel_cv(0.3, 1)


def test_a_map_that_is_right_leaves_no_error_and_a_useless_one_all() -> None:
    y, place, one = np.array([3, 5, 6, 9, 12.0]), np.zeros(5, dtype=int), strata(1.0)
    right = model_assisted(y, y, place, one, np.array([8.0]))
    assert (right.value, right.se) == (pytest.approx(8), pytest.approx(0))
    useless = model_assisted(y, np.full(5, 4.0), place, one, np.array([4.0]))
    direct = stratified_mean(y, place, one)
    assert (useless.value, useless.se) == (pytest.approx(direct.value), pytest.approx(direct.se))


def test_the_map_s_bias_leaves_the_model_assisted_mean() -> None:
    y, place, one = np.array([3, 5, 6, 9, 12.0]), np.zeros(5, dtype=int), strata(1.0)
    predicted = y + np.array([1, -1, 0, 1, -1])
    once = model_assisted(y, predicted, place, one, np.array([8.0]))
    twice = model_assisted(y, predicted + 50, place, one, np.array([58.0]))
    assert once.value == pytest.approx(twice.value)
    fit = model_assisted(y, predicted, place, one, np.array([8.0]), fitted=2)
    # 4 degrees of freedom, of which a line takes two
    assert fit.se == pytest.approx(once.se * math.sqrt(4 / 2))


def test_a_line_fitted_to_all_of_the_plots_is_double_sampling_with_a_map() -> None:
    y, x = np.array([3, 5, 6, 9, 12.0]), np.array([1, 2, 3, 4, 5.0])
    slope, at_0 = np.polyfit(x, y, 1)
    greg = model_assisted(
        y, at_0 + slope * x, np.zeros(5, dtype=int), strata(1.0), np.array([at_0 + slope * 3.5])
    )
    double = double_sampling(y, x, 3.5, math.inf)
    assert greg.value == pytest.approx(double.value)
    assert greg.se == pytest.approx(double.se)


def test_a_domain_without_plots_is_not_known_directly() -> None:
    keys = pd.DataFrame({"parcel_id": ["a", "b", "c"]})
    found, df = by_domain(keys, np.array([1.0, 3, 5, 7]), np.array([0, 0, 1, 1]), np.zeros(3))
    assert found.value[:2].tolist() == [2, 6]
    assert np.isnan(found.value[2])
    # residual sum of squares 4 of 2 degrees of freedom: 2, of two plots 1
    assert found.se.tolist() == [1, 1, math.inf]
    assert df == 2


def test_from_plots_and_a_map_to_a_parcel_between_them() -> None:
    draw = np.random.default_rng(2)
    on_map = draw.uniform(40, 160, 12)
    truth = on_map + draw.normal(0, 12, 12)
    place = np.repeat(np.arange(11), 3)
    measured = truth[place] + draw.normal(0, 20, 33)
    keys = pd.DataFrame({"parcel_id": [f"p{d}" for d in range(12)]})
    plots, _ = by_domain(keys, measured, place, np.zeros(12))
    found = fay_herriot(plots, np.column_stack([np.ones(12), on_map]))
    assert found.gamma[11] == 0, "the parcel without plots"
    assert ((found.gamma[:11] > 0) & (found.gamma[:11] < 1)).all()
    assert found.estimates.se[11] > found.estimates.se[:11].max()
    assert (found.estimates.se[:11] < plots.se[:11]).all()


def test_the_map_s_own_error_is_shared_by_its_parcels() -> None:
    gradient = np.array([[1, 80.0], [1, 120.0]])
    covariance = np.array([[4, -0.02], [-0.02, 0.0004]])
    found = synthetic(pd.DataFrame({"parcel_id": ["a", "b"]}), np.array([90, 130.0]), gradient,
                      covariance)  # fmt: skip
    expected = gradient @ covariance @ gradient.T
    assert found.se**2 == pytest.approx(np.diag(expected))
    assert found.summed(()).se[0] ** 2 == pytest.approx(expected.sum())


@given(st.integers(2, 40), st.integers(2, 9), st.floats(0.1, 50))
def test_more_plots_alike_narrow_the_interval(n: int, times: int, sd: float) -> None:
    one = strata(1.0)
    few = stratified_mean(sample_of(50, sd, n), np.zeros(n, dtype=int), one)
    m = n * times
    many = stratified_mean(sample_of(50, sd, m), np.zeros(m, dtype=int), one)
    assert many.half_width(NINETY) < few.half_width(NINETY)


def test_intervals_of_plots_and_of_plots_with_a_map_cover_the_truth() -> None:
    draw = np.random.default_rng(11)
    land = strata(60.0, 40.0)
    carbon = [draw.gamma(4, 10, 4000), draw.gamma(9, 10, 4000)]
    # a map that is 12 t too high and misses half of the spread
    on_map = [12 + 0.5 * c + draw.normal(0, 8, 4000) for c in carbon]
    truth = float(land.weight @ [c.mean() for c in carbon])
    means = np.array([m.mean() for m in on_map])
    hits = {"plots": 0, "with map": 0}
    widths = dict.fromkeys(hits, 0.0)
    place = np.repeat([0, 1], [30, 20])
    for _ in range(1000):
        drawn = [draw.choice(4000, n, replace=False) for n in (30, 20)]
        y, x = (np.concatenate([v[k][drawn[k]] for k in (0, 1)]) for v in (carbon, on_map))
        found = {
            "plots": stratified_mean(y, place, land),
            "with map": model_assisted(y, x, place, land, means),
        }
        for name, estimate in found.items():
            low, high = estimate.interval(NINETY)
            hits[name] += low <= truth <= high
            widths[name] += high - low
    # 1,000 draws at 90 %: two standard errors are 1.9 %
    assert 0.88 <= hits["plots"] / 1000 <= 0.92
    assert 0.88 <= hits["with map"] / 1000 <= 0.92
    assert widths["with map"] < 0.8 * widths["plots"]
