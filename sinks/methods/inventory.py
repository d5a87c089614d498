"""The method `inventory`: each parcel by the best route its inventory allows, the rest by maps."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.parameters import Parameters, Row
from data_catalog.units import conversion
from sinks.area_effect import effects
from sinks.estimates import Estimates
from sinks.methods.inventory_rows import inventory_rows, table_of
from sinks.methods.part import Found, Part
from sinks.pools import POOLS
from sinks.routes import Choices, RouteStock, chosen, routes_chosen, spread, stocks, table
from sinks.routes.route import DOUBTFUL
from sinks.stock import Ids, Mask, Numbers, of_all_parcels
from tiles.binding import Bound
from tiles.compute import NotComputed
from tiles.results import Result

__all__ = ["Inventory"]

LIVE = ("above_ground", "below_ground")
KEYS = ["parcel_id", "year", "pool"]
SPREAD = ["parcel_id", "year", "lowest", "highest", "low_tC", "high_tC"]


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """The method with its choices, and the method of parcels and pools without an inventory.

    Parameters
    ----------
    rest : Part, optional
        Without it they are not computed.
    rest_id : str
        Its name, as a route of those parcels.
    """

    parameters: Parameters
    choices: Choices
    has_baseline: bool
    rest: Part | None = None
    rest_id: str = ""

    @property
    def models(self) -> tuple[Bound, ...]:
        """Return what the tiles add up for the rest."""
        return self.rest.models if self.rest else ()

    @property
    def not_computed(self) -> tuple[NotComputed, ...]:
        """Return what the rest does not allow."""
        return self.rest.not_computed if self.rest else ()

    @property
    def changes(self) -> bool:
        """Return whether there is a baseline year."""
        return self.has_baseline

    def found(self, result: Result) -> Found:
        """Return stocks by the chosen routes, and by the rest where there is no inventory."""
        account = result.inputs.project.project
        ids, area = _areas(result)
        by_route = self._routes(result, ids, area)
        base = (self.rest.found(result) if self.rest else None) or Found(stocks={})
        if not any(len(one.total) for one in by_route):  # no inventory is enough for a route
            said = said_of(by_route, spread(by_route, self.parameters), ids)
            return replace(base, said=said)
        best = chosen(by_route)
        years = [y for y in (account.baseline_year, account.year) if y is not None]
        own = {year: best.chosen((best.keys["year"] == year).to_numpy()) for year in years}
        pools = _pools([best, *(part for parts in base.stocks.values() for part in parts)])
        stocks_found = {
            year: tuple(_stock(ids, pool, base.stocks.get(year, ()), own[year]) for pool in pools)
            for year in years if len(own[year]) or year in base.stocks
        }  # fmt: skip
        apart = spread(by_route, self.parameters)
        found = Found(
            stocks=stocks_found,
            routes=self._table(by_route, base),
            said=said_of(by_route, apart, ids),
            rows=tuple({r.name(): r for one in by_route for r in one.rows}.values()),
        )
        if len(stocks_found) < len(years) or len(years) == 1:
            return found
        changes = [_change(ids, pool, base, *own.values()) for pool in pools]
        frames = [_effects(change, by_inventory, area, base) for change, by_inventory in changes]
        return replace(
            found, changes=tuple(change for change, _ in changes),
            effects=pd.concat(frames, ignore_index=True),
        )  # fmt: skip

    def behind(self, pool: str) -> tuple[Row, ...]:
        """Return what the rest reads; the routes' own rows are known once they have run."""
        return self.rest.behind(pool) if self.rest else ()

    def record(self) -> dict[str, Any]:
        """Return the choices, and the record of the rest."""
        rest = self.rest.record() if self.rest else {"densities": None, "classes": [], "models": []}
        return rest | {"rest": self.rest_id or None, "added": list(self.choices.added)}

    def _routes(self, result: Result, ids: Ids, area: Numbers) -> tuple[RouteStock, ...]:
        inventory = inventory_rows(result.inputs)
        place = pd.Index(ids).get_indexer(pd.Index(inventory["parcel_id"].to_numpy(object)))
        # the area that the grid has of a parcel, as for every other method
        covered = np.where(place >= 0, area[place], np.nan)
        years = set(inventory["year"])
        given = {
            name: table[table["year"].isin(years)]
            for name in ("trees", "bamboo")
            if (table := table_of(result.inputs, name)) is not None
        }
        return stocks(
            inventory.assign(area_ha=covered), self.parameters, self.choices,
            trees=given.get("trees"), bamboo=given.get("bamboo"),
        )  # fmt: skip

    def _table(self, by_route: tuple[RouteStock, ...], base: Found) -> pd.DataFrame:
        """Return every route of every parcel, the rest among them, and which one is chosen."""
        rows = table(by_route)
        taken = pd.MultiIndex.from_frame(rows.loc[rows["chosen"], KEYS])
        living = set(zip(*(rows.loc[rows["chosen"], k] for k in KEYS[:2]), strict=True))
        frames = [rows]
        for year, parts in base.stocks.items():
            for part in parts:
                frame = part.keys.assign(
                    parcel_id=part.keys["parcel_id"].astype(str), year=year, route=self.rest_id,
                    stock_tC=part.value, se_tC=part.se,
                )  # fmt: skip
                pool = _pool_of(part)
                has_route = pd.MultiIndex.from_frame(frame[KEYS]).isin(taken)
                if pool in LIVE:
                    has_route |= pd.MultiIndex.from_frame(frame[KEYS[:2]]).isin(living)
                doubtful = any(row.grade in DOUBTFUL for row in self.behind(pool))
                frames.append(frame.assign(chosen=~has_route, provisional=doubtful)[list(rows)])
        return pd.concat([f for f in frames if len(f)], ignore_index=True).sort_values(
            ["parcel_id", "year"], kind="stable", ignore_index=True
        )


