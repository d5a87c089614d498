"""A series of prices that a user gives, to fit a process to: columns date and price."""

import csv
import math
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError, raise_all
from data_catalog.parameters import table_text
from data_catalog.text import Text

__all__ = ["read_series"]


def read_series(path: Path) -> tuple[list[date], npt.NDArray[np.float64]]:
    """Return the days and the prices, CNY/t_CO2e, in the order of the file.

    Raises
    ------
    ProjectError or Problems
        If a column is missing, or rows are no date and no price: all of them at once.
    """
    rows = csv.DictReader(table_text(path).splitlines())
    if not {"date", "price"} <= set(rows.fieldnames or ()):
        raise ProjectError(where=path.name, problem=Text(
            "需要 date 与 price 两列。", "needs the columns date and price."
        ))  # fmt: skip
    days: list[date] = []
    prices: list[float] = []
    errors: list[ProjectError] = []
    for number, row in enumerate(rows, start=2):
        try:
            day, price = date.fromisoformat(row["date"].strip()), float(row["price"])
        except (ValueError, TypeError, AttributeError):
            price = math.nan
        if not (math.isfinite(price) and price > 0):
            errors.append(ProjectError(where=f"{path.name}:{number}", problem=Text(
                f"“{row['date']}，{row['price']}”应为日期（如 2026-03-06）与大于 0 的价格。",
                f"{row['date']!r}, {row['price']!r} must be a date such as 2026-03-06 and a price "
                "above 0.",
            )))  # fmt: skip
        else:
            days.append(day)
            prices.append(price)
    raise_all(errors)
    return days, np.array(prices)
