"""IPCC approach 1: how uncertainties of factors and of parts go together, by formula.

Uncertainties may be standard errors or half-widths, as long as all are at the same level; see
`levels` for half-widths of other levels.

References
----------
IPCC 2006, vol. 1, ch. 3, eq. 3.1 (product) and 3.2 (sum).
"""

import numpy as np
import numpy.typing as npt

__all__ = ["change_se", "product", "total"]

Numbers = npt.NDArray[np.float64]


def product(relative: npt.ArrayLike) -> Numbers:
    """Return the relative uncertainty of a product of independent factors, (...,).

    Parameters
    ----------
    relative : (factors, ...) array
        U_i: uncertainty of each over its value; share or per cent.
    """
    result: Numbers = np.sqrt(np.sum(np.square(np.asarray(relative, dtype=np.float64)), axis=0))
    return result


def total(amounts: npt.ArrayLike, relative: npt.ArrayLike) -> Numbers:
    """Return the relative uncertainty of a sum of independent parts, (...,).

    sqrt(sum (U_i x_i)^2) / |sum x_i|: infinite where the parts cancel.

    Parameters
    ----------
    amounts, relative : (parts, ...) arrays
    """
    x, u = (np.asarray(a, dtype=np.float64) for a in (amounts, relative))
    absolute: Numbers = np.sqrt(np.sum(np.square(u * x), axis=0))
    with np.errstate(divide="ignore"):
        share: Numbers = absolute / np.abs(x.sum(axis=0))
    return share


def change_se(
    se_before: npt.ArrayLike, se_after: npt.ArrayLike, correlation: npt.ArrayLike = 0.0
) -> Numbers:
    """Return the standard error of a difference: sqrt(V1 + V2 - 2 rho se1 se2).

    Parameters
    ----------
    correlation : number or array, -1 to 1
        Of the errors at the two dates. 0.9 is no small thing: of 15 % at each date 6.7 % is left.
    """
    one, two, rho = (np.asarray(a, dtype=np.float64) for a in (se_before, se_after, correlation))
    # apart, so that equal errors with correlation 1 leave exactly nothing
    return np.sqrt(np.square(one - two) + 2 * (1 - rho) * one * two)
