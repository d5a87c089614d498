import pytest

from data_catalog.parameters import bundled
from gep.services.pest_control import control, natural_area, natural_share


def test_a_hectare_by_hand(numbers) -> None:
    # 1 ha of forest, 0.4 of it natural: 0.4 ha x 375 = 150 CNY
    found = numbers(control.CONTROL, "garze2017", "11")
    assert control.CONTROL(physical=natural_area.natural(0.4), **found) == pytest.approx(150)


def test_garze_2010(case, numbers) -> None:
    # forest 31920.60 km2, of which 158e4 ha natural, x 375; grassland 711.13e4 ha x 112.5 CNY
    rows = {r["item"]: r for r in case("garze_2010")}
    for area, code, item in (("area_forest", "11", "forest pest control"),
                             ("area_grassland", "31", "grassland pest control")):  # fmt: skip
        hectares = float(rows[area]["quantity"]) * 100
        natural = hectares * natural_share.VARIANT(
            **numbers(natural_share.VARIANT, "garze2017", code)
        )
        assert natural / 1e4 == pytest.approx(float(rows[item]["quantity"]), rel=2e-5)
        value = control.CONTROL(physical=natural, **numbers(control.CONTROL, "garze2017", code))
        assert value / 1e8 == pytest.approx(float(rows[item]["value_1e8_yuan"]), rel=2e-5)


@pytest.mark.parametrize("code", ["21", "41", "51"])
def test_garze_2010_leaves_other_ecosystems_out(code: str) -> None:
    assert bundled().of_ecosystem("natural_share", "garze2017", code) is None
