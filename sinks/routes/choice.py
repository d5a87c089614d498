"""Which route a parcel's stock is taken from, and how far the routes are apart."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data_catalog.parameters import Parameters, Row
from sinks.estimates import Estimates, together
from sinks.routes.route import RouteStock
from sinks.rows import needed

__all__ = ["chosen", "routes_chosen", "spread", "spread_warning", "table"]

KEYS = ["parcel_id", "year"]
LIVE = ("above_ground", "below_ground")
WARNING, SET = "route_spread_warning", "carbon-routes"


def routes_chosen(found: Iterable[RouteStock]) -> pd.DataFrame:
    """Return the route that each parcel's year is taken from.

    It is the first, in the order of preference, that gives all years of the parcel: a change is
    then never one of route. Where none does, it is the first of each year.

    Returns
    -------
    DataFrame with parcel_id, year, route
    """
    rows = [one.total.keys.assign(order=place) for place, one in enumerate(found)]
    if not rows:
        return pd.DataFrame(columns=[*KEYS, "route"])
    all_rows = pd.concat(rows, ignore_index=True)
    years = all_rows.groupby("parcel_id")["year"].transform("nunique")
    of_route = all_rows.groupby(["parcel_id", "order"])["year"].transform("nunique")
    all_rows["part"] = of_route < years
    best = all_rows.sort_values(["part", "order"], kind="stable").drop_duplicates(KEYS)
    return best.sort_values(KEYS)[[*KEYS, "route"]].reset_index(drop=True)


def chosen(found: Iterable[RouteStock]) -> Estimates:
    """Return the stock of each parcel, year and pool by the route it is taken from."""
    stocks = list(found)
    names = [*KEYS, "route"]
    if not stocks:
        keys = pd.DataFrame(columns=[*KEYS, "pool", "route"])
        return Estimates(keys=keys, value=np.zeros(0), own=np.zeros(0))
    wanted = pd.MultiIndex.from_frame(routes_chosen(stocks))
    return together(
        one.pools.chosen(pd.MultiIndex.from_frame(one.pools.keys[names]).isin(wanted))
        for one in stocks
    )


def table(found: Iterable[RouteStock]) -> pd.DataFrame:
    """Return every route's stock, as a run shows them.

    Returns
    -------
    DataFrame with parcel_id, year, route, pool, stock_tC, se_tC, chosen, provisional
    """
    stocks = list(found)
    wanted = pd.MultiIndex.from_frame(routes_chosen(stocks))
    rows = [
        one.pools.keys.assign(
            stock_tC=one.pools.value, se_tC=one.pools.se, provisional=one.provisional
        )
        for one in stocks
    ]
    columns = [*KEYS, "route", "pool", "stock_tC", "se_tC", "chosen", "provisional"]
    if not rows:
        return pd.DataFrame(columns=columns)
    all_rows = pd.concat(rows, ignore_index=True)
    all_rows["chosen"] = pd.MultiIndex.from_frame(all_rows[[*KEYS, "route"]]).isin(wanted)
    return all_rows[columns]


def spread_warning(parameters: Parameters) -> Row:
    """Return the spread from which routes are said to be far apart.

    Raises
    ------
    ParameterMissing
    """
    return needed(parameters, "carbon_stock", WARNING, SET)


def spread(found: Iterable[RouteStock], parameters: Parameters) -> pd.DataFrame:
    """Return how far the routes are apart in live trees, for parcels with two routes or more.

    Returns
    -------
    DataFrame with parcel_id, year, lowest, highest, low_tC, high_tC, spread, warns
        `lowest` and `highest` are routes; spread is high/low - 1 (fraction; inf where the lowest
        is zero and the highest is not).
    """
    limit = spread_warning(parameters).in_units("1")
    rows = table(found)
    live = rows[rows["pool"].isin(LIVE)]
    of_route = live.groupby([*KEYS, "route"], sort=True)["stock_tC"].sum().reset_index()
    several = of_route[of_route.duplicated(KEYS, keep=False)]
    ordered = several.sort_values([*KEYS, "stock_tC"], kind="stable").groupby(KEYS, sort=True)
    low, high = ordered.first().reset_index(), ordered.last().reset_index()
    least, most = low["stock_tC"].to_numpy(), high["stock_tC"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.where(most == least, 0.0, most / least - 1)
    return low[KEYS].assign(
        lowest=low["route"], highest=high["route"], low_tC=least, high_tC=most, spread=apart,
        warns=apart > limit,
    )  # fmt: skip
