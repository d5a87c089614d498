import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.units import registry
from gep.services.soil_retention import csle, fertility, land, pollution, rusle, rusle_p, sediment

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


def test_silt_priced_by_the_tonne_by_hand(numbers) -> None:
    # 100 t x 0.24 x 18 CNY/t = 432 CNY
    value = sediment.SILT_BY_MASS(physical=100, **numbers(sediment.SILT_BY_MASS, "jiajiyu2018"))
    assert value == pytest.approx(432)
