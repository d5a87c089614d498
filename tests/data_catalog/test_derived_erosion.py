"""Erosivity R, erodibility K, cover C and vegetation cover, by hand and by law."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.derived import (
    biological_measures,
    cover_factor,
    fractional_vegetation_cover,
    rainfall_erosivity_daily,
    rainfall_erosivity_monthly,
    soil_erodibility,
    soil_erodibility_epic,
)
from data_catalog.parameters import bundled

DAILY = rainfall_erosivity_daily.DERIVATION
MONTHLY = rainfall_erosivity_monthly.DERIVATION
K = soil_erodibility.DERIVATION
K_EPIC = soil_erodibility_epic.DERIVATION
C = cover_factor.DERIVATION
FVC = fractional_vegetation_cover.DERIVATION
B = biological_measures.DERIVATION
BINS = [name for name in C.factors() if name.startswith("cover_factor")]


def pixel(value: float) -> np.ndarray:
    return np.array([[value]], dtype=np.float64)


def series(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, np.newaxis, np.newaxis]


def daily_r(rain: list[float], months: list[int], first: int = 5, last: int = 9) -> float:
    made = DAILY(
        precipitation_daily=series(rain),
        month=np.array(months),
        erosive_rain_threshold=np.float64(12),
        warm_season_first_month=np.float64(first),
        warm_season_last_month=np.float64(last),
        **DAILY.coefficients(bundled()),
    )
    return float(made[0, 0])


def monthly_r(rain: list[float]) -> float:
    return float(MONTHLY(precipitation=series(rain), **MONTHLY.coefficients(bundled()))[0, 0])


def k_of(sand: float, silt: float, clay: float, carbon: float, model=K) -> float:
    texture = {"sand": sand, "silt": silt, "clay": clay, "soil_organic_carbon": carbon}
    pixels = {name: pixel(value) for name, value in texture.items()}
    return float(model(**pixels, **model.coefficients(bundled()))[0, 0])


def c_of(code: str, cover: float, dry: float | None = None) -> float:
    rows = {name: bundled().of_ecosystem(name, "HJ1173", code) for name in C.factors()}
    factors = {name: pixel(row.value) for name, row in rows.items() if row is not None}
    if dry is not None:
        factors["dry_farmland_share"] = pixel(dry)
    made = C(fractional_vegetation_cover=pixel(cover), **factors, **C.coefficients(bundled()))
    return float(made[0, 0])


def fvc_of(ndvi: float, soil: float = 0.05, vegetation: float = 0.85) -> float:
    made = FVC(
        ndvi=pixel(ndvi),
        ndvi_of_bare_soil=np.float64(soil),
        ndvi_of_full_vegetation=np.float64(vegetation),
        hundred_percent=np.float64(100),
    )
    return float(made[0, 0])


def test_one_warm_day_of_20_mm() -> None:
    # 0.3937 * 20^1.7265 = 69.405
    assert daily_r([20], [7]) == pytest.approx(69.405, abs=1e-3)


def test_days_below_the_threshold_do_not_erode_and_cold_days_erode_less() -> None:
    # January 20 mm: 0.3101 * 176.290 = 54.668; July 11.9 mm: none; July 20 mm: 69.405
    assert daily_r([20, 11.9, 20], [1, 7, 7]) == pytest.approx(54.668 + 69.405, abs=1e-3)


def test_a_day_at_the_threshold_erodes() -> None:
    # 0.3937 * 12^1.7265 = 0.3937 * exp(1.7265 * 2.484907) = 0.3937 * 72.980 = 28.732
    assert daily_r([12], [7]) == pytest.approx(28.732, abs=1e-3)


def test_a_warm_season_may_run_over_the_turn_of_the_year() -> None:
    assert daily_r([20], [1], first=11, last=3) == daily_r([20], [7])
    assert daily_r([20], [7], first=11, last=3) == daily_r([20], [1])


def test_a_missing_day_makes_the_year_missing() -> None:
    assert math.isnan(daily_r([20, math.nan], [7, 7]))


def test_even_monthly_rain_by_hand() -> None:
    # 100 mm each month, 1200 in the year: Pi^2/P = 8.3333; lg = 0.920819
    # 10^(1.5 * 0.920819 - 0.8188) = 10^0.562428 = 3.65114; * 1.735 = 6.33472
    # twelve months 76.0167; * 17.02 = 1293.80
    assert monthly_r([100] * 12) == pytest.approx(1293.80, abs=0.01)


def test_a_year_without_rain_has_no_erosivity() -> None:
    assert monthly_r([0] * 12) == 0
    assert daily_r([0, 0], [1, 7]) == 0


@given(st.lists(st.floats(0, 900), min_size=12, max_size=12))
def test_rain_gathered_in_one_month_erodes_most(rain: list[float]) -> None:
    gathered = [sum(rain), *[0.0] * 11]
    assert monthly_r(gathered) >= monthly_r(rain) * (1 - 1e-9)


@given(st.lists(st.floats(0, 500), min_size=12, max_size=12), st.floats(0, 100))
def test_more_rain_every_day_never_erodes_less(rain: list[float], more: float) -> None:
    months = list(range(1, 13))
    assert daily_r([p + more for p in rain], months) >= daily_r(rain, months) - 1e-9


def test_missing_monthly_rain_is_missing() -> None:
    assert math.isnan(monthly_r([math.nan] + [50] * 11))


def test_a_loam_by_hand() -> None:
    # sand 40, silt 40, clay 20, carbon 1.5
    # 0.2 + 0.3 exp(-0.0256 * 40 * 0.6) = 0.2 + 0.3 * exp(-0.6144) = 0.362290
    # (40/60)^0.3 = exp(0.3 * -0.405465) = 0.885467
    # 1 - 0.25 * 1.5/(1.5 + exp(3.72 - 4.425)) = 1 - 0.25 * 1.5/1.994109 = 0.811946
    # 1 - 0.7 * 0.6/(0.6 + exp(-5.51 + 13.74)) = 1 - 0.7 * 0.6/3752.4 = 0.999888
    # K_EPIC = 0.362290 * 0.885467 * 0.811946 * 0.999888 = 0.260440
    epic = 0.260440
    assert k_of(40, 40, 20, 1.5, K_EPIC) == pytest.approx(0.1317 * epic, abs=1e-6)
    # (-0.01383 + 0.51575 * 0.260440) * 0.1317 = 0.120492 * 0.1317 = 0.015869
    assert k_of(40, 40, 20, 1.5) == pytest.approx(0.015869, abs=1e-6)


def test_pure_sand_and_no_soil_at_all_do_not_divide_by_zero() -> None:
    assert k_of(100, 0, 0, 0) == 0
    assert k_of(100, 0, 0, 0, K_EPIC) == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 60))
def test_erodibility_lies_between_nothing_and_a_tenth(a: float, b: float, carbon: float) -> None:
    low, high = sorted((100 * a, 100 * b))
    for model in (K, K_EPIC):
        assert 0 <= k_of(low, high - low, 100 - high, carbon, model) < 0.1


@given(st.floats(0, 20), st.floats(0, 20))
def test_more_carbon_never_makes_soil_more_erodible(carbon: float, more: float) -> None:
    assert k_of(40, 40, 20, carbon + more) <= k_of(40, 40, 20, carbon) + 1e-12


@pytest.mark.parametrize("missing", range(4))
def test_missing_soil_makes_missing_erodibility(missing: int) -> None:
    values = [40.0, 40.0, 20.0, 1.5]
    values[missing] = math.nan
    assert math.isnan(k_of(*values))
    assert math.isnan(k_of(*values, K_EPIC))


def test_cover_factor_of_a_forest_by_its_bins() -> None:
    covers = [0, 9.9, 10, 30, 50, 70, 89.9, 90, 100]
    assert [c_of("11", f) for f in covers] == [
        0.1, 0.1, 0.08, 0.06, 0.02, 0.004, 0.004, 0.001, 0.001,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "want"),
    [("14", 0.02), ("23", 0.085), ("34", 0.09), ("52", 0.089), ("42", 0), ("63", 0.01),
     ("72", 0.7)],
)  # fmt: skip
def test_cover_factor_of_other_classes_at_60_percent(code: str, want: float) -> None:
    assert c_of(code, 60) == want


def test_dry_farmland_follows_the_formula() -> None:
    # 0.221 - 0.595 * lg 0.5 = 0.221 + 0.595 * 0.30103 = 0.4001
    assert c_of("51", 50) == pytest.approx(0.4001, abs=1e-4)
    assert c_of("51", 100) == pytest.approx(0.221)
    assert c_of("51", 0) == 1


def test_paddy_does_not_erode_and_half_paddy_counts_half() -> None:
    assert c_of("51", 50, dry=0) == 0
    assert c_of("51", 50, dry=0.5) == pytest.approx(0.2001, abs=1e-4)


@given(
    st.sampled_from(["11", "21", "31", "41", "51", "52", "61", "71"]),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_cover_factor_never_rises_with_cover(code: str, cover: float, other: float) -> None:
    low, high = sorted((cover, other))
    assert 0 <= c_of(code, high) <= c_of(code, low) <= 1


def test_missing_cover_makes_a_missing_factor() -> None:
    assert math.isnan(c_of("11", math.nan))
    assert math.isnan(c_of("51", math.nan))


def test_cover_between_bare_soil_and_full_vegetation_by_hand() -> None:
    # (0.45 - 0.05) / (0.85 - 0.05) = 0.5
    assert fvc_of(0.45) == pytest.approx(50)
    assert fvc_of(-0.3) == 0
    assert fvc_of(0.95) == 100


def test_cover_is_missing_without_ndvi_or_with_end_members_the_wrong_way_round() -> None:
    assert math.isnan(fvc_of(math.nan))
    assert math.isnan(fvc_of(0.45, soil=0.85, vegetation=0.05))
    assert math.isnan(fvc_of(0.45, soil=0.5, vegetation=0.5))


@given(st.floats(-1, 1), st.floats(0, 1))
def test_greener_is_never_less_covered(ndvi: float, more: float) -> None:
    assert 0 <= fvc_of(ndvi) <= fvc_of(ndvi + more) <= 100


def b_of(cover: float, code: str = "32") -> float:
    row = bundled().of_ecosystem("tilled_share", "csle2021", code)
    assert row is not None
    made = B(
        fractional_vegetation_cover=pixel(cover),
        tilled_share=row.value,
        **B.coefficients(bundled()),
    )
    return float(made[0, 0])


def test_biological_measures_by_hand() -> None:
    # 30 percent: 0.6508 - 0.3436 * lg 30 = 0.6508 - 0.3436 * 1.477121 = 0.143261
    assert b_of(30) == pytest.approx(0.143261, abs=1e-6)
    assert b_of(0) == 1


def test_biological_measures_end_where_the_equation_does() -> None:
    # lg 78.3 = 1.893762: 0.6508 - 0.650697 = 0.0001; with the fraction 0.783 it would be 0.687
    assert b_of(78.2999) == pytest.approx(0.0001, abs=1e-5)
    assert b_of(78.3) == b_of(100) == 0


def test_tilled_land_has_no_biological_measures() -> None:
    assert b_of(50, "51") == 1
    assert b_of(50, "52") == b_of(50)


@given(st.floats(0, 100), st.floats(0, 100))
def test_biological_measures_never_rise_with_cover(cover: float, other: float) -> None:
    sparse, dense = sorted([cover, other])
    assert 0 <= b_of(dense) <= b_of(sparse) <= 1
