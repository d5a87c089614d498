import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.standards import standard
from data_catalog.units import conversion
from gep.pricing import price
from gep.services.water_conservation import (
    balance,
    balance_clipped,
    balance_runoff,
    forest_balance,
    integrated_storage,
    purification,
    rain_storage,
    retention_rate,
    supply,
    values,
    water_yield,
    yield_retention,
)

HECTARE_MM = conversion("(mm/year) * ha", "m3/year")[0]
depth = st.floats(0, 5000)
share = st.floats(0, 1)


def test_a_forest_pixel_by_hand() -> None:
    # 900 mm rain, 2 % runs off (18 mm), 500 mm evaporates: 900 - 18 - 500 = 382 mm
    assert balance.water_conserved(*np.array([900, 500, 0.02])) == 382


def test_a_dry_pixel_draws_on_water_from_elsewhere() -> None:
    # 400 mm rain, 10 % runs off (40 mm), 600 mm evaporates: 400 - 40 - 600 = -240 mm
    dry = np.array([400, 600, 0.1])
    assert balance.water_conserved(*dry) == -240
    assert balance_clipped.water_conserved_or_none(*dry) == 0


def test_a_pixel_with_given_runoff_by_hand() -> None:
    # 900 mm rain - 500 mm evaporated - 120 mm run off = 280 mm
    assert balance_runoff.water_conserved(*np.array([900, 500, 120])) == 280
    assert forest_balance.VARIANT(
        precipitation=900, evapotranspiration=500, storm_runoff=120
    ) == pytest.approx(280)


def test_a_stand_filled_twice_a_year_by_hand() -> None:
    # (2.18 canopy + 3.45 litter + 59.64 soil) = 65.27 mm; x 2 = 130.54 mm
    assert integrated_storage.water_stored(*np.array([2.18, 3.45, 59.64, 2])) == pytest.approx(
        130.54
    )


def test_a_desert_without_rain_yields_nothing() -> None:
    yielded = water_yield.water_yielded(0, 1500, 1000, 0.1, 1, 500, 1, 5, 1.25, 5)
    assert yielded == 0


def test_a_vegetated_pixel_yields_by_hand() -> None:
    # w: 0.75/year x min(2000, 1000) mm x 0.1 = 75 over 100 mm, + 1.25 = 2; PET/P = 0.75 x 100 / 100
    # 1 + 0.75 - sqrt(1 + 0.75^2) = 1.75 - 1.25 = 0.5 evaporates: 100 x 0.5 = 50 mm
    yielded = water_yield.water_yielded(100, 100, 2000, 0.1, 0.75, 1000, 1, 0.75, 1.25, 5)
    assert yielded == pytest.approx(50)


def test_a_paved_pixel_yields_by_hand() -> None:
    # PET/P = 0.3 x 1000 / 1200 = 0.25 evaporates: 1200 x 0.75 = 900 mm
    yielded = water_yield.water_yielded(1200, 1000, 2000, 0.1, 0.3, 1, 0, 5, 1.25, 5)
    assert yielded == pytest.approx(900)


def test_a_pixel_that_keeps_a_third_of_its_yield_by_hand() -> None:
    # the vegetated pixel above yields 50 mm; velocity 498 keeps 249/498 = 1/2, an index of 5 (more
    # than 3/0.9) all, soil of 200 cm/day 200/300 = 2/3: 50 x 1/2 x 1 x 2/3 = 16.67 mm
    pixel = np.array([100, 100, 2000, 0.1, 0.75, 1000, 1, 0.75, 1.25, 5])
    kept = yield_retention.water_retained(*pixel, 498, 5, 200, 249, 3 / 0.9, 300)
    assert kept == pytest.approx(50 / 3)


def test_a_city_that_imports_supplies_what_it_uses_less_what_it_brings_in() -> None:
    # 12e8 m3 used + 3e8 sent out - 5e8 brought in = 10e8 m3
    rows = zip(supply.VARIANTS, (12e8, 3e8, 5e8), strict=True)
    assert sum(variant(quantity=amount) for variant, amount in rows) == pytest.approx(10e8)


def test_clean_water_by_hand() -> None:
    # 1000 m3 x 2.5 CNY/m3 of purification = 2500 CNY, beside the value of the quantity
    value = purification.PURIFICATION(physical=1000, water_purification_cost=2.5)
    assert value == 2500
    assert purification.PURIFICATION.family != values.STORAGE_COST.family


def test_numbers_that_no_source_gives_are_asked_for() -> None:
    asked = {"storage_fillings", "seasonality", "flow_velocity", "water_tariff"}
    assert not asked & bundled().names()
    with pytest.raises(ParameterMissing, match="water_purification_cost"):
        price(purification.PURIFICATION, bundled(), standard("cn-open"), "water_conservation")


def test_a_depreciated_reservoir_by_hand() -> None:
    # 100 m3 x (20 CNY/m3 x 0.05 + 0.5 CNY/m3) = 150 CNY a year
    assert values.STORAGE_COST_ANNUAL(
        physical=100, reservoir_construction_cost=20, depreciation_share=0.05,
        reservoir_running_cost=0.5,
    ) == pytest.approx(150)  # fmt: skip


def test_100_mm_over_a_hectare_is_1000_m3() -> None:
    volume = 100 * HECTARE_MM
    assert volume == pytest.approx(1000)


@given(depth, depth, share, st.floats(0, 1000))
def test_more_rain_never_conserves_less(rain: float, et: float, alpha: float, more: float) -> None:
    a, b = (balance.water_conserved(*np.array([p, et, alpha])) for p in (rain, rain + more))
    assert b >= a - 1e-6


