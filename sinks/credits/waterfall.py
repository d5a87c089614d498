"""From a gross removal to whole units, every deduction shown, in amounts that add up exactly.

    net_v    = gross_v - baseline_v - leakage_v - emissions_v - held back of stocks
    earned_v = min(max(0, net_1, net_1 + net_2, ...), long-term average)
    claim_v  = earned_v - earned_(v-1)
    issuable = floor( claim (1 - d) (1 - buffer) )

A loss is carried: it is made up for before anything more is claimed, which is what the running
maximum says. First the estimate, then what its uncertainty deducts, then the buffer.

Amounts are counted in multiples of `credit_precision` as whole numbers, so that sums are exact.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.parameters import engine_number
from data_catalog.text import Text

__all__ = ["STEPS", "Waterfall", "counted", "net_credits", "tonnes", "waterfall"]

Numbers: TypeAlias = npt.NDArray[np.float64]
Units: TypeAlias = npt.NDArray[np.int64]
STEPS = {
    "gross": Text("毛移除量", "gross removal"),
    "baseline": Text("基线", "baseline"),
    "leakage": Text("泄漏", "leakage"),
    "emissions": Text("项目排放", "project emissions"),
    "held": Text("储量的置信扣减", "confidence deduction from stocks"),
    "reversal": Text("逆转结转", "losses carried"),
    "average": Text("超出长期平均", "above the long-term average"),
    "uncertainty": Text("不确定性扣减", "uncertainty deduction"),
    "buffer": Text("缓冲", "buffer"),
    "rounding": Text("取整", "rounding"),
}
"""The steps in their order: signed amounts whose sum is what may be issued."""


def counted(amount: npt.ArrayLike) -> Units:
    """Return t_CO2e as whole multiples of `credit_precision`."""
    of = np.asarray(amount, dtype=np.float64) / engine_number("credit_precision")
    return np.rint(of).astype(np.int64)


def tonnes(units: npt.ArrayLike) -> Numbers:
    """Return multiples of `credit_precision` as t_CO2e."""
    per_tonne = round(1 / engine_number("credit_precision"))
    return np.asarray(units, dtype=np.float64) / per_tonne


def net_credits(change: Numbers, deducted: Numbers, buffer: Numbers) -> Numbers:
    """Return what is left of a claim: none of a loss, less its uncertainty, then less the buffer.

    Parameters
    ----------
    change : array, t_CO2e
        Net change, a gain positive.
    deducted, buffer : array, fractions
    """
    return np.maximum(0, change * (1 - deducted)) * (1 - buffer)


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """Every step of each vintage, in multiples of `credit_precision`.

    Parameters
    ----------
    steps : DataFrame, a row per vintage, columns `STEPS`
    outstanding : int
        Loss that is not made up for by the end: what the buffer or the owner has to replace. None
        where the long-term average is the limit: a planned harvest is no reversal.
    """

    steps: pd.DataFrame
    outstanding: int

    @property
    def issuable(self) -> Units:
        """Return what may be issued of each vintage: the sum of its steps."""
        total: Units = self.steps.to_numpy(dtype=np.int64).sum(axis=1)
        return total

    @property
    def buffer(self) -> int:
        """Return what the buffer holds of all vintages."""
        return -int(self.steps["buffer"].sum())

    def in_tonnes(self) -> pd.DataFrame:
        """Return the steps and `issuable` in t_CO2e, a row per vintage."""
        table = self.steps.assign(issuable=self.issuable)
        return table.apply(tonnes)


def waterfall(
    gross: npt.ArrayLike, *, baseline: npt.ArrayLike = 0.0, leakage: npt.ArrayLike = 0.0,
    emissions: npt.ArrayLike = 0.0, held: npt.ArrayLike = 0.0, deducted: npt.ArrayLike = 0.0,
    lowered: npt.ArrayLike = 0.0, buffer: float = 0.0, cap: float = float("inf"),
) -> Waterfall:  # fmt: skip
    """Return the steps from gross removals to issuable credits.

    Parameters
    ----------
    gross, baseline : (vintage,) arrays, t_CO2e
        Change of stocks with the project and without it, a gain positive, in the order of time.
    leakage, emissions : (vintage,) arrays, t_CO2e
        Not negative.
    held : (vintage,) array, t_CO2e
        What a confidence deduction holds back of the stock at the end of each vintage, more than
        of the stock at the start of the first: what was held back before is never given back.
    deducted : (vintage,) array
        Share of the claim that its uncertainty deducts, 0 to 1.
    lowered : (vintage,) array, t_CO2e
        What uncertainty deducts besides: the project's change lowered, the baseline raised (CDM).
    buffer : float
        Share that goes into the buffer, 0 to 1.
    cap : float, t_CO2e
        What all vintages together may claim: the long-term average of a stand that is harvested
        over its stock at the start.
    """
    many = len(np.atleast_1d(np.asarray(gross, dtype=np.float64)))

    def units(amount: npt.ArrayLike) -> Units:
        return counted(np.broadcast_to(np.asarray(amount, dtype=np.float64), many))

    share = np.broadcast_to(np.asarray(deducted, dtype=np.float64), many)
    steps = {"gross": units(gross), "baseline": -units(baseline), "leakage": -units(leakage),
             "emissions": -units(emissions)}  # fmt: skip
    so_far = np.maximum(units(held), 0)
    steps["held"] = -np.diff(so_far, prepend=0)
    net = sum(steps.values(), np.zeros(many, dtype=np.int64))
    total = np.cumsum(net)
    earned = np.maximum(np.maximum.accumulate(total), 0)
    claim = np.diff(earned, prepend=0)
    steps["reversal"] = claim - net
    kept = np.diff(np.minimum(earned, counted(cap) if np.isfinite(cap) else earned), prepend=0)
    steps["average"] = kept - claim
    more = np.rint(kept * share).astype(np.int64) + units(lowered)
    steps["uncertainty"] = -np.clip(more, 0, kept)
    left = kept + steps["uncertainty"]
    steps["buffer"] = -np.rint(left * buffer).astype(np.int64)
    left = left + steps["buffer"]
    unit = int(counted(engine_number("credit_unit")))
    steps["rounding"] = -(left % unit)
    outstanding = int(earned[-1] - total[-1]) if many and not np.isfinite(cap) else 0
    return Waterfall(steps=pd.DataFrame(steps)[list(STEPS)], outstanding=outstanding)
