import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.units import conversion
from gep.pollutants.capacity_per_area import taken_up
from gep.pollutants.flows import emitted
from gep.pollutants.treatment_cost import treatment_avoided
from gep.service import Service
from gep.services import service
from gep.services.air_purification.items import ITEMS

AIR: Service = service("air_purification")
STANDS = {"coniferous": "12", "broadleaf": "11", "mixed": "13", "shrub": "21"}


def test_a_hectare_of_conifers_by_hand(numbers) -> None:
    # 215.6 kg/ha = 0.2156 t/ha of sulphur dioxide x 830 CNY/t = 178.948 CNY
    held = taken_up(
        numbers(AIR.variant("sulphur_dioxide_capacity"), "gaotian2017", "12")["capacity"]
    )
    cost = numbers(AIR.valuation("sulphur_dioxide_treatment"), "gaotian2017")
    assert held == pytest.approx(0.2156)
    assert treatment_avoided(held, **cost) == pytest.approx(178.948)


def test_garze_2010_rows(case, numbers) -> None:
    # 1137 t x 1200 = 1.3644e6; 2772 x 630 = 1.74636e6; 941 x 150 = 1.4115e5 CNY
    by_hand = (1_364_400, 1_746_360, 141_150)
    rows = {r["item"]: r for r in case("garze_2010")}
    for item, name, want in zip(ITEMS, ("SO2", "NOx", "dust"), by_hand, strict=True):
        variant, valuation = (
            AIR.variant(f"{item.id}_emission"), AIR.valuation(f"{item.id}_treatment"),
        )  # fmt: skip
        physical = variant(quantity=float(rows[name]["quantity"]))
        value = valuation(physical=physical, **numbers(valuation, "garze2017"))
        assert value == want
        assert value / 1e8 == pytest.approx(float(rows[name]["value_1e8_yuan"]), abs=5.1e-5)


@pytest.mark.parametrize("stand", [*STANDS, "bamboo"])
def test_gaotianyan_2014_by_stand(case, numbers, stand: str) -> None:
    # area x capacity = 1e4 kg; x 0.83 or 0.23 CNY/kg = 1e4 CNY, worked out from the printed mass
    row = next(r for r in case("gaotianyan_2014_air") if r["stand"] == stand)
    chosen = "gaotian2017-bamboo" if stand == "bamboo" else "gaotian2017"
    code = STANDS.get(stand, "11")
    for item, column in (("sulphur_dioxide", "so2"), ("dust", "dust")):
        capacity = numbers(AIR.variant(f"{item}_capacity"), chosen, code)["capacity"]
        tonnes = taken_up(capacity) * float(row["area_ha"])
        cost = numbers(AIR.valuation(f"{item}_treatment"), "gaotian2017")
        value = treatment_avoided(tonnes, **cost)
        assert tonnes / 10 == pytest.approx(float(row[f"{column}_1e4_kg"]), abs=0.0051)
        assert value / 1e4 == pytest.approx(float(row[f"{column}_value_1e4_yuan"]), abs=0.0093)


@given(st.floats(0, 1e6), st.floats(0, 1e5), st.floats(0, 10))
def test_the_value_is_linear_in_amount_and_price(amount: float, cost: float, times: float) -> None:
    value = treatment_avoided(emitted(amount), cost)
    assert treatment_avoided(emitted(amount * times), cost) == pytest.approx(value * times)
    assert treatment_avoided(emitted(amount), cost * times) == pytest.approx(value * times)


def test_kilograms_per_hectare_are_a_thousandth_of_tonnes() -> None:
    assert conversion("kg/(ha*year)", "t/(ha*year)")[0] == pytest.approx(1 / 1000)
    assert np.isnan(taken_up(np.nan))
