"""Land use over the years: matrices of every period, and what is still in transition.

Every cell keeps its history: its land use in each year with a class map. Land whose use changed is
"converted to" its new use for a period (20 years, IPCC), and "remaining" after that. When exactly
it changed is not known: it counts from the year of the first map that shows the new use. What was
before the first map is not known either: land that never changed in the maps is "remaining".

Land uses are the level-I classes of HJ 1166 (forest 1, shrub 2, grassland 3, wetland 4, cropland
5, urban 6, desert 7, other 8), 9 is land that a forest mask says is no forest, 0 is no class.

References
----------
[ipcc_2006_v4] ch. 2, sec. 2.3 and eq. 2.25; ch. 3: representation of land.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.variables import dated_year
from tiles.project import Project

__all__ = ["CONVERTED", "NO_USE", "REMAINING", "UNKNOWN", "dates_of", "matrices", "states"]

Uses: TypeAlias = npt.NDArray[np.object_]
NO_USE = "0"
REMAINING, CONVERTED, UNKNOWN = "remaining", "converted", "unclassified"
KEYS = ["parcel_id", "year", "land_use_from", "land_use_to", "since", "years", "state"]
PERIOD = ["year_from", "year_to", "land_use_from", "land_use_to"]


def dates_of(project: Project, layers: Sequence[str], of: str) -> dict[int, str]:
    """Return the class maps of a kind by year, in the order of the years.

    Parameters
    ----------
    layers : names of the run's class maps
    of : str
        `forest` or `land_cover`.
    """
    account = project.project
    years = {of: account.year, f"{of}_baseline": account.baseline_year}
    years |= {name: dated_year(name) for name in layers if name.rpartition("_")[0] == of
              and dated_year(name) is not None}  # fmt: skip
    found = {year: name for name, year in years.items() if name in layers and year is not None}
    return dict(sorted(found.items()))


def states(
    history: pd.DataFrame, dates: dict[int, str], period: float, level: int = 1
) -> pd.DataFrame:
    """Return the state of all land in every year with a map but the first.

    Parameters
    ----------
    history : DataFrame with parcel_id, a column of two-digit classes per map, area_ha
    dates : mapping of year to column
    period : float, years
        How long land counts as converted.
    level : 1 or 2
        Of the classes that are kept apart; of level II, a change of forest type is one, too.

    Returns
    -------
    DataFrame with parcel_id, year, land_use_from, land_use_to, since, years, state, area_ha
        `since` is the year of the first map that shows the use the land has now, `years` how long
        that was ago, and `land_use_from` what it was before, also where that is long ago. Land
        that was never of another use has its first map's year, and is remaining. A map without a
        class between two of the same use does not end it. Within a year the areas add up to all
        land.
    """
    uses = _uses(history, dates, level)
    years = list(dates)
    frames = []
    for place in range(1, len(years)):
        before, since = _entered(uses[:, : place + 1], years)
        age = years[place] - since
        now = uses[:, place]
        state = np.where((before != now) & (age < period), CONVERTED, REMAINING).astype(object)
        state[now == NO_USE] = UNKNOWN
        frames.append(
            pd.DataFrame({
                "parcel_id": history["parcel_id"], "year": years[place],
                "land_use_from": before, "land_use_to": now,
                "since": since, "years": age, "state": state,
                "area_ha": history["area_ha"],
            })
        )  # fmt: skip
    return _summed(pd.concat(frames, ignore_index=True), KEYS)


def matrices(history: pd.DataFrame, dates: dict[int, str]) -> pd.DataFrame:
    """Return the land-use change matrix of every period between two maps, over all parcels.

    Returns
    -------
    DataFrame with year_from, year_to, land_use_from, land_use_to, area_ha
        Every period's areas add up to all land; what a use has at the end of one period it has at
        the beginning of the next.
    """
    uses = _uses(history, dates)
    frames = [
        pd.DataFrame({
            "year_from": first, "year_to": last, "land_use_from": uses[:, place],
            "land_use_to": uses[:, place + 1], "area_ha": history["area_ha"],
        })
        for place, (first, last) in enumerate(pairwise(dates))
    ]  # fmt: skip
    return _summed(pd.concat(frames, ignore_index=True), PERIOD)


def _uses(history: pd.DataFrame, dates: dict[int, str], level: int = 1) -> Uses:
    """Return the land use of each row in each year, (row, year), by so many digits of its class."""
    columns = []
    for name in dates.values():
        classes = pd.Categorical(history[name])  # as it is, in the tables of a run
        codes = [str(code) for code in classes.categories]
        first = np.array([NO_USE if c[:1] == NO_USE else c[:level] for c in codes], dtype=object)
        columns.append(first[classes.codes])
    return np.stack(columns, axis=1)


def _entered(uses: Uses, years: list[int]) -> tuple[Uses, npt.NDArray[np.int64]]:
    """Return what land was before the use it has in the last of the years, and since when it has.

    Parameters
    ----------
    uses : (row, year) array

    Returns
    -------
    (row,) array, (row,) array
        The same use where it was never another.
    """
    now = uses[:, -1]
    before = now.copy()
    since = np.full(len(uses), years[uses.shape[1] - 1])
    running = np.ones(len(uses), dtype=np.bool_)
    for place in range(uses.shape[1] - 2, -1, -1):
        same = running & (uses[:, place] == now)
        since[same] = years[place]
        ended = running & (uses[:, place] != now) & (uses[:, place] != NO_USE) & (now != NO_USE)
        before[ended] = uses[ended, place]
        running &= ~ended
    return before, since


def _summed(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return areas added up by key, in the order of the keys, whatever that of the rows."""
    places = [_place(frame[key]) for key in keys]
    order = np.lexsort([frame["area_ha"].to_numpy(), *reversed(places)])
    sorted_places = np.stack(places, axis=1)[order]
    first = np.any(sorted_places != np.roll(sorted_places, 1, axis=0), axis=1)
    first[:1] = True
    area = frame["area_ha"].iloc[order].groupby(np.cumsum(first)).sum()
    found = frame[keys].iloc[order[first]].reset_index(drop=True)
    texts = [key for key in keys if not pd.api.types.is_numeric_dtype(frame[key])]
    return found.astype(dict.fromkeys(texts, str)).assign(area_ha=area.to_numpy())


def _place(values: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """Return where each value is among the different ones, in the order of numbers or texts."""
    if isinstance(values.dtype, pd.CategoricalDtype):  # as ids and classes are in a run's tables
        rank = np.argsort(np.argsort(values.cat.categories.to_numpy(object), kind="stable"))
        return np.asarray(rank[values.cat.codes], dtype=np.int64)
    return pd.factorize(values, sort=True)[0].astype(np.int64)
