"""What a sum over parcels is sure to: its interval at a level, and what costs most of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sinks.estimates import Estimates, together
from sinks.uncertainty.dates import minimum_detectable_change
from sinks.uncertainty.ledger import ledger, source_title
from sinks.uncertainty.levels import half_width

__all__ = ["GROUP", "LEDGER", "in_groups", "interval", "ledger_of"]

GROUP = "group"
LEDGER = ("source", "source_zh", "source_en", "se_tC", "variance_share", "half_width_tC",
          "half_width_without_tC")  # fmt: skip


def interval(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return amounts with their two-sided interval, and how small a change could be told from none.

    Parameters
    ----------
    frame : DataFrame with stock_tC, change_tC, se_tC
        One of the first two is empty in every row.
    level : float
        Share of intervals that hold the true amount, above 0 and below 1.

    Returns
    -------
    DataFrame with the same columns, lower_tC, upper_tC, minimum_detectable_tC, confidence_level
        NaN where an amount or its error is not known; the smallest change of changes only.
    """
    half = half_width(frame["se_tC"], level)
    amount = frame["stock_tC"].fillna(frame["change_tC"])
    least = np.where(frame["change_tC"].notna(), minimum_detectable_change(frame["se_tC"], level),
                     np.nan)  # fmt: skip
    return frame.assign(
        lower_tC=amount - half, upper_tC=amount + half, minimum_detectable_tC=least,
        confidence_level=level,
    )  # fmt: skip


def in_groups(found: Estimates, groups: Mapping[str, str]) -> Estimates:
    """Return amounts of parcels with the group that each is of; parcels without one left out."""
    group = found.keys["parcel_id"].astype(str).map(groups)
    grouped = replace(found, keys=found.keys.assign(**{GROUP: group}))
    return grouped.chosen(group.notna().to_numpy())


def ledger_of(pools: Sequence[Estimates], level: float) -> pd.DataFrame:
    """Return what each source costs the sum of the pools that are known, the costliest first.

    Parameters
    ----------
    pools : Estimates per pool, t_C, each a sum over parcels

    Returns
    -------
    DataFrame with source, source_zh, source_en, se_tC, variance_share, half_width_tC,
    half_width_without_tC
        Shares sum to 1; NaN for what an unknown error leaves unknown.
    """
    known = [pool.chosen(~np.isnan(pool.value)) for pool in pools]
    if not any(len(pool) for pool in known):
        return pd.DataFrame(columns=list(LEDGER))
    costs = ledger(together(known), level)
    titles = [source_title(str(source)) for source in costs["source"]]
    named = costs.rename(
        columns={name: f"{name}_tC" for name in ("se", "half_width", "half_width_without")}
    )
    return named.assign(
        source_zh=[title.zh for title in titles], source_en=[title.en for title in titles]
    )[list(LEDGER)]
