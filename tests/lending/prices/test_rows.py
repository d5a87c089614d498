"""Dated prices: the bundled rows, a user's own, and which one is taken."""

from datetime import date
from pathlib import Path

import pytest

from data_catalog.errors import GepError, ProjectError, UnknownNameError
from data_catalog.references import references
from lending.prices import price_at, price_rows, read_prices

HEADER = "id,market,kind,first_day,last_day,price,source\n"


def test_every_bundled_price_has_a_source_a_day_and_a_unit() -> None:
    rows = price_rows()
    assert len({row.id for row in rows}) == len(rows) > 20
    for row in rows:
        assert row.source in references(), row.id
        assert row.where, row.id
        assert row.price is not None or (row.low is not None and row.high is not None), row.id
        if row.price is not None and row.low is not None and row.high is not None:
            assert row.low <= row.price <= row.high, row.id


@pytest.mark.parametrize(
    ("id_", "turnover", "tonnes"),
    [
        ("cea-2021-07-16", 371_900, 7_045),
        ("cea-2024-mean", 181.14e8, 1.89e8),
        ("ccer-cumulative-2025-12", 6.01e8, 860.82e4),
        ("lishui-2025-04", 305.26e4, 4.06e4),
        ("liandu-2025-02", 19e4, 2_653),
        ("hunan-2025-07", 316.71e4, 3.167e4),
        ("wuning-2025", 361.83e4, 7.2e4),
        ("wuning-court-2025", 38.5e4, 7_700),
        ("zhouning-2022-05", 138.3e4, 13.6e4),
        ("bengbu-2024-09", 1550e4, 208_793),
    ],
)
def test_derived_prices_are_turnover_over_tonnes(id_: str, turnover: float, tonnes: float) -> None:
    row = {row.id: row for row in price_rows()}[id_]
    assert row.price == pytest.approx(turnover / tonnes, abs=0.02)


def test_sell_through_of_the_thin_markets() -> None:
    # Lishui 4.06 of 42.95e4 t: 9.45 %; Hunan 3.167 of 32.7e4 t: 9.7 %
    rows = {row.id: row for row in price_rows()}
    assert rows["lishui-2025-04"].sell_through == pytest.approx(0.0945, abs=5e-5)
    assert rows["hunan-2025-07"].sell_through == pytest.approx(0.097, abs=5e-4)
    assert rows["cea-2026-03"].sell_through is None


def test_the_newest_price_known_by_the_day_is_taken() -> None:
    rows = price_rows()
    assert price_at(rows, "CEA", date(2026, 3, 10), 30).id == "cea-2026-03"
    assert price_at(rows, "CEA", date(2025, 12, 31), 30).id == "cea-2025-12"
    # the weeks of 2024 have ranges alone: no price to value with
    assert price_at(rows, "CEA", date(2025, 1, 10), 30).id == "cea-2024-close"


def test_a_stale_or_unknown_price_is_refused() -> None:
    rows = price_rows()
    with pytest.raises(ProjectError, match="45 days before the base date 2026-04-20"):
        price_at(rows, "CEA", date(2026, 4, 20), 30)
    with pytest.raises(ProjectError, match="has no price by 2020-01-01"):
        price_at(rows, "CEA", date(2020, 1, 1), 30)
    with pytest.raises(UnknownNameError, match="Did you mean CEA"):
        price_at(rows, "CEAA", date(2026, 3, 10), 30)


def test_a_user_s_own_rows_come_beside(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(HEADER + "ours,CEA,allowance,2026-04-13,2026-04-17,79,exchange\n", "utf-8")
    rows = [*price_rows(), *read_prices(file)]
    found = price_at(rows, "CEA", date(2026, 4, 20), 30)
    assert (found.id, found.price, found.grade) == ("ours", 79.0, "local")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,CEA,x,2026-04-13,2026-04-12,79,s", "last_day is before"),
        ("a,CEA,x,2026-04-13,2026-04-13,-1,s", "price"),
        ("a,CEA,x,2026-04-13,2026-04-13,1e3x,s", "price"),
        ("a,CEA,x,13/04/2026,2026-04-13,79,s", "first_day"),
        ("a,CEA,x,2026-04-13,2026-04-13,79,", "source"),
        ("a,CEA,x,2026-04-13,2026-04-13,nan,s", "price"),
        ("a,CEA,x,2026-04-13,2026-04-13,inf,s", "price"),
    ],
)
def test_rows_that_cannot_be_used_are_told_by_line(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(HEADER + line + "\n", "utf-8")
    with pytest.raises(GepError, match=rf"prices\.csv:2.*{told}"):
        read_prices(file)
