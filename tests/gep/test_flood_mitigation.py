import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import bundled
from data_catalog.units import conversion
from gep.service import Service
from gep.services import service
from gep.services.flood_mitigation.lake_model import flood_stored
from gep.services.water_conservation.values import STORAGE_COST

FLOOD: Service = service("flood_mitigation")
TO_M3 = conversion("万m3/year", "m3/year")[0]


def of_lake_region(name: str, region: str, chosen: str = "garze2017") -> float:
    row = bundled().find(name, chosen, region)
    assert row is not None
    return row.value


def tibet(area_km2: float) -> float:
    names = ("lake_storage_intercept", "lake_storage_exponent", "lake_exchanges")
    return float(flood_stored(area_km2, *(of_lake_region(n, "tibet") for n in names))) * TO_M3


def test_a_lake_of_one_square_kilometre_by_hand() -> None:
    # e^6.636 x 1 km2 ^ 0.678 x 1 = 762.04 ten thousand m3
    assert tibet(1.0) == pytest.approx(762.04e4, rel=1e-5)


def test_garze_s_lakes_of_164_9_km2_hold_2_428e8_m3(numbers) -> None:
    # e^6.636 x 164.916^0.678 = 24280 ten thousand m3; x 7.06 CNY/m3 = 17.14e8 CNY
    stored = tibet(164.916)
    assert stored == pytest.approx(2.428e8, rel=2e-4)
    value = STORAGE_COST(physical=stored, **numbers(STORAGE_COST, "garze2017"))
    assert value == pytest.approx(17.143e8, rel=1e-3)


def test_garze_s_marshes_of_1999_km2_hold_6e8_m3(case, numbers) -> None:
    # 0.3 m x 1999e6 m2 = 5.997e8 m3; x 7.06 = 42.34e8 CNY
    row = next(r for r in case("garze_2010") if r["item"] == "marsh storage")
    depth = FLOOD.variant("marsh_surface")(**numbers(FLOOD.variant("marsh_surface"), "garze2017"))
    stored = depth * 1999e6
    assert stored == pytest.approx(float(row["quantity"]) * 1e8, rel=1e-3)
    value = STORAGE_COST(physical=stored, **numbers(STORAGE_COST, "garze2017"))
    assert value == pytest.approx(float(row["value_1e8_yuan"]) * 1e8, rel=1e-3)


def test_a_reservoir_of_3_million_m3_by_hand(numbers) -> None:
    # 0.35 x 3e6 m3 = 1.05e6 m3
    variant = FLOOD.variant("reservoir_share")
    assert variant(capacity=3e6, **numbers(variant, "garze2017")) == pytest.approx(1.05e6)


def test_the_water_exchanges_of_the_eastern_plain_have_no_row() -> None:
    rows = [r for r in bundled() if r.parameter == "lake_exchanges"]
    assert rows
    assert not [r for r in rows if r.key == "east"]


@given(st.floats(0, 1e5), st.floats(0.1, 1e4), st.floats(0, 10))
def test_a_larger_lake_and_more_exchanges_never_hold_less(
    area: float, more: float, exchanges: float
) -> None:
    a, b = (float(flood_stored(x, 6.636, 0.678, exchanges)) for x in (area, area + more))
    assert b >= a
    assert float(flood_stored(area, 6.636, 0.678, exchanges + 1)) >= a


def test_no_area_holds_nothing() -> None:
    assert flood_stored(0.0, 6.636, 0.678, 1.0) == 0
    assert math.isnan(flood_stored(np.nan, 6.636, 0.678, 1.0))
