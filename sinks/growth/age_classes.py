"""The age structure of a district: area by age, moved year by year, felled and planted anew.

Area is neither made nor lost: what is felled is bare for a while, and then 0 years old.
"""

from dataclasses import dataclass

import numpy as np

from data_catalog.text import Text
from sinks.growth.curve import GrowthError
from sinks.growth.form import Numbers

__all__ = ["Structure", "felled_oldest_first", "projected", "year_older"]


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Areas at the ends of years, ha.

    Parameters
    ----------
    area : (year + 1, age) array
        By age 0, 1, 2, ...; the last age is that age and above. The first row is the beginning.
    bare : (year + 1, delay) array
        Felled and not yet planted, by years left until it is.
    felled : (year + 1, age) array
        Felled in the year, by the age it had reached; nothing in the first row.
    """

    area: Numbers
    bare: Numbers
    felled: Numbers

    def per_hectare(self, stock: Numbers) -> Numbers:
        """Return the total at the end of each year of a stock per hectare by age, (year + 1,)."""
        return np.asarray(self.area @ stock)


def year_older(area: Numbers) -> Numbers:
    """Return the areas by age a year later: none at age 0, the last age gathers up."""
    older = np.concatenate([[0.0], area[:-1]])
    older[-1] += area[-1]
    return older


def felled_oldest_first(area: Numbers, wanted: float, youngest: int) -> Numbers:
    """Return what is felled of each age, ha: the oldest first, none below the youngest age.

    Less than wanted where there is not as much that is old enough.
    """
    mature = np.where(np.arange(len(area)) >= youngest, area, 0)
    older = np.cumsum(mature[::-1])[::-1] - mature
    return np.clip(wanted - older, 0, mature)


def projected(area: Numbers, harvest: Numbers, *, youngest: int, delay: int = 0) -> Structure:
    """Return the age structure of a district over years.

    Parameters
    ----------
    area : (age,) array, ha
        At the beginning, by age 0, 1, 2, ...
    harvest : (year,) array, ha
        Wanted in each year.
    youngest : int
        The age below which nothing is felled.
    delay : int
        Years that felled ground is bare before it is planted.

    Raises
    ------
    GrowthError
        If an area is missing or negative, or a year before zero.
    """
    area, harvest = np.asarray(area, dtype=np.float64), np.asarray(harvest, dtype=np.float64)
    if (
        not (area >= 0).all()
        or not (harvest >= 0).all()
        or youngest < 0
        or delay < 0
        or not len(area)
    ):
        raise GrowthError(where="age_classes", problem=Text(
            "各龄级面积、年采伐面积（公顷）、最低采伐年龄与造林间隔都须为不小于 0 的数。",
            "areas by age and felled areas (ha), the youngest age felled and the delay of planting "
            "must be numbers of 0 or more.",
        ))  # fmt: skip
    areas, bares, cuts = [area], [np.zeros(delay)], [np.zeros_like(area)]
    for wanted in harvest.tolist():
        older = year_older(areas[-1])
        cut = felled_oldest_first(older, wanted, youngest)
        waiting = np.append(bares[-1], cut.sum())
        older = older - cut
        older[0] += waiting[0]
        areas.append(older)
        bares.append(waiting[1:])
        cuts.append(cut)
    return Structure(area=np.array(areas), bare=np.array(bares), felled=np.array(cuts))
