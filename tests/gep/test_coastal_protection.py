import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from gep.services import service
from gep.services.coastal_protection.sea_wall import SEA_WALL, wall_saved

length, cost = st.floats(0, 1e4), st.floats(0, 1e8)


def test_a_mangrove_coast_by_hand() -> None:
    # 12 km x 5e5 CNY a kilometre and year = 6e6 CNY
    assert service("coastal_protection").variant("guarded_coast")(length_km=12) == 12
    assert SEA_WALL(length_km=12, sea_wall_cost=5e5) == pytest.approx(6e6)


def test_no_cost_of_a_sea_wall_comes_with_the_toolkit() -> None:
    assert not [row for row in bundled() if row.parameter == "sea_wall_cost"]


@given(length, length, cost)
def test_two_stretches_are_worth_what_they_are_worth_one_by_one(
    one: float, other: float, per_km: float
) -> None:
    both = wall_saved(one, per_km) + wall_saved(other, per_km)
    assert wall_saved(one + other, per_km) == pytest.approx(both)
    assert wall_saved(0, per_km) == 0
