"""Small inventories, and what single routes give for them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from data_catalog.parameters import Row, bundled
from sinks.routes import ROUTES, Choices, RouteStock, stocks

Stands = Callable[..., RouteStock]


@pytest.fixture(scope="session")
def stand() -> Stands:
    """Return what one route gives for one hectare of a stand with the columns given."""

    def of(route: str, *, rows: tuple[Row, ...] = (), added: tuple[str, ...] = (),
           sets: dict[str, str] | None = None, trees: Any = None, bamboo: Any = None,
           curves: Any = None, **columns: Any) -> RouteStock:  # fmt: skip
        one = {"parcel_id": "a", "year": 2008, "area_ha": 1.0} | columns
        size = max(len(v) if isinstance(v, list) else 1 for v in one.values())
        frame = pd.DataFrame({k: v if isinstance(v, list) else [v] * size for k, v in one.items()})
        (found,) = stocks(
            frame, bundled().with_rows(rows),
            Choices(routes=(route,), added=added, sets=sets or {}),
            trees=trees, bamboo=bamboo, curves=curves,
        )  # fmt: skip
        return found

    return of


@pytest.fixture(scope="session")
def every_route() -> tuple[str, ...]:
    """Return the ids of all routes, those for which one must ask too."""
    return tuple(route.id for route in ROUTES)
