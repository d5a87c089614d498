"""Composites of a few looks, by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sinks.satellite.scenes.composites import best_pixel, day_of, days_from, median, nearest_first

NAN = np.nan
DAYS = np.array([100.0, 110.0, 130.0])


def looks(*pixels: list[float]) -> np.ndarray:
    """Return looks of one band at pixels in a row: (look, 1, 1, pixel)."""
    return np.array(pixels).T[:, np.newaxis, np.newaxis, :]


def test_the_median_is_that_of_the_clear_looks() -> None:
    # three looks, two, one, none
    made = median(looks([0.1, 0.9, 0.2], [NAN, 0.4, 0.2], [NAN, NAN, 0.3], [NAN] * 3), DAYS)
    assert made.bands[0, 0] == pytest.approx([0.2, 0.3, 0.3, NAN], nan_ok=True)
    assert made.first[0] == pytest.approx([100, 110, 130, NAN], nan_ok=True)
    assert made.last[0] == pytest.approx([130, 130, 130, NAN], nan_ok=True)


@given(
    arrays.arrays(
        np.float64, (5, 1, 2, 3), elements=st.one_of(st.floats(0, 1), st.just(float("nan")))
    )
)
def test_the_median_is_numpy_s(values: np.ndarray) -> None:
    known = ~np.isnan(values).all(axis=0)
    made = median(values, np.arange(5.0)).bands
    assert (np.isnan(made) == ~known).all()
    for place in np.argwhere(known):
        at = (slice(None), *place)
        assert made[tuple(place)] == pytest.approx(np.nanmedian(values[at]))


def test_the_greenest_pixel_is_whole_and_dated() -> None:
    two_bands = np.concatenate([looks([0.1, 0.2, 0.3]), looks([0.7, 0.8, 0.9])], axis=1)
    made = best_pixel(two_bands, DAYS, looks([0.2, 0.6, NAN])[:, 0])
    assert made.bands[:, 0, 0] == pytest.approx([0.2, 0.8])
    assert made.first[0, 0] == made.last[0, 0] == 110


def test_no_clear_look_gives_no_best_pixel() -> None:
    made = best_pixel(looks([NAN, NAN, NAN]), DAYS, looks([0.5, 0.6, 0.7])[:, 0])
    assert np.isnan(made.bands).all()
    assert np.isnan(made.first).all()


def test_near_in_the_year_counts_across_its_turn() -> None:
    # from 1 January: 2 days before, 30 days after, 151 days after
    merit = nearest_first([date(2019, 12, 30), date(2020, 1, 31), date(2020, 5, 31)], "01-01")
    assert list(merit) == [-2, -30, -151]


def test_the_29th_of_february_is_there_in_every_year() -> None:
    assert list(nearest_first([date(2021, 2, 28), date(2020, 2, 29)], "02-29")) == [0, 0]


def test_days_are_counted_from_1970_and_back() -> None:
    assert list(days_from([date(1970, 1, 1), date(1971, 1, 1)])) == [0, 365]
    assert day_of(365.5) == date(1971, 1, 1)
