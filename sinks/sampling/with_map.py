r"""Plots and a map together, and the map alone: means of strata and of domains (parcels).

==============  ========================================  =====================================
estimator       mean                                      error
==============  ========================================  =====================================
direct          plots of the domain                       s^2 / n
model-assisted  mean of the map + mean residual of plots  s_e^2 / n: of the draw, by design;
(GREG)                                                    the map may be wrong, not biased for it
synthetic       mean of the map                           that of the model, g' V_beta g; the
                                                          map's local error is not in it
==============  ========================================  =====================================

Between the last two lies `small_areas`. The synthetic error here is that of the model's
parameters, shared by all domains; residuals that are correlated over space come on top.

References
----------
[sarndal_1992] ch. 6. [rao_molina_2015] section 2.5 (domains).
"""

import math

import numpy as np
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.sampling.intervals import SampleEstimate
from sinks.sampling.plots import by_stratum
from sinks.sampling.strata import Numbers, Places, Strata

__all__ = ["by_domain", "model_assisted", "synthetic"]

TOO_FEW = Text(
    "{where}：{n} 个样地不足以估计 {fitted} 个参数之外的残差方差。请增加样地或使用更简单的模型。",
    "{where}: {n} plots are too few for the variance that a fit of {fitted} parameters leaves. Add "
    "plots, or fit a simpler model.",
)


def model_assisted(
    y: Numbers, predicted: Numbers, place: Places, strata: Strata, map_mean: Numbers, *,
    fitted: int = 0, where: str = "plots",
) -> SampleEstimate:  # fmt: skip
    """Return the mean of the map, corrected by what the plots say of it.

    Parameters
    ----------
    y, predicted : (n,) arrays
        On the plots: measured, and read from the map.
    place : (n,) array
        Stratum of each plot.
    map_mean : (M,) array
        Mean of the map over all of each stratum.
    fitted : int
        Parameters of the map's model that were fitted to these same plots; they are lost from
        the degrees of freedom.

    Raises
    ------
    TableError
        If a stratum has fewer than two plots, or the fit leaves none over.
    """
    n, mean, variance = by_stratum(y - predicted, place, strata, where)
    weight, df = strata.weight, float(n.sum() - len(strata) - fitted)
    if df <= 0:
        raise TableError(TOO_FEW, where=where, n=int(n.sum()), fitted=fitted)
    lost = float(n.sum() - len(strata)) / df
    return SampleEstimate(
        value=float(weight @ (map_mean + mean)),
        se=math.sqrt(lost * float(weight**2 @ (variance / n))), df=df,
    )  # fmt: skip


def by_domain(
    keys: pd.DataFrame, residual: Numbers, place: Places, map_mean: Numbers, where: str = "plots"
) -> tuple[Estimates, float]:
    """Return the model-assisted mean of each domain, and the degrees of freedom of its error.

    The variance between a domain's few residuals is hardly known: that within all domains
    together is taken, s_e^2 / n_d.

    Parameters
    ----------
    keys : DataFrame, D rows
    residual : (n,) array
        Measured less mapped; of plots measured alone, with a map of 0.
    place : (n,) array
        Domain of each plot.
    map_mean : (D,) array
        Mean of the map over each domain.

    Returns
    -------
    Estimates
        NaN with an infinite error where a domain has no plot.
    df : float
        Of the pooled variance.

    Raises
    ------
    TableError
        If no domain has two plots.
    """
    n = np.bincount(place, minlength=len(map_mean)).astype(np.float64)
    df = float((n[n > 0] - 1).sum())
    if df <= 0:
        raise TableError(TOO_FEW, where=where, n=len(residual), fitted=int((n > 0).sum()))
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.bincount(place, weights=residual, minlength=len(n)) / n
        pooled = float(((residual - off[place]) ** 2).sum()) / df
        own = np.sqrt(pooled / n)
    return Estimates(keys=keys, value=map_mean + off, own=own), df


def synthetic(
    keys: pd.DataFrame, map_mean: Numbers, gradient: Numbers, covariance: Numbers
) -> Estimates:
    """Return the map's own mean of each domain, with the error of its model's parameters alone.

    Parameters
    ----------
    keys : DataFrame, D rows
    map_mean : (D,) array
    gradient : (D, p) array
        Mean over the domain of the map's derivative by each parameter.
    covariance : (p, p) array
        Of the parameters.

    Returns
    -------
    Estimates whose covariance over domains is g_d' V g_e
    """
    values, vectors = np.linalg.eigh(covariance)
    effects = gradient @ (vectors * np.sqrt(np.maximum(values, 0.0)))
    shared = {f"map model [{k}]": e for k, e in enumerate(effects.T, start=1) if e.any()}
    return Estimates(keys=keys, value=map_mean, shared=shared, own=np.zeros(len(map_mean)))
