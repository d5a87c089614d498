"""Examples worked by hand: what a kernel gives for stated inputs, and nothing else."""

import math

import numpy as np
import pytest

from data_catalog.examples import ordinary_values
from data_catalog.tables import UNIT, tables
from data_catalog.units import is_unit, same_kind
from data_catalog.variables import variables
from gep.hand_example import hand_example
from gep.service import Service, Valuation, Variant
from gep.services import SERVICES, service

MODELS = [(s, m) for s in SERVICES for m in (*s.variants, *s.valuations)]
each_model = pytest.mark.parametrize("pair", MODELS, ids=lambda pair: f"{pair[0].id}-{pair[1].id}")


def test_a_hectare_of_forest_by_hand() -> None:
    water = service("water_conservation")
    # 1500 mm of rain, 4.65 % of it runs off from evergreen broadleaf forest, 800 mm evaporates:
    # 1500 - 69.75 - 800 = 630.25 mm; on 10,000 m2 that is 6302.5 m3
    example = hand_example(water, water.variant("balance"))
    assert example.key == "11"
    assert example.given["runoff_coefficient"].value == pytest.approx(0.0465)
    assert (example.result, example.units) == (pytest.approx(630.25), "mm/year")
    assert (example.total, example.total_units) == (pytest.approx(6302.5), "m3/year")
    # at 6.11 CNY/m3 that is 38,508.275 CNY
    worth = hand_example(water, water.valuation("storage_cost"))
    assert worth.of == "balance"
    assert worth.total == pytest.approx(38_508.275)


def test_a_lake_by_hand() -> None:
    flood = service("flood_mitigation")
    # e^6.636 20^0.678 = 762.0 x 7.62 = 5808.7 ten thousand m3, once a year
    example = hand_example(flood, flood.variant("lake_model"))
    assert example.key == "tibet"
    assert example.total == pytest.approx(math.exp(6.636) * 20**0.678 * 10_000)


@each_model
def test_an_example_is_what_the_kernel_gives_within_its_range(
    pair: tuple[Service, Variant | Valuation],
) -> None:
    model = pair[1]
    example = hand_example(*pair)
    assert list(example.given) == list(model.inputs)
    given = {name: np.array(one.value) for name, one in example.given.items()}
    assert example.result == model(**given)
    assert model.output.low <= example.result <= model.output.high


@each_model
def test_a_number_of_an_example_has_a_row_or_is_said_to_be_supposed(
    pair: tuple[Service, Variant | Valuation],
) -> None:
    example = hand_example(*pair)
    for name, factor in pair[1].factors().items():
        given = example.given[name]
        assert given.supposed == (given.row is None)
        if given.row is not None:
            assert given.value == given.row.in_units(factor.units)


def test_an_ordinary_value_is_one_that_its_input_may_have() -> None:
    columns = {
        name: column for table in tables().values() for name, column in table.columns.items()
    }
    for name, ordinary in ordinary_values().items():
        limits = variables().get(name) or columns.get(name)
        if limits is None:
            assert is_unit(ordinary.units), name
            continue
        assert limits.low <= ordinary.value <= limits.high, name
        if UNIT not in ordinary.units:
            assert same_kind(ordinary.units, limits.units), name


def test_every_layer_and_column_of_a_service_has_an_ordinary_value() -> None:
    read = {name for _, m in MODELS for name in (*m.layers(), *m.columns())} - {"physical"}
    assert read - set(ordinary_values()) == set()
