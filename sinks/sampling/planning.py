r"""How many sample points, and how many of them in which stratum, before any is drawn.

An indicator whose share in stratum h is expected to be U_h has there the standard deviation
S_h = sqrt(U_h (1 - U_h)). With shares a_h of n points, V = (1/n) sum_h W_h^2 S_h^2 / a_h, so

    n = sum_h W_h^2 S_h^2 / a_h / SE^2

which for the optimal (Neyman) allocation a_h ~ W_h S_h is (sum_h W_h S_h / SE)^2.

References
----------
[olofsson_2014] eq. 13 and section 5.1.2 (minimum per stratum). [cochran_1977] sections 5.5 and
5.9: a_h ~ W_h S_h / sqrt(cost_h) is the cheapest for a given variance.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.sampling.strata import Numbers, Strata

__all__ = ["ALLOCATIONS", "Plan", "allocated", "neyman", "plan", "points_needed", "spread"]

ALLOCATIONS = ("neyman", "proportional", "equal")
CLOSE = math.sqrt(np.finfo(np.float64).eps)
"""What two numbers may differ by, relative, and still be one and the same."""
NO_SPREAD = Text(
    "{where}：所有层的预期精度都是 0 或 1，不需要抽样即无误差。请给出小于 1 的预期精度。",
    "{where}: every stratum is expected to be wholly right or wholly wrong, which needs no sample. "
    "Expect an accuracy below 1.",
)


def spread(expected: Numbers) -> Numbers:
    """Return the standard deviation of a 0/1 indicator with these expected shares."""
    return np.sqrt(expected * (1 - expected))


def neyman(weight: Numbers, sd: Numbers, cost: Numbers) -> Numbers:
    """Return the shares of the points that make the variance smallest for the money, (M,).

    Parameters
    ----------
    weight, sd : (M,) arrays
        Share of each stratum in the land, and the standard deviation within it.
    cost : (M,) array
        Of one point in each stratum, in any one unit.
    """
    size = weight * sd / np.sqrt(cost)
    return np.asarray(size / size.sum())


def points_needed(weight: Numbers, sd: Numbers, share: Numbers, target_se: float) -> float:
    """Return how many points give a stratified mean the target standard error; not rounded."""
    seen = weight * sd > 0
    return float((weight[seen] ** 2 * sd[seen] ** 2 / share[seen]).sum()) / target_se**2


def allocated(points: int, share: Numbers, minimum: int) -> npt.NDArray[np.int64]:
    """Return the points of each stratum: the minimum, and the rest by share, (M,).

    Strata whose share would give them less than the minimum get the minimum; the others divide
    what is left. Where the minima alone are more than the points, the minima stay.
    """
    raised = np.zeros(len(share), dtype=bool)
    while True:
        left = max(points - minimum * int(raised.sum()), 0)
        free = np.where(raised, 0.0, share)
        wanted = left * free / free.sum() if free.sum() else free
        short = ~raised & (wanted < minimum)
        if not short.any():
            break
        raised |= short
    whole = np.floor(wanted).astype(np.int64)
    rest = left - int(whole.sum()) if not raised.all() else 0
    # the largest remainders, and of equal ones the first, get one more
    whole[np.argsort(whole - wanted, kind="stable")[:rest]] += 1
    return np.where(raised, minimum, whole)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Points by stratum, and what may be expected of them.

    Parameters
    ----------
    points : (M,) array of whole numbers
        Enough for the target once the minimum is kept.
    needed : float
        Points for the target, before minimum and rounding.
    se : float
        Expected standard error of the overall accuracy, a fraction.
    class_se : (M,) array
        Expected standard error of each stratum's own accuracy, a fraction.
    cost : float
        Of all points, in the unit of the strata's costs.
    """

    strata: Strata
    points: npt.NDArray[np.int64]
    needed: float
    se: float
    class_se: Numbers
    cost: float


def plan(
    strata: Strata, expected: Numbers, target_se: float, *,
    allocation: str, minimum: int, cost: Numbers | None = None,
) -> Plan:  # fmt: skip
    """Return how many points to draw where.

    Parameters
    ----------
    strata : Strata, M of them
    expected : (M,) array
        Share of each stratum that is expected to be right (its user's accuracy), a fraction.
    target_se : float
        Standard error wanted of the overall accuracy, a fraction.
    allocation : str
        One of `ALLOCATIONS`; costs count with `neyman` alone.
    minimum : int
        Points that no stratum gets fewer of.
    cost : (M,) array, optional
        Of one point in each stratum; by default the same everywhere.

    Raises
    ------
    TableError
        If no stratum is expected to vary.
    """
    sd, weight = spread(expected), strata.weight
    costs = np.ones(len(strata)) if cost is None else cost
    if not sd.any():
        raise TableError(NO_SPREAD, where=strata.where)
    share = {
        "neyman": neyman(weight, sd, costs),
        "proportional": weight,
        "equal": np.full(len(strata), 1 / len(strata)),
    }[allocation]
    needed = points_needed(weight, sd, share, target_se)
    total = math.ceil(needed * (1 - CLOSE))
    points = allocated(total, share, minimum)
    while (se := _expected_se(weight, sd, points)) > target_se * (1 + CLOSE):
        # what the minimum gives to small strata is missing in the large ones
        total = max(total + 1, math.ceil(total * (se / target_se) ** 2))
        points = allocated(total, share, minimum)
    return Plan(
        strata=strata, points=points, needed=needed,
        se=se,
        class_se=sd / np.sqrt(points), cost=float(points @ costs),
    )  # fmt: skip


def _expected_se(weight: Numbers, sd: Numbers, points: npt.NDArray[np.int64]) -> float:
    return float(np.sqrt((weight**2 * sd**2 / points).sum()))
