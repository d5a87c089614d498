import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.units import conversion
from gep.services.climate_regulation import (
    evapotranspiration,
    moistening,
    temperature_difference,
    transpiration,
    values,
    vapour,
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


def test_a_bay_pixel_that_only_moistens_by_hand(numbers) -> None:
    # 1 m3 evaporated x 125 kWh of humidifiers; its latent heat of 680.56 kWh is not counted
    found = numbers(moistening.VARIANT, "jiaozhou2018")
    assert moistening.VARIANT(evapotranspiration=1.0, **found) * KWH_PER_M2 == pytest.approx(125)


def test_a_pixel_that_gives_off_vapour_by_hand() -> None:
    # 0.45 kg_C / 0.45 = 1 kg_dm x 750 = 750 kg of water, 0.75 m; + 0.6 x 1.5 m of rain = 1.65 m;
    # x 1000 kg/m3 x 2450 kJ/kg = 4 042 500 kJ/m2; at 0.129 CNY/m3 worth 1.65 x 0.129 = 0.21285 CNY
    given_values = (0.45, 1.5, 0.45, 750, 0.6, 1000)
    assert vapour.water_given_off(*np.array(given_values)) == pytest.approx(1.65)
    heat = vapour.heat_taken_up(*np.array([*given_values, 2450]))
    assert heat == pytest.approx(4_042_500)
    value = values.VAPOUR_PRICE(
        physical=heat * KWH_PER_M2, water_density=1000, latent_heat=2450 / 3600, vapour_price=0.129
    )
    assert value == pytest.approx(0.21285)


def test_cooling_is_valued_once() -> None:
    assert values.VAPOUR_PRICE.family == values.ELECTRICITY.family


@given(st.floats(0, 5), st.floats(0, 12), st.floats(0, 5), st.floats(0, 1000))
def test_more_growth_never_gives_off_less_vapour(
    npp: float, rain: float, more: float, ratio: float
) -> None:
    a, b = (vapour.water_given_off(n, rain, 0.45, ratio, 0.6, 1000) for n in (npp, npp + more))
    assert b >= a


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


def gaotianyan_water(numbers, code: str, npp: float, rain: float) -> float:
    """Return the depth of water given off, m, by kg_C/m2 grown and m of rain."""
    found = numbers(
        vapour.VARIANT, "gaotian2017", code, carbon_per_dry_matter=0.45, latent_heat=2450
    )
    del found["latent_heat"]
    return float(vapour.water_given_off(npp=npp, precipitation=rain, **found))


def test_gaotianyan_2014_vapour(case, numbers) -> None:
    # transpired: 750 x 56970.1 t of trees and bamboo + 400 x 1042.6 t of shrubs = 4314.46e4 m3;
    # evaporated: 0.6 x 1673 mm on 4750 ha = 4768.05e4 m3; together at 0.129 CNY/m3 1171.64e4 CNY
    totals = {r["item"]: float(r["quantity"]) for r in case("gaotianyan_2014_totals")}
    transpired = 0.0
    for row in case("gaotianyan_2014_by_stand"):
        area = float(row["area_ha"]) * 1e4
        grown = float(row["npp_t_dm"]) * 1e3 / area * 0.45
        code = "2" if row["stand"] == "shrub" else "1"
        transpired += gaotianyan_water(numbers, code, grown, 0) * area
    assert transpired / 1e4 == pytest.approx(totals["transpiration_1e4_m3"], abs=0.0051)
    evaporated = gaotianyan_water(numbers, "1", 0, 1.673) * 4750e4
    assert evaporated / 1e4 == pytest.approx(totals["evaporation_1e4_m3"], rel=5e-4)
    printed = totals["climate_1e4_m3"]
    assert (transpired + evaporated) / 1e4 == pytest.approx(printed, rel=5e-4)
    price = numbers(values.VAPOUR_PRICE, "gaotian2017", latent_heat=2450 / 3600)
    heat = printed * 1000 * 2450 / 3600
    assert values.VAPOUR_PRICE(physical=heat, **price) == pytest.approx(1171.64, abs=0.0051)
