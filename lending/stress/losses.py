"""What a portfolio loses in many draws: joint defaults, on security that falls together.

    loss = sum_i [default_i] max(0, L_i - recovery_i)     recovery_i = share_i x V_i

The mean does not depend on the correlation, the tail does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.stress.copula import Numbers, events

if TYPE_CHECKING:
    from sinks.uncertainty.portfolio import Portfolio

__all__ = ["Borrowed", "Losses", "loss_distribution", "security_from_carbon", "strikes"]

WHERE = Text("组合损失", "portfolio loss")


@dataclass(frozen=True, kw_only=True)
class Borrowed:
    """The loans of a portfolio, in order; CNY.

    Parameters
    ----------
    exposure : (n,) array
        Owed at default.
    default_probability : (n,) array
        In the time that is looked at; from the bank's records, not from carbon.
    security : (n,) array
        Lending value of what secures each loan.
    recovered : (n,) array
        Share of the lending value that disposal brings, after its costs.
    """

    exposure: Numbers
    default_probability: Numbers
    security: Numbers
    recovered: Numbers

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        sizes = {np.shape(a) for a in (self.exposure, self.default_probability, self.security,
                                       self.recovered)}  # fmt: skip
        if len(sizes) != 1 or (np.asarray(self.exposure) < 0).any():
            raise LoanError(where=WHERE, problem=Text(
                "各数组应等长，贷款余额不得为负。",
                "the arrays must be equally long, and no exposure negative.",
            ))  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Losses:
    """The loss of the portfolio in each draw, CNY, and how many loans defaulted."""

    loss: Numbers
    defaults: npt.NDArray[np.int64]

    @property
    def mean(self) -> float:
        """Return the expected loss, CNY."""
        return float(self.loss.mean())

    @property
    def standard_error(self) -> float:
        """Return the standard error of the mean that is due to the number of draws, CNY."""
        return float(self.loss.std(ddof=1) / np.sqrt(self.loss.size))

    @property
    def any_default(self) -> float:
        """Return the share of draws in which a loan defaulted."""
        return float((self.defaults > 0).mean())

    def quantile(self, level: float) -> float:
        """Return the loss that is not exceeded with this probability, CNY: value at risk."""
        return float(np.quantile(self.loss, level, method="inverted_cdf"))

    def shortfall(self, level: float) -> float:
        """Return the mean of the losses from the quantile on, CNY: expected shortfall."""
        return float(self.loss[self.loss >= self.quantile(level)].mean())


def loss_distribution(
    loans: Borrowed, correlation: float | Numbers, *, draws: int, seed: int,
    security: Numbers | None = None,
) -> Losses:  # fmt: skip
    """Return the losses of a portfolio in draws of joint defaults.

    Parameters
    ----------
    correlation : float or (n, n) array
        Of the factors behind the defaults; see `factor_correlation` for one of defaults.
    security : (draws, n) array, optional
        Lending values in each draw, from `strikes` or `security_from_carbon`; by default fixed.
    """
    if security is not None and security.shape != (draws, loans.exposure.size):
        raise LoanError(where=WHERE, problem=Text(
            f"担保价值为 {security.shape[0]} 次抽样、{security.shape[1]} 笔贷款，"
            f"应为 {draws} 次、{loans.exposure.size} 笔。",
            f"the security has {security.shape[0]} draws of {security.shape[1]} loans; it must "
            f"have {draws} of {loans.exposure.size}.",
        ))  # fmt: skip
    loss, count = np.empty(draws), np.empty(draws, dtype=np.int64)
    first = 0
    for defaulted in events(
        loans.default_probability, correlation, draws=draws, seed=seed, stream="defaults"
    ):
        rows = slice(first, first + len(defaulted))
        worth = loans.security if security is None else security[rows]
        lost = np.maximum(loans.exposure - loans.recovered * worth, 0)
        loss[rows] = (defaulted * lost).sum(axis=1)
        count[rows] = defaulted.sum(axis=1)
        first = rows.stop
    return Losses(loss=loss, defaults=count)


def strikes(
    lending_value: Numbers, probability: npt.ArrayLike, loss_share: npt.ArrayLike,
    correlation: float | Numbers, *, draws: int, seed: int,
) -> Numbers:  # fmt: skip
    """Return lending values after a disturbance that strikes near forests together, (draws, n).

    Parameters
    ----------
    probability, loss_share : float or (n,) array
        That a forest is struck, and the share of the value that is lost then.
    correlation : float or (n, n) array
        See `copula.distance_decay`.
    """
    odds = np.broadcast_to(np.asarray(probability, dtype=np.float64), lending_value.shape)
    struck = np.concatenate(
        list(events(odds, correlation, draws=draws, seed=seed, stream="strikes"))
    )
    found: Numbers = lending_value * (1 - struck * np.asarray(loss_share, dtype=np.float64))
    return found


def security_from_carbon(
    portfolio: "Portfolio", parcels: Sequence[str], lending_value: Mapping[str, float]
) -> Numbers:
    """Return lending values that err as the tonnes do, (draws, n), from draws by parcel.

    What parcels share (a map's error, a factor) moves all of them together; see
    `sinks.uncertainty.portfolio.simulate` with `by=["parcel_id"]` and `at_least=0`.

    Parameters
    ----------
    parcels : sequence of str
        The parcel of each loan, in the order of the loans.
    lending_value : mapping of parcel to CNY
    """
    place = {str(name): i for i, name in enumerate(portfolio.keys["parcel_id"])}
    missing = _missing(parcels, place) or _missing(parcels, lending_value)
    if missing:
        raise LoanError(where=WHERE, problem=Text(
            f"宗地 {missing[0]} 没有碳汇量抽样或谨慎价值。",
            f"parcel {missing[0]} has no draws of its tonnes, or no lending value.",
        ))  # fmt: skip
    totals = portfolio.totals[:, [place[name] for name in parcels]]
    worth = np.array([lending_value[name] for name in parcels])
    found: Numbers = worth * np.maximum(totals / totals.mean(axis=0), 0)
    return found


def _missing(names: Iterable[str], known: Iterable[str]) -> list[str]:
    there = set(known)
    return [name for name in names if name not in there]
