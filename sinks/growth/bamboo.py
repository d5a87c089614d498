"""A moso bamboo grove (毛竹林) as culms by age: recruited in on-years, cut by their degree (度).

A grove is no stand with a growth curve: a culm has its size after its first summer, and culms of
all ages stand together. Culms are counted in degrees: the first is one year, each further one two
years. A grove that is cut as it recruits is at a steady state: its living pool gains nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data_catalog.parameters import Parameters
from data_catalog.text import Text
from sinks.growth.curve import SERVICE, GrowthError
from sinks.growth.form import Numbers
from sinks.rows import needed

__all__ = ["CutRule", "Grove", "cut_rule", "degrees", "grown_grove", "steady_grove"]

ON_FIRST = ("on", "off")
"""An on-year (大年) and an off-year (小年)."""
CYCLE = len(ON_FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRule:
    """Which share of the culms of each degree is cut in an on-year and in an off-year.

    `first` and `further` are the years of degree I and of each further one; a degree beyond those
    of a share is cut like the last of them.
    """

    first: int
    further: int
    shares: tuple[float, ...]
    in_off_years: bool = True


@dataclass(frozen=True, kw_only=True)
class Grove:
    """Culms per hectare at the ends of years.

    Parameters
    ----------
    culms, cut : (year + 1, age) array, stem/ha
        Standing and cut in the year, by age 1, 2, ...; the last age is that age and above. The
        first row is the beginning.
    """

    culms: Numbers
    cut: Numbers

    def carbon(self, per_culm: Numbers) -> Numbers:
        """Return the living carbon of each year from that of a culm by age, (year + 1,)."""
        return np.asarray(self.culms @ per_culm)

    def carbon_cut(self, per_culm: Numbers) -> Numbers:
        """Return the carbon of the culms cut in each year, handed on to products, (year + 1,)."""
        return np.asarray(self.cut @ per_culm)


def cut_rule(parameters: Parameters, chosen: str) -> CutRule:
    """Return the rule of a set: rows `bamboo_degree_years` and `bamboo_first_cut_degree`.

    All culms from the first degree that is cut are cut.

    Raises
    ------
    ParameterMissing
        If the set lacks a row.
    """
    first = int(_number(parameters, chosen, "bamboo_degree_years", "first", "year"))
    further = int(_number(parameters, chosen, "bamboo_degree_years", "further", "year"))
    from_degree = int(_number(parameters, chosen, "bamboo_first_cut_degree", "", "1"))
    shares = (*(0.0 for _ in range(from_degree - 1)), 1.0)
    return CutRule(first=first, further=further, shares=shares)


def degrees(rule: CutRule, ages: int) -> Numbers:
    """Return the degree of culms of 1, 2, ... years, (age,): 1, 2, 2, 3, 3, 4 ... by default."""
    age = np.arange(1, ages + 1)
    return np.where(age <= rule.first, 1.0, np.ceil((age - rule.first) / rule.further) + 1)


def grown_grove(
    culms: Numbers, recruits: Mapping[str, float], rule: CutRule, years: int, *, first: str
) -> Grove:
    """Return a grove over years.

    Parameters
    ----------
    culms : (age,) array, stem/ha
        At the beginning, by age 1, 2, ...
    recruits : mapping
        New culms of a hectare in an `on` and in an `off` year.
    first : str
        What the first year is: `on` or `off`.

    Raises
    ------
    GrowthError
        If a number of culms is missing or negative, a share is not within 0 and 1, or a year is
        called otherwise.
    """
    culms = np.asarray(culms, dtype=np.float64)
    phases = ON_FIRST if first == ON_FIRST[0] else ON_FIRST[::-1]
    numbers = np.array([*culms, *rule.shares, *recruits.values()])
    named = first in phases and set(recruits) == set(phases)
    if not named or not (numbers >= 0).all() or max(rule.shares) > 1:
        raise GrowthError(where="bamboo", problem=Text(
            "立竹数与新竹数（株/公顷）须为不小于 0 的数，采伐份额在 0 与 1 之间，年份为 on（大年）"
            "或 off（小年）。",
            "culms and recruits (a hectare) must be numbers of 0 or more, shares of a cut within 0 "
            "and 1, and a year on or off.",
        ))  # fmt: skip
    degree = degrees(rule, len(culms)).astype(np.int64)
    share = np.array(rule.shares)[np.minimum(degree, len(rule.shares)) - 1]
    standing, cuts = [culms], [np.zeros_like(culms)]
    for year in range(years):
        phase = phases[year % CYCLE]
        older = np.concatenate([[recruits[phase]], standing[-1][:-1]])
        older[-1] += standing[-1][-1]
        cut = older * share if phase == ON_FIRST[0] or rule.in_off_years else np.zeros_like(older)
        cuts.append(cut)
        standing.append(older - cut)
    return Grove(culms=np.array(standing), cut=np.array(cuts))


def steady_grove(recruits: Mapping[str, float], rule: CutRule, ages: int, *, first: str) -> Numbers:
    """Return the culms by age, (age,), to which a grove returns after an on- and an off-year.

    The last age must be one at which all culms are cut: what gathers there otherwise has no end.
    """
    empty = np.zeros(ages)
    return np.asarray(grown_grove(empty, recruits, rule, CYCLE * ages, first=first).culms[-1])


def _number(parameters: Parameters, chosen: str, name: str, key: str, units: str) -> float:
    return needed(parameters, SERVICE, name, chosen, key).in_units(units)
