r"""Plots of a forest: mean by strata, double sampling, change on the same plots, how many.

Stratified mean and its interval, as AR-TOOL14 has them (t at 90 %, n - M degrees of freedom):

    b = sum_h w_h b_h        u = t sqrt(sum_h w_h^2 s_h^2 / n_h) / b

Double sampling, where a cheap x was measured on n' plots and b on n of them, alpha = n / n':

    b = bbar + beta (xbar' - xbar)        var = s^2 (1 - (1 - alpha) rho^2) / n

Plots that are measured again give the change itself: what they share at both dates leaves the
error. Two samples drawn anew do not: var = var_1 + var_2.

References
----------
[cdm_ar_tool14] sections on stratified random sampling, double sampling and re-measured plots.
[cochran_1977] sections 5.3, 12.2 and 4.4 (n = (t CV / E)^2).
"""

import math

import numpy as np

from data_catalog.errors import TableError
from data_catalog.parameters import Row
from data_catalog.text import Text
from sinks.sampling.intervals import SampleEstimate, sampling_row
from sinks.sampling.strata import Numbers, Places, Strata
from sinks.uncertainty.levels import quantile

__all__ = [
    "anew", "by_stratum", "double_sampling", "plots_needed", "remeasured", "stratified_mean",
    "within_pixel_cv",
]  # fmt: skip

FEW = Text(
    "{where}：层“{name}”只有 {n} 个样地，无法估计误差。每层至少需要 2 个样地：请补充，"
    "或与相近的层合并。",
    "{where}: stratum {name!r} has {n} plot(s): an error cannot be estimated. Each stratum needs 2 "
    "or more: add plots, or merge it with a stratum like it.",
)
GAPS = Text(
    "{where}：{all} 个样地中有 {n} 个缺少数值（变化需要两期都测过）。请删去这些样地并加以说明。",
    "{where}: {n} of {all} plots have no value (a change needs both dates). Leave them out, and "
    "say so.",
)
FLAT = Text(
    "{where}：{n} 个样地的辅助变量全部相同，或样地少于 3 个，双重抽样无从回归。",
    "{where}: {n} plots, all with the same auxiliary value or fewer than 3: double sampling has "
    "nothing to regress on.",
)
SAMPLE = "plots"
PLOT_TO_MAP = "plot-to-map"


def by_stratum(
    y: Numbers, place: Places, strata: Strata, where: str = SAMPLE
) -> tuple[Numbers, Numbers, Numbers]:
    """Return plots, mean and variance within each stratum, (M,) each.

    Parameters
    ----------
    y : (n,) array
        A plot's value, in any one unit.
    place : (n,) array
        Place of the plot's stratum.

    Raises
    ------
    TableError
        If a value is missing, or a stratum has fewer than two plots.
    """
    if gaps := int(np.isnan(y).sum()):
        raise TableError(GAPS, where=where, n=gaps, all=len(y))
    size = len(strata)
    n = np.bincount(place, minlength=size).astype(np.float64)
    for name, found in zip(strata.names, n, strict=True):
        if found < 2:  # noqa: PLR2004  (a variance needs two)
            raise TableError(FEW, where=where, name=name, n=int(found))
    mean = np.bincount(place, weights=y, minlength=size) / n
    square = np.bincount(place, weights=(y - mean[place]) ** 2, minlength=size)
    return n, mean, square / (n - 1)


def stratified_mean(
    y: Numbers, place: Places, strata: Strata, where: str = SAMPLE
) -> SampleEstimate:
    """Return the mean over all strata, in the unit of `y`; n - M degrees of freedom."""
    n, mean, variance = by_stratum(y, place, strata, where)
    weight = strata.weight
    return SampleEstimate(
        value=float(weight @ mean), se=math.sqrt(float(weight**2 @ (variance / n))),
        df=float(n.sum() - len(strata)),
    )  # fmt: skip


def remeasured(
    before: Numbers, after: Numbers, place: Places, strata: Strata, where: str = SAMPLE
) -> SampleEstimate:
    """Return the mean change on plots measured twice; a gain is positive."""
    return stratified_mean(after - before, place, strata, where)


def anew(before: SampleEstimate, after: SampleEstimate) -> SampleEstimate:
    """Return the change between two samples drawn apart; the smaller df of the two."""
    return SampleEstimate(
        value=after.value - before.value, se=math.hypot(before.se, after.se),
        df=min(before.df, after.df),
    )  # fmt: skip


def double_sampling(
    y: Numbers, x: Numbers, x_mean_of_all: float, n_of_all: float, where: str = SAMPLE
) -> SampleEstimate:
    """Return the mean of y, helped by an x that more plots have.

    Parameters
    ----------
    y, x : (n,) arrays
        On the plots where both were measured.
    x_mean_of_all : float
        Mean of x over all plots of the first phase.
    n_of_all : float
        Plots of the first phase; infinite for a map that covers everything.

    Returns
    -------
    SampleEstimate in the unit of y, with n - 2 degrees of freedom
    """
    n = len(y)
    spread_x, spread_y = (float(((v - v.mean()) ** 2).sum()) for v in (x, y))
    if n <= 2 or spread_x == 0:  # noqa: PLR2004  (a line has two)
        raise TableError(FLAT, where=where, n=n)
    cross = float(((x - x.mean()) * (y - y.mean())).sum())
    beta, alpha = cross / spread_x, n / n_of_all
    rho2 = cross**2 / (spread_x * spread_y) if spread_y else 0.0
    variance = spread_y / (n - 1) * (1 - (1 - alpha) * rho2) / n
    return SampleEstimate(
        value=float(y.mean() + beta * (x_mean_of_all - x.mean())),
        se=math.sqrt(max(variance, 0.0)), df=float(n - 2),
    )  # fmt: skip


def plots_needed(cv: float, allowed: float, confidence: float, df: float = math.inf) -> float:
    """Return how many plots bring a relative half-width down to what is allowed; not rounded.

    Parameters
    ----------
    cv : float
        Coefficient of variation between plots, a fraction.
    allowed : float
        Half-width of the interval over the mean, a fraction.
    confidence : float
        Two-sided, a fraction.
    df : float
        Of t; infinite for many plots.
    """
    return float(quantile(confidence, df) * cv / allowed) ** 2


def within_pixel_cv(plot_ha: float, pixel_ha: float) -> Row:
    """Return the sampling error of one plot as an estimate of its map pixel.

    Raises
    ------
    ParameterMissing
        If the sizes are not among the tabulated ones: nothing is interpolated.
    """
    return sampling_row("plot_sampling_cv", PLOT_TO_MAP, f"{plot_ha:g}/{pixel_ha:g}")
