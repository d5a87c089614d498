"""What is known of a route's parcels while it is worked out: rows read, refused, remarked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data_catalog.errors import GepError
from data_catalog.parameters import Row
from sinks.routes.amounts import Places
from sinks.routes.route import Refused, Remark, Route
from tiles.rows import BoundRows

__all__ = ["Progress"]


@dataclass
class Progress:
    """A route over the rows of its table.

    Parameters
    ----------
    frame : DataFrame
        The rows that have what the route needs; `row` is their place in the table.
    place : (table rows,) array
        Which of the `places`, the rows of the inventory, each row of the table is of.
    refused : dict
        The first reason against each row of the table.
    lacking : dict
        The reason against an added pool, by place and pool.
    """

    route: Route
    frame: pd.DataFrame
    place: Places
    places: pd.DataFrame
    refused: dict[int, GepError] = field(default_factory=dict)
    lacking: dict[tuple[int, str], GepError] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    remarked: set[int] = field(default_factory=set)

    def refuse(self, row: int, error: GepError) -> None:
        """Note the first reason against a row of the table."""
        self.refused.setdefault(int(row), error)

    def refuse_all(self, errors: Iterable[tuple[int, GepError]]) -> None:
        """Note several reasons."""
        for row, error in errors:
            self.refuse(row, error)

    def refuser(self, rows: Places) -> Callable[[int, GepError], None]:
        """Return how a model over some rows of the table refuses one of them by its place."""
        return lambda place, error: self.refuse(rows[place], error)

    def read(self, bound: BoundRows, rows: Places) -> None:
        """Note the parameter rows behind a model, and what is to be remarked."""
        self.rows |= {row.name(): row for row in bound.rows}
        if self.route.remarked is not None:
            self.remarked |= set(self.place[rows[self.route.remarked(bound.arguments)]].tolist())

    def kept(self) -> Places:
        """Return the places that can be worked out: those of which no row was refused."""
        lost = self.place[np.array(sorted(self.refused), dtype=np.int64)]
        return np.setdiff1d(np.unique(self.place[self.frame["row"].to_numpy()]), lost)

    def plots(self) -> tuple[Places, Places]:
        """Return the plot of each row of the table, numbered through, and how many a place has."""
        rows = self.frame["row"].to_numpy()
        pairs = pd.DataFrame({"place": self.place[rows], "plot": self.frame["plot"].to_numpy()})
        found = np.zeros(len(self.place), dtype=np.int64)
        found[rows] = pairs.groupby(["place", "plot"], sort=False).ngroup().to_numpy()
        counts = np.bincount(pairs.drop_duplicates()["place"], minlength=len(self.places))
        return found, counts

    def reasons(self) -> tuple[Refused, ...]:
        """Return what was refused, once for each place and pool."""
        by_place: dict[tuple[int, str], GepError] = {}
        for row, error in sorted(self.refused.items()):
            by_place.setdefault((int(self.place[row]), ""), error)
        return tuple(
            Refused(
                parcel_id=self._parcel(place), year=self._year(place), route=self.route.id,
                pool=pool, reason=error,
            )
            for (place, pool), error in {**by_place, **self.lacking}.items()
        )  # fmt: skip

    def remarks(self) -> tuple[Remark, ...]:
        """Return the route's remark for each place that it is to be made of."""
        text = self.route.remark
        if text is None:
            return ()
        return tuple(
            Remark(
                parcel_id=self._parcel(place), year=self._year(place), route=self.route.id,
                text=text,
            )
            for place in sorted(self.remarked & set(self.kept().tolist()))
        )  # fmt: skip

    def _parcel(self, place: int) -> str:
        return str(self.places["parcel_id"].iloc[place])

    def _year(self, place: int) -> int:
        return int(self.places["year"].iloc[place])
