"""`gep explain`: where the numbers of a service or a variable come from."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from cli import options
from cli.labels import parameter_title
from data_catalog.derived import ALTERNATIVES, DERIVED
from data_catalog.errors import UnknownNameError
from data_catalog.formula import plain
from data_catalog.parameters import bundled
from data_catalog.spec import Coefficients, Model
from data_catalog.standards import bundled as standards
from data_catalog.text import Language
from data_catalog.variables import variables
from gep.service import Service
from gep.services import SERVICES
from tiles.project import Account

Says = Callable[..., str]
MODELS = [m for s in SERVICES for m in (*s.variants, *s.valuations)] + [*DERIVED, *ALTERNATIVES]


@pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.id)
@pytest.mark.parametrize("standard", standards())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_service_is_explained_under_every_standard(
    says: Says, service: Service, standard: str, lang: Language
) -> None:
    name, title = service.id, service.title[lang]
    text = says("explain", name, "--standard", standard, "--lang", lang)
    assert title in text
    assert standards()[standard].title[lang] in text
    assert "{" not in text.replace("S = {", "")


def test_the_rows_used_are_shown_with_value_set_year_source_and_grade(says: Says) -> None:
    text = says("explain", "water_conservation")
    price = next(line for line in text.splitlines() if line.startswith("cost of reservoir"))
    assert price.split()[4:10] == ["6.11", "CNY/m3", "baiyang2017", "Baiyangdian", "2012",
                                   "BAIYANG2017"]  # fmt: skip
    assert "literature" in price
    assert "Jiang et al. 2017, Baiyangdian wetland" in text
    assert "41 marsh" in text


def test_only_the_rows_of_the_scope_are_shown(says: Says) -> None:
    found = json.loads(says("explain", "water_conservation", "--json"))
    rows = found["variants"][0]["numbers"][0]["rows"]
    classes = set(found["variants"][0]["classes"])
    assert {r["key"] for r in rows} == classes
    assert "42" not in classes
    assert "42" in found["variants"][0]["left_out"]


def test_a_layer_says_what_it_can_be_derived_from_and_how_coarse(says: Says) -> None:
    text = says("explain", "soil_retention", "--lang", "zh")
    assert "由 elevation 推算；需要相邻像元；像元不得大于 100 m" in text
    assert "由 ndvi 推算" in text


def test_a_missing_parameter_is_said_in_words_with_the_sets_that_have_it(says: Says) -> None:
    text = says("explain", "water_conservation", "--all", "--lang", "zh")
    assert "径流拦蓄率（retention_share）：该标准没有为它指定参数集。" in text
    assert "有此参数的参数集：jiajiyu2018、jiajiyu2018-measures" in text
    assert "季节性参数 Z（seasonality）" in text
    assert "随附数据中没有任何来源给出它" in text


def test_all_shows_what_the_standard_did_not_choose(says: Says) -> None:
    chosen = says("explain", "carbon_sequestration")
    everything = says("explain", "carbon_sequestration", "--all")
    for variant in next(s for s in SERVICES if s.id == "carbon_sequestration").variants:
        assert f"({variant.id})" in everything
    assert "(forest_biomass)" not in chosen


def test_a_service_is_found_by_its_chinese_title(says: Says) -> None:
    assert says("explain", "水源涵养") == says("explain", "water_conservation")


@pytest.mark.parametrize("name", variables())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_variable_is_explained(says: Says, name: str, lang: Language) -> None:
    assert variables()[name].title[lang] in says("explain", name, "--lang", lang)


def test_a_variable_says_its_range_and_who_needs_it(says: Says) -> None:
    text = says("explain", "precipitation", "--lang", "zh")
    assert "单位：mm/year，允许范围 0 至 12000" in text
    assert "水量平衡法（径流系数）" in text
    assert "傅抱璞" in text


def test_an_unknown_name_is_met_with_the_nearest_one() -> None:
    command = [sys.executable, "-m", "cli", "explain", "water_conservaton", "--lang", "en"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stdout == ""
    assert "Did you mean water_conservation" in found.stderr


def test_a_parameter_points_to_the_command_for_parameters(says: Says) -> None:
    with pytest.raises(UnknownNameError, match="gep parameters runoff_coefficient"):
        says("explain", "runoff_coefficient")


def test_the_standard_is_that_of_a_project_that_names_none() -> None:
    assert Account.model_fields["standard"].default == options.STANDARD


def test_every_parameter_has_a_title_in_both_languages() -> None:
    declared = {name for m in MODELS for name in m.parameters().values()}
    tables = {i.table for m in MODELS for i in m.inputs.values() if isinstance(i, Coefficients)}
    for name in declared | tables | bundled().names():
        title = parameter_title(name)
        assert title.zh != name, f"add {name} to data_catalog/parameter_titles.csv"
        assert title.en


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_no_formula_or_symbol_keeps_a_command_of_latex(model: Model) -> None:
    texts = [model.formula]
    texts += [getattr(i, "symbol", "") for i in model.inputs.values()]
    for text in map(plain, texts):
        assert "\\" not in text
        assert not {"frac", "alpha", "sum", "left", "quad"} & set(text.split())


def test_a_formula_is_read_as_a_person_writes_it() -> None:
    assert plain(r"\tfrac{44}{12} \, \alpha \, NPP") == "(44/12) α NPP"
    assert plain(r"\frac{Q}{\rho h} B") == "Q/(ρ h) B"
    assert plain(r"\sum_{i=1}^{12} T_i^2 + 10^{-7}") == "Σ(i=1..12) T_i² + 10⁻⁷"
    assert plain(r"\left[ 1 + \phi^w \right]^{1/w}") == "[1 + φ^w]^(1/w)"
