"""Breaks that were planted are found again; in noise there are hardly any."""

import numpy as np
import pytest
from scipy import stats

from data_catalog.parameters import bundled
from sinks.satellite.disturbance.rules import segment_rules
from sinks.satellite.disturbance.segmentation import (
    _dampen,
    _fitted,
    _too_quick,
    p_of_fit,
    p_of_search,
    segmented,
)

RULES = segment_rules(bundled())
YEARS = np.arange(1990.0, 2015.0)
PIXELS = 4000


def noise(sd: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.7, sd, (PIXELS, YEARS.size))


def planted(sd: float, recovery_years: float = np.inf) -> tuple[np.ndarray, np.ndarray]:
    """Return series that fall by 0.35 after a year of their own, and the place of that year."""
    start = np.random.default_rng(2).integers(3, 20, PIXELS)
    since = np.arange(YEARS.size) - (start[:, np.newaxis] + 1)
    fall = 0.35 * np.clip(1 - since / recovery_years, 0, 1) * (since >= 0)
    return noise(sd) - fall, start


def test_the_rules_are_the_rows() -> None:
    assert (RULES.most, RULES.overshoot, RULES.least_looks) == (6, 3, 6)
    assert (RULES.spike, RULES.recovery, RULES.p_of_fit, RULES.proportion) == (
        0.9,
        0.25,
        0.05,
        0.75,
    )


@pytest.mark.parametrize("sd", [0.02, 0.04])
@pytest.mark.parametrize("recovery", [np.inf, 12.0])
def test_a_planted_break_is_found_within_a_year(sd: float, recovery: float) -> None:
    values, start = planted(sd, recovery)
    found = segmented(YEARS, values, RULES)
    assert np.mean(np.abs(found.start - start) <= 1) > 0.99
    assert np.mean(found.start == start) > 0.95
    assert np.nanmedian(found.fall) == pytest.approx(0.35, abs=0.01)


@pytest.mark.parametrize("sd", [0.02, 0.05, 0.1])
def test_noise_has_a_model_no_more_often_than_the_p_of_the_search_says(sd: float) -> None:
    found = segmented(YEARS, noise(sd), RULES)
    # 5 % of 4000 is the most; Bonferroni stays below it
    assert np.mean(~np.isnan(found.p)) <= RULES.p_of_fit
    assert np.mean(found.start >= 0) <= RULES.p_of_fit


@pytest.mark.torture
@pytest.mark.parametrize("years", [8, 15, 40])
@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_noise_of_any_length_and_with_gaps_has_few_models(years: int, gaps: float) -> None:
    random = np.random.default_rng(years)
    values = random.normal(0.7, 0.05, (100_000, years))
    values[random.random(values.shape) < gaps] = np.nan
    found = segmented(np.arange(years) + 1985.0, values, RULES)
    assert np.mean(~np.isnan(found.p)) <= RULES.p_of_fit


def test_the_plain_p_of_fit_would_find_breaks_in_a_fifth_of_noise() -> None:
    # why the p of the search is asked: the least of the models' own p is far below 0.05 too often
    from sinks.satellite.disturbance.segmentation import _models

    values, most = noise(0.05), RULES.most
    squares, about = np.full((PIXELS, most), np.nan), np.empty(PIXELS)
    places, levels = np.full((2, PIXELS, most, most + 1), -1.0)
    looks = np.empty(PIXELS, np.int64)
    _models(
        YEARS, values, RULES.overshoot, RULES.spike, RULES.recovery, RULES.least_looks,
        places.astype(np.int64), levels, squares, about, looks,
    )  # fmt: skip
    p = p_of_fit(squares, about, looks)
    assert np.mean(np.nanmin(p, axis=1) <= RULES.p_of_fit) > 0.15
    assert np.mean(p_of_search(p, looks) <= RULES.p_of_fit) <= RULES.p_of_fit


def test_p_is_that_of_the_f_distribution() -> None:
    # 2 segments, 20 looks: F = ((10 - 4) / 3) / (4 / 16) = 8 with 3 and 16 degrees of freedom
    squares = np.array([[np.nan, 4.0]])
    found = p_of_fit(squares, np.array([10.0]), np.array([20]))
    assert np.isnan(found[0, 0])
    assert found[0, 1] == pytest.approx(stats.f.sf(8, 3, 16))


