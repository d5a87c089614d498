"""Events that come together: a Gaussian copula, of one factor or of a matrix.

    X_i = sqrt(r) Z + sqrt(1 - r) e_i      event i when X_i < Phi^-1(p_i)

`r` is the correlation of the X, not of the events: that is much lower, and grows with p. The
declared model of joint defaults and of forests that one storm or one pest strikes. Its tail is
Gaussian: extremes of several at once are rarer than under a copula with tail dependence.

References
----------
Vasicek 2002, The distribution of loan portfolio value; Li 2000, On default correlation.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from data_catalog.errors import LoanError
from data_catalog.parameters import engine_number
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text

__all__ = ["ONE_FACTOR", "distance_decay", "event_correlation", "events", "factor_correlation"]

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
WHERE = Text("相关性", "correlation")


def latent(factor: npt.ArrayLike, shared: npt.ArrayLike, own: npt.ArrayLike) -> Numbers:
    """Return what decides the events: low values are bad."""
    of = np.asarray(factor, dtype=np.float64)
    found: Numbers = np.sqrt(of) * np.asarray(shared) + np.sqrt(1 - of) * np.asarray(own)
    return found


ONE_FACTOR = Model(
    id="one_factor_gaussian_copula",
    title=Text("单因子高斯 copula", "One-factor Gaussian copula"),
    formula=r"X_i = \sqrt{r}\, Z + \sqrt{1 - r}\, e_i, \quad i\ \text{if}\ X_i < \Phi^{-1}(p_i)",
    source=Citation("vasicek_2002", "the limiting portfolio's factor"),
    inputs={
        "factor": Column(symbol="r", units="1"),
        "shared": Column(symbol="Z", units="1"),
        "own": Column(symbol="e_i", units="1"),
    },
    kernel=latent,
    output=Output(name="latent", units="1", total="1", low=-1e3, high=1e3),
    note=Text(
        "高斯 copula 没有尾部相依：多起极端事件同时发生的概率可能被低估。",
        "A Gaussian copula has no tail dependence: extremes of many at once may be more frequent.",
    ),
)


def event_correlation(probability: float, factor: float) -> float:
    """Return the correlation of two events of one probability whose X are correlated.

    Parameters
    ----------
    factor : float
        Correlation of the X, 0 to 1.
    """
    if factor in {0, 1}:
        return factor
    line = stats.norm.ppf(probability)
    both = float(stats.multivariate_normal.cdf([line, line], cov=[[1, factor], [factor, 1]]))
    return (both - probability**2) / (probability * (1 - probability))


def factor_correlation(probability: float, correlation: float) -> float:
    """Return the correlation of the X that makes events correlated so; the inverse.

    Raises
    ------
    LoanError
        If the probability is 0 or 1, or the correlation not from 0 to below 1.
    """
    if not 0 < probability < 1 or not 0 <= correlation < 1:
        raise LoanError(where=WHERE, problem=Text(
            f"概率 {probability} 应在 0 与 1 之间，相关系数 {correlation} 应不小于 0 且小于 1。",
            f"the probability {probability} must be between 0 and 1, and the correlation "
            f"{correlation} at least 0 and less than 1.",
        ))  # fmt: skip
    if correlation == 0:
        return 0.0

    def beyond(factor: float) -> float:
        return event_correlation(probability, factor) - correlation

    return float(optimize.brentq(beyond, 0.0, 1.0))


def distance_decay(
    xy: Numbers, species: npt.ArrayLike, *, everywhere: float, near: float, reach: float,
    same_species: float,
) -> Numbers:  # fmt: skip
    """Return the correlation of what strikes n forests, (n, n).

        rho_ij = everywhere + near exp(-d_ij / reach) + same_species [s_i = s_j]

    Parameters
    ----------
    xy : (n, 2) array, m
        Centres, in a projection of equal lengths.
    species : (n,) of str
    reach : float, m
        Distance over which nearness fades to 37 %.

    Raises
    ------
    LoanError
        If a part is negative or all parts exceed 1: then it is no correlation.
    """
    total = everywhere + near + same_species
    if min(everywhere, near, same_species) < 0 or total > 1 or reach <= 0:
        raise LoanError(where=WHERE, problem=Text(
            f"各部分 {everywhere}、{near}、{same_species} 应不为负且合计不超过 1，"
            f"距离 {reach} m 应大于零。",
            f"the parts {everywhere}, {near} and {same_species} must not be negative nor add up "
            f"to more than 1, and the distance of {reach} m must be more than 0.",
        ))  # fmt: skip
    far = np.hypot(*(np.subtract.outer(axis, axis) for axis in xy.T))
    names = np.asarray(species)
    found: Numbers = everywhere + near * np.exp(-far / reach)
    found += same_species * (names[:, None] == names[None, :])
    np.fill_diagonal(found, 1.0)
    return found


def events(
    probabilities: npt.ArrayLike,
    correlation: float | Numbers,
    *,
    draws: int,
    seed: int,
    stream: str,
) -> Iterator[Truths]:
    """Yield blocks of draws, (some draws, n): which events happen.

    Parameters
    ----------
    probabilities : (n,) array
    correlation : float or (n, n) array
        Of the X: one factor, or a matrix such as that of `distance_decay`.
    seed : int
        Same seed, same draws, in any number.
    stream : str
        What is drawn: events of different names are independent though the seed is the same.
    """
    known = np.asarray(probabilities, dtype=np.float64)
    if not ((known >= 0) & (known <= 1)).all():
        raise LoanError(where=WHERE, problem=Text(
            "概率应在 0 到 1 之间。", "probabilities must be from 0 to 1."
        ))  # fmt: skip
    lines = stats.norm.ppf(known)
    one_factor = isinstance(correlation, float | int)
    root = None if one_factor else _root(np.asarray(correlation), known.size)
    if one_factor and not 0 <= correlation <= 1:
        raise LoanError(where=WHERE, problem=Text(
            f"相关系数为 {correlation}，应在 0 到 1 之间。",
            f"the correlation is {correlation}; it must be from 0 to 1.",
        ))  # fmt: skip
    size = int(engine_number("draws_in_block"))
    for block, first in enumerate(range(0, draws, size)):
        rng = np.random.default_rng([seed, block, *stream.encode()])
        count = min(size, draws - first)
        own = rng.standard_normal((size, known.size))[:count]
        if root is not None:
            yield own @ root.T < lines
        else:
            shared = rng.standard_normal((size, 1))[:count]
            yield latent(correlation, shared, own) < lines


def _root(matrix: Numbers, n: int) -> Numbers:
    """Return R with R R' = the matrix; of a singular one too."""
    fits = matrix.shape == (n, n) and np.allclose(np.diag(matrix), 1)
    values, vectors = np.linalg.eigh(matrix) if fits else (np.full(1, -1.0), matrix)
    if values.min() < -np.sqrt(np.finfo(float).eps):
        raise LoanError(where=WHERE, problem=Text(
            f"相关矩阵无效：应为 {n} 行 {n} 列，对角线为 1，且没有负特征值。",
            f"this is no correlation matrix of {n}: it must have as many rows and columns, a "
            "diagonal of 1, and no negative eigenvalue.",
        ))  # fmt: skip
    root: Numbers = vectors * np.sqrt(np.clip(values, 0, None))
    return root
