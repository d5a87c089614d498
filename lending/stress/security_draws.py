"""What the security of many loans is worth in many draws: tonnes that err, forests that are struck.

Both are correlated: parcels share a map's error and factors, near forests one storm. The spread of
the sum is what a portfolio has to bear; without what is shared it would look far too safe.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.stress.copula import Numbers
from lending.stress.disturbance import Disturbance, struck
from lending.stress.loan_table import LoanRow
from lending.stress.losses import security_from_carbon
from lending.valuation.carbon_draws import of_parcels
from sinks.estimates import Estimates
from sinks.uncertainty.portfolio import simulate

__all__ = ["SHARES", "Spread", "security_draws", "spread"]

SHARES = (0.05, 0.50, 0.95)
"""Of the draws, what each quantile leaves below it."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Lending value of all loans together over the draws, CNY.

    Parameters
    ----------
    quantiles : P5, P50 and P95
    deviation : standard deviation of the sum
    deviation_apart : what it would be if the loans' values had nothing in common
    """

    mean: float
    quantiles: tuple[float, ...]
    deviation: float
    deviation_apart: float


def security_draws(
    rows: Sequence[LoanRow], carbon: Estimates | None, disturbances: Iterable[Disturbance], *,
    draws: int, seed: int,
) -> Numbers:  # fmt: skip
    """Return the lending value of each loan in each draw, (draws, n), CNY.

    Raises
    ------
    LoanError
        If a loan has no parcel of the estimates, or lacks a place or species; names it.
    """
    worth = np.array([float(row.lending_value) for row in rows])
    security = np.broadcast_to(worth, (draws, len(rows)))
    if carbon is not None:
        for row in rows:
            if not row.parcels:
                raise LoanError(where=row.loan_id, problem=Text(
                    "没有 parcel_id，不能取其碳汇量的误差。请在贷款表中补充。",
                    "has no parcel_id, so that nothing is known of its tonnes. Add it to the "
                    "table.",
                ))  # fmt: skip
        kept = of_parcels(carbon, (parcel for row in rows for parcel in row.parcels))
        drawn = simulate(kept, draws=draws, seed=seed, by=["parcel_id"])
        security = security_from_carbon(drawn, [row.parcels for row in rows], worth)
    for one in disturbances:
        security = struck(security, rows, one, draws=draws, seed=seed)
    return security


def spread(security: Numbers) -> Spread:
    """Return how the sum of the loans' lending values spreads over the draws."""
    total = security.sum(axis=1)
    return Spread(
        mean=float(total.mean()), quantiles=tuple(np.quantile(total, SHARES).tolist()),
        deviation=float(total.std()),
        deviation_apart=float(np.sqrt(security.var(axis=0).sum())),
    )  # fmt: skip
