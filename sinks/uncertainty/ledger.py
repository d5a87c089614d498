"""Which source of error costs how much of an interval."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data_catalog.parameter_titles import parameter_title
from data_catalog.text import Text
from sinks.estimates import OWN, Estimates
from sinks.uncertainty.confusion import MISTAKES, SAMPLE
from sinks.uncertainty.levels import half_width
from sinks.uncertainty.map_error import WITHIN

__all__ = ["COLUMNS", "OWN_TITLE", "TITLE", "ledger", "source_title"]

TITLE = Text("误差来源账", "ledger of errors")
OWN_TITLE = Text("各行自身", "of the rows themselves")
SOURCES: Mapping[str, Text] = {
    "map model": Text("地图模型", "map model"),
    "biomass map residuals": Text("生物量地图残差", "biomass map residuals"),
    "biomass model without fold": Text("生物量模型，去除第几折", "biomass model without fold"),
    SAMPLE: Text("参考样本，制图类别", SAMPLE),
    MISTAKES: Text("分类误差，制图类别", MISTAKES),
    "age of the stand": Text("各林分的林龄", "ages of the stands"),
    "stocking of the stand": Text("林分对曲线的偏离", "how stands differ from their curve"),
    "volume": Text("各宗地实测蓄积量", "measured growing stock of the parcels"),
    "above_ground_biomass": Text("各宗地实测地上生物量", "measured biomass of the parcels"),
    "culms": Text("各宗地实测立竹数", "counted culms of the parcels"),
    "plots": Text("各宗地样地的抽样误差", "sampling of the parcels' plots"),
}
"""What sources that are no parameter rows begin with, and what people are told of them."""
COLUMNS: Mapping[str, Text] = {
    "source": Text("误差来源", "source of error"),
    "se": Text("标准误", "standard error"),
    "variance_share": Text("占方差的比例", "share of variance"),
    "half_width": Text("区间半宽", "half-width of the interval"),
    "half_width_without": Text("去除该来源后的半宽", "half-width without this source"),
}
"""Title of each column; `source` is said in words by `source_title`."""


def ledger(estimates: Estimates, level: float) -> pd.DataFrame:
    """Return what each source costs the sum of all rows; the costliest first.

    Parameters
    ----------
    estimates : Estimates
        Choose rows, or take a change, before.
    level : float
        Confidence level of the interval, above 0 and below 1.

    Returns
    -------
    DataFrame with source, se, variance_share, half_width, half_width_without
        `source` as in the estimates, "" for the rows' own; errors in the unit of the estimates.
        Shares sum to 1. NaN for what an unknown error leaves unknown: what is known stays.
    """
    whole = estimates.summed(())
    by_source = {OWN: float(whole.own[0] ** 2)}
    for part, of in whole.variances().items():
        source = part.removesuffix(WITHIN)  # two parts of one error, independent of each other
        by_source[source] = by_source.get(source, 0.0) + float(of[0])
    variance = pd.Series(by_source, dtype=np.float64)
    everything = variance.sum(skipna=False)
    without = [variance.drop(index=s).sum(skipna=False) for s in variance.index]
    with np.errstate(invalid="ignore"):
        share = variance.to_numpy() / np.float64(everything)
    found = pd.DataFrame(
        {
            "source": variance.index,
            "se": np.sqrt(variance.to_numpy()),
            "variance_share": share,
            "half_width": half_width(np.sqrt(variance.to_numpy()), level),
            "half_width_without": half_width(np.sqrt(without), level),
        }
    )
    costly = found.sort_values("se", ascending=False, na_position="first", kind="stable")
    return costly[costly["se"] != 0].reset_index(drop=True)


def source_title(source: str) -> Text:
    """Return what people are told a source is called."""
    if source == OWN:
        return OWN_TITLE
    name, bracket, rest = source.partition("[")
    if bracket:
        title = parameter_title(name)
        return Text(f"{title.zh} [{rest}", f"{title.en} [{rest}")
    for known, title in SOURCES.items():
        if source.startswith(known):
            rest = source.removeprefix(known)
            return Text(title.zh + rest.replace(", ", "，"), title.en + rest)
    return Text(source, source)
