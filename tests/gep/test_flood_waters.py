"""Flood mitigation by lake region, gauged events, reservoirs, marsh soil and vegetation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from data_catalog.units import conversion
from gep.service import Service
from gep.services import service
from gep.services.flood_mitigation import lake_events, lake_model, marsh_soil, storm_regression
from gep.services.flood_mitigation.storm_runoff import flood_stored as storm_stored
from gep.services.water_conservation.values import STORAGE_COST

FLOOD: Service = service("flood_mitigation")
LAKE = ("lake_storage_intercept", "lake_storage_exponent")
MM_KM2 = conversion("mm*km2/year", "m3/year")[0]
rain = st.floats(0, 500)


def lake(region: str, area_km2: float, exchanges: float = 1) -> float:
    """Return what a lake holds, ten thousand m3."""
    rows = [bundled().find(name, "rao2014", region) for name in LAKE]
    found = [row.value for row in rows if row is not None]
    return float(lake_model.flood_stored(area_km2, *found, exchanges))


@pytest.mark.parametrize(
    ("region", "want"),
    [
        ("tibet", 3630.60),  # e^6.636 = 762.041; x 10^0.678 = 4.76431
        ("northeast", 2445.58),  # e^5.808 = 332.953; x 10^0.866 = 7.34514
        ("southwest", 1139.67),  # e^4.904 = 134.828; x 10^0.927 = 8.45279
        ("northwest", 1364.79),  # e^5.653 = 285.146; x 10^0.680 = 4.78630
    ],
)
def test_a_lake_of_ten_square_kilometres_by_hand(region: str, want: float) -> None:
    assert lake(region, 10) == pytest.approx(want, rel=5e-6)
    row = bundled().find("lake_exchanges", "rao2014", region)
    assert row is not None
    assert row.value == 1


def test_a_lake_of_the_eastern_plain_by_hand_with_its_exchanges_given() -> None:
    # e^4.924 = 137.552; x 10^1.128 = 13.42765: 1847.00; exchanged twice: 3693.99 ten thousand m3
    assert lake("east", 10, 2) == pytest.approx(3693.99, rel=5e-6)
    assert bundled().find("lake_exchanges", "rao2014", "east") is None


def test_tibet_s_lakes_are_worth_17_14e8_yuan(numbers) -> None:
    # 164.916 km2: e^6.636 x 164.916^0.678 = 2.428e8 m3; x 7.06 = 17.14e8 CNY
    stored = lake("tibet", 164.916) * conversion("万m3", "m3")[0]
    assert stored / 1e8 == pytest.approx(2.428, abs=5e-4)
    value = STORAGE_COST(physical=stored, **numbers(STORAGE_COST, "garze2017"))
    assert value / 1e8 == pytest.approx(17.14, abs=5e-3)


@pytest.mark.parametrize("item", ["lake", "reservoir", "marsh"])
def test_garze_2010_by_water_body(case, numbers, item: str) -> None:
    # 17.143 / 7.06 = 2.4282; 0.0684 / 7.06 = 0.00969; 42.3436 / 7.06 = 5.9977: they are printed
    # as 2.43, 0.01 and 6.00e8 m3, and the rounded amounts give the values within that rounding
    row = next(r for r in case("garze_2010_flood") if r["item"] == item)
    cost = numbers(STORAGE_COST, "garze2017")
    value = STORAGE_COST(physical=float(row["quantity"]), **cost)
    want = float(row["value_1e8_yuan"])
    assert value == pytest.approx(want, abs=0.005 * float(row["price"]))
    assert round(want / float(row["price"]), 2) == float(row["quantity"])


def test_garze_s_reservoirs_hold_0_35_of_2_768e6_m3(numbers) -> None:
    # 0.35 x 2.768e6 = 0.9688e6 m3; x 7.06 = 0.0684e8 CNY, as the paper prints
    share = FLOOD.variant("reservoir_share")
    stored = share(capacity=2.768e6, **numbers(share, "garze2017"))
    assert stored == pytest.approx(0.9688e6)
    value = STORAGE_COST(physical=stored, **numbers(STORAGE_COST, "garze2017"))
    assert value / 1e8 == pytest.approx(0.0684, abs=5e-5)


def test_baiyangdian_s_two_floods() -> None:
    # 0.81 + (2.90 - 1.26) = 2.45e8 m3; the first is printed as its difference alone
    stored = lake_events.flood_stored(np.array([0.81e8, 2.90e8]), np.array([0.0, 1.26e8]))
    assert stored.sum() == pytest.approx(2.45e8)


def test_a_registered_capacity_is_what_a_reservoir_holds() -> None:
    assert FLOOD.variant("flood_capacity")(flood_capacity=4e6) == 4e6


def test_a_marsh_s_soil_and_surface_by_hand(numbers) -> None:
    # 0.4 m x 200 kg/m3 x (3.5 - 2.0) / 1000 kg/m3 = 0.12 m in the soil, once; + 0.3 m = 0.42 m
    given_ = {
        "marsh_soil_depth": 0.4, "marsh_bulk_density": 200, "marsh_water_saturated": 3.5,
        "marsh_water_natural": 2.0, "marsh_flood_depth": 0.3,
    }  # fmt: skip
    stored = marsh_soil.VARIANT(**numbers(marsh_soil.VARIANT, "caep2020", **given_))
    assert stored == pytest.approx(0.42)


def test_a_forest_s_storm_by_hand() -> None:
    # (120 - 45) mm x 2 km2 = 150 mm km2 = 150 000 m3
    assert storm_stored(120, 45, 2) * MM_KM2 == pytest.approx(150_000)


def test_a_forest_s_storm_by_regression_by_hand() -> None:
    # 20 ln(e^4) - 50 = 30 mm run off of e^4 = 54.598 mm; 24.598 mm x 2 km2 = 49 196 m3
    stored = storm_regression.flood_stored(math.exp(4), 2, 20, 50)
    assert float(stored) * MM_KM2 == pytest.approx(49_196, rel=1e-5)


@pytest.mark.parametrize(
    "name",
    ["storm_runoff_slope", "storm_runoff_intercept", "marsh_soil_depth", "marsh_bulk_density",
     "marsh_water_saturated", "marsh_water_natural"],
)  # fmt: skip
def test_what_no_source_gives_has_no_row(name: str) -> None:
    assert name not in bundled().names()


@given(rain, st.floats(0, 100), st.floats(0, 200), st.floats(0, 200), st.floats(0, 1e4))
def test_plants_hold_no_more_than_the_rain_and_never_less_than_nothing(
    storm: float, slope: float, one: float, other: float, area: float
) -> None:
    less, more = sorted((one, other))
    held = storm_regression.flood_stored(np.array([storm]), area, slope, np.array([less, more]))
    assert 0 <= held[0] <= held[1] <= storm * area
    assert storm_regression.flood_stored(storm, 0, slope, one) == 0


@given(st.floats(0, 1e10), st.floats(0, 1e10), st.floats(0, 1e10))
def test_a_higher_flood_never_fills_a_lake_less(low: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert lake_events.flood_stored(less, low) <= lake_events.flood_stored(more, low)
    assert lake_events.flood_stored(low, low) == 0


@given(st.floats(0, 2), st.floats(0, 3), st.floats(0, 3), st.floats(0, 1))
def test_a_drier_marsh_never_takes_up_less(
    depth: float, one: float, other: float, surface: float
) -> None:
    dry, wet = sorted((one, other))
    held = [marsh_soil.flood_stored(depth, 200, 3, e, 1000, 1, surface) for e in (dry, wet)]
    assert held[0] >= held[1] >= surface
