"""Prices as dated rows: market, days, unit, volume, and whether it was at arm's length."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_catalog.complaints import Refused, complaints
from data_catalog.errors import ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import GRADES, table_text
from data_catalog.text import Text

__all__ = ["PriceRow", "check_age", "price_at", "price_rows", "read_prices"]

BUNDLED = "prices.csv"
UNIT = "CNY/t_CO2e"
Amount = Annotated[float, Field(gt=0)]


class PriceRow(BaseModel):
    """What a market paid in an interval of days [from, to].

    `price` is a mean or a close, `low` and `high` the range; a row may have a range alone, and
    then it is no price to value with. `listed` and `sold` are tonnes of the market's whole life or
    of the interval, `sales_per_year` tonnes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    id: str
    market: str
    kind: str
    first_day: date
    last_day: date
    price: Amount | None = None
    low: Amount | None = None
    high: Amount | None = None
    unit: str = UNIT
    listed: Annotated[float | None, Field(ge=0)] = None
    sold: Annotated[float | None, Field(ge=0)] = None
    sales_per_year: Annotated[float | None, Field(ge=0)] = None
    arms_length: bool = True
    source: Annotated[str, Field(min_length=1)]
    where: str = ""
    grade: str = "local"
    note: str = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> "PriceRow":
        if self.last_day < self.first_day:
            raise Refused(
                Text("last_day（止日）早于 first_day（起日）。", "last_day is before first_day.")
            )
        if self.unit != UNIT:
            raise Refused(Text(f"unit 须为 {UNIT}。", f"unit must be {UNIT}."))
        if self.grade not in GRADES:
            known = ", ".join(GRADES)
            raise Refused(Text(f"grade 须为其中之一：{known}。", f"grade must be one of {known}."))
        return self

    @property
    def sell_through(self) -> float | None:
        """Return the share of the listed tonnes that was sold; None where it is not known."""
        if self.listed is None or self.sold is None or self.listed == 0:
            return None
        return self.sold / self.listed


@cache
def price_rows() -> tuple[PriceRow, ...]:
    """Return the rows that come with the toolkit, in their order."""
    file = resources.files("data_catalog.lending") / BUNDLED
    return tuple(_rows(file.read_text(encoding="utf-8"), BUNDLED))


def read_prices(path: Path) -> tuple[PriceRow, ...]:
    """Return a user's own rows.

    Raises
    ------
    ProjectError or Problems
        All rows that are wrong, at once.
    """
    return tuple(_rows(table_text(path), path.name))


def _rows(text: str, where: str) -> Iterator[PriceRow]:
    errors: list[ProjectError] = []
    rows: list[PriceRow] = []
    for number, cells in enumerate(csv.DictReader(text.splitlines()), start=2):
        given: dict[str, Any] = {k: v.strip() for k, v in cells.items() if k and v and v.strip()}
        try:
            rows.append(PriceRow.model_validate(given))
        except ValidationError as error:
            errors.append(_wrong(error, f"{where}:{number}"))
    raise_all(errors)
    yield from rows


def _wrong(error: ValidationError, where: str) -> ProjectError:
    column, said = next(complaints(error))
    if not column:
        return ProjectError(where=where, problem=said)
    return ProjectError(where=where, problem=Text(
        f"{column} 列：{said.zh}", f"column {column}: {said.en}"
    ))  # fmt: skip


def price_at(rows: Iterable[PriceRow], market: str, day: date, validity_days: int) -> PriceRow:
    """Return the newest row of a market that ended by a day.

    Raises
    ------
    UnknownNameError
        If there is no such market.
    ProjectError
        If the newest price is older than the policy allows, or there is none by that day.
    """
    of_market = [row for row in rows if row.market == market]
    if not of_market:
        markets = {row.market for row in rows}
        raise UnknownNameError(
            where="price", kind=Text("市场", "market"), name=market,
            hint=suggestion(market, markets),
        )  # fmt: skip
    known = [row for row in of_market if row.last_day <= day and row.price is not None]
    if not known:
        raise ProjectError(where=f"price {market}", problem=Text(
            f"{day} 之前没有价格行。请补充一行有日期与来源的价格。",
            f"has no price by {day}. Give a dated price with its source.",
        ))  # fmt: skip
    newest = max(known, key=lambda row: (row.last_day, row.arms_length))
    check_age(newest, day, validity_days)
    return newest


def check_age(row: PriceRow, day: date, validity_days: int) -> None:
    """Refuse a stale price.

    Raises
    ------
    ProjectError
        If the row ended more days before than the policy allows, or ends after the day.
    """
    age = (day - row.last_day).days
    if age < 0:
        raise ProjectError(where=f"price {row.id}", problem=Text(
            f"日期 {row.last_day} 晚于评估基准日 {day}。请改用基准日前的价格。",
            f"is of {row.last_day}, after the base date {day}. Use a price known by then.",
        ))  # fmt: skip
    if age > validity_days:
        raise ProjectError(where=f"price {row.id}", problem=Text(
            f"截至 {row.last_day}，距基准日 {day} 已 {age} 天，超过政策的 {validity_days} 天。"
            "请提供较新的价格。",
            f"is of {row.last_day}, {age} days before the base date {day}; the policy allows "
            f"{validity_days} days. Give a newer price.",
        ))  # fmt: skip
