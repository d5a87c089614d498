"""What has happened to a pledge since it was valued: land lost, tonnes monitored, price, day.

A valuation is not edited: what is known since then is kept beside it, and each notice values all
of it together. So a fire is not forgotten when the price falls, and land under two alerts is lost
once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import geopandas as gpd
import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict
from shapely.geometry.base import BaseGeometry

from data_catalog.units import conversion
from lending.prices.rows import PriceRow
from lending.valuation.result import Valuation, Vintage
from lending.watch.revaluation import at_price, with_vintages, without_land
from tiles.grid import EQUAL_AREA

__all__ = ["KEPT_CRS", "Lost", "Since", "carried", "lost_shares", "with_lost"]

KEPT_CRS = "EPSG:4490"
PLACES = 1e-9
"""Degrees, a tenth of a millimetre: to which lost land is kept."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lost(_Record):
    """Land of a pledged parcel that was first disturbed on a day, in EPSG:4490."""

    parcel_id: str
    since: date
    wkt: str

    def shape(self) -> BaseGeometry:
        """Return it as a shape."""
        return shapely.from_wkt(self.wkt)


class Since(_Record):
    """All that is known since a valuation of this base date."""

    base_date: date | None = None
    lost: tuple[Lost, ...] = ()
    vintages: tuple[Vintage, ...] = ()
    """Monitored or issued, in the place of those that were expected."""
    price: PriceRow | None = None
    priced_on: date | None = None
    valued_on: date | None = None
    """When it was last valued by the calendar."""

    def empty(self) -> bool:
        """Return whether nothing has happened."""
        return not (self.lost or self.vintages or self.price)

    def value(self, valuation: Valuation, land: gpd.GeoDataFrame) -> Valuation:
        """Return a valuation made again with all of it."""
        made = with_vintages(valuation, self.vintages) if self.vintages else valuation
        if self.price is not None and self.priced_on is not None:
            made = at_price(made, self.price, self.priced_on)
        if self.lost:
            shares, whole = lost_shares(self.lost, land)
            days = {name: min(p.since for p in self.lost if p.parcel_id == name) for name in shares}
            made = without_land(made, shares, whole, days)
        return made


def carried(valuation: Valuation, since: Since) -> Since:
    """Return what earlier notices say, as far as a valuation does not have it already.

    A newer valuation has in it what happened before its base date, and its own price.
    """
    base = valuation.inputs.facts.base_date
    if since.base_date in {None, base}:
        return since.model_copy(update={"base_date": base})
    return Since(
        base_date=base,
        lost=tuple(one for one in since.lost if one.since >= base),
        vintages=tuple(row for row in since.vintages if row.vintage_to > base),
    )


def with_lost(since: Since, pieces: Mapping[tuple[str, date], BaseGeometry]) -> Since:
    """Return what is known with more land lost, by parcel and day, in EPSG:4490.

    Land is lost on the first of its days, so that a newer valuation has in it what was lost before
    its base date, and not what was lost of the same parcel since.
    """
    shapes = defaultdict(list)
    for one in since.lost:
        shapes[one.parcel_id, one.since].append(one.shape())
    for place, piece in pieces.items():
        shapes[place].append(piece)
    found: list[Lost] = []
    before: dict[str, BaseGeometry] = defaultdict(shapely.Polygon)
    for parcel, day in sorted(shapes):
        gone = before[parcel]
        fresh = shapely.difference(shapely.union_all(shapes[parcel, day]), gone)
        kept = shapely.set_precision(fresh, PLACES)
        if not kept.is_empty:
            wkt = shapely.to_wkt(kept, rounding_precision=-1)
            found.append(Lost(parcel_id=parcel, since=day, wkt=wkt))
            before[parcel] = shapely.union_all([gone, kept])
    return since.model_copy(update={"lost": tuple(found)})


def lost_shares(lost: Iterable[Lost], land: gpd.GeoDataFrame) -> tuple[dict[str, float], float]:
    """Return the share of each parcel that is lost, and of all the land."""
    whole = dict(zip(land["parcel_id"], hectares(land.geometry), strict=True))
    pieces = defaultdict(list)
    for one in lost:
        pieces[one.parcel_id].append(one.shape())
    gone = [shapely.union_all(shapes) for shapes in pieces.values()]
    areas = hectares(gpd.GeoSeries(gone, crs=KEPT_CRS))
    shares = {
        name: min(float(area) / whole[name], 1.0)
        for name, area in zip(pieces, areas, strict=True)
        if whole.get(name)
    }
    total = sum(whole.values())
    return shares, min(sum(shares[name] * whole[name] for name in shares) / total, 1.0)


def hectares(shapes: gpd.GeoSeries) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return areas on the ground, ha."""
    to_ha, _ = conversion("m2", "ha")
    return np.asarray(shapes.to_crs(EQUAL_AREA).area, dtype=np.float64) * to_ha
