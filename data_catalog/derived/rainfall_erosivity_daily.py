"""Rainfall erosivity R (降雨侵蚀力) of HJ 1173, from daily rain."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import MONTH, Derived, output_of
from data_catalog.spec import Citation, Coefficients, Factor, Layer, Pixels
from data_catalog.text import Text


def rainfall_erosivity(
    precipitation_daily: Pixels,
    month: Pixels,
    erosive_rain_threshold: Pixels,
    warm_season_first_month: Pixels,
    warm_season_last_month: Pixels,
    s: SimpleNamespace,
) -> Pixels:
    """Return the erosivity of a year's erosive days; never negative.

    A warm season that ends before it begins runs over the turn of the year.
    """
    first, last = warm_season_first_month, warm_season_last_month
    begun, not_over = month >= first, month <= last
    warm = np.where(first <= last, begun & not_over, begun | not_over)
    alpha = np.where(warm, s.alpha_warm, s.alpha_cold)[:, np.newaxis, np.newaxis]
    is_erosive = ~(precipitation_daily < erosive_rain_threshold)
    erosive_rain = np.where(is_erosive, precipitation_daily, 0)
    r: Pixels = np.sum(alpha * erosive_rain**s.rain_power, axis=0)
    return r


DERIVATION = Derived(
    id="rainfall_erosivity_daily",
    title=Text("降雨侵蚀力（HJ 1173，日雨量）", "Rainfall erosivity (HJ 1173, daily rain)"),
    formula=r"R = \sum_{k=1}^{24} \sum_j \alpha_k P_{jk}^{1.7265}",
    source=Citation("HJ1173", "A.5-A.6"),
    inputs={
        "precipitation_daily": Layer(symbol="P", units="mm/day"),
        "month": MONTH,
        "erosive_rain_threshold": Factor(symbol=r"P_0", units="mm/day", choose="HJ1173"),
        "warm_season_first_month": Factor(symbol="k_1", units="1", choose="HJ1173"),
        "warm_season_last_month": Factor(symbol="k_2", units="1", choose="HJ1173"),
        "s": Coefficients(table="rainfall_erosivity_daily", choose="HJ1173"),
    },
    kernel=rainfall_erosivity,
    output=output_of("rainfall_erosivity", "MJ*mm/(hour*year)"),
    locality="series",
    empirical="power law of daily rain",
    note=Text(
        "由核算年逐日降水计算；半月合计之和即全年侵蚀性日雨量之和。标准未印出侵蚀性降雨的阈值"
        "和暖季月份，须由用户给出并注明来源。缺一日则结果缺测；一年的结果不代表多年平均。",
        "Made from the daily rain of the accounting year; the sum over half-months is the sum over "
        "the erosive days. The norm prints neither the threshold of an erosive day nor the warm "
        "months: give both, with a source. A missing day makes a missing result, and one year is "
        "not a long-term mean.",
    ),
)
