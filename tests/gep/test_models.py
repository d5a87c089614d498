"""What must hold for every variant and every valuation of every service."""

import ast
import importlib
import inspect
import math
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import gep.services
from data_catalog.parameters import Row, bundled
from data_catalog.references import references
from data_catalog.spec import Column, Factor, Layer, Model
from data_catalog.tables import UNIT, tables
from data_catalog.units import conversion, registry, same_kind
from data_catalog.variables import variables
from gep.service import Service, Valuation, Variant
from gep.services import SERVICES

VARIANTS = [(s, v) for s in SERVICES for v in s.variants]
VALUATIONS = [(s, v) for s in SERVICES for v in s.valuations]
MODELS = [m for _, m in (*VARIANTS, *VALUATIONS)]


def named(pair: tuple[Service, Model]) -> str:
    return f"{pair[0].id}-{pair[1].id}"


each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda s: s.id)
each_variant = pytest.mark.parametrize("pair", VARIANTS, ids=named)
each_valuation = pytest.mark.parametrize("pair", VALUATIONS, ids=named)
each_model = pytest.mark.parametrize("pair", [*VARIANTS, *VALUATIONS], ids=named)


def quantities(model: Model) -> dict[str, object]:
    return {n: registry.Quantity(np.array([0.5, 2.0]), i.units) for n, i in model.inputs.items()}


@each_model
def test_the_kernel_turns_declared_units_into_the_output_s(pair: tuple[Service, Model]) -> None:
    model = pair[1]
    if model.empirical:
        pytest.skip(model.empirical)
    result = model(**quantities(model))
    assert result.is_compatible_with(model.output.units), result.units


@each_model
def test_the_kernel_holds_no_conversion_factor(pair: tuple[Service, Model]) -> None:
    model = pair[1]
    if model.empirical:
        pytest.skip(model.empirical)
    with_units = model(**quantities(model)).to(model.output.units).magnitude
    without = model(**{n: np.array([0.5, 2.0]) for n in model.inputs})
    np.testing.assert_allclose(with_units, without, rtol=1e-12)


@each_model
def test_a_missing_layer_or_column_makes_a_missing_result(
    pair: tuple[Service, Model],
) -> None:
    model = pair[1]
    for name in (*model.layers(), *model.columns()):
        values = dict.fromkeys(model.inputs, np.array([1.0])) | {name: np.array([math.nan])}
        assert np.isnan(model(**values)).all(), name


@each_variant
def test_a_missing_class_value_makes_a_missing_result(pair: tuple[Service, Variant]) -> None:
    model = pair[1]
    for name in (n for n, f in model.factors().items() if f.by):
        values = dict.fromkeys(model.inputs, np.array([2.0])) | {name: np.array([math.nan])}
        assert np.isnan(model(**values)).all(), name


@each_model
def test_scalars_and_arrays_agree(pair: tuple[Service, Model]) -> None:
    model = pair[1]
    array = model(**dict.fromkeys(model.inputs, np.array([0.5, 2.0])))
    for i, value in enumerate((0.5, 2.0)):
        assert float(model(**dict.fromkeys(model.inputs, value))) == array[i]


@each_model
def test_both_languages_are_there(pair: tuple[Service, Model]) -> None:
    model = pair[1]
    assert model.title.zh
    assert model.title.en
    assert bool(model.note.zh) == bool(model.note.en)


@each_model
def test_the_source_is_a_reference(pair: tuple[Service, Model]) -> None:
    assert pair[1].source.key in references()
    assert pair[1].source.where


@each_model
def test_the_output_has_a_range(pair: tuple[Service, Model]) -> None:
    low, high = pair[1].output.low, pair[1].output.high
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high


@each_variant
def test_output_times_area_or_of_a_row_is_the_total(
    pair: tuple[Service, Variant],
) -> None:
    service, variant = pair
    assert variant.output.total == service.total
    got = variant.output.units if variant.table else f"({variant.output.units}) * m2"
    factor, offset = conversion(got, service.total)
    assert factor > 0
    assert offset == 0


@each_variant
def test_a_layer_is_a_variable_in_units_it_can_be_converted_to(
    pair: tuple[Service, Variant],
) -> None:
    for name, layer in pair[1].layers().items():
        assert same_kind(variables()[name].units, layer.units), name


