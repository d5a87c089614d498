"""How many points, and where."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import TableError
from sinks.sampling.planning import ALLOCATIONS, allocated, neyman, plan, points_needed, spread
from sinks.sampling.strata import Strata

ALIKE = np.ones(2)


def land(*area: float) -> Strata:
    return Strata(names=tuple(f"s{k}" for k in range(len(area))), area=np.array(area))


def test_the_number_of_points_by_hand() -> None:
    # S .3 and .4; sum W S = .8 * .3 + .2 * .4 = .32; (.32 / .01)^2 = 1024
    weight, sd = np.array([0.8, 0.2]), spread(np.array([0.9, 0.8]))
    assert sd == pytest.approx([0.3, 0.4])
    share = neyman(weight, sd, ALIKE)
    assert share == pytest.approx([0.75, 0.25])
    assert points_needed(weight, sd, share, 0.01) == pytest.approx(1024)
    # by area: sum W S^2 / SE^2 = (.8 * .09 + .2 * .16) / .0001 = 1040
    assert points_needed(weight, sd, weight, 0.01) == pytest.approx(1040)


def test_a_point_four_times_as_dear_is_drawn_half_as_often() -> None:
    share = neyman(np.array([0.5, 0.5]), np.array([0.3, 0.3]), np.array([1.0, 4.0]))
    assert share == pytest.approx([2 / 3, 1 / 3])


def test_small_strata_get_the_minimum_and_the_rest_divide_what_is_left() -> None:
    # 640 points: 13 and 10 by share are below 50; the other two divide 540 as 2 to 4
    assert allocated(640, np.array([0.02, 0.015, 0.32, 0.645]), 50).tolist() == [50, 50, 179, 361]


def test_more_minima_than_points_are_kept() -> None:
    assert allocated(20, np.array([0.5, 0.5]), 50).tolist() == [50, 50]


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=6), st.integers(2, 3000), st.integers(2, 60)
)
def test_every_point_is_given_out(shares: list[float], points: int, minimum: int) -> None:
    share = np.array(shares) / sum(shares)
    found = allocated(points, share, minimum)
    assert (found >= minimum).all()
    assert found.sum() == max(points, minimum * len(shares))


@given(
    st.lists(st.tuples(st.floats(1, 1e6), st.floats(0.02, 0.98)), min_size=1, max_size=6),
    st.floats(0.005, 0.1), st.sampled_from(ALLOCATIONS),
)  # fmt: skip
def test_a_plan_reaches_its_target(strata, target: float, allocation: str) -> None:
    area, expected = (np.array(v) for v in zip(*strata, strict=True))
    found = plan(land(*area), expected, target, allocation=allocation, minimum=2)
    assert found.se <= target * (1 + 1e-6)
    best = plan(land(*area), expected, target, allocation="neyman", minimum=2)
    assert best.needed <= found.needed * (1 + 1e-9), "no allocation needs fewer"


def test_the_cheapest_plan_costs_less() -> None:
    strata, expected, cost = land(50.0, 50.0), np.array([0.9, 0.9]), np.array([1.0, 25.0])
    heedless = plan(strata, expected, 0.01, allocation="proportional", minimum=2, cost=cost)
    cheap = plan(strata, expected, 0.01, allocation="neyman", minimum=2, cost=cost)
    assert cheap.se <= 0.01
    assert cheap.cost < 0.75 * heedless.cost


def test_strata_that_cannot_err_need_no_sample() -> None:
    with pytest.raises(TableError, match="wholly right or wholly wrong"):
        plan(land(1.0, 2.0), np.array([1.0, 0.0]), 0.01, allocation="neyman", minimum=2)
