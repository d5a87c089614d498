import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from data_catalog.units import conversion, same_kind
from gep.services.landscape_premium.premium import PREMIUM, premium_of_a_year


def test_homes_by_a_lake_by_hand() -> None:
    # 10 000 m2 x 800 CNY/m2 x a rental yield of 0.03 = 240 000 CNY
    assert PREMIUM(quantity=1e4, price=800, annual_share=0.03) == pytest.approx(240_000)


def test_a_hotel_with_a_view_by_hand() -> None:
    # 5000 nights x 60 CNY, paid each year: 300 000 CNY
    assert PREMIUM(quantity=5000, price=60, annual_share=1) == pytest.approx(300_000)


def test_a_night_is_no_floor_area() -> None:
    assert conversion("万间夜", "night")[0] == pytest.approx(1e4)
    assert not same_kind("night", "m2")
    assert not same_kind("night", "visit")


def test_no_number_of_it_comes_with_the_toolkit() -> None:
    assert "premium_annual_share" not in bundled().names()


@given(st.floats(0, 1e7), st.floats(0, 1e5), st.floats(0, 1), st.floats(0, 1))
def test_a_year_is_never_worth_more_than_the_whole_premium(
    area: float, price: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    values = [premium_of_a_year(area, price, share) for share in (0, less, more, 1)]
    assert values == sorted(values)
    assert values[0] == 0
    assert premium_of_a_year(0, price, more) == 0
