import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from gep.services.leisure.time_spent import VARIANT, hours_spent
from gep.services.leisure.time_value import TIME_VALUE

count = st.floats(0, 1e6)


def test_a_town_s_evenings_in_the_park_by_hand() -> None:
    # 50 000 residents x 40 visits a year x 1.5 hours = 3e6 hours; x 8 CNY/hour = 24e6 CNY
    hours = VARIANT(residents=50_000, leisure_visits=40, leisure_hours=1.5)
    assert hours == pytest.approx(3e6)
    assert TIME_VALUE(physical=hours, leisure_time_value=8) == pytest.approx(24e6)


def test_no_number_of_it_comes_with_the_toolkit() -> None:
    wanted = {"leisure_visits", "leisure_hours", "leisure_time_value"}
    assert not wanted & bundled().names()


@given(count, st.floats(0, 365), st.floats(0, 24), st.floats(0, 10))
def test_hours_follow_residents_visits_and_length(
    residents: float, visits: float, hours: float, times: float
) -> None:
    spent = hours_spent(residents, visits, hours) * times
    assert hours_spent(residents * times, visits, hours) == pytest.approx(spent)
    assert hours_spent(residents, visits * times, hours) == pytest.approx(spent)
    assert hours_spent(residents, visits, hours * times) == pytest.approx(spent)
    assert hours_spent(0, visits, hours) == 0
