import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from gep.services import service
from gep.services.noise_reduction.barriers import (
    BARRIER_FORM,
    ROAD_FORM,
    barriers_saved,
    decibels_saved,
)

NOISE = service("noise_reduction")


def test_a_road_behind_trees_by_hand() -> None:
    # 3 km x 6 dB x 10 000 CNY/(km dB year) = 180 000 CNY
    assert NOISE.variant("green_belt")(length_km=3) == 3
    assert ROAD_FORM(length_km=3, noise_reduction=6, decibel_cost=1e4) == pytest.approx(1.8e5)


def test_a_belt_in_the_place_of_a_barrier_by_hand() -> None:
    # 3 km x 200 000 CNY/(km year) = 600 000 CNY
    assert BARRIER_FORM(length_km=3, noise_barrier_cost=2e5) == pytest.approx(6e5)


def test_a_road_is_valued_by_one_form_alone() -> None:
    assert ROAD_FORM.family == BARRIER_FORM.family


def test_no_cost_of_a_barrier_comes_with_the_toolkit() -> None:
    assert not {"decibel_cost", "noise_barrier_cost"} & bundled().names()


@given(st.floats(0, 1e4), st.floats(0, 60), st.floats(0, 60), st.floats(0, 1e6))
def test_a_quieter_road_is_never_worth_less(
    length: float, one: float, other: float, cost: float
) -> None:
    less, more = sorted((one, other))
    assert decibels_saved(length, less, cost) <= decibels_saved(length, more, cost)
    assert decibels_saved(length, 0, cost) == 0
    assert barriers_saved(0, cost) == 0
