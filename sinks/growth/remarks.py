"""What a reader of an outlook must know of its curves and factors."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from data_catalog.forests import species_groups
from data_catalog.parameters import LOCAL
from data_catalog.text import Text
from sinks.growth.bundled import curve_set
from sinks.growth.curve import Curve, quantity
from sinks.growth.fit import Fit
from sinks.growth.paths import Grower
from sinks.routes.amounts import Amounts

__all__ = ["fit_remarks", "growth_remarks", "set_remarks"]


def fit_remarks(fits: Mapping[str, Fit]) -> Iterator[Text]:
    """Yield what the records do not tell, by species group."""
    for group, one in fits.items():
        for remark in one.remarks():
            yield _of(group, remark.zh, remark.en)


def set_remarks(sets: Iterable[str]) -> Iterator[Text]:
    """Yield what sets of curves are for."""
    for chosen in sets:
        of = curve_set(chosen)
        if of.id != LOCAL:
            yield Text(
                f"{chosen}：{of.title.zh}。{of.note.zh}", f"{chosen}: {of.title.en}. {of.note.en}"
            )


def growth_remarks(
    growers: Mapping[str, Grower], parcels: pd.DataFrame, last: int, *, planted: bool
) -> Iterator[Text]:
    """Yield where a curve is carried too far, what is not used, and what is provisional.

    Parameters
    ----------
    last : int
        The last year.
    planted : bool
        Whether stands may be planted on the way.
    """
    for key, grower in growers.items():
        own = parcels[parcels["group"] == key]
        yield from _beyond(key, grower.curve, own, last, planted=planted)
        if own["unused"].any():
            kind, count = quantity(grower.curve.units).title, int(own["unused"].sum())
            yield _of(
                key,
                f"曲线给出{kind.zh}，{count} 个宗地实测的是其他储量，未采用，从曲线起算。",
                f"the curve gives {kind.en}; {count} parcels have another stock measured, which is "
                "not used: their paths begin on the curve.",
            )
        hectare = Amounts(value=np.ones(1), provisional=np.zeros(1, dtype=bool))
        if any(pool.provisional.any() for pool in grower.conversion(hectare).values()):
            yield _of(
                key,
                "换算为碳所用的参数有凭记忆或估计的，结果为暂定。",
                "numbers on the way to carbon are recalled or estimated: provisional.",
            )


def _beyond(
    key: str, curve: Curve, parcels: pd.DataFrame, last: int, *, planted: bool
) -> Iterator[Text]:
    youngest, oldest = curve.ages
    if ((parcels["age"] + last - parcels["year"]) > oldest).any():
        yield _of(
            key,
            f"有林分将超过曲线所据的最大林龄 {oldest:g} 年，其后为外推。",
            f"stands grow older than {oldest:g} years, the oldest that the curve was made from; "
            "what follows is extrapolated.",
        )
    if (parcels["age"] < youngest).any() or (planted and youngest > 0):
        yield _of(
            key,
            f"曲线所据的最小林龄为 {youngest:g} 年，更年轻（含新造）的为外推。",
            f"stands younger than {youngest:g} years, the youngest that the curve was made from, "
            "are extrapolated, planted ones too.",
        )


def _of(key: str, zh: str, en: str) -> Text:
    """Return a remark on a curve: species group, and site class if there is one."""
    group, _, site = key.partition("/")
    title = species_groups()[group].title
    of = f"（{site}）" if site else "", f" ({site})" if site else ""
    return Text(f"{title.zh}{of[0]}：{zh}", f"{title.en}{of[1]}: {en}")
