"""Errors by source as long tables, to be written beside a run's carbon and read back."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sinks.estimates import OWN, Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.fields import Field, Numbers, Places, Spread

__all__ = ["ERROR_COLUMNS", "FIELD_COLUMNS", "error_rows", "read_errors"]

Column: TypeAlias = npt.NDArray[Any]
ERROR_COLUMNS = ("source", "cell_x", "cell_y", "effect")
FIELD_COLUMNS = ("source", "model", "range_m", "side_m", "pixels")
WHOLE = 0
"""The cell of an error without a place: `source` is then in no row of the fields."""


def error_rows(estimates: Estimates) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the errors of estimates.

    Returns
    -------
    errors : DataFrame with the key columns, source, cell_x, cell_y, effect
        Signed effect of plus one standard error, not 0; source "" is the row's own. Cells are 0
        for what is no field.
    fields : DataFrame with source, model, range_m, side_m, pixels
        A row per field; model "" where no two cells are alike, pixels 0 for errors of points.
    """
    parts = [
        _of(source, np.arange(len(estimates)), None, effect)
        for source, effect in [*estimates.shared.items(), (OWN, estimates.own)]
    ]
    parts += [_of(source, e.row, e, e.effect) for source, e in estimates.spatial.items()]
    fields = [
        (s, c.model if (c := e.field.correlation) else "", c.range_m if c else 0.0,
         e.field.side_m, e.field.pixels or 0)
        for s, e in estimates.spatial.items()
    ]  # fmt: skip
    row, source, x, y, effect = (np.concatenate(column) for column in zip(*parts, strict=True))
    errors = estimates.keys.iloc[row].reset_index(drop=True)
    errors = errors.assign(source=source, cell_x=x, cell_y=y, effect=effect)
    return errors, pd.DataFrame(fields, columns=list(FIELD_COLUMNS))


def read_errors(
    keys: pd.DataFrame, value: Numbers, errors: pd.DataFrame, fields: pd.DataFrame
) -> Estimates:
    """Return the estimates whose errors `error_rows` returned; rows of other keys are left out.

    Parameters
    ----------
    keys : DataFrame, n rows
        Each once.
    value : (n,) array
    """
    names = list(keys.columns)
    numbered = keys.assign(_row=np.arange(len(keys)))
    found = errors.merge(numbered, on=names, how="inner")
    shared: dict[str, Numbers] = {}
    spatial: dict[str, Spread] = {}
    known = {f.source: _field(f) for f in fields.itertuples()}
    for name, rows in found.groupby("source", sort=False):
        source = str(name)
        row, effect = rows["_row"].to_numpy(dtype=np.int64), rows["effect"].to_numpy(dtype=float)
        if source in known:
            x, y = (rows[c].to_numpy(dtype=np.int64) for c in ("cell_x", "cell_y"))
            spatial[source] = Spread.gathered(known[source], len(keys), row, x, y, effect)
        else:
            shared[source] = np.zeros(len(keys))
            shared[source][row] = effect
    own = shared.pop(OWN, np.zeros(len(keys)))
    return Estimates(
        keys=keys.reset_index(drop=True), value=value, shared=shared, own=own, spatial=spatial
    )


def _of(source: str, row: Places, cells: Spread | None, effect: Numbers) -> tuple[Column, ...]:
    """Return row, source, cell and effect of what is not 0, column by column."""
    some = effect != 0
    count = int(np.count_nonzero(some))
    x, y = (cells.x[some], cells.y[some]) if cells else [np.full(count, WHOLE)] * 2
    return row[some], np.full(count, source, dtype=object), x, y, effect[some]


def _field(row: object) -> Field:
    model, pixels = getattr(row, "model"), getattr(row, "pixels")  # noqa: B009
    correlation = Correlation(model, getattr(row, "range_m")) if model else None  # noqa: B009
    return Field(correlation, getattr(row, "side_m"), int(pixels) or None)  # noqa: B009
