import pytest
from hypothesis import given
from hypothesis import strategies as st

from gep.products.prices import residual_value
from gep.services.agricultural_products import SERVICE

MARKET_PRICE, NET_OUTPUT, RESIDUAL = (
    SERVICE.valuation(name) for name in ("market_price", "net_output", "residual")
)

money = st.floats(0, 1e9)


def test_gaotianyan_s_timber_and_bamboo_by_hand() -> None:
    # 18e4 m3 x 414.88 CNY + 43.11e4 culms x 5 CNY = 7467.84e4 + 215.55e4; + 8e4 = 7691.39e4 CNY
    value = MARKET_PRICE(quantity=18e4, price=414.88) + MARKET_PRICE(quantity=43.11e4, price=5)
    assert value + 8e4 == pytest.approx(7691.39e4)


def test_garze_s_net_output_is_the_value(case) -> None:
    row = next(r for r in case("garze_2010") if r["service_id"] == "prov_agri")
    value = float(row["value_1e8_yuan"]) * 1e8
    assert NET_OUTPUT(net_output=value) == value == 12.2875e8


def test_what_is_left_of_a_field_of_rice_by_hand() -> None:
    # 1.2e4 t x 2800 CNY/t = 33.6e6; less 9e6 of inputs, 12e6 of pay and 2.6e6 of machines = 10e6
    left = RESIDUAL(
        quantity=1.2e4, price=2800, intermediate_input=9e6, labour_pay=12e6, capital_use=2.6e6
    )
    assert left == pytest.approx(10e6)


def test_a_loss_is_negative() -> None:
    assert residual_value(10.0, 100.0, 500.0, 800.0, 0.0) == -300


@given(st.floats(0, 1e6), st.floats(0, 1e4), money, money, money)
def test_the_residual_is_never_more_than_the_market_value(
    quantity: float, price: float, inputs: float, pay: float, capital: float
) -> None:
    market = MARKET_PRICE(quantity=quantity, price=price)
    assert residual_value(quantity, price, inputs, pay, capital) <= market
    assert residual_value(quantity, price, 0, 0, 0) == market
