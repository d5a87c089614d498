"""From a project's tables of forests to the stock of each parcel by each route."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from data_catalog.errors import GepError
from data_catalog.parameters import Parameters
from data_catalog.tables import tables
from sinks.estimates import Estimates, together
from sinks.pools import POOLS
from sinks.routes.added import ADDITIONS, LIVE
from sinks.routes.amounts import (
    Amounts,
    Places,
    evaluated,
    gathered,
    nothing,
    of_parcels,
    over_plots,
    spread_out,
    stacked,
)
from sinks.routes.checks import blanks, check_names, check_places, not_given, off_curve, place_of
from sinks.routes.declared import ROUTES
from sinks.routes.inventory import keys_of, place_name, ready
from sinks.routes.progress import Progress
from sinks.routes.route import Addition, AgeCurve, Choices, Mask, Part, Route, RouteStock
from tiles.rows import Lookup, bind_rows

__all__ = ["stocks"]

TOTAL = ""
"""In the place of a pool: all live trees."""
AGE_CURVE, TREES = "age_curve", "trees"


def stocks(
    inventory: pd.DataFrame, parameters: Parameters, choices: Choices | None = None, *,
    trees: pd.DataFrame | None = None, bamboo: pd.DataFrame | None = None,
    curves: Mapping[str, AgeCurve] | None = None,
) -> tuple[RouteStock, ...]:  # fmt: skip
    """Return what each route gives, in the order of preference; those without any parcel left out.

    Parameters
    ----------
    inventory : DataFrame
        A row per parcel and year, columns as declared for the table `inventory`, those not known
        may be missing. `area_ha` is the area that densities are multiplied by.
    parameters : Parameters
    choices : Choices, optional
    trees, bamboo : DataFrame, optional
        As declared for the tables of these names; parcels and years are among the inventory's.
    curves : mapping, optional
        Growth curves by species group, `chinese_fir`, or by origin too, `planted/chinese_fir`.

    Returns
    -------
    tuple of RouteStock
        A parcel's year without data for a route is in neither its estimates nor its refused ones.

    Raises
    ------
    GepError or Problems
        Names that are unknown (species, words, routes, sets), numbers out of range, rows twice.
    """
    chosen = choices or Choices()
    check_names(chosen, parameters)
    given = {"inventory": inventory, "trees": trees, "bamboo": bamboo}
    frames = {name: ready(f, name) for name, f in given.items() if f is not None}
    places = frames["inventory"]
    check_places(frames)
    found = (
        _stock(route, frames[route.table], places, parameters, chosen, curves or {})
        for route in ROUTES
        if route.table in frames and _wanted(route, chosen)
    )
    return tuple(one for one in found if len(one.total) or one.refused)


def _wanted(route: Route, choices: Choices) -> bool:
    return not route.by_name if choices.routes is None else route.id in choices.routes


def _stock(
    route: Route, table: pd.DataFrame, places: pd.DataFrame, parameters: Parameters,
    choices: Choices, curves: Mapping[str, AgeCurve],
) -> RouteStock:  # fmt: skip
    """Return what one route gives for the parcels' years that it has data for."""
    place = place_of(table, places)
    kinds = places["forest_kind"].to_numpy()[place]
    has = np.isin(kinds, [*route.kinds, ""]) & _known(route, table, curves)
    found = Progress(route, table[has].assign(row=np.flatnonzero(has)), place, places)
    found.refuse_all(blanks(found))
    at = _lookup(route, parameters, choices)
    given = {LIVE: _by_curve(found.frame, curves)} if route.id == AGE_CURVE else {}
    for column, amounts in given.items():
        found.frame[column] = amounts.value
        found.refuse_all(off_curve(found, amounts.value))
    live = _live(found, at, choices, given)
    pools = {pool: amounts for pool, amounts in live.items() if pool != TOTAL}
    total = live[TOTAL]
    for addition in ADDITIONS:
        if addition.id not in choices.added or route.id in addition.in_routes:
            continue
        more = _added(addition, live[TOTAL], found, _lookup(addition, parameters, choices))
        pools[addition.pool] = pools[addition.pool].plus(more) if addition.pool in pools else more
        total = total.plus(more)
    return _result(found, pools, total)