def said_of(by_route: Sequence[RouteStock], apart: pd.DataFrame, ids: Ids) -> dict[str, Any]:
    """Return for the manifest how many parcels each route serves, and what is to be known."""
    best = routes_chosen(by_route)
    several = best.groupby("parcel_id")["route"].nunique()
    served = Counter(zip(best["year"].astype(int), best["route"], strict=True))
    remarks = Counter((one.route.id, r.text) for one in by_route for r in one.remarks)
    return {
        "routes": [
            {"year": year, "route": route, "parcels": n}
            for (year, route), n in sorted(served.items())
        ],
        "route_rows": sorted({row.name() for one in by_route for row in one.rows
                              if one.route.id in set(best["route"])}),
        "parcels_without_inventory": len(set(ids) - set(best["parcel_id"])),
        "parcels_of_two_routes": sorted(several.index[several > 1]),
        "provisional": sorted(
            {one.route.id for one in by_route if one.provisional.any()} & set(best["route"])
        ),
        "spread": [
            {str(key): value for key, value in row.items()}
            for row in apart.loc[apart["warns"], SPREAD].to_dict("records")
        ],
        "refused": [
            {"parcel_id": r.parcel_id, "year": int(r.year), "route": r.route,
             "reason_zh": r.reason.say("zh"), "reason_en": r.reason.say("en")}
            for one in by_route for r in one.refused
        ],
        "remarks": [
            {"route": route, "parcels": n, "zh": text.zh, "en": text.en}
            for (route, text), n in remarks.items()
        ],
    }  # fmt: skip


def _stock(ids: Ids, pool: str, base: Sequence[Estimates], own: Estimates) -> Estimates:
    """Return one pool of one year: by inventory, else by the rest, else not known.

    The living pools of a parcel with an inventory are never the rest's, for its route counts all
    of them; its other pools are where the route has none.
    """
    of_pool = own.chosen((own.keys["pool"] == pool).to_numpy())
    taken = (own if pool in LIVE else of_pool).keys["parcel_id"]
    return of_all_parcels(ids, pool, [*_without(base, pool, set(taken)), of_pool])


def _change(
    ids: Ids, pool: str, base: Found, before: Estimates, now: Estimates
) -> tuple[Estimates, Mask]:
    """Return one pool's change, and of which parcels it is the inventories'.

    A parcel with an inventory at one date alone has the change that the rest finds: a change
    from one method to another is none of carbon.
    """
    last, first = (of_all_parcels(ids, pool, [e.chosen((e.keys["pool"] == pool).to_numpy())])
                   for e in (now, before))  # fmt: skip
    whole = np.intersect1d(before.keys["parcel_id"].unique(), now.keys["parcel_id"].unique())
    both = ~np.isnan(last.value - first.value)
    own = last.minus(first).chosen(both)
    taken = set(whole if pool in LIVE else own.keys["parcel_id"])
    return of_all_parcels(ids, pool, [*_without(base.changes, pool, taken), own]), both


def _effects(change: Estimates, own: Mask, area: Numbers, base: Found) -> pd.DataFrame:
    """Return the effects of a pool: the area of a parcel with an inventory stays the same."""
    frame = effects(change, area, area, np.zeros(len(area)))
    if base.effects.empty:
        return frame
    rest = base.effects[base.effects["pool"] == _pool_of(change)].set_index("parcel_id")
    rest = rest.reindex(frame["parcel_id"])
    columns = [c for c in frame if c not in {"parcel_id", "pool", "change_tC"}]
    frame.loc[~own, columns] = rest.loc[~own, columns].to_numpy()
    return frame


def _without(parts: Sequence[Estimates], pool: str, taken: set[str]) -> list[Estimates]:
    """Return one pool's amounts of the parcels that are not taken."""
    return [
        part.chosen(~part.keys["parcel_id"].astype(str).isin(taken).to_numpy())
        for part in parts
        if _pool_of(part) == pool
    ]


def _areas(result: Result) -> tuple[Ids, Numbers]:
    """Return the parcels and the area of each that the grid covers, ha."""
    ids = result.inputs.parcels["parcel_id"].astype(str).to_numpy(object)
    found = result.areas(())
    area = found.groupby("parcel_id", observed=True)["area_m2"].sum() * conversion("m2", "ha")[0]
    return ids, np.asarray(area.reindex(ids, fill_value=0.0), dtype=np.float64)


def _pool_of(part: Estimates) -> str:
    return str(part.keys["pool"].iloc[0]) if len(part) else ""


def _pools(parts: list[Estimates]) -> list[str]:
    """Return the pools that some part has, in their order."""
    known = {pool for part in parts for pool in part.keys["pool"].unique()}
    return [pool for pool in POOLS if pool in known]
