"""Prices are brought to one year by an index that has both years, and else stay in their own."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.parameters import LOCAL, Parameters, Row, bundled
from gep.price_level import PRICE_INDEX, PriceLevel, is_money
from tiles.project import Account, Project

GARZE = next(r for r in bundled() if r.name() == "electricity_price[garze2017]")


def level(
    year: int | None, *rows: Row, region: str | None = None, before: Parameters | None = None
) -> PriceLevel:
    account = Account(name="ours", year=2019, price_year=year, region=region)
    project = Project(project=account, layers={}, folder=Path())
    return PriceLevel.of(project, (before or bundled()).with_rows(rows))


def index(key: str, value: float, chosen: str = LOCAL) -> Row:
    return replace(
        GARZE, parameter=PRICE_INDEX, set=chosen, key=key, value=value, units="1",
        year=key.partition("/")[2],
    )  # fmt: skip


def price(at: PriceLevel, name: str = "electricity_price", chosen: str = "garze2017") -> Row:
    row = at.parameters.find(name, chosen)
    assert row is not None
    return row


def test_a_price_moves_by_the_ratio_of_two_index_numbers() -> None:
    # 0.53 CNY/kWh of 2010 x 110 / 100
    at = level(2019, index("CN/2010", 100), index("CN/2019", 110))
    row = price(at)
    assert (row.value, row.year) == (pytest.approx(0.583), "2019")
    assert "brought from 2010 by price_index, x 1.1" in row.note
    assert [r.name() for r in at.behind([row])] == [
        "price_index[project, CN/2010]", "price_index[project, CN/2019]",
    ]  # fmt: skip


def test_the_published_index_brings_2007_to_2014_and_back() -> None:
    # 449.10 x 606.70 / 493.60 = 552.00 CNY/ha, as Gaotianyan has it
    moved = price(level(2014), "equivalent_unit_value", "xie2008")
    assert moved.value == pytest.approx(552.0036, abs=1e-3)
    back = price(level(2007), "equivalent_unit_value", "gaotian2017")
    assert back.value == pytest.approx(449.10, abs=1e-3)


def test_without_both_years_a_price_stays_and_the_rows_needed_are_named() -> None:
    at = level(2019, index("CN/2019", 110))
    assert price(at) == GARZE
    said = at.stuck(["2010", "2019"])
    assert said is not None
    for key in ("CN/2010", "CN/2019", "price_index"):
        assert key in said.zh
        assert key in said.en
    assert at.stuck(["2019"]) is None
    assert at.behind([price(at)]) == []


def test_two_index_numbers_of_different_series_move_nothing() -> None:
    at = level(2019, index("CN/2010", 100, "one"), index("CN/2019", 110, "other"))
    assert price(at) == GARZE


def test_the_region_s_index_comes_before_the_nation_s() -> None:
    national = (index("CN/2010", 100), index("CN/2019", 110))
    own = (index("331100/2010", 100), index("331100/2019", 120))
    assert price(level(2019, *national, *own, region="331100")).value == pytest.approx(0.53 * 1.2)
    assert price(level(2019, *national, *own)).value == pytest.approx(0.53 * 1.1)


def test_a_project_s_own_index_comes_before_a_bundled_one() -> None:
    at = level(2014, index("CN/2007", 100), index("CN/2014", 200))
    moved = price(at, "equivalent_unit_value", "xie2008")
    assert moved.value == pytest.approx(2 * 449.10)


def test_no_price_moves_where_no_year_is_asked_for() -> None:
    at = level(None, index("CN/2010", 100), index("CN/2019", 110))
    assert list(at.parameters) == list(bundled().with_rows([*_index(at)]))
    assert at.stuck(["2010", "2012"]) is None


def _index(at: PriceLevel) -> list[Row]:
    return [r for r in at.parameters if r.parameter == PRICE_INDEX and r.set == LOCAL]


def test_an_undated_price_and_a_number_that_is_no_money_stay_as_they_are() -> None:
    at = level(2019, index("CN/2010", 100), index("CN/2019", 110))
    assert price(at, chosen="youyang").value == 0.52
    days = price(at, "cooling_days", "garze2017")
    assert (days.value, days.year) == (15, "2010")


def test_money_in_a_table_moves_row_by_row() -> None:
    at = level(2019, index("CN/2010", 100), index("CN/2019", 110))
    frame = pd.DataFrame({"year": [2010.0, 2019.0, 2005.0]})
    assert at.factors(frame) == pytest.approx([1.1, 1, 1])
    assert [at.year_of(y) for y in ("2010", "2019", "2005")] == ["2019", "2019", "2005"]


@pytest.mark.parametrize(
    ("units", "money"),
    [("CNY/m3", True), ("CNY/{unit}", True), ("1", False), ("kg/ha", False), ("MCNYX", False)],
)
def test_money_is_known_by_its_units(units: str, money: bool) -> None:
    assert is_money(units) is money


@given(st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 1e4))
def test_bringing_a_price_over_a_year_between_changes_nothing(
    first: float, middle: float, last: float
) -> None:
    rows = (index("CN/2010", first), index("CN/2015", middle), index("CN/2019", last))
    straight = price(level(2019, *rows)).value
    at = level(2015, *rows, before=Parameters([GARZE]))
    over = level(2019, before=at.parameters)
    assert price(over).value == pytest.approx(straight, rel=1e-9)
