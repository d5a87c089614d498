"""Stands over the years: how old each is, how much of it stands, how much was felled in a year.

A stand is what grows between two bare grounds: the trees of the inventory until a final harvest,
and those planted after it. All years are ends of years. Growth of a year comes before its felling;
a stand planted in a year is 0 years old at its end. A thinned stand keeps the shape of its curve
on what is left of it: no faster growth is assumed of the trees that stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError, raise_all
from data_catalog.text import Text
from sinks.growth.curve import GrowthError
from sinks.growth.form import Numbers

__all__ = ["EVENT_COLUMNS", "HARVEST", "PLANTING", "THINNING", "Stands", "stands"]

EventKind: TypeAlias = Literal["thinning", "harvest", "planting"]
THINNING, HARVEST, PLANTING = "thinning", "harvest", "planting"
EVENT_COLUMNS = ("parcel_id", "year", "event", "share", "group")
"""`share` of the standing stock that a thinning fells; `group` of what is planted."""


@dataclass(frozen=True, kw_only=True)
class Stands:
    """Stands, one after the other on a parcel, over years.

    Parameters
    ----------
    frame : DataFrame, a row per stand
        parcel_id, group, area_ha, year (in which `age` holds), age, age_se, stock (measured, per
        hectare, NaN where the curve says it), stock_se, order (0 for the first of the parcel).
    years : (year,) array
    age : (stand, year) array
        NaN before a stand's time.
    standing, felled : (stand, year) array
        What stands at the end of a year, and what was felled in it, as shares of the stock that
        the stand would have without any felling.
    """

    frame: pd.DataFrame
    years: npt.NDArray[np.int64]
    age: Numbers
    standing: Numbers
    felled: Numbers

    def of(self, rows: npt.NDArray[np.bool_]) -> "Stands":
        """Return some of the stands."""
        return Stands(
            frame=self.frame[rows].reset_index(drop=True), years=self.years, age=self.age[rows],
            standing=self.standing[rows], felled=self.felled[rows],
        )  # fmt: skip


def stands(inventory: pd.DataFrame, events: pd.DataFrame, years: Sequence[int]) -> Stands:
    """Return the stands of an inventory over years, with what happens to them.

    Parameters
    ----------
    inventory : DataFrame, a row per parcel
        parcel_id, group, area_ha, year, age, age_se, stock, stock_se.
    events : DataFrame
        The columns `EVENT_COLUMNS`; none before the inventory's year.
    years : sequence of int
        None before the year of any row.

    Raises
    ------
    GrowthError, Problems
        If an event is of a parcel without a row or before its year, a share is not within 0 and
        1, something is felled on bare ground, or planted where trees stand: all at once.
    """
    span = np.array(years, dtype=np.int64)
    by_parcel = {str(parcel): rows for parcel, rows in events.groupby("parcel_id", sort=False)}
    errors: list[GepError] = [
        _wrong(parcel, int(rows["year"].iloc[0]), Text("不在清查表中", "is not in the inventory"))
        for parcel, rows in by_parcel.items()
        if parcel not in set(inventory["parcel_id"])
    ]
    found: list[tuple[dict[str, object], Numbers, Numbers, Numbers]] = []
    for row in inventory.to_dict("records"):
        own = by_parcel.get(str(row["parcel_id"]))
        try:
            found.extend(_stands_of({str(k): v for k, v in row.items()}, own, span))
        except GepError as error:
            errors.append(error)
    raise_all(errors)
    size = (len(found), len(span))
    frame = pd.DataFrame([stand for stand, *_ in found], columns=list(inventory.columns))
    return Stands(
        frame=frame.assign(order=frame.groupby("parcel_id").cumcount()),
        years=span,
        age=np.array([age for _, age, _, _ in found]).reshape(size),
        standing=np.array([left for _, _, left, _ in found]).reshape(size),
        felled=np.array([cut for _, _, _, cut in found]).reshape(size),
    )


def _stands_of(
    row: dict[str, object], events: pd.DataFrame | None, years: npt.NDArray[np.int64]
) -> list[tuple[dict[str, object], Numbers, Numbers, Numbers]]:
    """Return the stands of one parcel, with age, standing and felled share by year."""
    start = int(float(str(row["year"])))
    done = [_grown(row, years, start)]
    if events is None:
        return done
    bare = False
    parcel = str(row["parcel_id"])
    for event in events.sort_values("year", kind="stable").to_dict("records"):
        year, kind = int(event["year"]), str(event["event"])
        stand, _, standing, felled = done[-1]
        if year < start:
            problem = Text(f"早于清查年份 {start}", f"is before the inventory of {start}")
            raise _wrong(parcel, year, problem)
        if kind == PLANTING:
            if not bare:
                raise _wrong(
                    parcel,
                    year,
                    Text(
                        "时仍有林木，不能造林；请先列主伐（harvest）",
                        "plants where trees stand; list a harvest before",
                    ),
                )
            group = event["group"] or stand["group"]
            fresh = {**stand, "group": group, "year": year, "age": 0.0, "age_se": 0.0,
                     "stock": np.nan, "stock_se": np.nan}  # fmt: skip
            done.append(_grown(fresh, years, year))
            bare = False
            continue
        if bare:
            problem = Text("时为无林地，没有可采伐的林木", "fells on bare ground")
            raise _wrong(parcel, year, problem)
        share = _share(parcel, year, kind, event["share"])
        felled += np.where(years == year, standing * share, 0)
        standing *= np.where(years >= year, 1 - share, 1)
        bare = kind == HARVEST
    return done


def _grown(
    stand: dict[str, object], years: npt.NDArray[np.int64], since: int
) -> tuple[dict[str, object], Numbers, Numbers, Numbers]:
    age = np.where(years >= since, float(str(stand["age"])) + years - since, np.nan)
    return stand, age, np.where(years >= since, 1.0, 0.0), np.zeros(len(years))


def _share(parcel: str, year: int, kind: str, share: object) -> float:
    if kind == HARVEST:
        return 1.0
    felled = float(str(share))
    if kind != THINNING or not 0 < felled < 1:
        problem = Text(
            f"是“{kind}”，份额 {share}；event 须为 thinning（份额在 0 与 1 之间）、"
            "harvest 或 planting",
            f"is {kind!r} of share {share}; an event is thinning (of a share between 0 and 1), "
            "harvest or planting",
        )
        raise _wrong(parcel, year, problem)
    return felled


def _wrong(parcel: str, year: int, what: Text) -> GrowthError:
    return GrowthError(where=parcel, problem=Text(
        f"{year} 年的经营事件{what.zh}。请更正事件表。",
        f"the event of {year} {what.en}. Correct the table of events.",
    ))  # fmt: skip
