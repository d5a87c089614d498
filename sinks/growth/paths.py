"""Paths of carbon stock by parcel and year: what a stand will hold if it grows like its curve.

    C_p(y) = a_p  g( s_p(y) q_p f(t_p + y - y_0; theta) )

f is the curve, g its conversion to carbon, a the area, s what fellings left and q how much more the
stand holds than the curve: measured stock over f(t_p), or 1. All stands of a curve share the errors
of theta (independent components) and those of the conversion. A stand's own are the error of its
age, and of q: of its measured stock, or how stands differ from the curve. No two stands share them,
but all pools and years of one stand do: they are effects of a cell that the stand has for itself,
that of a measured stock being the routes' own, so that a path less the stock it began with errs by
what grew alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError, raise_all
from data_catalog.text import Text
from sinks.estimates import Estimates, together
from sinks.growth.conversion import Conversion
from sinks.growth.curve import Curve, GrowthError, components, quantity
from sinks.growth.form import STEP, Numbers, Values
from sinks.growth.stands import EVENT_COLUMNS, Stands, stands
from sinks.routes.amounts import Amounts
from sinks.uncertainty.fields import Field, Spread

__all__ = ["Grower", "changes", "paths", "removals"]

AGE, STOCKING = "age of the stand", "stocking of the stand"
"""Sources of what each stand errs by for itself; a measured stock is called like its column."""
STANDS = Field()
"""The cells of those sources: a stand each, no two with anything in common."""
ID_BYTES = 7
"""Bytes of a parcel's place: they fit into a signed number of eight."""
KEYS = ["parcel_id", "year", "pool"]


@dataclass(frozen=True, slots=True)
class Grower:
    """How a species group grows: its curve, and what turns it into carbon."""

    curve: Curve
    conversion: Conversion


Places: TypeAlias = npt.NDArray[np.int64]
Growers: TypeAlias = Mapping[str, Grower]
"""By species group."""


def paths(
    inventory: pd.DataFrame, growers: Growers, years: Sequence[int],
    events: pd.DataFrame | None = None,
) -> Estimates:  # fmt: skip
    """Return the carbon stock of each parcel at the end of each year.

    Parameters
    ----------
    inventory : DataFrame, a row per parcel
        parcel_id, group, area_ha, year, age (years) and age_se, stock (measured, per hectare, in
        the unit of the group's curve; NaN where the curve says it) and stock_se.
    years : sequence of int
        Not before the year of any row.
    events : DataFrame, optional
        See `stands`.

    Returns
    -------
    Estimates with parcel_id, year, pool; t_C.

    Raises
    ------
    GrowthError, Problems
        If a group has no curve, a curve has no stock at an age that is asked for, or an event
        cannot be.
    """
    return _summed(_grown(inventory, growers, years, events, felled=False))


def changes(
    inventory: pd.DataFrame, growers: Growers, years: Sequence[int],
    events: pd.DataFrame | None = None,
) -> Estimates:  # fmt: skip
    """Return by how much the carbon stock of each parcel changes from the first year to each other.

    Returns
    -------
    Estimates with parcel_id, year_from, year_to, pool; t_C, a gain is positive.
    """
    first = min(years)
    found = _summed(_grown(inventory, growers, years, events, felled=False))
    of_year = found.keys["year"].to_numpy()
    later = found.chosen(of_year != first)
    before = found.chosen(of_year == first)
    # a row of the first year for each row of a later one, by parcel and pool
    place = pd.MultiIndex.from_frame(before.keys[["parcel_id", "pool"]])
    rows = place.get_indexer(pd.MultiIndex.from_frame(later.keys[["parcel_id", "pool"]]))
    changed = later.minus(
        Estimates(
            keys=later.keys, value=before.value[rows], own=before.own[rows],
            shared={s: e[rows] for s, e in before.shared.items()},
            spatial={s: e.taken(rows) for s, e in before.spatial.items()},
        )
    )  # fmt: skip
    keys = later.keys.rename(columns={"year": "year_to"})
    keys.insert(1, "year_from", first)
    return replace(changed, keys=keys)


def removals(
    inventory: pd.DataFrame, growers: Growers, years: Sequence[int], events: pd.DataFrame
) -> Estimates:
    """Return the carbon that is felled on each parcel in each year: what stood and no longer does.

    Returns
    -------
    Estimates with parcel_id, year, pool; t_C of living trees, positive; years without felling
    have no rows. What becomes of it (logs, slash, dead roots) is not growth's to say.
    """
    found = _summed(_grown(inventory, growers, years, events, felled=True))
    return found.chosen(found.value != 0)


def _grown(
    inventory: pd.DataFrame, growers: Growers, years: Sequence[int],
    events: pd.DataFrame | None, *, felled: bool,
) -> list[Estimates]:  # fmt: skip
    """Return the carbon of stands by year and pool, a part per group, all errors by source."""
    nothing = pd.DataFrame({name: [] for name in EVENT_COLUMNS})
    found = stands(inventory, nothing if events is None else events, years)
    groups = found.frame["group"].to_numpy()
    missing = sorted({str(g) for g in groups} - set(growers))
    raise_all(_no_curve(group, int((groups == group).sum())) for group in missing)
    carbon: list[Estimates] = []
    errors: list[GepError] = []
    for group in sorted({str(g) for g in groups}):
        of_group = found.of(groups == group)
        try:
            stock = _per_hectare(of_group, growers[group].curve, felled=felled)
            by_pool = growers[group].conversion(stock)
        except GepError as error:
            errors.append(error)
            continue
        carbon.extend(_of_stands(of_group, pool, density) for pool, density in by_pool.items())
    raise_all(errors)
    return carbon


