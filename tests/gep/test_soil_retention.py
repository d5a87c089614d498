import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from data_catalog.units import registry
from gep.services.soil_retention import (
    csle,
    earthwork,
    erosion_modulus,
    fertiliser,
    fertility,
    land,
    loss,
    pollution,
    rusle,
    rusle_p,
    sediment,
)

share = st.floats(0, 1)


def test_a_hillside_pixel_by_hand() -> None:
    # 5000 x 0.03 x 4 = 600 t/ha/year bare; cover 0.05 leaves 30 t lost: 570 t kept
    assert rusle.soil_retained(*np.array([5000, 0.03, 4, 0.05])) == pytest.approx(570)


def test_a_terraced_pixel_by_hand() -> None:
    # 600 t/ha/year bare; 0.4 x 0.5 = 0.2 leaves 120 t lost: 480 t kept
    assert rusle_p.soil_retained(*np.array([5000, 0.03, 4, 0.4, 0.5])) == pytest.approx(480)


def test_a_pixel_of_the_chinese_equation_by_hand() -> None:
    # 600 t/ha/year bare; B 0.5 x E 1 x T 0.281 = 0.1405 leaves 84.3 t lost: 515.7 t kept
    got = csle.soil_retained(*np.array([5000, 0.03, 4, 0.5, 1, 0.281]))
    assert got == pytest.approx(515.7)


def test_a_stand_of_the_forest_norm_by_hand() -> None:
    # bare land loses 30 t/ha/year, the stand 0.5 t: 29.5 t kept; / 1.25 t/m3 = 23.6 m3;
    # at 12.6 CNY/m3 of earthwork 297.36 CNY
    kept = erosion_modulus.soil_retained(*np.array([30, 0.5]))
    assert kept == 29.5
    value = earthwork.EARTHWORK(physical=kept, soil_bulk_density=1.25, earthwork_cost=12.6)
    assert value == pytest.approx(297.36)


def test_fertiliser_of_the_forest_norm_by_hand() -> None:
    # 100 t with 0.2 % N, 0.06 % P, 1.5 % K and 3 % organic matter; the phosphate has 20 % N and
    # 20 % P, the chloride 50 % K: 1 t + 0.3 t of phosphate at 2400, 3 t of chloride at 2200, 3 t of
    # organic matter at 320: 3120 + 6600 + 960 = 10680 CNY
    value = fertiliser.FERTILISER(
        physical=100, soil_nitrogen_content=0.002, soil_phosphorus_content=0.0006,
        soil_potassium_content=0.015, soil_organic_matter_content=0.03,
        nitrogen_in_phosphate=0.2, phosphorus_in_phosphate=0.2, potassium_in_chloride=0.5,
        diammonium_phosphate_price=2400, potassium_chloride_price=2200, organic_matter_price=320,
    )  # fmt: skip
    assert value == pytest.approx(10680)


def test_numbers_of_the_forest_norm_that_were_not_read_have_no_row() -> None:
    asked = {"erosion_with_forest", "erosion_without_forest", "earthwork_cost",
             "nitrogen_in_phosphate", "diammonium_phosphate_price"}  # fmt: skip
    assert not asked & bundled().names()


def test_nothing_is_valued_twice_by_the_two_ways_of_papers_and_of_norms() -> None:
    # silt or earthwork for the soil; pollution, fertility or fertiliser for what is in it
    assert sediment.SILT.family == sediment.SILT_BY_MASS.family == earthwork.EARTHWORK.family
    nutrients = {v.family for v in (
        pollution.NON_POINT_POLLUTION, fertility.FERTILITY, fertiliser.FERTILISER
    )}  # fmt: skip
    assert len({sediment.SILT.family, land.LAND.family, *nutrients}) == 3


def test_erosivity_times_erodibility_is_tonnes_on_a_hectare() -> None:
    given_units = {n: registry.Quantity(1.0, i.units) for n, i in rusle.VARIANT.inputs.items()}
    bare = given_units | {"cover_factor": registry.Quantity(0.0, "1")}
    assert rusle.VARIANT(**bare).to("t/(ha*year)").magnitude == pytest.approx(1)


@given(st.floats(0, 60000), st.floats(0, 0.2), st.floats(0, 300), share, share)
def test_denser_cover_never_keeps_less_soil(
    r: float, k: float, ls: float, c: float, denser: float
) -> None:
    a = rusle.soil_retained(r, k, ls, c)
    b = rusle.soil_retained(r, k, ls, c * denser)
    assert 0 <= a <= b + 1e-6


@given(st.floats(0, 60000), st.floats(0, 0.2), st.floats(0, 300), share)
def test_without_practice_both_equations_agree(r: float, k: float, ls: float, c: float) -> None:
    assert rusle_p.soil_retained(r, k, ls, c, 1.0) == rusle.soil_retained(r, k, ls, c)


