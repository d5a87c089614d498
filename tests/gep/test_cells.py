"""What holds for every service because a kernel sees one pixel, or one row, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.spec import Coefficients, Layer
from gep.service import Service, Variant
from gep.services import SERVICES

PAIRS = [
    (s, v)
    for s in SERVICES
    for v in s.variants
    if not any(isinstance(i, Coefficients) for i in v.inputs.values())
]
CELLS = 12
each_variant = pytest.mark.parametrize(
    "variant", [v for _, v in PAIRS], ids=[f"{s.id}-{v.id}" for s, v in PAIRS]
)


def drawn(variant: Variant, seed: int) -> dict[str, np.ndarray]:
    """Return numbers of each cell for a model's inputs, from 0.1 to 0.9."""
    draw = np.random.default_rng(seed)
    return {name: draw.uniform(0.1, 0.9, CELLS) for name in variant.inputs}


@each_variant
@given(seed=st.integers(0, 999), cut=st.integers(1, CELLS - 1))
def test_any_cut_of_the_cells_gives_the_same_cells(variant: Variant, seed: int, cut: int) -> None:
    values = drawn(variant, seed)
    whole = np.broadcast_to(variant.kernel(**values), CELLS)
    parts = [
        np.broadcast_to(variant.kernel(**{n: v[part] for n, v in values.items()}), size)
        for part, size in ((slice(cut), cut), (slice(cut, None), CELLS - cut))
    ]
    assert np.array_equal(np.concatenate(parts), whole, equal_nan=True)


@each_variant
@given(seed=st.integers(0, 999))
def test_the_order_of_the_cells_does_not_matter(variant: Variant, seed: int) -> None:
    values = drawn(variant, seed)
    order = np.random.default_rng(seed).permutation(CELLS)
    turned = variant.kernel(**{n: v[order] for n, v in values.items()})
    whole = np.broadcast_to(variant.kernel(**values), CELLS)
    assert np.array_equal(np.broadcast_to(turned, CELLS), whole[order], equal_nan=True)


@each_variant
def test_no_area_has_no_amount(variant: Variant) -> None:
    # what a cell holds is its value times its area, which a value that is a number makes 0
    values = np.broadcast_to(variant.kernel(**drawn(variant, 7)), CELLS)
    assert np.isfinite(values).all()
    assert not (values * 0.0).any()


def model(service: str, variant: str) -> tuple[Service, Variant]:
    return next((s, v) for s, v in PAIRS if (s.id, v.id) == (service, variant))


RISING = [
    ("soil_retention", "rusle", "rainfall_erosivity"),
    ("soil_retention", "rusle", "soil_erodibility"),
    ("soil_retention", "rusle", "slope_length_steepness"),
    ("sand_fixation", "rweq_closed", "weather_factor"),
    ("sand_fixation", "rweq_closed", "soil_erodible_fraction"),
    ("water_conservation", "water_yield", "precipitation"),
    ("carbon_sequestration", "npp_minus_respiration", "npp"),
    ("oxygen_release", "from_npp", "npp"),
    ("climate_regulation", "evapotranspiration", "cooling_evapotranspiration"),
    ("negative_air_ions", "all_ions", "canopy_height"),
    ("pest_control", "natural_area", "natural_vegetation"),
    ("species_conservation", "habitat_quality", "habitat_suitability"),
]
FALLING = [
    ("soil_retention", "rusle", "cover_factor"),
    ("soil_retention", "rusle_p", "practice_factor"),
    ("sand_fixation", "rweq_closed", "wind_cover_factor"),
    ("carbon_sequestration", "npp_minus_respiration", "soil_respiration"),
    ("species_conservation", "habitat_quality", "habitat_degradation"),
]


@pytest.mark.parametrize(
    ("service", "variant", "layer", "sign"),
    [(*one, 1) for one in RISING] + [(*one, -1) for one in FALLING],
)
@given(seed=st.integers(0, 999), more=st.floats(0, 0.1))
def test_more_of_a_cause_never_has_less_of_its_effect(
    service: str, variant: str, layer: str, sign: int, seed: int, more: float
) -> None:
    _, found = model(service, variant)
    assert isinstance(found.inputs[layer], Layer)
    values = drawn(found, seed)
    before = found.kernel(**values)
    after = found.kernel(**values | {layer: values[layer] + more})
    assert (sign * (after - before) >= -1e-12 * np.abs(before)).all()
