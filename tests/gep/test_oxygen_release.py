import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gep.services.carbon_sequestration import photosynthesis
from gep.services.carbon_sequestration import values as carbon_values
from gep.services.oxygen_release import from_carbon, from_nep, from_npp, values

CO2, O2 = 44 / 12, 32 / 44


def test_a_forest_pixel_by_hand() -> None:
    # 6 t_C x 0.215 = 1.29 t_C; x 44/12 = 4.73 t_CO2e; x 32/44 = 3.44 t_O2
    assert from_carbon.oxygen_released(*np.array([6, 0.215, CO2, O2])) == pytest.approx(3.44)


def test_a_pixel_of_net_production_by_hand() -> None:
    # 1.5 t_C x 44/12 x 32/44 = 1.5 x 32/12 = 4 t_O2
    assert from_nep.oxygen_released(*np.array([1.5, CO2, O2])) == pytest.approx(4)


def test_a_pixel_of_dry_matter_by_hand() -> None:
    # 4.5 t_C / 0.45 = 10 t_dm; x 1.19 = 11.9 t_O2
    assert from_npp.oxygen_released(*np.array([4.5, 0.45, 1.19])) == pytest.approx(11.9)


@given(st.floats(-50, 50))
def test_oxygen_has_the_sign_of_net_production(net: float) -> None:
    assert np.sign(from_nep.oxygen_released(net, CO2, O2)) == np.sign(net)


def test_garze_2010_value(case, numbers) -> None:
    # the printed 2.51e8 t is rounded: the value follows it within 0.2 %
    row = next(r for r in case("garze_2010") if r["item"] == "O2")
    value = values.INDUSTRIAL_OXYGEN(
        physical=float(row["quantity"]), **numbers(values.INDUSTRIAL_OXYGEN, "garze2017")
    )
    assert value == pytest.approx(float(row["value_1e8_yuan"]), rel=2e-3)


def test_gaotianyan_2014_by_stand(case, numbers) -> None:
    found = numbers(from_npp.VARIANT, "gaotian2017", carbon_per_dry_matter=0.45)
    price = numbers(values.INDUSTRIAL_OXYGEN, "gaotian2017")
    for row in case("gaotianyan_2014_by_stand"):
        npp = float(row["npp_t_dm"]) * found["carbon_per_dry_matter"]
        released = from_npp.VARIANT(npp=npp, **found)
        assert released == pytest.approx(float(row["o2_t"]), abs=0.011)
        worth = values.INDUSTRIAL_OXYGEN(physical=released, **price) / 1e4
        assert worth == pytest.approx(float(row["o2_value_1e4_yuan"]), abs=0.011)


def test_gaotianyan_2014_totals(case, numbers) -> None:
    totals = {r["item"]: float(r["quantity"]) for r in case("gaotianyan_2014_totals")}
    found = numbers(from_npp.VARIANT, "gaotian2017", carbon_per_dry_matter=0.45)
    released = from_npp.VARIANT(npp=totals["npp_t_dm"] * 0.45, **found)
    assert released == pytest.approx(totals["o2_t"], abs=0.03)
    price = numbers(values.INDUSTRIAL_OXYGEN, "gaotian2017")
    worth = values.INDUSTRIAL_OXYGEN(physical=released, **price) / 1e4
    assert worth == pytest.approx(8012.92, abs=0.026)  # five stands, each rounded


def test_garze_2010_oxygen_and_carbon_are_the_ecosystem_table_s(case) -> None:
    # 2.51e8 t of O2 against 0.31e8 t of CO2, 8.11 by mass: not of one carbon number (32/44 = 0.727)
    rows = {r["item"]: r for r in case("garze_2010")}
    table = next(r for r in case("garze_2010_by_ecosystem") if r["service"] == "carbon and oxygen")
    both = sum(float(rows[item]["value_1e8_yuan"]) for item in ("CO2", "O2"))
    assert both == pytest.approx(float(table["total"]), abs=0.011)
    implied = [float(rows[i]["value_1e8_yuan"]) / float(rows[i]["price"]) for i in ("O2", "CO2")]
    assert implied[0] / implied[1] == pytest.approx(8.11, abs=0.01)


def test_jiajiyu_2012_carbon_and_oxygen_of_a_hectare(case, numbers) -> None:
    # NPP x (1.63 x 260.9 + 1.2 x 352.93): 1.1 t_dm x (425.267 + 423.516) = 933.66 CNY
    bound = numbers(photosynthesis.VARIANT, "jiajiyu2018", carbon_per_dry_matter=0.45)
    released = numbers(from_npp.VARIANT, "jiajiyu2018", carbon_per_dry_matter=0.45)
    rows = [r for r in case("jiajiyu_2012") if r["npp_t_dm_per_ha"]]
    assert len(rows) == 5
    for row in rows:
        npp = float(row["npp_t_dm_per_ha"]) * 0.45
        carbon = carbon_values.CARBON_PRICE(
            physical=photosynthesis.VARIANT(npp=npp, **bound),
            **numbers(carbon_values.CARBON_PRICE, "jiajiyu2018"),
        )
        oxygen = values.INDUSTRIAL_OXYGEN(
            physical=from_npp.VARIANT(npp=npp, **released),
            **numbers(values.INDUSTRIAL_OXYGEN, "jiajiyu2018"),
        )
        want = float(row["carbon_oxygen_yuan_per_ha"])
        assert carbon + oxygen == pytest.approx(want, abs=0.011)


@pytest.mark.parametrize("period", ["2004_08", "2009_13"])
def test_shandong_forests(case, numbers, period: str) -> None:
    # O2 = 1.19 B, B = printed NPP / 100 taken as t_dm/ha; conifers and larch as in the carbon test
    price = numbers(values.INDUSTRIAL_OXYGEN, "sdcarbon2018")
    found = numbers(from_npp.VARIANT, "sdcarbon2018")
    for row in case("shandong_forest"):
        if row["forest_type"] in {"mixed coniferous", "Larix"}:
            continue
        npp = float(row["NPP_printed_gC_m2_a"]) / 100 * found["carbon_per_dry_matter"]
        area = float(row[f"area_{period}_1e2_hm2"]) * 100
        released = from_npp.VARIANT(npp=npp, **found) * area
        value = values.INDUSTRIAL_OXYGEN(physical=released, **price) / 1e8
        want = float(row[f"O2_value_{period}_1e8"])
        assert value == pytest.approx(want, rel=1e-3, abs=0.0051), row["forest_type"]
