"""What holds for every derived layer, and for the rows they read."""

import csv
from importlib import resources
from types import SimpleNamespace

import numpy as np
import pytest

from data_catalog.derived import ALTERNATIVES, DERIVED, Derived, makers_of, middle_days
from data_catalog.derived.derived import month_lengths
from data_catalog.parameters import bundled
from data_catalog.references import references
from data_catalog.spec import ECOSYSTEM, Citation, Coefficients, Factor
from data_catalog.units import registry, same_kind
from data_catalog.variables import variable

EVERY = DERIVED + ALTERNATIVES
each = pytest.mark.parametrize("model", EVERY, ids=lambda m: m.id)
GIVEN_BY_THE_USER = {
    "erosive_rain_threshold",
    "warm_season_first_month",
    "warm_season_last_month",
    "ndvi_of_bare_soil",
    "ndvi_of_full_vegetation",
}
"""Not printed in the norm: no row on purpose."""


def own_rows() -> list[dict[str, str]]:
    text = (resources.files("data_catalog") / "parameters" / "derived.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@each
def test_it_makes_a_variable_in_its_units_and_range(model: Derived) -> None:
    made = variable(model.makes)
    assert model.output.units == made.units
    assert (model.output.low, model.output.high) == (made.low, made.high)
    assert registry.Unit(f"({made.units}) * m2").is_compatible_with(model.output.total)


@each
def test_its_layers_are_variables_in_convertible_units(model: Derived) -> None:
    for name, layer in model.layers().items():
        assert same_kind(variable(name).units, layer.units), name


@each
def test_every_set_of_coefficients_has_rows(model: Derived) -> None:
    wanted = {n for n, i in model.inputs.items() if isinstance(i, Coefficients)}
    found = model.coefficients(bundled())
    assert set(found) == wanted
    assert all(vars(numbers) for numbers in found.values())


@each
def test_every_factor_has_rows_in_its_units_or_is_left_to_the_user(model: Derived) -> None:
    for name, factor in model.factors().items():
        assert factor.choose
        rows = bundled().of_set(name, factor.choose).values()
        assert bool(rows) != (name in GIVEN_BY_THE_USER), name
        assert all(same_kind(row.units, factor.units) for row in rows)


@each
def test_a_limit_on_the_cell_has_a_row_in_metres(model: Derived) -> None:
    if model.purpose_limit:
        row = bundled().find(model.purpose_limit, "engine")
        assert row is not None
        assert row.in_units("m") == 100


@each
def test_it_says_everything_in_both_languages(model: Derived) -> None:
    for text in (model.title, model.note):
        assert text.zh
        assert text.en
    assert isinstance(model.source, Citation)
    assert model.source.where
    assert model.formula


@each
def test_inputs_are_grouped_without_loss(model: Derived) -> None:
    groups = (model.layers(), model.grid_layers(), model.factors(), model.coefficients(bundled()))
    assert sorted(model.inputs) == sorted(name for group in groups for name in group)


def test_the_order_of_preference() -> None:
    first = {name: makers_of(name)[0].id for name in {model.makes for model in DERIVED}}
    assert first["rainfall_erosivity"] == "rainfall_erosivity_daily"
    assert first["potential_evapotranspiration"] == "potential_evapotranspiration_hargreaves"
    assert first["soil_erodibility"] == "soil_erodibility_hj1173"
    assert makers_of("land_cover") == ()


def test_ids_are_unique() -> None:
    assert len({model.id for model in EVERY}) == len(EVERY)


def test_rows_are_unique_and_within_their_bounds() -> None:
    rows = own_rows()
    assert len({(r["parameter"], r["set"], r["key"]) for r in rows}) == len(rows)
    for r in rows:
        assert r["source"], r
        assert r["where"], r
        assert float(r["low"] or "-inf") <= float(r["value"]) <= float(r["high"] or "inf"), r


def test_what_is_estimated_is_dated_and_what_is_recalled_says_so() -> None:
    for r in own_rows():
        assert r["grade"] != "estimate" or "2026-11-21" in r["note"], r
        assert r["grade"] != "recalled" or "not checked against the printed text" in r["note"], r


def test_every_source_is_among_the_references() -> None:
    cited = {r["source"] for r in own_rows()} | {model.source.key for model in EVERY}
    assert cited <= set(references())


@pytest.mark.parametrize("code", ["11", "14", "23", "34", "41", "43", "51", "52", "61", "73"])
def test_classes_with_a_cover_factor(code: str) -> None:
    model = makers_of("cover_factor")[0]
    for name, factor in model.factors().items():
        assert isinstance(factor, Factor)
        assert factor.by == ECOSYSTEM
        assert bundled().of_ecosystem(name, factor.choose or "", code) is not None


@pytest.mark.parametrize("code", ["81", "82"])
def test_glaciers_and_bare_land_have_no_cover_factor(code: str) -> None:
    assert bundled().of_ecosystem("cover_factor_below_10", "HJ1173", code) is None


def test_months_of_a_leap_year() -> None:
    assert list(month_lengths(2024)[:3]) == [31, 29, 31]
    assert month_lengths(2023).sum() == 365
    # January runs from day 1 to 31, its middle is 16; February from 32 to 59: 45.5
    assert list(middle_days(2023)[:2]) == [16, 45.5]
    assert middle_days(2023)[11] == (335 + 365) / 2


def test_a_model_whose_units_follow_turns_inputs_into_its_output() -> None:
    values = {"ndvi": 0.5, "ndvi_of_bare_soil": 0.1, "ndvi_of_full_vegetation": 0.9,
              "budyko_parameter": 2.6}  # fmt: skip
    for model in (m for m in EVERY if not m.empirical):
        quantities = {
            name: registry.Quantity(np.array(values.get(name, 100.0)), i.units)
            for name, i in model.inputs.items()
            if not isinstance(i, Coefficients)
        }
        result = model(**quantities)
        assert result.is_compatible_with(model.output.units), model.id


def test_a_projects_own_coefficient_replaces_ours() -> None:
    model = makers_of("npp")[0]
    rows = [row for row in bundled() if row.parameter == "npp_miami" and row.key == "highest"]
    own = [type(rows[0])(**{**rows[0].record(), "se": 0.0, "low": 0.0, "high": 0.0,
                            "set": "project", "value": 2000.0})]  # fmt: skip
    numbers = model.coefficients(bundled().with_rows(own))["s"]
    assert isinstance(numbers, SimpleNamespace)
    assert numbers.highest == 2000


@pytest.mark.parametrize("maker", [*DERIVED, *ALTERNATIVES], ids=lambda d: d.id)
def test_a_derived_layer_is_the_same_under_every_standard(maker: Derived) -> None:
    assert all(factor.choose for factor in maker.factors().values())
