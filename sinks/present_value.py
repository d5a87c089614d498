"""The present value of a change of carbon that came in equal parts over the years of a period."""

import numpy as np
import numpy.typing as npt

__all__ = ["present_value"]


def present_value(
    change: npt.ArrayLike, price: float, years: int, discount: float, price_decline: float
) -> npt.NDArray[np.float64]:
    """Return what a change of stock is worth at the beginning of its period.

    Parameters
    ----------
    change : array, t_C or t_C/ha
        Over the whole period, gain positive.
    price : float, money per t_C
        In the first year.
    years : int
        Length of the period.
    discount, price_decline : float, fractions per year
        The rate money is discounted by, and by which the price falls; negative where it rises.

    Returns
    -------
    array, money or money per ha
        change price / n sum_(t=0)^(n-1) ((1 + r)(1 + c))^-t, as InVEST Carbon has it.
    """
    worth = ((1 + discount) * (1 + price_decline)) ** -np.arange(years, dtype=np.float64)
    return np.asarray(change, dtype=np.float64) * (price * float(worth.mean()))
