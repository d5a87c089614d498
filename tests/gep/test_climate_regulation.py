import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.units import conversion
from gep.services.climate_regulation import (
    evapotranspiration,
    temperature_difference,
    transpiration,
    values,
    water_evaporation,
)

KWH_PER_KM2 = conversion("(kJ/(m2*year)) * km**2", "kWh/year")[0]
KWH_PER_M2 = conversion("(kJ/(m2*year)) * m2", "kWh/year")[0]
GARZE = {"forest": "1", "shrub": "2", "grassland": "3"}


def test_a_forest_pixel_by_hand() -> None:
    # 2800 kJ/m2/day x 15 days / 3 = 14000 kJ/m2/year; / 3600 = 3.889 kWh/m2/year
    got = transpiration.electricity_saved(*np.array([2800, 15, 3]))
    assert got == 14000
    assert got * KWH_PER_M2 == pytest.approx(14000 / 3600)


def test_a_lake_pixel_by_hand(numbers) -> None:
    # 1 m3 evaporated: 1000 kg x 2450 kJ/kg / 3600 = 680.56 kWh, + 120 or 125 kWh of humidifiers
    for chosen, want in (("youyang", 800.56), ("garze2017", 805.56)):
        found = numbers(water_evaporation.VARIANT, chosen, latent_heat=2450)
        got = water_evaporation.VARIANT(evapotranspiration=1.0, **found) * KWH_PER_M2
        assert got == pytest.approx(want, abs=0.005)


def test_a_pixel_of_the_cooling_season_by_hand() -> None:
    # 0.3 m x 1000 kg/m3 x 2450 kJ/kg / 3 = 245000 kJ/m2/year
    got = evapotranspiration.electricity_saved(*np.array([0.3, 1000, 2450, 3]))
    assert got == pytest.approx(245000)


def test_a_pixel_of_cooled_air_by_hand() -> None:
    # 2 K x 1.2 kJ/(m3 K) x 100 m x 30 times / 3 = 2400 kJ/m2/year
    got = temperature_difference.electricity_saved(*np.array([2, 1.2, 100, 30, 3]))
    assert got == pytest.approx(2400)


@given(st.floats(0, 1e4), st.floats(0, 366), st.floats(1, 6), st.floats(1, 6))
def test_better_air_conditioners_make_shade_worth_less(
    energy: float, days: float, efficiency: float, better: float
) -> None:
    a = transpiration.electricity_saved(energy, days, efficiency)
    b = transpiration.electricity_saved(energy, days, efficiency * better)
    assert b <= a


def test_garze_2010_vegetation(case, numbers) -> None:
    rows = {r["item"]: r for r in case("garze_2010")}
    printed = next(r for r in case("garze_2010_by_ecosystem") if r["service"] == "local climate")
    price = numbers(values.ELECTRICITY, "garze2017")
    energy = value = 0.0
    for name, code in GARZE.items():
        heat = transpiration.VARIANT(**numbers(transpiration.VARIANT, "garze2017", code))
        kwh = heat * float(rows[f"area_{name}"]["quantity"]) * KWH_PER_KM2
        worth = values.ELECTRICITY(physical=kwh, **price) / 1e8
        assert worth == pytest.approx(float(printed[name]), abs=0.0051)
        energy, value = energy + kwh / 1e8, value + worth
    assert energy == pytest.approx(float(rows["vegetation cooling"]["quantity"]), rel=1e-4)
    assert value == pytest.approx(float(rows["vegetation cooling"]["value_1e8_yuan"]), rel=1e-4)


def test_garze_2010_water(case, numbers) -> None:
    row = next(r for r in case("garze_2010") if r["item"] == "water evaporation")
    value = values.ELECTRICITY(
        physical=float(row["quantity"]), **numbers(values.ELECTRICITY, "garze2017")
    )
    assert value == pytest.approx(float(row["value_1e8_yuan"]), rel=1e-5)
