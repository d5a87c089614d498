import pytest
from hypothesis import given
from hypothesis import strategies as st

from gep.service import Service
from gep.services import service
from gep.services.water_supply.clean_use import clean_water_used
from gep.services.water_supply.items import SECTORS
from gep.services.water_supply.values import MARKET_PRICE
from gep.services.water_supply.water_balance import water_supplied

WATER: Service = service("water_supply")
volume = st.floats(0, 1e12)


def test_a_town_s_clean_water_by_hand() -> None:
    # 2e6 m3, 0.85 of it of class III or better: 1.7e6 m3; x 2.6 CNY/m3 = 4.42e6 CNY
    clean = WATER.variant("clean_domestic_use")(quantity=2e6, clean_share=0.85)
    assert clean == pytest.approx(1.7e6)
    assert MARKET_PRICE(physical=clean, price=2.6) == pytest.approx(4.42e6)


def test_a_lake_s_balance_by_hand() -> None:
    # 3.0 flows in + 1.2 rain - 0.9 flows out - 2.1 evaporates - 0.2 stays = 1.0e8 m3
    assert water_supplied(3.0e8, 1.2e8, 0.9e8, 2.1e8, 0.2e8) == pytest.approx(1.0e8)


def test_a_lake_that_dries_out_supplies_what_it_loses() -> None:
    # nothing flows in, nothing rains: the 0.5e8 m3 it loses less 0.3e8 evaporated = 0.2e8 m3
    assert water_supplied(0, 0, 0, 0.3e8, -0.5e8) == pytest.approx(0.2e8)


@pytest.mark.parametrize("sector", [s.id for s in SECTORS])
def test_garze_2010_by_sector(case, numbers, sector: str) -> None:
    # 1.36e8 m3 x 2.6 = 3.536e8; 150.17e8 x 3.6 = 540.612e8; 17.31e8 x 0.07 = 1.2117e8 CNY
    row = next(r for r in case("garze_2010_provisioning") if r["item"] == sector)
    tariff = WATER.valuation(f"{sector}_tariff")
    price = numbers(tariff, "garze2017")["price"]
    assert price == float(row["price"])
    supplied = WATER.variant(f"{sector}_use")(quantity=float(row["quantity"]))
    printed = row["value_1e8_yuan"]
    rounding = 0.005 * price + 0.5 * 10.0 ** -len(printed.partition(".")[2])
    assert tariff(physical=supplied, price=price) == pytest.approx(float(printed), abs=rounding)
    assert MARKET_PRICE(physical=supplied, price=price) == tariff(physical=supplied, price=price)


def test_baiyangdian_s_wetland_by_hand(numbers) -> None:
    # 0.98e8 m3 x 0.5 CNY/m3 = 0.49e8 CNY; the terms of the balance are not in our reference
    tariff = WATER.valuation("water_body_tariff")
    value = tariff(physical=0.98e8, **numbers(tariff, "baiyang2017"))
    assert value == pytest.approx(0.49e8)


@given(volume, st.floats(0, 1), st.floats(0, 1))
def test_cleaner_water_never_counts_less_and_never_more_than_all_of_it(
    quantity: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert clean_water_used(quantity, less) <= clean_water_used(quantity, more) <= quantity
    assert clean_water_used(quantity, 1) == quantity
    assert clean_water_used(quantity, 0) == 0


@given(volume, volume, volume, volume, st.floats(-1e12, 1e12))
def test_what_a_lake_supplies_closes_its_balance(
    inflow: float, rain: float, outflow: float, evaporation: float, change: float
) -> None:
    supplied = water_supplied(inflow, rain, outflow, evaporation, change)
    left = inflow + rain - outflow - evaporation - supplied
    assert left == pytest.approx(change, abs=1e-2)
    assert supplied <= water_supplied(inflow + 1, rain, outflow, evaporation, change)
    assert supplied >= water_supplied(inflow, rain, outflow, evaporation + 1, change)