def _live(
    found: Progress, at: Lookup, choices: Choices, given: Mapping[str, Amounts]
) -> dict[str, Amounts]:
    """Return per hectare of each place the live carbon by pool, and TOTAL with all of it."""
    route, frame = found.route, found.frame
    parts: list[Part] = (
        route.parts(frame, choices, at, found.refuse) if route.parts
        else [(pool, model, frame, at) for pool, model in route.pools.items()]
    )  # fmt: skip
    pieces: list[tuple[str, Amounts, Places]] = []
    for pool, model, rows, lookup in parts:
        if len(rows):
            own = rows["row"].to_numpy()
            bound = bind_rows(model, tables()[route.table], rows, lookup, found.refuser(own))
            found.read(bound, own)
            pieces.append((pool, evaluated(bound, rows, given), own))

    def over_places(chosen: list[tuple[Amounts, Places]]) -> Amounts:
        if not chosen:
            return nothing(len(found.places))
        amounts = stacked([one for one, _ in chosen])
        own = np.concatenate([rows for _, rows in chosen])
        if route.table != TREES:
            return gathered(amounts, found.place[own], own, len(found.places))
        plots, counts = found.plots()
        return over_plots(amounts, found.place[own], plots[own], counts)

    by_pool = {
        pool: over_places([(amounts, own) for p, amounts, own in pieces if p == pool])
        for pool in route.pools
    }
    return by_pool | {TOTAL: over_places([(amounts, own) for _, amounts, own in pieces])}


def _added(addition: Addition, live: Amounts, found: Progress, at: Lookup) -> Amounts:
    """Return per hectare of each place what an addition gives; NaN where it has no number."""
    kept = found.kept()
    rows = found.places.iloc[kept].assign(live_carbon=live.value[kept])
    names = zip(rows["parcel_id"], rows["year"], strict=True)
    where = [place_name(parcel, year) for parcel, year in names]

    def refuse(row: int, error: GepError) -> None:
        found.lacking.setdefault((int(kept[row]), addition.pool), error)

    if len(rows) == 0:
        return nothing(len(found.places))
    for column in set(addition.model.columns()) - {LIVE}:
        for row in np.flatnonzero(rows[column].isna()):
            refuse(int(row), not_given(where[row], column))
    bound = bind_rows(addition.model, tables()["inventory"], rows, at, refuse)
    found.rows |= {row.name(): row for row in bound.rows}
    amounts = evaluated(bound, rows, {LIVE: live.at(kept)})
    return spread_out(amounts, kept, len(found.places))


def _result(found: Progress, pools: Mapping[str, Amounts], total: Amounts) -> RouteStock:
    """Return the amounts of the parcels that could be worked out, in tonnes of carbon."""
    kept = found.kept()
    keys = found.places.iloc[kept][["parcel_id", "year"]].reset_index(drop=True)
    keys["year"] = keys["year"].astype(np.int64)
    area = found.places["area_ha"].to_numpy()[kept]
    by_pool: list[Estimates] = []
    provisional: list[Mask] = []
    for pool in (p for p in POOLS if p in pools):
        amounts = pools[pool].at(kept)
        of_pool = of_parcels(amounts, keys.assign(pool=pool, route=found.route.id), area)
        by_pool.append(of_pool.chosen(known := ~np.isnan(amounts.value)))
        provisional.append(amounts.provisional[known])
    return RouteStock(
        route=found.route, pools=together(by_pool),
        total=of_parcels(total.at(kept), keys.assign(route=found.route.id), area),
        provisional=np.concatenate(provisional), rows=tuple(found.rows.values()),
        refused=found.reasons(), remarks=found.remarks(),
    )  # fmt: skip


def _known(route: Route, table: pd.DataFrame, curves: Mapping[str, AgeCurve]) -> Mask:
    """Return which rows have every number that a route reads."""
    if route.id == AGE_CURVE:
        has = pd.Series([_curve_of(o, g, curves) is not None for o, g in _species(table)])
        return (has & table["age"].notna()).to_numpy(dtype=bool)
    if route.known is not None:
        return route.known(table)
    columns = dict.fromkeys(name for model in route.models() for name in model.columns())
    return table[list(columns)].notna().all(axis=1).to_numpy(dtype=bool)


def _species(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(table["origin"], table["species_group"], strict=True)


def _curve_of(origin: str, group: str, curves: Mapping[str, AgeCurve]) -> str | None:
    return next((key for key in (f"{origin}/{group}", group) if key in curves), None)


def _by_curve(frame: pd.DataFrame, curves: Mapping[str, AgeCurve]) -> Amounts:
    """Return live carbon per hectare from the growth curve of each row's species."""
    keys = np.array([_curve_of(o, g, curves) for o, g in _species(frame)], dtype=object)
    age = frame["age"].to_numpy(dtype=np.float64)
    found = nothing(len(frame))
    for key in dict.fromkeys(keys):
        rows = np.flatnonzero(keys == key)
        value, effects = curves[key](age[rows])
        of_curve = Amounts(value=value, shared=effects, provisional=np.zeros(len(rows), dtype=bool))
        found = found.plus(spread_out(of_curve, rows, len(frame), fill=0.0))
    return found


def _lookup(owner: Route | Addition, parameters: Parameters, choices: Choices) -> Lookup:
    def set_of(parameter: str) -> str:
        return choices.set_of(owner, parameter)

    main = choices.sets.get(owner.id) or owner.main
    return Lookup(
        parameters=parameters, set_of=set_of, service=owner.id, standard=main, keys=keys_of
    )
