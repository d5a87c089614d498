r"""Small areas (Fay-Herriot): a domain's few plots and its map, each by how well it knows.

    y_d = x_d' beta + v_d + e_d        v_d ~ (0, sigma_v^2), e_d ~ (0, psi_d)
    gamma_d = sigma_v^2 / (sigma_v^2 + psi_d)
    mu_d = gamma_d y_d + (1 - gamma_d) x_d' beta

psi_d, the sampling variance of the direct estimate, is taken as known. A domain without plots has
gamma 0: the map alone. The mean squared error is g1 + g2 + 2 g3, of which g2 (beta) is shared by
all domains:

    g1 = gamma psi
    g2 = (1 - gamma)^2 x' (sum x x' / (sigma_v^2 + psi))^-1 x
    g3 = psi^2 / (sigma_v^2 + psi)^3 V(sigma_v^2)

References
----------
[fay_herriot_1979]; [rao_molina_2015] section 6.1.2 (REML; Prasad and Rao's moments), 6.2.1 (MSE).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.sampling.strata import Numbers

__all__ = ["FayHerriot", "fay_herriot", "moment_variance", "reml_variance"]

TOO_FEW = Text(
    "{where}：有样地的小区只有 {m} 个，不足以估计 {p} 个回归系数和小区间方差。"
    "至少需要 {least} 个。",
    "{where}: {m} domains have plots, too few for {p} coefficients and the variance between "
    "domains. {least} or more are needed.",
)
PSI = Text(
    "{where}：小区的抽样方差应大于 0；没有样地的小区写无穷大。得到 {got}。",
    "{where}: a domain's sampling variance must be above 0, infinite without plots; got {got}.",
)


def moment_variance(y: Numbers, x: Numbers, psi: Numbers) -> float:
    """Return sigma_v^2 of Prasad and Rao: what ordinary residuals spread beyond sampling."""
    m, p = x.shape
    hat = x @ np.linalg.pinv(x)
    residual = y - hat @ y
    beyond = float(residual @ residual) - float(psi @ (1 - np.diagonal(hat)))
    return float(max(beyond / (m - p), 0.0))


def reml_variance(y: Numbers, x: Numbers, psi: Numbers) -> float:
    """Return sigma_v^2 where the restricted likelihood is greatest; 0 where it falls from 0 on."""

    def score(sigma2: float) -> float:
        projector = _projector(x, sigma2 + psi)
        of_y = projector @ y
        return float(of_y @ of_y) - float(np.trace(projector))

    if score(0.0) <= 0:
        return 0.0
    high = float(psi.max())
    while score(high) > 0:
        high *= 2
    return float(brentq(score, 0.0, high))


@dataclass(frozen=True, kw_only=True)
class FayHerriot:
    """Small areas, estimated.

    Parameters
    ----------
    estimates : Estimates
        Means of the domains; the error of beta is shared, the rest their own.
    gamma : (D,) array
        Weight of the direct estimate, 0 to 1.
    direct, synthetic : (D,) arrays
        What the estimate lies between; NaN where there are no plots.
    sigma2 : float
        Variance between domains beyond the map, squared unit of the means.
    beta : (p,) array
    """

    estimates: Estimates
    gamma: Numbers
    direct: Numbers
    synthetic: Numbers
    sigma2: float
    beta: Numbers


def fay_herriot(
    direct: Estimates, x: Numbers, *,
    method: Literal["reml", "moments"] = "reml", where: str = "domains",
) -> FayHerriot:  # fmt: skip
    """Return the empirical best linear unbiased predictor of each domain's mean.

    Parameters
    ----------
    direct : Estimates, D rows
        Direct or model-assisted means; without plots NaN with an infinite error. Their errors
        are taken as independent between domains.
    x : (D, p) array
        What is known of every domain: a 1, and the mean of the map.

    Raises
    ------
    TableError
        If a variance is not above 0, or the domains with plots are too few.
    """
    y, psi = direct.value, direct.se**2
    if not (psi > 0).all():
        raise TableError(PSI, where=where, got=f"{psi[~(psi > 0)][0]:g}")
    seen = np.isfinite(psi)
    m, p = int(seen.sum()), x.shape[1]
    if m <= p + 1:
        raise TableError(TOO_FEW, where=where, m=m, p=p, least=p + 2)
    known = y[seen], x[seen], psi[seen]
    sigma2 = reml_variance(*known) if method == "reml" else moment_variance(*known)
    total = sigma2 + psi[seen]
    of_beta = np.linalg.inv((x[seen] / total[:, None]).T @ x[seen])
    beta = of_beta @ (x[seen] / total[:, None]).T @ y[seen]
    gamma = np.where(seen, sigma2 / (sigma2 + psi), 0.0)
    g1 = np.where(seen, gamma * np.where(seen, psi, 0.0), sigma2)
    # psi^2 / (sigma^2 + psi)^3 = (1 - gamma)^2 / (sigma^2 + psi)
    g3 = (1 - gamma) ** 2 / (sigma2 + psi) * _variance_of(total, method)
    regression = x @ beta
    drawn = np.linalg.cholesky(of_beta)
    effects = (1 - gamma)[:, None] * (x @ drawn)
    value = np.where(seen, gamma * np.where(seen, y, 0.0), 0.0) + (1 - gamma) * regression
    return FayHerriot(
        estimates=Estimates(
            keys=direct.keys, value=value, own=np.sqrt(g1 + 2 * g3),
            shared={f"small-area model [{k}]": e for k, e in enumerate(effects.T, start=1)},
        ),
        gamma=gamma, direct=y, synthetic=regression, sigma2=sigma2, beta=beta,
    )  # fmt: skip


def _variance_of(total: Numbers, method: str) -> float:
    """Return the large-sample variance of sigma_v^2; `total` is sigma_v^2 + psi."""
    if method == "reml":
        return 2 / float((1 / total**2).sum())
    return 2 * float((total**2).sum()) / len(total) ** 2


def _projector(x: Numbers, total: Numbers) -> Numbers:
    """Return P = V^-1 - V^-1 X (X' V^-1 X)^-1 X' V^-1 for a diagonal V."""
    weighted = x / total[:, None]
    inner = np.linalg.solve(weighted.T @ x, weighted.T)
    return np.asarray(np.diag(1 / total) - weighted @ inner)
