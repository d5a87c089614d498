"""What must be read beside the values: disputed prices are named, with what others take."""

from dataclasses import replace

import pytest

from data_catalog.parameters import LOCAL, bundled
from data_catalog.standards import standard
from data_catalog.standards.conflicts import conflicts
from gep.price_level import PriceLevel
from gep.remarks import in_dispute, of_prices

STORAGE = next(r for r in bundled() if r.name() == "reservoir_storage_cost[baiyang2017]")


def said(name: str, about: str = "storage") -> str:
    chosen = standard(name)
    found = {r.about: r.text for r in in_dispute(chosen, bundled(), chosen.services)}
    return found[about].en if about in found else ""


def test_every_price_in_dispute_has_rows_and_every_row_of_it_a_family() -> None:
    for conflict in conflicts():
        assert conflict.factor > 1
        for parameter in conflict.parameters():
            sets = {row.set for row in bundled() if row.parameter == parameter}
            assert sets == {s for p, s in conflict.families if p == parameter}, parameter


def test_a_storage_cost_far_from_the_others_names_them() -> None:
    text = said("cq-2023")
    assert "82.18 CNY/m3 (youyang) differs more than 2-fold from 0.67 (jiaozhou2018" in text
    assert "7.06 (garze2017 2010)" in text
    # 6.11 and 7.06 are near one another, 0.67 and 82.18 are not near either
    text = said("cn-open")
    assert "0.67" in text
    assert "82.18 (youyang)" in text
    assert "7.06" not in text


def test_a_profile_without_prices_has_none_in_dispute() -> None:
    chosen = standard("hj1173-2021")
    assert list(in_dispute(chosen, bundled(), chosen.services)) == []


def test_two_numbers_for_one_role_in_one_profile_are_named() -> None:
    chosen = standard("cn-open")
    flood = chosen.services["flood_mitigation"]
    sets = flood.sets | {"reservoir_storage_cost": "youyang"}
    services = chosen.services | {"flood_mitigation": flood.model_copy(update={"sets": sets})}
    mixed = chosen.model_copy(update={"services": services})
    text = next(
        r.text for r in in_dispute(mixed, bundled(), mixed.services) if r.about == "storage"
    )
    assert "one profile mixes unit cost of storage, total cost" in text.en
    assert "reservoir_storage_cost is read from baiyang2017 and youyang" in text.en
    assert "混用单位库容成本、总造价" in text.zh


def test_a_project_s_own_price_is_looked_at_in_its_place() -> None:
    own = bundled().with_rows([replace(STORAGE, set=LOCAL, value=500.0)])
    chosen = standard("cn-open")
    text = next(r.text for r in in_dispute(chosen, own, chosen.services) if r.about == "storage")
    assert "500 CNY/m3 (project 2012) differs more than 2-fold" in text.en
    assert "6.11 (baiyang2017 2012)" in text.en


def test_only_services_that_have_a_value_are_looked_at() -> None:
    chosen = standard("cn-open")
    assert {r.about for r in in_dispute(chosen, bundled(), {"oxygen_release"})} == {"oxygen"}


@pytest.mark.parametrize(
    ("years", "about"), [(["2010", "2012"], {"price years"}), (["2010"], set()), ([], set())]
)
def test_prices_of_several_years_are_said_to_be(years: list[str], about: set[str]) -> None:
    found = list(of_prices(PriceLevel(bundled()), [], years))
    assert {r.about for r in found} == about
    assert all("2010, 2012" in r.text.en for r in found)


def test_a_price_without_a_year_is_named() -> None:
    row = bundled().find("electricity_price", "youyang")
    assert row is not None
    (remark,) = of_prices(PriceLevel(bundled()), [row, STORAGE], ["2012"])
    assert remark.about == "undated prices"
    assert "electricity_price[youyang]" in remark.text.zh
    assert "baiyang" not in remark.text.zh