@given(depth, depth, share)
def test_clipping_changes_negative_pixels_only(rain: float, et: float, alpha: float) -> None:
    pixel = np.array([rain, et, alpha])
    whole = balance.water_conserved(*pixel)
    assert balance_clipped.water_conserved_or_none(*pixel) == max(whole, 0)


@given(
    st.floats(1, 12000),
    depth,
    st.floats(0, 5000),
    share,
    st.floats(0, 1.5),
    st.sampled_from([0, 1]),
)
def test_no_more_water_is_yielded_than_falls(
    rain: float, et0: float, depth_: float, pawc: float, kc: float, vegetated: int
) -> None:
    yielded = water_yield.water_yielded(rain, et0, depth_, pawc, kc, 1000, vegetated, 5, 1.25, 5)
    assert -1e-6 <= yielded <= rain + 1e-6


@given(st.floats(1, 5000), st.floats(0, 20), st.floats(0, 1000), st.floats(0, 1000))
def test_never_more_is_kept_back_than_is_yielded(
    velocity: float, index: float, conductivity: float, faster: float
) -> None:
    pixel = np.array([900, 1100, 800, 0.15, 0.8, 1000, 1, 5, 1.25, 5])
    limits = (249, 3 / 0.9, 300)
    slow, fast = (
        yield_retention.water_retained(*pixel, v, index, conductivity, *limits)
        for v in (velocity, velocity + faster)
    )
    assert -1e-6 <= fast <= slow + 1e-9 <= water_yield.water_yielded(*pixel) + 2e-9


def test_garze_2010_value(case, numbers) -> None:
    row = next(r for r in case("garze_2010") if r["service_id"] == "reg_water")
    value = values.STORAGE_COST(
        physical=float(row["quantity"]), **numbers(values.STORAGE_COST, "garze2017")
    )
    assert value == pytest.approx(float(row["value_1e8_yuan"]), rel=1e-5)


def test_garze_2010_ecosystems_add_up_to_the_printed_total(case) -> None:
    for row in case("garze_2010_by_ecosystem"):
        parts = [float(v or 0) for k, v in row.items() if k not in {"service", "total", "source"}]
        assert sum(parts) == pytest.approx(float(row["total"]), abs=0.011)


def stored(row: dict[str, str], numbers) -> float:
    # 1080 mm is the runoff-producing rain, 0.6 of a year's 1800 mm
    keys = {"coniferous": "12", "broadleaf": "11", "mixed": "13", "shrub": "21", "bamboo": "11"}
    chosen = "gaotian2017-bamboo" if row["stand"] == "bamboo" else "gaotian2017"
    found = numbers(rain_storage.VARIANT, chosen, keys[row["stand"]], runoff_producing_share=0.6)
    assert found["runoff_reduction"] == float(row["runoff_reduction"])
    kept = rain_storage.VARIANT(precipitation=1800, **found)
    return float(kept) * float(row["area_ha"]) * HECTARE_MM


def test_gaotianyan_storage_with_the_right_factor(case, numbers) -> None:
    # conifers: 613 ha x 1080 mm x 0.36 x 10 m3/(ha mm) = 2 383 344 m3
    conifers = next(r for r in case("gaotianyan_2014_by_stand") if r["stand"] == "coniferous")
    assert stored(conifers, numbers) == pytest.approx(2_383_344)


def test_gaotianyan_prints_a_tenth_of_the_storage(case, numbers) -> None:
    # the paper's A J R leaves out the 10 m3 of a millimetre on a hectare: do not "fix" the code
    for row in case("gaotianyan_2014_by_stand"):
        printed = float(row["storage_1e4_m3_printed"]) * 1e4
        assert stored(row, numbers) / 10 == pytest.approx(printed, abs=51)
        cost = numbers(values.STORAGE_COST, "gaotian2017")
        worth = values.STORAGE_COST(physical=printed, **cost) / 1e4
        assert worth == pytest.approx(float(row["storage_value_1e4_yuan"]), abs=0.011)


def test_gaotianyan_stands_add_up_to_the_printed_storage(case, numbers) -> None:
    total = {r["item"]: r for r in case("gaotianyan_2014_totals")}["storage_1e4_m3_printed"]
    whole = sum(stored(row, numbers) for row in case("gaotianyan_2014_by_stand")) / 1e4
    assert whole / 10 == pytest.approx(float(total["quantity"]), abs=0.026)  # five roundings
    cost = numbers(values.STORAGE_COST, "gaotian2017")
    worth = values.STORAGE_COST(physical=whole / 10, **cost)
    assert worth == pytest.approx(float(total["value_1e4_yuan"]), abs=0.026)


def test_jiajiyu_2012_unit_values(case, numbers) -> None:
    sets = {
        "arbor forest": ("1", "jiajiyu2018"),
        "waste grassland": ("3", "jiajiyu2018"),
        "slope farmland": ("51", "jiajiyu2018"),
        "orchard": ("52", "jiajiyu2018"),
        "closed forest": ("1", "jiajiyu2018-measures"),
        "artificial grassland": ("3", "jiajiyu2018-measures"),
        "terrace": ("51", "jiajiyu2018-measures"),
        "economic forest": ("52", "jiajiyu2018-measures"),
    }
    for row in case("jiajiyu_2012"):
        key, chosen = sets[row["land"]]
        found = numbers(retention_rate.VARIANT, chosen, key, bare_land_runoff=63)
        physical = retention_rate.VARIANT(**found) * HECTARE_MM
        value = values.STORAGE_COST(
            physical=physical, **numbers(values.STORAGE_COST, "jiajiyu2018")
        )
        assert value == pytest.approx(float(row["water_yuan_per_ha"]))
