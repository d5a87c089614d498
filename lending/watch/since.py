"""What has happened to a pledge since it was valued: land lost, tonnes monitored, price, day.

A valuation is not edited: what is known since then is kept beside it, and each notice values all
of it together. So a fire is not forgotten when the price falls, and land under two alerts is lost
once.
"""

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
    """Land of a pledged parcel that was disturbed, in EPSG:4490."""

    parcel_id: str
    since: date
    """Of the first disturbance."""
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
            made = without_land(made, shares, whole, {p.parcel_id: p.since for p in self.lost})
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


def with_lost(since: Since, pieces: Mapping[str, BaseGeometry], days: Mapping[str, date]) -> Since:
    """Return what is known with more land lost, by parcel, in EPSG:4490."""
    known = {one.parcel_id: one for one in since.lost}
    for parcel, piece in pieces.items():
        old = known.get(parcel)
        shape = piece if old is None else shapely.union_all([old.shape(), piece])
        day = days[parcel] if old is None else min(old.since, days[parcel])
        kept = shapely.set_precision(shape, PLACES)
        wkt = shapely.to_wkt(kept, rounding_precision=-1)
        known[parcel] = Lost(parcel_id=parcel, since=day, wkt=wkt)
    return since.model_copy(update={"lost": tuple(known[name] for name in sorted(known))})


def lost_shares(lost: Iterable[Lost], land: gpd.GeoDataFrame) -> tuple[dict[str, float], float]:
    """Return the share of each parcel that is lost, and of all the land."""
    whole = dict(zip(land["parcel_id"], hectares(land.geometry), strict=True))
    pieces = list(lost)
    gone = hectares(gpd.GeoSeries([one.shape() for one in pieces], crs=KEPT_CRS))
    shares = {
        one.parcel_id: min(float(area) / whole[one.parcel_id], 1.0)
        for one, area in zip(pieces, gone, strict=True)
        if whole.get(one.parcel_id)
    }
    total = sum(whole.values())
    return shares, min(sum(shares[name] * whole[name] for name in shares) / total, 1.0)


def hectares(shapes: gpd.GeoSeries) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return areas on the ground, ha."""
    to_ha, _ = conversion("m2", "ha")
    return np.asarray(shapes.to_crs(EQUAL_AREA).area, dtype=np.float64) * to_ha
