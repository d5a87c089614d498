"""Potential and actual evapotranspiration and NPP, by hand, by law and against worked examples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.derived import (
    evapotranspiration_fu,
    middle_days,
    month_lengths,
    npp_miami,
    potential_evapotranspiration_hargreaves,
    potential_evapotranspiration_thornthwaite,
)
from data_catalog.derived.sun import (
    declination,
    extraterrestrial_radiation,
    sunset_hour_angle,
)
from data_catalog.parameters import bundled

HARGREAVES = potential_evapotranspiration_hargreaves.DERIVATION
THORNTHWAITE = potential_evapotranspiration_thornthwaite.DERIVATION
FU = evapotranspiration_fu.DERIVATION
MIAMI = npp_miami.DERIVATION
SUN = HARGREAVES.coefficients(bundled())["sun"]
TEMPERATE = [2.1, 2.5, 4.8, 7.1, 8.3, 10.7, 13.4, 14.5, 11.1, 8.2, 5.4, 3.7]
"""Monthly means of a published worked example (github:woodcrafty/PyETo, test_thornthwaite.py)."""

warm_months = st.lists(st.floats(8, 34), min_size=12, max_size=12)
months = st.lists(st.floats(-30, 40), min_size=12, max_size=12)


def calendar_of(year: int = 2023) -> dict[str, np.ndarray]:
    return {"day_of_year": middle_days(year), "days": month_lengths(year)}


def series(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, np.newaxis, np.newaxis]


def thornthwaite(temperature: list[float], latitude: float = 46) -> float:
    made = THORNTHWAITE(
        temperature=series(temperature),
        latitude=np.array([[latitude]]),
        **calendar_of(),
        **THORNTHWAITE.coefficients(bundled()),
    )
    return float(made[0, 0])


def hargreaves(low: list[float], high: list[float], latitude: float = 30) -> float:
    made = HARGREAVES(
        temperature_min=series(low),
        temperature_max=series(high),
        latitude=np.array([[latitude]]),
        **calendar_of(),
        **HARGREAVES.coefficients(bundled()),
    )
    return float(made[0, 0])


def fu(rain: float, potential: float, w: float = 2.6) -> float:
    made = FU(
        precipitation=np.array([rain]),
        potential_evapotranspiration=np.array([potential]),
        budyko_parameter=np.array([w]),
    )
    return float(made[0])


def miami(temperature: float, rain: float) -> float:
    made = MIAMI(
        temperature=np.array([temperature]),
        precipitation=np.array([rain]),
        carbon_per_dry_matter=np.array([72 / 162]),
        **MIAMI.coefficients(bundled()),
    )
    return float(made[0])


def test_the_sun_of_fao56_example_8() -> None:
    # 3 September (J = 246) at 20 degrees south: delta 0.120, omega 1.527, Ra 32.2 MJ/m2/day
    latitude, day = np.array(-20.0), np.array(246.0)
    assert declination(day, SUN) == pytest.approx(0.120, abs=5e-4)
    assert sunset_hour_angle(latitude, day, SUN) == pytest.approx(1.527, abs=5e-4)
    assert extraterrestrial_radiation(latitude, day, SUN) == pytest.approx(32.2, abs=0.05)


def test_the_day_length_of_fao56_example_9() -> None:
    # 24/pi * 1.527 = 11.7 hours
    hours = 24 / math.pi * sunset_hour_angle(np.array(-20.0), np.array(246.0), SUN)
    assert hours == pytest.approx(11.7, abs=0.05)


def test_polar_night_and_polar_day() -> None:
    latitude = np.array(80.0)
    assert sunset_hour_angle(latitude, np.array(355.0), SUN) == 0
    assert extraterrestrial_radiation(latitude, np.array(355.0), SUN) == 0
    assert sunset_hour_angle(latitude, np.array(172.0), SUN) == pytest.approx(math.pi)


@given(st.floats(-90, 90), st.integers(1, 366))
def test_the_sun_never_takes_energy_away(latitude: float, day: int) -> None:
    energy = extraterrestrial_radiation(np.array(latitude), np.array(float(day)), SUN)
    assert -1e-9 <= energy < 50


def test_thornthwaite_month_by_month_in_plain_python() -> None:
    heat = sum((t / 5) ** 1.514 for t in TEMPERATE)
    a = 6.75e-7 * heat**3 - 7.71e-5 * heat**2 + 0.01792 * heat + 0.49239
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    total = 0.0
    for i, (t, days) in enumerate(zip(TEMPERATE, lengths, strict=True)):
        middle = sum(lengths[:i]) + (days + 1) / 2
        tilt = 0.409 * math.sin(2 * math.pi * middle / 365 - 1.39)
        hours = 24 / math.pi * math.acos(-math.tan(math.radians(46)) * math.tan(tilt))
        total += 16 * hours / 12 * days / 30 * (10 * t / heat) ** a
    assert thornthwaite(TEMPERATE, 46) == pytest.approx(total, rel=1e-12)


def test_thornthwaite_against_a_published_worked_example() -> None:
    # its table gives 10.67 ... 17.31 mm, 563.11 mm in the year, from day lengths 9.4 ... 9.1 h,
    # those of about 46 degrees north, and without the length of the months
    published = [10.67, 14.08, 28.49, 45.85, 57.47, 75.20, 89.91, 90.29, 64.26, 43.34, 26.24, 17.31]
    assert thornthwaite(TEMPERATE, 46) == pytest.approx(sum(published), rel=0.03)


def test_a_hot_month_follows_the_parabola_and_then_stays_level() -> None:
    # at the equator the day is 12 h: twelve months of 30 degC give
    # -415.85 + 32.24 * 30 - 0.43 * 900 = 164.35 mm in 30 days; * 365/30 = 1999.59
    assert thornthwaite([30] * 12, 0) == pytest.approx(1999.59, abs=0.01)
    # the top of the parabola lies at 32.24 / 0.86 = 37.488 degC
    assert thornthwaite([45] * 12, 0) == thornthwaite([38] * 12, 0)


def test_frost_evaporates_nothing_and_cold_mountains_are_missing() -> None:
    assert thornthwaite([-5] * 12) == 0
    # one month of 1 degC: the heat index is 0.0875, far below 7
    assert math.isnan(thornthwaite([-5] * 11 + [1]))


def test_hargreaves_of_one_month_by_hand() -> None:
    # Ra of 16 January at the equator: dr = 1 + 0.033 cos(2 pi 16/365) = 1.031756
    # delta = 0.409 sin(2 pi 16/365 - 1.39) = 0.409 sin(-1.114573) = -0.367169; omega = pi/2
    # Ra = 1440/pi * 0.0820 * 1.031756 * cos(-0.367169) = 36.1949
    # only January is above -17.8: (25 + 17.8) * sqrt(10) * 0.0023 * 0.408 * 36.1949 = 4.59704
    # 31 days: 142.508
    made = hargreaves([20] + [-60] * 11, [30] + [-50] * 11, latitude=0)
    assert made == pytest.approx(142.508, abs=1e-3)


def test_a_maximum_below_the_minimum_is_missing() -> None:
    assert math.isnan(hargreaves([20] * 12, [10] * 12))


@given(warm_months, st.floats(0, 3), st.floats(-60, 60))
def test_thornthwaite_grows_with_temperature(
    warm: list[float], more: float, latitude: float
) -> None:
    level = [sum(warm) / 12] * 12
    assert thornthwaite([t + more for t in level], latitude) >= thornthwaite(level, latitude) - 1e-6


@given(months, st.floats(0, 5), st.floats(0, 25), st.floats(-60, 60))
def test_hargreaves_grows_with_temperature(
    low: list[float], more: float, swing: float, latitude: float
) -> None:
    cool = hargreaves(low, [t + swing for t in low], latitude)
    warm = hargreaves([t + more for t in low], [t + more + swing for t in low], latitude)
    assert cool >= 0
    assert warm >= cool * (1 - 1e-6) - 1e-4


@given(months, st.floats(-90, 90))
def test_thornthwaite_is_never_negative(temperature: list[float], latitude: float) -> None:
    made = thornthwaite(temperature, latitude)
    assert math.isnan(made) or made >= 0


def test_a_missing_month_or_latitude_makes_the_year_missing() -> None:
    assert math.isnan(thornthwaite([math.nan, *TEMPERATE[1:]]))
    assert math.isnan(thornthwaite(TEMPERATE, math.nan))
    assert math.isnan(hargreaves([math.nan] + [5] * 11, [10] * 12))
    assert math.isnan(hargreaves([5] * 12, [math.nan] + [10] * 11))


def test_latitude_may_be_a_column_or_a_map() -> None:
    column = np.array([[10.0], [40.0]])
    year = np.broadcast_to(series(TEMPERATE), (12, 2, 3))
    numbers = THORNTHWAITE.coefficients(bundled())
    by_column = THORNTHWAITE(temperature=year, latitude=column, **calendar_of(), **numbers)
    full = np.broadcast_to(column, (2, 3))
    by_map = THORNTHWAITE(temperature=year, latitude=full, **calendar_of(), **numbers)
    assert by_column.shape == (2, 3)
    np.testing.assert_array_equal(by_column, by_map)


def test_actual_evapotranspiration_by_hand() -> None:
    # w = 2 is a circle: 1 + 3/4 - sqrt(1 + 9/16) = 0.5; of 800 mm 400
    assert fu(800, 600, 2) == pytest.approx(400)


def test_a_year_without_rain_or_without_warmth_evaporates_nothing() -> None:
    assert fu(0, 900) == 0
    assert fu(900, 0) == 0
    assert fu(0, 0) == 0


def test_the_default_parameter_lies_on_budykos_own_curve() -> None:
    dryness = np.linspace(0.05, 5, 100)
    budyko = np.sqrt(dryness * np.tanh(1 / dryness) * (1 - np.exp(-dryness)))
    ours = np.array([fu(1000, 1000 * x) / 1000 for x in dryness])
    assert np.abs(ours - budyko).max() < 0.024


@given(st.floats(0, 12000), st.floats(0, 5000), st.floats(1.1, 8))
def test_no_more_evaporates_than_falls_or_could(rain: float, potential: float, w: float) -> None:
    made = fu(rain, potential, w)
    assert 0 <= made <= min(rain, potential)


@given(st.floats(1, 1000), st.floats(1.5, 5))
def test_where_the_air_is_dry_enough_all_rain_evaporates(rain: float, w: float) -> None:
    assert fu(rain, 1e6 * rain, w) == pytest.approx(rain, rel=2e-3)


@given(st.floats(0, 4000), st.floats(0, 3000), st.floats(2, 3), st.floats(0, 1))
def test_forest_evaporates_no_less_than_grass(
    rain: float, potential: float, w: float, more: float
) -> None:
    assert fu(rain, potential, w + more) >= fu(rain, potential, w) - 1e-6


def test_miami_by_hand() -> None:
    # T = 13: 3000/(1 + exp(1.315 - 1.547)) = 3000/(1 + 0.792946) = 1673.22
    # P = 1000: 3000 * (1 - exp(-0.664)) = 3000 * 0.485212 = 1455.64, the scarcer
    # carbon: 1455.64 * 72/162 = 646.95 g/m2
    assert miami(13, 1000) == pytest.approx(646.95, abs=0.02)
    # with 2000 mm warmth decides: 1673.22 * 72/162 = 743.65
    assert miami(13, 2000) == pytest.approx(743.65, abs=0.02)


@given(st.floats(-40, 40), st.floats(0, 8000), st.floats(0, 5), st.floats(0, 500))
def test_warmth_and_rain_never_lower_production(
    temperature: float, rain: float, warmer: float, wetter: float
) -> None:
    assert 0 <= miami(temperature, rain) <= miami(temperature + warmer, rain + wetter) + 1e-9


@pytest.mark.parametrize("values", [(math.nan, 1000), (13, math.nan)])
def test_missing_climate_makes_missing_production(values: tuple[float, float]) -> None:
    assert math.isnan(miami(*values))
    assert math.isnan(fu(*values))
