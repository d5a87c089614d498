"""Prices and shares of a valuation, where one holds for all land and where one is per ecosystem."""

import numpy as np
import pytest

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import LOCAL, Row, bundled
from data_catalog.standards import standard
from gep.pricing import price
from gep.services import soil_retention

STANDARD = standard("garze-2017")
POLLUTION = soil_retention.SERVICE.valuation("non_point_pollution")


def row(parameter: str, key: str, value: float, units: str) -> Row:
    nan = float("nan")
    return Row(parameter, LOCAL, key, value, nan, units, nan, nan, "", "", "test", "", "local", "")


def test_one_content_for_all_land_prices_every_ecosystem_alike() -> None:
    # 1 t of soil x (0.37 % N x 875 CNY/t + 0.108 % P x 2800 CNY/t) = 3.2375 + 3.024 CNY
    priced = price(POLLUTION, bundled(), STANDARD, "soil_retention")
    got = priced.value(np.array([1.0, 1.0]), np.array([11, 51]))
    assert got == pytest.approx([6.2615, 6.2615], rel=1e-12)


def test_contents_by_ecosystem_price_each_with_its_own() -> None:
    # nitrogen of forest 1 % x 875 = 8.75, of arable land 2 % x 875 = 17.5; P as above 3.024
    rows = [row("soil_nitrogen_content", "1", 1, "percent"),
            row("soil_nitrogen_content", "51", 2, "percent")]  # fmt: skip
    priced = price(POLLUTION, bundled().with_rows(rows), STANDARD, "soil_retention")
    got = priced.value(np.array([1.0, 1.0]), np.array([11, 51]))
    assert got == pytest.approx([8.75 + 3.024, 17.5 + 3.024], rel=1e-12)


def test_a_price_without_a_row_stops_the_valuation_and_is_named() -> None:
    bare = STANDARD.model_copy(update={"default_set": "nobody"})
    with pytest.raises(ParameterMissing, match="soil_retention"):
        price(POLLUTION, bundled(), bare, "soil_retention")