@pytest.mark.parametrize(
    # not soil retention: its range is what is plausible, the extremes of R, K and LS do not meet
    "pair",
    [(s, v) for s, v in VARIANTS if s.id != "soil_retention" and not v.table],
    ids=named,
)
def test_what_the_variables_allow_is_within_the_range(pair: tuple[Service, Variant]) -> None:
    variant = pair[1]
    draw = np.random.default_rng(20261121)
    values: dict[str, object] = {}
    for name, given in variant.inputs.items():
        if isinstance(given, Layer):
            known = variables()[name]
            factor, offset = conversion(known.units, given.units)
            values[name] = draw.uniform(known.low, known.high, 2000) * factor + offset
        elif rows := rows_of(variant.parameters().get(name, name)):
            values[name] = draw.choice([r.in_units(given.units) for r in rows], 2000)
        else:
            values[name] = np.ones(2000)
    result = variant(**values)
    assert variant.output.low <= result.min()
    assert result.max() <= variant.output.high


@each_valuation
def test_a_valuation_turns_the_service_s_total_into_yuan(
    pair: tuple[Service, Valuation],
) -> None:
    service, valuation = pair
    given = valuation.inputs.get("physical")
    assert valuation.of_rows or isinstance(given, Layer)
    assert given is None or given.units == service.total
    assert valuation.output.units == valuation.output.total == "CNY/year"
    others = [i for n, i in valuation.inputs.items() if n != "physical"]
    assert all(isinstance(i, Factor | Column) for i in others)


@each_service
def test_ids_are_unique(service: Service) -> None:
    ids = [m.id for m in (*service.variants, *service.valuations)]
    assert len(ids) == len(set(ids))


@each_service
def test_every_variant_s_file_is_in_its_service(service: Service) -> None:
    package = importlib.import_module(f"gep.services.{service.id}")
    files = sorted(p for p in Path(*package.__path__).glob("*.py") if p.stem != "__init__")
    modules = [importlib.import_module(f"{package.__name__}.{f.stem}") for f in files]
    for module in (m for m in modules if hasattr(m, "VARIANT")):
        assert module.__name__.rpartition(".")[2] == module.VARIANT.id
    assert all(f.read_text(encoding="utf-8").count("\n") <= 80 for f in files)
    declared = [*_declared(modules, Variant), *_declared(modules, Valuation)]
    offered = (*service.variants, *service.valuations)
    assert {m.id for m in declared} <= {m.id for m in offered}


def _declared(modules: list[ModuleType], kind: type[Model]) -> list[Model]:
    """Return the models that modules hold, alone or in a family."""
    held = [v for m in modules for v in vars(m).values()]
    return [
        one for v in held for one in (v if isinstance(v, tuple) else (v,)) if isinstance(one, kind)
    ]


@each_variant
def test_a_variant_reads_pixels_or_rows_and_its_columns_are_in_its_table(
    pair: tuple[Service, Variant],
) -> None:
    service, variant = pair
    assert bool(variant.table) == bool(variant.columns())
    assert not (variant.table and variant.layers())
    assert variant.item in {"", *(i.id for i in service.items)}
    if variant.table:
        known = tables()[variant.table].columns
        for name, column in variant.columns().items():
            units = known[name].units.replace(UNIT, service.total.removesuffix("/year"))
            assert same_kind(units, column.units), name
        for name, factor in variant.factors().items():
            assert factor.by is None or known[factor.by].kind == "text", name


@each_valuation
def test_a_valuation_values_an_item_that_is_measured(pair: tuple[Service, Valuation]) -> None:
    service, valuation = pair
    assert valuation.item in {"", *(v.item for v in service.variants)}


def test_every_folder_is_a_service() -> None:
    folders = {p.parent.name for p in Path(*gep.services.__path__).glob("*/__init__.py")}
    assert folders == {s.id for s in SERVICES}


@each_model
def test_no_number_but_0_1_2_is_in_a_kernel(pair: tuple[Service, Model]) -> None:
    tree = ast.parse(inspect.getsource(pair[1].kernel))
    found = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    }
    assert found <= {0, 1, 2}


def test_a_factor_means_the_same_everywhere() -> None:
    declared: dict[str, Factor] = {}
    for model in MODELS:
        names = model.parameters()
        for input_name, factor in model.factors().items():
            name = names[input_name]
            first = declared.setdefault(name, factor)
            assert same_kind(first.units, factor.units), name
            assert (first.by, first.choose) == (factor.by, factor.choose), name


def rows_of(name: str) -> list[Row]:
    return [row for row in bundled() if row.parameter == name]


@each_model
def test_every_row_is_in_units_that_its_model_can_use(pair: tuple[Service, Model]) -> None:
    names = pair[1].parameters()
    for input_name, factor in pair[1].factors().items():
        name = names[input_name]
        for row in rows_of(name):
            assert same_kind(row.units, factor.units), row.name()
            assert bool(row.key) <= bool(factor.by), row.name()
        if factor.choose:
            assert any(row.set == factor.choose for row in rows_of(name)), name