def _per_hectare(of: Stands, curve: Curve, *, felled: bool) -> Amounts:
    """Return what stands, or is felled, per hectare in the curve's unit, by stand and year."""
    share = of.felled if felled else of.standing
    there = share > 0
    # nothing is asked of a curve where there is no stand
    age = np.where(there, of.age, 0)
    start, measured = of.frame["age"].to_numpy(float), of.frame["stock"].to_numpy(float)
    stock_se, age_se = of.frame["stock_se"].to_numpy(float), of.frame["age_se"].to_numpy(float)
    known = np.isfinite(measured)
    _check(of, curve, age, there, known)

    def at(theta: Values, older: complex) -> Values:
        grown = curve.at(age + older, theta)
        at_start = curve.at(np.where(known, start, 0) + older, theta)
        more = np.where(known, measured / np.where(known, at_start, 1), 1)
        return np.where(there, share * more[:, None] * grown, 0)

    stock = at(curve.theta, 0)
    shared: dict[str, Numbers] = {}
    for source, move in components(curve).items():
        if np.isfinite(move).all():
            shared[source] = np.imag(at(curve.theta + complex(0, STEP) * move, 0)) / STEP
        else:
            shared[source] = np.where(stock != 0, np.nan, 0)
    slope = np.imag(at(curve.theta, complex(0, STEP))) / STEP
    measurement = stock_se / np.where(measured > 0, measured, 1)
    own = {
        AGE: np.where(slope != 0, slope * age_se[:, None], 0),
        STOCKING: np.where((stock != 0) & ~known[:, None], stock * curve.relative, 0),
        quantity(curve.units).column: np.where(
            (stock != 0) & known[:, None], stock * measurement[:, None], 0
        ),
    }
    return Amounts(
        value=stock.ravel(), shared={s: e.ravel() for s, e in shared.items()},
        own={s: e.ravel() for s, e in own.items()}, provisional=np.zeros(stock.size, dtype=bool),
    )  # fmt: skip


def _of_stands(of: Stands, pool: str, density: Amounts) -> Estimates:
    """Return the carbon of whole stands by year from that per hectare, (stand x year,)."""
    stand, year = np.indices(of.age.shape).reshape(2, -1)
    area = of.frame["area_ha"].to_numpy(float)[stand]
    keys = of.frame[["parcel_id"]].iloc[stand].reset_index(drop=True)
    x, order = _cells(of.frame)
    places = {AGE: order, STOCKING: order}
    # the routes' estimates err in the same measurement: a parcel's, in the year of its survey
    year_of = of.frame["year"].to_numpy(np.int64)
    own = {s: e * area for s, e in density.own.items()}
    row = np.arange(len(stand))
    return Estimates(
        keys=keys.assign(year=of.years[year], pool=pool), value=density.value * area,
        shared={s: e * area for s, e in density.shared.items()}, own=np.zeros(len(stand)),
        spatial={
            s: Spread.gathered(STANDS, len(row), row, x[stand], places.get(s, year_of)[stand], e)
            for s, e in own.items() if e.any()
        },
    )  # fmt: skip


def _cells(stands: pd.DataFrame) -> tuple[Places, Places]:
    """Return a cell for each stand: its parcel's id as a number, the same in any run, and order."""
    of_parcel = {
        parcel: int.from_bytes(blake2b(str(parcel).encode(), digest_size=ID_BYTES).digest(), "big")
        for parcel in stands["parcel_id"].unique()
    }
    x = np.array([of_parcel[parcel] for parcel in stands["parcel_id"]], dtype=np.int64)
    return x, stands["order"].to_numpy(np.int64)


def _summed(carbon: list[Estimates]) -> Estimates:
    """Return the carbon by parcel, year and pool: stands of a parcel never stand together."""
    return together(carbon).summed(KEYS)


def _check(of: Stands, curve: Curve, age: Numbers, there: Values, known: Values) -> None:
    """Refuse ages for which the curve has no stock, and measured stocks where it has none."""
    beyond = there & ~np.isfinite(curve.value(age))
    if beyond.any():
        stand, year = np.argwhere(beyond)[0]
        first, last = curve.ages
        raise GrowthError(where=str(of.frame["parcel_id"].iloc[stand]), problem=Text(
            f"{of.years[year]} 年时林龄 {age[stand, year]:g} 年，而“{curve.name}”只到 "
            f"{first:g}–{last:g} 年。请缩短年限，或换用曲线。",
            f"is {age[stand, year]:g} years old in {of.years[year]}, but {curve.name} goes from "
            f"{first:g} to {last:g}. End earlier, or use another curve.",
        ))  # fmt: skip
    start = of.frame["age"].to_numpy(float)
    none = known & ~(curve.value(np.where(known, start, 0)) > 0)
    if none.any():
        stand = int(np.argwhere(none)[0][0])
        row = of.frame.iloc[stand]
        raise GrowthError(where=str(row["parcel_id"]), problem=Text(
            f"{row['age']:g} 年生、每公顷实测 {row['stock']:g} {curve.units}，而“{curve.name}”"
            "在该年龄没有蓄积。请核对年龄。",
            f"is {row['age']:g} years old with a measured {row['stock']:g} {curve.units}, but "
            f"{curve.name} has no stock at that age. Check the age.",
        ))  # fmt: skip


def _no_curve(group: str, count: int) -> GrowthError:
    return GrowthError(where=group, problem=Text(
        f"{count} 个林分的树种（组）没有生长曲线。请用 --curve 指定，或用 --fit 由记录拟合。",
        f"{count} stands of this species group have no growth curve. Choose one with --curve, or "
        "fit one to records with --fit.",
    ))  # fmt: skip
