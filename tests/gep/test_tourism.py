import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from gep.service import Service
from gep.services import service
from gep.services.tourism import revenue, survey, zones

TOURISM: Service = service("tourism")
people, money = st.floats(0, 1e8), st.floats(0, 1e5)


def test_a_share_of_a_town_s_revenue_by_hand() -> None:
    # 3e8 CNY, 40 % of it owed to nature: 1.2e8 CNY
    assert revenue.SHARE(gross_output=3e8, share=0.4) == pytest.approx(1.2e8)


def test_baiyangdian_s_visits_by_individual_travel_cost(numbers) -> None:
    # 52.47 + 343.33 + 578.03 = 973.83 CNY a visit; x 135e4 visits = 13.1467e8; printed 13.15e8
    visits = TOURISM.variant("visits")(quantity=135e4)
    rows = [v(physical=visits, **numbers(v, "baiyang2017")) for v in survey.VALUATIONS]
    by_hand = (0.708345e8, 4.634955e8, 7.803405e8)
    assert rows == pytest.approx(list(by_hand))
    assert sum(rows) / 1e8 == pytest.approx(13.15, abs=0.005)


def test_without_the_surplus_baiyangdian_has_an_exchange_value(numbers) -> None:
    # (52.47 + 343.33) x 135e4 = 5.3433e8 CNY
    kept = [v for v in survey.VALUATIONS if v.family != "surplus"]
    value = sum(v(physical=135e4, **numbers(v, "baiyang2017")) for v in kept)
    assert value == pytest.approx(5.3433e8)


def test_visitors_from_a_near_and_a_far_zone_by_hand() -> None:
    # near: 8000 x (60 + 4 h x 30 x 0.3) = 8000 x 96 = 768 000; far: 500 x (900 + 20 h x 50 x 0.3)
    # = 500 x 1200 = 600 000; with 100 of surplus a visit 850 000 more: 2 218 000 CNY
    value = 0.0
    for visitors, cost, hours, wage in ((8000, 60, 4, 30), (500, 900, 20, 50)):
        value += zones.spent(visitors, cost)
        value += zones.time_given(visitors, hours, wage, 0.3)
        value += zones.surplus(visitors, 100)
    assert value == pytest.approx(2_218_000)


def test_the_share_of_the_wage_is_a_survey_s_or_the_whole_wage(numbers) -> None:
    assert numbers(zones.TIME, "baiyang2017") == {"wage_share": 0.3}
    assert numbers(zones.TIME, "caep2020") == {"wage_share": 1}


def test_no_share_of_its_revenue_gives_garze_s_printed_value() -> None:
    # 358.68e4 visits, revenue 23.56e8, value 70.6669e8 CNY: three times the revenue
    assert revenue.SHARE(gross_output=23.56e8, share=1) < 70.6669e8
    assert not [row for row in bundled() if row.parameter == "tourism_ecosystem_share"]


def test_spending_is_counted_once_and_so_are_time_and_surplus() -> None:
    families = {v.id: v.family for v in TOURISM.valuations}
    assert families["revenue_share"] == families["visit_spending"] == families["zone_spending"]
    assert families["visit_time"] == families["zone_time"]
    assert families["visit_surplus"] == families["zone_surplus"]
    assert len(set(families.values())) == 3


@given(people, money, st.floats(0, 100), st.floats(0, 500), st.floats(0, 1), st.floats(0, 10))
def test_value_follows_visitors_and_a_longer_visit_is_never_worth_less(
    visitors: float, cost: float, hours: float, wage: float, share: float, times: float
) -> None:
    value = zones.spent(visitors, cost) + zones.time_given(visitors, hours, wage, share)
    more = visitors * times
    assert zones.spent(more, cost) + zones.time_given(more, hours, wage, share) == pytest.approx(
        value * times
    )
    assert zones.time_given(visitors, hours + 1, wage, share) >= zones.time_given(
        visitors, hours, wage, share
    )
    assert zones.spent(0, cost) + zones.surplus(0, cost) == 0
