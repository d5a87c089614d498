"""Carbon from a biomass map: kernels by hand, units, and the error of shared factors."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import COLUMNS, Row, bundled
from data_catalog.units import registry
from sinks.biomass import (
    ABOVE_GROUND,
    ABOVE_GROUND_BASELINE,
    BELOW_GROUND,
    BELOW_GROUND_BASELINE,
    MODELS,
    biomass_by_threshold,
    estimates,
)
from sinks.estimates import together


def row(parameter: str, value: float, se: float = math.nan, units: str = "t_dm/t_dm") -> Row:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": parameter, "set": "hand", "units": units, "source": "hand"}
    return Row(**text, value=value, se=se, low=math.nan, high=math.nan)


def fraction(se: float = math.nan) -> Row:
    return row("carbon_fraction", 0.5, se, "t_C/t_dm")


def test_pixels_by_hand():
    # subtropical humid: R 0.20 up to 125 t/ha, 0.24 above; CF 0.47
    biomass = np.array([100.0, 125.0, 200.0, 0.0, np.nan])
    above = ABOVE_GROUND(above_ground_biomass=biomass, carbon_fraction=0.47)
    np.testing.assert_allclose(above, [47, 58.75, 94, 0, np.nan])
    below = BELOW_GROUND.kernel(biomass, 125.0, 0.20, 0.24, 0.47)
    np.testing.assert_allclose(below, [9.4, 11.75, 22.56, 0, np.nan])


def test_the_baseline_is_computed_like_the_account_year():
    biomass = np.array([0.0, 50.0, 150.0])
    factors = (125.0, 0.20, 0.24, 0.47)
    np.testing.assert_array_equal(
        BELOW_GROUND.kernel(biomass, *factors), BELOW_GROUND_BASELINE.kernel(biomass, *factors)
    )
    np.testing.assert_array_equal(
        ABOVE_GROUND.kernel(biomass, 0.47), ABOVE_GROUND_BASELINE.kernel(biomass, 0.47)
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_declared_units_follow_from_the_equation(model: Any):
    quantities = {name: registry.Quantity(2.0, i.units) for name, i in model.inputs.items()}
    result: Any = model(**quantities)
    assert result.is_compatible_with(model.output.units)
    assert registry.Unit(f"({model.output.units}) * m2").is_compatible_with(model.output.total)
    assert model.title.zh
    assert model.title.en


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.id)
def test_every_factor_has_a_row_in_a_lishui_set(model: Any):
    for name, factor in model.factors().items():
        found = bundled().find(name, "ipcc2006-subtropical-humid")
        assert found is not None
        found.in_units(factor.units)


def test_every_threshold_has_both_ratios_and_a_fraction():
    for found in [r for r in bundled() if r.parameter == "root_shoot_threshold"]:
        for name in ("root_shoot_ratio_low_biomass", "root_shoot_ratio_high_biomass"):
            ratio = bundled().find(name, found.set)
            assert ratio is not None
            assert 0 < ratio.value < 1
        assert bundled().find("carbon_fraction", found.set)


def found(low: Any, high: Any, cf: float, r1: float, r2: float) -> Any:
    """Return both pools of biomass up to the threshold (R 0.20) and above it (R 0.25), CF 0.5."""
    rows = {
        "carbon_fraction": fraction(cf),
        "root_shoot_ratio_low_biomass": row("low", 0.20, r1),
        "root_shoot_ratio_high_biomass": row("high", 0.25, r2),
    }
    low, high = np.atleast_1d(low).astype(float), np.atleast_1d(high).astype(float)
    above, below = 0.5 * (low + high), 0.5 * (0.20 * low + 0.25 * high)
    return estimates([f"p{i}" for i in range(len(low))], above, below, rows)


def test_the_error_by_hand():
    above, below = found(600, 400, 0.01, 0.02, 0.05)
    # 1000 t d.m. x se 0.01 = 10 t C
    assert above.se[0] == pytest.approx(10)
    # roots 600 x 0.20 + 400 x 0.25 = 220: 220 x 0.01 = 2.2
    # and 0.5 x 600 x 0.02 = 6, 0.5 x 400 x 0.05 = 10
    assert below.se[0] == pytest.approx(math.sqrt(2.2**2 + 6**2 + 10**2))
    # shoots and roots share the carbon fraction: 10 + 2.2 of it in their sum
    whole = together([above, below]).summed(())
    assert whole.se[0] == pytest.approx(math.sqrt(12.2**2 + 6**2 + 10**2))


def test_an_unknown_error_stays_unknown_unless_nothing_hangs_on_it():
    unknown, nothing = found([10, 0], [0, 0], math.nan, math.nan, math.nan)[0].se
    assert np.isnan(unknown)
    assert nothing == 0
    assert np.isnan(found(1, 1, 0.01, 0.02, math.nan)[1].se[0])


def test_the_error_of_a_change_goes_with_the_difference():
    # 1000 -> 1100 t: the same fraction errs in both years, so 100 x 0.01 remain
    now, before = found(1100, 0, 0.01, 0.02, 0.05)[0], found(1000, 0, 0.01, 0.02, 0.05)[0]
    assert now.minus(before).se[0] == pytest.approx(1)
    assert before.minus(now).se[0] == pytest.approx(1)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=10))
def test_errors_of_parcels_add_up_to_that_of_the_total(sums: list[float]):
    each = found(sums, [0] * len(sums), 0.01, 0.02, 0.05)[0]
    assert each.summed(()).se[0] == pytest.approx(each.se.sum())


@given(st.lists(st.floats(0, 1500), min_size=1, max_size=20))
def test_the_sides_of_the_threshold_are_found_again_from_the_sums(pixels: list[float]):
    biomass = np.array(pixels)
    low, high = row("low", 0.20), row("high", 0.24)
    above = ABOVE_GROUND.kernel(biomass, 0.5).sum()
    below = BELOW_GROUND.kernel(biomass, 125.0, low.value, high.value, 0.5).sum()
    sides = biomass_by_threshold(above, below, fraction(), low, high)
    expected = biomass[biomass <= 125].sum(), biomass[biomass > 125].sum()
    np.testing.assert_allclose(sides, expected, rtol=1e-9, atol=1e-6)


def test_with_one_ratio_all_biomass_is_on_one_side():
    one = row("ratio", 0.37)
    low, high = biomass_by_threshold([50, 10], [18.5, 3.7], fraction(), one, one)
    assert low.tolist() == [0, 0]
    assert high.tolist() == [100, 20]
