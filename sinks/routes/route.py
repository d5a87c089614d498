"""The words a route to a stock is declared with, and what one gives for the parcels of a run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError
from data_catalog.parameters import Row
from data_catalog.spec import Model, Pixels
from data_catalog.text import Text
from sinks.estimates import Estimates
from tiles.rows import Lookup

__all__ = [
    "DOUBTFUL",
    "Addition",
    "AgeCurve",
    "Choices",
    "Refused",
    "Remark",
    "Route",
    "RouteStock",
]

DOUBTFUL = frozenset({"recalled", "estimate"})
"""Grades of parameter rows that make a result provisional."""
Refuse: TypeAlias = Callable[[int, GepError], None]
Part: TypeAlias = tuple[str, Model, pd.DataFrame, Lookup]
Mask: TypeAlias = npt.NDArray[np.bool_]
AgeCurve: TypeAlias = Callable[[Pixels], tuple[Pixels, Mapping[str, Pixels]]]
"""Age in years to the carbon of live trees with roots, t_C/ha, and the signed effects of plus one
standard error of each of its sources, t_C/ha; all (n,). NaN at an age it does not have."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way from what is known of a parcel to its carbon.

    Parameters
    ----------
    when : Text
        When it applies and what it is good for.
    kinds : frozenset of str
        The kinds of forest it is for.
    pools : mapping of pool to Model
        Each gives t_C/ha for a row of the route's table, or for a part of one.
    main : str
        The set that its numbers are from by default, apart from those of `sets`.
    sets : mapping of parameter to set
    known : function, optional
        Tells which rows have what it needs, (n,) bool; by default those with every column that
        its models read.
    parts : function, optional
        Returns what its models are to be worked out on: by pool the model, rows of the table
        with the columns that numbers are looked up by, and `row`, their place in the table.
    remarked : function, optional
        Tells of which rows `remark` is to be made, (n,) bool, from a model's arguments.
    by_name : bool
        Whether it is computed only where a project asks for it by name.
    """

    id: str
    title: Text
    when: Text
    kinds: frozenset[str]
    pools: Mapping[str, Model]
    main: str
    sets: Mapping[str, str] = field(default_factory=dict)
    table: str = "inventory"
    known: Callable[[pd.DataFrame], Mask] | None = None
    parts: Callable[[pd.DataFrame, "Choices", Lookup, Refuse], list[Part]] | None = None
    remarked: Callable[[Mapping[str, Pixels | float]], Mask] | None = None
    remark: Text | None = None
    by_name: bool = False

    def models(self) -> tuple[Model, ...]:
        """Return its models, each once."""
        return tuple({model.id: model for model in self.pools.values()}.values())


@dataclass(frozen=True, kw_only=True)
class Addition:
    """A pool that is added to the live trees of a route: by a share of them, or by type.

    `in_routes` are those that have it already.
    """

    id: str
    pool: str
    model: Model
    main: str
    sets: Mapping[str, str] = field(default_factory=dict)
    in_routes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a project chooses among the routes.

    Parameters
    ----------
    routes : tuple of str, optional
        Only these; all that have data by default, but for those that must be asked for by name.
    sets : mapping
        `route` to the set of its numbers in place of its main one, or `route.parameter` to the set
        of one of them.
    added : tuple of str
        The additions to the live trees: none by default, for none holds everywhere.
    trees : tuple of str
        The sets of tree equations in the order in which they are tried for each tree.
    """

    routes: tuple[str, ...] | None = None
    sets: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    trees: tuple[str, ...] = ("lyt2264-2014", "zhejiang-2017", "zhang-2007", "anhui-2016")

    def set_of(self, owner: Route | Addition, parameter: str) -> str:
        """Return the set that a route or addition reads a parameter from."""
        return (
            self.sets.get(f"{owner.id}.{parameter}")
            or owner.sets.get(parameter)
            or self.sets.get(owner.id)
            or owner.main
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A parcel's year that a route has data for and cannot compute, and why.

    `pool` is the one that lacks a number where it is only that of an addition, else "".
    """

    parcel_id: str
    year: int
    route: str
    pool: str
    reason: GepError


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is to be known of a parcel's result."""

    parcel_id: str
    year: int
    route: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class RouteStock:
    """What one route gives.

    Parameters
    ----------
    pools : Estimates
        Keys parcel_id, year, pool, route; t_C. Sources are the parameter rows, `shared`, and what
        a parcel errs in by itself (its volume, its plots), `spatial` with a cell for each parcel
        and year: sums over pools and parcels, and changes between years, err as they should.
    total : Estimates
        Keys parcel_id, year, route; t_C of all pools; NaN where one of those added lacks a number.
    provisional : (n,) array of bool
        By row of `pools`: whether a parameter row behind it is recalled or an estimate.
    rows : tuple of Row
        The parameter rows read.
    """

    route: Route
    pools: Estimates
    total: Estimates
    provisional: Mask
    rows: tuple[Row, ...]
    refused: tuple[Refused, ...] = ()
    remarks: tuple[Remark, ...] = ()
