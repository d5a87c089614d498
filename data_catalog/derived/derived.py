"""What a derived layer is: a declared model that makes one variable from others.

A derivation steps in where a project gives no layer of that variable. Its kernel gets arrays of
float64, missing is NaN, and what comes out is in the units of the variable.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Literal, TypeAlias

import numpy as np

from data_catalog.parameters import Parameters
from data_catalog.spec import Coefficients, Layer, Model, Output, Pixels
from data_catalog.variables import variable

Locality: TypeAlias = Literal["pixel", "series", "neighbours"]
"""What a kernel sees of each `Layer`, at the layer's own grid unless `pixel`.

- pixel: `(y, x)`, all layers aligned;
- series: `(band, y, x)`, all bands in the order of the calendar;
- neighbours: `(3, 3, y, x)`, the window around every cell: `[0, 0]` north-west, `[1, 1]` the cell
  itself, `[2, 2]` south-east; NaN outside the layer.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLayer(Layer):
    """An input that no file holds: it follows from a layer's grid or from its bands' dates."""


CELL_WIDTH = GridLayer(symbol=r"\Delta x", units="m")
"""Ground distance from a cell to its neighbour in the row, `(y, 1)`."""
CELL_HEIGHT = GridLayer(symbol=r"\Delta y", units="m")
"""Ground distance from a cell to its neighbour in the column, `(y, 1)`."""
CELL_SIZE = GridLayer(symbol=r"\lambda", units="m")
"""Square root of a cell's ground area on the grid of the elevation, broadcastable to `(y, x)`."""
LATITUDE = GridLayer(symbol=r"\varphi", units="deg")
"""Latitude of the cells' centres, north positive, `(y, 1)` or `(y, x)`."""
MONTH = GridLayer(symbol="k", units="1")
"""Calendar month of each band, 1 to 12, `(band,)`."""
DAYS = GridLayer(symbol="d", units="day")
"""Number of days that each band stands for, `(band,)`; see `month_lengths`."""
DAY_OF_YEAR = GridLayer(symbol="J", units="1")
"""Day of the year in the middle of each band, `(band,)`; see `middle_days`."""


@dataclass(frozen=True, kw_only=True)
class Derived(Model):
    """A model that makes one variable from others.

    `purpose_limit` names the parameter that holds the coarsest cell the source may have, in m;
    empty where any cell will do.
    """

    locality: Locality
    purpose_limit: str = ""

    @property
    def makes(self) -> str:
        """Return the name of the variable."""
        return self.output.name

    def layers(self) -> dict[str, Layer]:
        """Return the inputs that are variables, by name."""
        return {k: v for k, v in super().layers().items() if not isinstance(v, GridLayer)}

    def grid_layers(self) -> dict[str, GridLayer]:
        """Return the inputs that follow from the grid or the calendar, by name."""
        return {name: i for name, i in self.inputs.items() if isinstance(i, GridLayer)}

    def coefficients(self, rows: Parameters) -> dict[str, SimpleNamespace]:
        """Return the coefficient sets of the equation by input name, values by key."""
        return {
            name: SimpleNamespace(**{k: r.value for k, r in rows.of_set(i.table, i.choose).items()})
            for name, i in self.inputs.items()
            if isinstance(i, Coefficients)
        }


def output_of(name: str, total: str) -> Output:
    """Return the output that makes a variable: in its units and within its range."""
    made = variable(name)
    return Output(name=name, units=made.units, total=total, low=made.low, high=made.high)


def month_lengths(year: int) -> Pixels:
    """Return the number of days of the twelve months, `(12,)`."""
    months = np.arange(np.datetime64(f"{year}", "M"), np.datetime64(f"{year + 1}", "M") + 1)
    return np.diff(months.astype("datetime64[D]")).astype(np.float64)


def middle_days(year: int) -> Pixels:
    """Return the day of the year in the middle of the twelve months, `(12,)`."""
    days = month_lengths(year)
    return np.cumsum(days) - (days - 1) / 2
