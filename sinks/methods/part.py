"""What every method of the forest carbon account gives: stocks, changes and their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.rows import needed
from tiles.binding import Bound
from tiles.compute import NotComputed
from tiles.results import Result

__all__ = [
    "ACCOUNT",
    "ACCOUNT_CHANGE",
    "CLASS_LAYERS",
    "TITLE",
    "TITLE_CHANGE",
    "Found",
    "Part",
    "transition_of",
]

TITLE = Text("森林碳储量", "Forest carbon stock")
TITLE_CHANGE = Text("森林碳储量变化", "Forest carbon stock change")
ACCOUNT, ACCOUNT_CHANGE = "carbon_stock", "carbon_stock_change"
CLASS_LAYERS = (("forest", "forest_baseline"), ("land_cover", "land_cover_baseline"))
"""Class maps a stock is read from: a forest mask before land cover; of the account and baseline."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a method found, t_C.

    Parameters
    ----------
    stocks : mapping of year to Estimates per pool
        With keys parcel_id and pool; each has the same parcels in the same order.
    changes : Estimates per pool
        Over the whole period, of land known at both dates; empty without a baseline.
    effects : DataFrame
        As `sinks.area_effect.effects` returns it; a row per pool and parcel with a change.
    routes : DataFrame, optional
        Every route of the inventory method, the chosen one and the others.
    said : mapping
        What the manifest says of this run beyond the method's record.
    rows : tuple of Row
        Parameter rows that were found to be needed only now.
    """

    stocks: Mapping[int, tuple[Estimates, ...]]
    changes: tuple[Estimates, ...] = ()
    effects: pd.DataFrame = field(default_factory=pd.DataFrame)
    routes: pd.DataFrame | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


class Part(Protocol):
    """A method made ready for a run."""

    @property
    def models(self) -> tuple[Bound, ...]:
        """Return what the tiles are to add up."""
        ...

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """Return what the inputs do not allow."""
        ...

    @property
    def changes(self) -> bool:
        """Return whether it finds a change, too."""
        ...

    def found(self, result: Result) -> Found | None:
        """Return the stocks and changes; None where nothing can be computed."""
        ...

    def behind(self, pool: str) -> tuple[Row, ...]:
        """Return the parameter rows that a pool may rest on."""
        ...

    def record(self) -> dict[str, Any]:
        """Return what the manifest says of it."""
        ...


def transition_of(parameters: Parameters) -> Row:
    """Return how long land counts as converted, and its soil and litter change."""
    return needed(parameters, ACCOUNT, "soil_transition_years", "ipcc-2006")