@given(st.floats(0, 60000), st.floats(0, 0.2), st.floats(0, 300), share, share, share)
def test_no_equation_keeps_more_than_a_bare_slope_would_lose(
    r: float, k: float, ls: float, b: float, e: float, t: float
) -> None:
    assert 0 <= csle.soil_retained(r, k, ls, b, e, t) <= loss.potential_loss(r, k, ls)
    assert csle.soil_retained(r, k, ls, b, e, 1) == rusle_p.soil_retained(r, k, ls, b, e)


def test_garze_2010_values(case, numbers) -> None:
    # the printed 38.86 is rounded; 38.8633 (1e8 t) reproduces every row below it
    rows = {r["item"]: float(r["value_1e8_yuan"]) for r in case("garze_2010") if r["price"]}
    silt = sediment.SILT(physical=38.8633, **numbers(sediment.SILT, "garze2017"))
    assert silt == pytest.approx(rows["silt reduction"], rel=1e-4)
    nutrients = pollution.NON_POINT_POLLUTION(
        physical=38.8633, **numbers(pollution.NON_POINT_POLLUTION, "garze2017")
    )
    want = rows["N loss avoided"] + rows["P loss avoided"]
    assert nutrients == pytest.approx(want, rel=1e-5)
    table = next(r for r in case("garze_2010_by_ecosystem") if r["service"] == "soil retention")
    assert silt + nutrients == pytest.approx(float(table["total"]), abs=0.011)


def test_gaotianyan_2014_land(case, numbers) -> None:
    # 2985.40 t/ha / (0.37 t/m3 x 0.67 m) = 12042.76 m2/ha, at 791.09 CNY/ha
    row = case("gaotianyan_2014_soil")[0]
    value = land.LAND(physical=2985.40, **numbers(land.LAND, "gaotian2017"))
    assert value == pytest.approx(float(row["value"]), abs=0.01)


def test_gaotianyan_2014_fertility(case, numbers) -> None:
    rows = {r["item"]: r for r in case("gaotianyan_2014_soil")}
    found = numbers(fertility.FERTILITY, "gaotian2017")
    names = {
        "organic matter": "organic_matter",
        "total P": "phosphorus",
        "total K": "potassium",
    }
    for item, name in names.items():
        value = 2985.40 * found[f"soil_{name}_content"] * found[f"{name}_price"]
        assert value == pytest.approx(float(rows[item]["value"]), rel=5e-5)
    # the paper swaps two digits of the mass of N (4573.81 for 4537.81 kg/ha): off by 36 kg
    slip = (4573.81 - 4537.81) / 1e3 * found["nitrogen_price"]
    printed = sum(float(rows[i]["value"]) for i in (*names, "total N"))
    value = fertility.FERTILITY(physical=2985.40, **found)
    assert value + slip == pytest.approx(printed, rel=5e-5)


def test_gaotianyan_2014_silt_is_printed_without_the_bulk_density(case, numbers) -> None:
    # paper: 0.24 x 2985.40 t x 0.88 = 630.52, a price per m3 on tonnes; / 0.37 t/m3 = 1704.10
    row = next(r for r in case("gaotianyan_2014_soil") if r["item"] == "silt")
    found = numbers(sediment.SILT, "gaotian2017")
    value = sediment.SILT(physical=2985.40, **found)
    assert value == pytest.approx(1704.10, abs=0.01)
    assert value * found["soil_bulk_density"] == pytest.approx(float(row["value"]), abs=0.01)


def test_gaotianyan_2014_sum_of_a_hectare_and_of_the_reserve(case, numbers) -> None:
    # 92337.43 CNY/ha x 4750 ha = 43860.28e4 CNY, printed 43860.29
    rows = {r["item"]: r for r in case("gaotianyan_2014_soil")}
    total = {r["item"]: r for r in case("gaotianyan_2014_totals")}["soil_yuan_per_ha"]
    assert sum(float(r["value"]) for r in rows.values()) == pytest.approx(
        float(total["quantity"]), abs=0.01
    )
    assert float(total["quantity"]) * 4750 / 1e4 == pytest.approx(
        float(total["value_1e4_yuan"]), abs=0.011
    )
    # put right, the silt is a volume and N has its digits: 1073.58 CNY more, 150.26 CNY less
    ours = sum(
        v(physical=2985.40, **numbers(v, "gaotian2017"))
        for v in (land.LAND, sediment.SILT, fertility.FERTILITY)
    )
    silt = 1704.10 - float(rows["silt"]["value"])
    nitrogen = (4573.81 - 4537.81) * 4.1739
    assert ours == pytest.approx(float(total["quantity"]) + silt - nitrogen, rel=5e-5)


def test_silt_priced_by_the_tonne_by_hand(numbers) -> None:
    # 100 t x 0.24 x 18 CNY/t = 432 CNY
    value = sediment.SILT_BY_MASS(physical=100, **numbers(sediment.SILT_BY_MASS, "jiajiyu2018"))
    assert value == pytest.approx(432)
