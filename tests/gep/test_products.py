"""The services that provide products: forests, livestock, fisheries, energy and others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from data_catalog.units import same_kind
from gep.products.prices import market_value
from gep.products.shares import land_rent, value_added
from gep.services import service

PRODUCTS = (
    "agricultural_products", "forestry_products", "livestock_products", "fishery_products",
    "ecological_energy", "other_products",
)  # fmt: skip
UNITS = ("t", "m3", "t", "t", "kWh", "株")
amount = st.floats(0, 1e9)


def test_gaotianyan_s_timber_bamboo_and_other_goods_by_hand() -> None:
    # 18e4 m3 x 414.88 = 7467.84e4; 43.11e4 culms x 5 = 215.55e4; + 8e4 = 7691.39e4 CNY
    price = service("forestry_products").valuation("market_price")
    timber = price(quantity=18e4, price=414.88)
    bamboo = price(quantity=43.11e4, price=5)
    others = 8e4
    assert (timber + bamboo + others) / 1e4 == pytest.approx(7691.39, abs=0.005)


def test_lancang_hydropower_by_hand() -> None:
    # 1297.05e8 kWh x 0.3 CNY/kWh = 389.115e8 CNY
    price = service("ecological_energy").valuation("market_price")
    assert price(quantity=1297.05e8, price=0.3) == pytest.approx(389.115e8)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("prov_agri", "agricultural_products"),
        ("prov_forest", "forestry_products"),
        ("prov_livestock", "livestock_products"),
        ("prov_fishery", "fishery_products"),
    ],
)
def test_garze_s_net_outputs_are_the_values(case, row: str, name: str) -> None:
    printed = next(r for r in case("garze_2010_provisioning") if r["service_id"] == row)
    value = float(printed["value_1e8_yuan"])
    assert service(name).valuation("net_output")(net_output=value) == value


def test_garze_s_hydropower_by_hand(case) -> None:
    # 95.30e8 kWh x 0.53 CNY/kWh = 50.509e8 CNY, to the last printed digit
    row = next(r for r in case("garze_2010_provisioning") if r["item"] == "hydropower")
    price = service("ecological_energy").valuation("market_price")
    value = price(quantity=float(row["quantity"]), price=float(row["price"]))
    assert value == pytest.approx(float(row["value_1e8_yuan"]), abs=5e-5)


def test_garze_s_provisioning_services_add_up(case) -> None:
    # 12.2875 + 2.3777 + 22.076 + 0.0356 + 3.54 + 540.6113 + 1.2117 + 50.509 = 632.6488: the paper
    # prints 632.64, one in the last digit less than its own rows
    rows = {r["item"]: float(r["value_1e8_yuan"]) for r in case("garze_2010_provisioning")}
    total = rows.pop("provisioning")
    assert sum(rows.values()) == pytest.approx(632.6488, abs=5e-5)
    assert sum(rows.values()) == pytest.approx(total, rel=2e-5)


def test_garze_puts_water_fish_and_hydropower_on_wetland(case) -> None:
    # 540.6113 + 3.54 + 1.2117 + 50.509 + 0.0356 = 595.9076; its table by ecosystem prints 595.9
    rows = {r["item"]: float(r["value_1e8_yuan"]) for r in case("garze_2010_provisioning")}
    wetland = ("domestic", "industrial", "agricultural", "hydropower", "fishery products")
    assert sum(rows[name] for name in wetland) == pytest.approx(595.9, abs=0.05)


def test_the_rent_of_pasture_by_hand() -> None:
    # 40 % of an output of 2.5e8 CNY = 1e8 CNY
    assert land_rent(2.5e8, 0.4) == pytest.approx(1e8)


def test_no_rent_share_comes_with_the_toolkit() -> None:
    assert not [row for row in bundled() if row.parameter == "land_rent_share"]


@pytest.mark.parametrize(("name", "unit"), list(zip(PRODUCTS, UNITS, strict=True)))
def test_products_are_summed_and_priced_in_the_unit_of_the_branch(name: str, unit: str) -> None:
    one = service(name)
    assert same_kind(f"{unit}/year", one.total)
    for id_ in ("market_price", "residual"):
        price = one.valuation(id_).columns()["price"]
        assert same_kind(price.units, f"CNY/({unit})")


def test_each_branch_has_the_same_ways_to_be_valued() -> None:
    first, *others = [[v.id for v in service(name).valuations] for name in PRODUCTS]
    assert first == ["market_price", "net_output", "residual", "rent"]
    assert all(other == first for other in others)


@given(amount, st.floats(0, 1e5), st.floats(0, 10))
def test_twice_the_product_or_the_price_is_twice_the_value(
    quantity: float, price: float, times: float
) -> None:
    value = market_value(quantity, price)
    assert market_value(quantity * times, price) == pytest.approx(value * times)
    assert market_value(quantity, price * times) == pytest.approx(value * times)


@given(amount, st.floats(0, 1), st.floats(0, 1))
def test_a_greater_share_of_the_output_is_never_a_lesser_rent(
    output: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert land_rent(output, less) <= land_rent(output, more) <= output


def test_a_branch_that_makes_a_loss_counts_as_a_loss() -> None:
    assert value_added(-3e6) == -3e6
