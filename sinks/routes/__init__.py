"""Stock by route: every way to a parcel's carbon that its data allow, side by side.

    stocks(inventory, parameters, choices=None, *, trees=None, bamboo=None, curves=None)
        -> tuple[RouteStock, ...]

`inventory`, `trees` and `bamboo` are frames with the columns declared in
`data_catalog/tables/tables.csv` (those not known may be missing; `area_ha` is what densities are
multiplied by, so fill it from the engine's areas). Each `RouteStock` has

- `pools`: `Estimates`, keys parcel_id, year, pool, route; t_C; a shared source per parameter row,
  and for what a parcel errs in by itself (volume, plots) a spatial one with a cell per parcel and
  year, so that sums over pools and parcels and changes between years err as they should;
- `total`: `Estimates`, keys parcel_id, year, route: all pools of a parcel;
- `provisional`: by row of `pools`, whether a row behind it is recalled or an estimate;
- `rows`, `refused` (parcel, year, reason), `remarks`, and `route`, the declaration.

Routes come in the order of preference. `routes_chosen` says which one a parcel is taken from,
`chosen` gives its `Estimates`, `table` all rows as `carbon_routes.csv` has them, and `spread` how
far the routes are apart and whether that is to be warned of.
"""

from sinks.routes.added import ADDITIONS
from sinks.routes.choice import chosen, routes_chosen, spread, spread_warning, table
from sinks.routes.declared import ROUTES
from sinks.routes.route import AgeCurve, Choices, Refused, Remark, Route, RouteStock
from sinks.routes.stocks import stocks

__all__ = [
    "ADDITIONS",
    "ROUTES",
    "AgeCurve",
    "Choices",
    "Refused",
    "Remark",
    "Route",
    "RouteStock",
    "chosen",
    "routes_chosen",
    "spread",
    "spread_warning",
    "stocks",
    "table",
]
