"""`gep services`: what there is to account for."""

import json
from collections.abc import Callable

import pytest

from gep.services import SERVICES, service

Says = Callable[..., str]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_service_variant_and_valuation_is_listed_with_its_title(
    says: Says, lang: str
) -> None:
    text = says("services", "--lang", lang)
    for one in SERVICES:
        assert one.title["zh" if lang == "zh" else "en"] in text
        assert one.total in text
        for model in (*one.variants, *one.valuations):
            assert model.id in text
            assert model.title["zh" if lang == "zh" else "en"] in text


def test_services_stand_in_the_order_of_the_account(says: Says) -> None:
    records = json.loads(says("services", "--json"))
    assert [r["id"] for r in records] == [s.id for s in SERVICES]


def test_a_formula_is_written_for_people_and_kept_as_latex_for_programs(says: Says) -> None:
    assert "Q = Σ A (P - α P - ET)" in says("services")
    records = {r["id"]: r for r in json.loads(says("services", "--json"))}
    first = records["water_conservation"]["variants"][0]
    assert first["formula"] == service("water_conservation").variants[0].formula


def test_the_standards_that_use_a_variant_are_named(says: Says) -> None:
    records = {r["id"]: r for r in json.loads(says("services", "--json"))}
    used = {v["id"]: v["standards"] for v in records["water_conservation"]["variants"]}
    assert "cn-open" in used["balance"]
    assert "garze-2017" in used["balance_runoff"]
    assert used["rain_storage"] == ["gaotianyan-2017"]
    assert used["water_yield"] == []


def test_nothing_is_cut_short_or_coloured_where_there_is_no_terminal(says: Says) -> None:
    text = says("services", "--lang", "zh")
    assert "…" not in text
    assert "\x1b" not in text
    assert "w = Z AWC / P + 1.25 ≤ 5" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_variant_of_a_table_says_which(says: Says) -> None:
    text = says("services")
    assert "[tables] lakes" in text
    records = {r["id"]: r for r in json.loads(says("services", "--json"))}
    lake = records["flood_mitigation"]["variants"][0]
    assert (lake["table"], lake["item"], lake["columns"]) == ("lakes", "lake", ["area_km2"])