def test_the_search_counts_models_and_dates() -> None:
    # 2 models; for the second 18 dates for its one inner vertex: min(2 x 0.01, 2 x 18 x 0.0001)
    found = p_of_search(np.array([[0.01, 0.0001]]), np.array([20]))
    assert found[0] == pytest.approx(2 * 18 * 0.0001)


def test_levels_are_the_least_squares_ones() -> None:
    t, y = np.arange(9.0), np.random.default_rng(3).normal(size=9)
    knots = np.array([0, 3, 5, 8])
    hats = np.array([np.interp(t, t[knots], np.eye(4)[k]) for k in range(4)]).T
    want, square, *_ = np.linalg.lstsq(hats, y, rcond=None)
    level, left = _fitted(t, y, knots)
    assert level == pytest.approx(want)
    assert left == pytest.approx(float(square[0]))


def test_a_spike_is_dampened_and_a_step_is_not() -> None:
    # 0.2 stands 0.5 below the line of its neighbours, which differ by 0: all of it vanishes again
    y = np.array([0.7, 0.7, 0.2, 0.7, 0.7])
    _dampen(np.arange(5.0), y, 0.9)
    assert y == pytest.approx(np.full(5, 0.7))
    step = np.array([0.7, 0.7, 0.2, 0.2, 0.2])
    _dampen(np.arange(5.0), step, 0.9)
    assert list(step) == [0.7, 0.7, 0.2, 0.2, 0.2]


def test_a_cloud_that_was_missed_is_no_disturbance() -> None:
    values = np.full((1, YEARS.size), 0.7) + np.random.default_rng(4).normal(0, 0.005, YEARS.size)
    values[0, 9] = 0.1
    found = segmented(YEARS, values, RULES)
    assert not found.fall[0] >= 0.1


def test_a_clean_break_by_hand() -> None:
    # 0.8 up to 1999, 0.5 from 2000 on: the fall is 0.3, between places 9 and 10
    values = np.where(YEARS < 2000, 0.8, 0.5)[np.newaxis]
    found = segmented(YEARS, values, RULES)
    assert (found.start[0], found.end[0]) == (9, 10)
    assert found.fall[0] == pytest.approx(0.3)
    assert found.recovered[0] == pytest.approx(0, abs=1e-9)


def test_a_gap_widens_the_break_to_the_looks_around_it() -> None:
    values = np.where(YEARS < 2000, 0.8, 0.5)[np.newaxis].copy()
    values[0, 10:12] = np.nan  # 2000 and 2001 are cloudy: it came after 1999 and by 2002
    found = segmented(YEARS, values, RULES)
    assert (found.start[0], found.end[0]) == (9, 12)


def test_no_more_than_a_quarter_of_the_range_may_be_won_back_in_a_year() -> None:
    # levels 0.8, 0.3, 0.8 with a range of 0.5: at most 0.25 x 0.5 = 0.125 a year, so 4 years
    level = np.array([0.8, 0.3, 0.8])
    in_three, in_four = np.array([0.0, 1.0, 4.0]), np.array([0.0, 1.0, 5.0])
    assert _too_quick(in_three, np.arange(3), level, 0.125)
    assert not _too_quick(in_four, np.arange(3), level, 0.125)


def test_too_few_looks_say_nothing() -> None:
    values = np.full((1, YEARS.size), np.nan)
    values[0, :5] = [0.8, 0.8, 0.4, 0.4, 0.4]
    found = segmented(YEARS, values, RULES)
    assert found.start[0] == -1
    assert np.isnan(found.p[0])


def test_a_pixel_does_not_feel_its_neighbours() -> None:
    values, _ = planted(0.05)
    whole, half = segmented(YEARS, values, RULES), segmented(YEARS, values[1::2], RULES)
    for name in ("start", "end", "fall", "recovered", "p"):
        assert np.array_equal(getattr(whole, name)[1::2], getattr(half, name), equal_nan=True)
