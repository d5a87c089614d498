"""Water purification, and what it shares with air: the rule and the smaller of both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.classes import ecosystems
from data_catalog.parameters import bundled
from gep.pollutants.limits import by_the_rule, smaller_of_both
from gep.services import service
from tiles.binding import bind

WATER = service("water_purification")
AIR = service("air_purification")
tonnes = st.floats(0, 1e9)


def test_garze_2010(case, numbers) -> None:
    # 5424 t x 700 = 379.68e4 CNY; 625 t x 875 = 54.69e4 CNY
    rows = {r["item"]: r for r in case("garze_2010") if r["service_id"] == "reg_waterq"}
    for name, item in (("COD", "chemical_oxygen_demand"), ("NH3-N", "ammonia_nitrogen")):
        amount = WATER.variant(f"{item}_emission")(quantity=float(rows[name]["quantity"]))
        treatment = WATER.valuation(f"{item}_treatment")
        value = treatment(physical=amount, **numbers(treatment, "garze2017"))
        assert value / 1e8 == pytest.approx(float(rows[name]["value_1e8_yuan"]), abs=5.1e-5)


def test_total_nitrogen_is_treated_at_the_cost_of_nitrogen_in_soil_loss(numbers) -> None:
    # 10 t x 875 CNY/t = 8750 CNY
    treatment = WATER.valuation("total_nitrogen_treatment")
    assert treatment(physical=10, **numbers(treatment, "garze2017")) == 8750


def test_what_a_wetland_can_take_up_is_left_to_the_user() -> None:
    variant = WATER.variant("chemical_oxygen_demand_capacity")
    bound = bind(
        variant, id_="x", account=WATER.id, parameters=bundled(), set_of=lambda _: "caep2020",
        standard="ours", covers=lambda code: code[0] == "4",
    )  # fmt: skip
    assert bound.missing == {
        int(code): "chemical_oxygen_demand_capacity" for code in ecosystems() if code[0] == "4"
    }


def test_a_wetland_by_hand() -> None:
    # given 1.1 t/ha/year: 40 ha take up 44 t of COD
    variant = WATER.variant("chemical_oxygen_demand_capacity")
    assert variant(capacity=1.1) * 40 == pytest.approx(44)


def test_the_rule_by_hand() -> None:
    # 300 t emitted, 120 t can be cleaned: 300 t where the standard is met, else 120 t
    assert by_the_rule(300, 120, 1) == 300
    assert by_the_rule(300, 120, 0) == 120
    assert smaller_of_both(300, 120) == smaller_of_both(120, 300) == 120


@given(tonnes, tonnes)
def test_the_smaller_of_both_is_never_more_than_by_the_rule(emitted: float, can: float) -> None:
    for meets in (0, 1):
        assert smaller_of_both(emitted, can) <= by_the_rule(emitted, can, meets)


def test_every_pollutant_is_measured_in_every_way() -> None:
    ways = ("emission", "rule", "minimum", "capacity")
    for one, all_ways in ((AIR, ways), (WATER, (*ways, "measured"))):
        ids = {variant.id for variant in one.variants}
        assert ids == {f"{item.id}_{way}" for item in one.items for way in all_ways}
