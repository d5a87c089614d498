"""Products of the wood that is felled on parcels, with the errors of what was felled.

A product is linear in its inflows: what was felled in a year is, n years later, in it with a weight
that its half-life alone decides. So a source of error of the felled carbon errs the products of all
years alike, and the products' errors go together with those of the forest they came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_catalog.parameters import Row
from sinks.dynamics.harvest import check_shares
from sinks.dynamics.harvested_wood import YEAR, next_stock
from sinks.estimates import Estimates, together
from sinks.rows import se_of

__all__ = ["PRODUCTS", "WOOD", "Use", "products_of"]

STEP = 1e-20
"""Of the complex-step derivative: exact to rounding for any small number."""
WOOD = "above_ground"
"""The pool that wood comes from."""
PRODUCTS = "harvested_wood"
"""The pool of its products."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A product: the share of the wood taken out that ends in it, and its half-life's row."""

    share: float
    half_life: Row


def products_of(
    felled: Estimates, uses: Iterable[Use], years: Sequence[int], removed: float
) -> Estimates:
    """Return the carbon in products at the end of years.

    Parameters
    ----------
    felled : Estimates with keys parcel_id, year, pool; t_C
        What is felled in each year (as growth paths give it); only `above_ground` is wood.
    uses : iterable of Use
        Their shares sum to 1 at most; the rest of the wood is lost in its own year.
    years : sequence of int
        Years to report.
    removed : float, 0 to 1
        Share of the felled above-ground carbon that leaves the forest.

    Returns
    -------
    Estimates with keys parcel_id, pool, year; t_C, never negative. Parcels and years without
    products have no rows. The error of a half-life without a standard error is not known (NaN).

    Raises
    ------
    ProjectError
        If the shares of the products sum to more than 1.
    """
    wood = felled.chosen((felled.keys["pool"] == WOOD).to_numpy(dtype=bool))
    year_of = wood.keys["year"].to_numpy(dtype=np.int64)
    used = list(uses)
    check_shares({f"{use.half_life.key} {place}": use.share for place, use in enumerate(used, 1)})
    none = wood.chosen(np.zeros(len(wood), dtype=bool))
    parts = [replace(none, keys=none.keys[["parcel_id", "year"]].assign(pool=PRODUCTS))]
    for use in used:
        for first in np.unique(year_of):
            of_year = wood.chosen(year_of == first)
            keys = of_year.keys[["parcel_id"]].assign(pool=PRODUCTS)
            for year in (y for y in years if y >= first):
                weight, slope = _weight(year - int(first), use.half_life.in_units("year"))
                error = slope * se_of(use.half_life, "year")
                taken = removed * use.share
                left = of_year.times(taken * weight, {use.half_life.name(): taken * error})
                parts.append(replace(left, keys=keys.assign(year=year)))
    return together(parts).summed(["parcel_id", "pool", "year"])


def _weight(years: int, half_life: float) -> tuple[float, float]:
    """Return what is left of an inflow of 1 after its own year and some more, and d/d half-life."""
    life = np.array(half_life + 1j * STEP)
    left = next_stock(np.array(0.0), np.array(1.0), life, np.array(YEAR))
    if years:
        left = next_stock(left, np.array(0.0), life, np.array(float(years)))
    return float(left.real), float(left.imag / STEP)
