"""From what a curve measures to carbon by pool, by the models of the routes to a stock.

A path of volume goes the same way as a measured volume: the route's own equation and rows, so that
growth and stock never differ for want of the same factors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn, TypeAlias

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, UnknownNameError
from data_catalog.forests import chain
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters
from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.tables import tables
from data_catalog.text import Text
from sinks.growth.curve import quantity
from sinks.routes import ROUTES, Choices, Route
from sinks.routes.amounts import Amounts, evaluated
from tiles.rows import Lookup, bind_rows

__all__ = ["STEMS", "Conversion", "conversion_of", "route_of"]

Conversion: TypeAlias = Callable[[Amounts], Mapping[str, Amounts]]
"""Stocks per hectare, (n,), to t_C/ha by pool, with all that both err in."""
INVENTORY, GROUP = "inventory", "species_group"


def stem_carbon(
    volume: Pixels, stem_biomass_coefficient: Pixels, stem_biomass_exponent: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon of stems; as the volume, never negative."""
    return (
        stem_biomass_coefficient * np.maximum(volume, 0) ** stem_biomass_exponent * carbon_fraction
    )


STEMS = Route(
    id="stem_biomass",
    title=Text(
        "蓄积量法（仅树干，冀北示例）", "Stand volume, stems alone (northern Hebei, an example)"
    ),
    when=Text(
        "检验冀北生长曲线用；不含树冠和根。",
        "For tests of the curves of northern Hebei; without crowns and roots.",
    ),
    kinds=frozenset({"arbor"}),
    main="hebei-north-2017",
    sets={"carbon_fraction": "ipcc2006-subtropical-humid"},
    by_name=True,
    pools={
        "above_ground": Model(
            id="stem_carbon",
            title=Text("树干碳储量", "Carbon of stems"),
            formula=r"C = \beta V^\alpha \cdot CF",
            source=Citation("zhang_2017_hebei", "Table 2"),
            inputs={
                "volume": Column(symbol="V", units="m3/ha"),
                "stem_biomass_coefficient": Factor(symbol=r"\beta", units="t_dm/ha", by=GROUP),
                "stem_biomass_exponent": Factor(symbol=r"\alpha", units="1", by=GROUP),
                "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by=GROUP),
            },
            kernel=stem_carbon,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
            empirical="the units of beta depend on the exponent",
        )
    },
)
BY_UNITS = {"m3/ha": "volume_fixed", "t_dm/ha": "above_ground_biomass", "t_C/ha": "age_curve"}
"""The route that a stock in these units goes by, where none is named."""


@dataclass(frozen=True, kw_only=True)
class _ByRoute:
    """The models of a route for one species group."""

    route: Route
    keys: tuple[str, ...]
    at: Lookup

    def __call__(self, stock: Amounts) -> dict[str, Amounts]:
        table = tables()[INVENTORY]
        row = pd.DataFrame([dict.fromkeys(table.columns, np.nan)]).assign(**{GROUP: self.keys[0]})
        places = pd.DataFrame(index=range(len(stock.value)))
        found = {}
        for pool, model in self.route.pools.items():
            (column,) = model.columns()
            one = bind_rows(model, table, row, self.at, _refuse)
            bound = replace(one, arguments=one.arguments | {column: stock.value})
            found[pool] = evaluated(bound, places, {column: stock})
        return found


def route_of(units: str, name: str = "") -> Route:
    """Return the route by which a stock in these units becomes carbon.

    Raises
    ------
    UnknownNameError
        If the named one is not for such a stock.
    """
    column = quantity(units).column
    fit = {one.id: one for one in (*ROUTES, STEMS) if _reads(one) == {column}}
    wanted = name or BY_UNITS[units]
    if wanted not in fit:
        raise UnknownNameError(
            where=quantity(units).title, kind=Text("方法", "route"), name=wanted,
            hint=suggestion(wanted, fit),
        )  # fmt: skip
    return fit[wanted]


def conversion_of(
    route: Route, parameters: Parameters, choices: Choices, group: str, also: str = ""
) -> Conversion:
    """Return the way from a curve's stock to carbon for a species group.

    Parameters
    ----------
    choices : Choices
        `sets` of a project: other sets than the route's own.
    also : str
        A further key that rows are looked for under, after the group and its wider groups.

    Raises
    ------
    ParameterMissing
        If the route has no row for the group; when it is called.
    """
    keys = (*chain(group), *([also] if also else []))

    def set_of(parameter: str) -> str:
        return choices.set_of(route, parameter)

    at = Lookup(
        parameters=parameters, set_of=set_of, service=f"growth/{route.id}", standard=route.main,
        keys=lambda _column, _key: keys,
    )  # fmt: skip
    return _ByRoute(route=route, keys=keys, at=at)


def _reads(route: Route) -> set[str]:
    """Return the columns that a route's models read; a route of several tables reads none here."""
    if route.table != INVENTORY or route.parts:
        return set()
    return {column for model in route.models() for column in model.columns()}


def _refuse(_place: int, error: GepError) -> NoReturn:
    raise error
