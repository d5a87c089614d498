"""The condition account, and the quality index of HJ 1172 behind it."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.classes.seea import condition_characteristics
from data_catalog.derived.ecosystem_quality_index import DERIVATION, ecosystem_quality_index
from data_catalog.parameters import bundled
from data_catalog.references import references
from data_catalog.spec import Factor, Model
from data_catalog.units import registry, same_kind
from data_catalog.variables import variable
from gep.seea.condition import condition_table, grade, indicator
from gep.seea.variables import GRADES, MEANS, SHARES, VARIABLES, means
from tiles.binding import bind

each = pytest.mark.parametrize("model", VARIABLES, ids=lambda m: m.id)
share = st.floats(0, 1)
index = st.floats(0, 100)


def bound(model: Model):
    return bind(model, id_=model.id, account=model.id, parameters=bundled(), set_of=str,
                standard="any")  # fmt: skip


def evaluate(model: Model, *values: float) -> np.ndarray:
    layer = next(iter(model.layers()))
    return bound(model).evaluate({layer: np.array(values)}, np.zeros(len(values), np.uint8))


def test_a_forest_of_good_quality_by_hand() -> None:
    # LAI 4 of 5 = 0.8, cover 70 % of 100 % = 0.7, GPP 900 of 2000 = 0.45: mean 0.65, EQI 65
    eqi = ecosystem_quality_index(*np.array([4, 70, 900, 5, 100, 2000, 100.0]))
    assert eqi == pytest.approx(65)
    assert grade(float(eqi), bundled()).zh == "良"


def test_a_value_above_its_reference_counts_as_one() -> None:
    # LAI 6 of 5 counts as 1, cover 50 of 100 = 0.5, GPP 0: 1.5 / 3 = 0.5
    assert ecosystem_quality_index(*np.array([6, 50, 0, 5, 100, 2000, 100.0])) == 50


def test_where_nothing_grows_at_best_there_is_no_quality() -> None:
    assert np.isnan(ecosystem_quality_index(*np.array([0, 50, 900, 0, 100, 2000, 100.0])))


@given(st.tuples(share, share, share), st.tuples(*[st.floats(0.01, 1e4)] * 3))
def test_the_index_is_within_0_and_100(part: tuple[float, ...], best: tuple[float, ...]) -> None:
    values = [p * b for p, b in zip(part, best, strict=True)]
    eqi = ecosystem_quality_index(*np.array([*values, *best, 100.0]))
    assert 0 <= eqi <= 100 + 1e-9


@given(index, index)
def test_a_higher_index_never_has_a_lower_grade(a: float, b: float) -> None:
    order = [t.zh for t in GRADES.values()]
    low, high = sorted((a, b))
    assert order.index(grade(high, bundled()).zh) <= order.index(grade(low, bundled()).zh)


@pytest.mark.parametrize(
    ("eqi", "zh"),
    [(100, "优"), (75, "优"), (74.9, "良"), (55, "良"), (35, "中"), (20, "低"), (19.9, "差"),
     (0, "差"), (math.nan, "")],
)  # fmt: skip
def test_the_grades_are_those_of_table_1(eqi: float, zh: str) -> None:
    assert grade(eqi, bundled()).zh == zh


@given(st.lists(index, min_size=1, max_size=20))
def test_a_cell_has_exactly_one_grade(values: list[float]) -> None:
    shares = [evaluate(model, *values) for model in SHARES]
    np.testing.assert_array_equal(np.sum(shares, axis=0), 100)


def test_the_kernel_of_a_grade_is_the_grade() -> None:
    for model, title in zip(SHARES, GRADES.values(), strict=True):
        for value in (80.0, 60, 40, 30, 10):
            assert (evaluate(model, value)[0] == 100) == (grade(value, bundled()).zh == title.zh)


@each
def test_a_missing_layer_value_makes_a_missing_result(model: Model) -> None:
    assert np.isnan(evaluate(model, math.nan)).all()


@each
def test_a_variable_s_sum_over_an_area_can_be_turned_back(model: Model) -> None:
    assert registry.Unit(f"({model.output.units}) * m2").is_compatible_with(model.output.total)
    for name, layer in model.layers().items():
        assert same_kind(variable(name).units, layer.units)
    assert model.source.key in references()
    assert model.title.zh
    assert model.title.en


def test_the_declaration_of_the_index_is_complete() -> None:
    assert DERIVATION.output.units == variable("ecosystem_quality_index").units
    assert (DERIVATION.output.low, DERIVATION.output.high) == (0, 100)
    for name, layer in DERIVATION.layers().items():
        assert same_kind(variable(name).units, layer.units), name
    for name, factor in DERIVATION.factors().items():
        assert isinstance(factor, Factor)
        assert factor.choose
        assert bundled().of_set(name, factor.choose)
    for name in DERIVATION.layers():
        missing = dict.fromkeys(DERIVATION.inputs, np.array([1.0])) | {name: np.array([np.nan])}
        assert np.isnan(DERIVATION(**missing)).all(), name


def test_an_area_weighted_mean_by_hand() -> None:
    # forest: parcel a 6000 m2 of NPP 500 and b 4000 m2, half missing, of NPP 800 (g_C/m2/year)
    # (6000 x 500 + 2000 x 800) g_C = 4.6 t_C over 8000 m2: 575 g_C/m2
    sums = pd.DataFrame({
        "indicator": "npp", "ecosystem": "11", "amount": [3.0, 1.6], "area_m2": [6000, 4000],
        "missing_m2": [0, 2000],
    })  # fmt: skip
    (row,) = means(sums).itertuples()
    assert row.closing == pytest.approx(575)
    assert (row.unit, row.variable_zh) == ("g_C/m2/year", "净初级生产力")


def test_a_share_of_area_by_hand() -> None:
    # 3 of 4 ha are excellent: the sum of 100 % over 3 ha is 3 ha; 3 / 4 = 75 %
    sums = pd.DataFrame({
        "indicator": "ecosystem_quality_excellent", "ecosystem": ["11", "52"], "amount": [3.0, 0],
        "area_m2": [40000, 0], "missing_m2": 0,
    })  # fmt: skip
    found = means(sums).set_index("ecosystem")["closing"]
    assert found["11"] == pytest.approx(75)
    assert np.isnan(found["52"])  # no area, no share


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(1, 1e8)), min_size=1, max_size=20))
def test_a_mean_is_between_its_values(cells: list[tuple[float, float]]) -> None:
    values, areas = (np.array(x) for x in zip(*cells, strict=True))
    model = next(m for m in MEANS if m.id == "npp")
    sums = pd.DataFrame({
        "indicator": "npp", "ecosystem": "31", "amount": values * areas * bound(model).to_total,
        "area_m2": areas, "missing_m2": 0.0,
    })  # fmt: skip
    (mean,) = means(sums)["closing"]
    assert values.min() - 1e-6 <= mean <= values.max() + 1e-6


def test_a_condition_table_by_hand() -> None:
    # cover 60 -> 75 between 20 and 120: indicators 0.4 and 0.55; GPP 900 -> 800 between 0 and 2000:
    # 0.45 and 0.4; weights 1 and 3: (0.4 + 1.35)/4 = 0.4375 and (0.55 + 1.2)/4 = 0.4375
    given_ = pd.DataFrame({
        "ecosystem": "11",
        "variable": ["fractional_vegetation_cover", "gross_primary_production", "soil_ph"],
        "unit": ["percent", "g_C/m2/year", "1"],
        "opening": [60, 900, np.nan], "closing": [75, 800, 5.5],
        "low": [20, 0, np.nan], "high": [120, 2000, np.nan], "weight": [1, 3, np.nan],
    })  # fmt: skip
    table = condition_table(given_, bundled()).set_index("variable")
    cover = table.loc["fractional_vegetation_cover"]
    assert (cover["variable_zh"], cover["characteristic_zh"]) == ("植被覆盖度", "结构状态")
    assert cover["change"] == 15
    assert cover["indicator_change"] == pytest.approx(0.15)
    assert table.loc["condition_index", "opening"] == pytest.approx(0.4375)
    assert table.loc["condition_index", "closing"] == pytest.approx(0.4375)
    assert np.isnan(table.loc["soil_ph", "change"])
    assert table.loc["soil_ph", "variable_en"] == "soil_ph"
    assert set(table["ecosystem_en"]) == {"broadleaf forest"}


def test_the_quality_index_has_its_grade_beside_it() -> None:
    given_ = pd.DataFrame({"ecosystem": ["11"], "variable": ["ecosystem_quality_index"],
                           "unit": ["1"], "closing": [62.5]})  # fmt: skip
    (row,) = condition_table(given_, bundled()).itertuples()
    assert (row.grade_closing_zh, row.grade_closing_en) == ("良", "good")
    assert row.characteristic_en == "composite"


def test_a_column_that_would_be_empty_is_left_out() -> None:
    given_ = pd.DataFrame({"ecosystem": ["11"], "variable": ["npp"], "unit": ["g_C/m2/year"],
                           "closing": [600.0]})  # fmt: skip
    assert list(condition_table(given_, bundled())) == [
        "ecosystem", "ecosystem_zh", "ecosystem_en", "characteristic_zh", "characteristic_en",
        "variable", "variable_zh", "variable_en", "closing", "unit",
    ]  # fmt: skip


@given(st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_an_indicator_is_within_0_and_1_or_missing(value: float, low: float, high: float) -> None:
    (found,) = indicator(*(pd.Series([x]) for x in (value, low, high)))
    assert np.isnan(found) if low == high else 0 <= found <= 1


def test_an_indicator_that_is_better_when_smaller() -> None:
    # pollution 30 between worst 100 and best 0: (30 - 100) / (0 - 100) = 0.7
    assert indicator(pd.Series([30.0]), pd.Series([100.0]), pd.Series([0.0]))[0] == 0.7


def test_every_characteristic_is_of_a_known_variable() -> None:
    for name, title in condition_characteristics().items():
        assert variable(name)
        assert title.zh
        assert title.en
