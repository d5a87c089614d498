"""Index insurance: a payout by a table of the contract, and how far it misses the loss.

    index_loss = sum of the yearly losses above nothing
    payout     = min(limit, sum insured x step(index)),  nothing below the trigger
    recovery   = max(0, payout - deductible)

The steps are the contract's: none is published. Basis risk is the chance that nothing is paid
although the loss is above x.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from data_catalog.errors import GepError, LoanError, raise_all
from data_catalog.text import Text
from lending.loans.money import CENT, EXACT, NOTHING, cents, money_problem

__all__ = ["BasisRisk", "IndexPolicy", "PayoutStep", "basis_risk", "index_loss"]

WHERE = Text("指数保险", "index insurance")
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PayoutStep:
    """From this index on, this share of the sum insured."""

    index: Decimal
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class IndexPolicy:
    """The contract.

    Parameters
    ----------
    sum_insured, limit, deductible : Decimal, CNY
    steps : tuple of PayoutStep
        Rising; the first is the trigger. The index is in the unit of the contract.
    perils : frozenset of str
    tonnes : Decimal, t_CO2e
        Insured.
    valid_from, valid_to : date
        Half-open: [from, to).
    loss_payee : str
        Who is paid by the written clause; empty for the insured.
    """

    sum_insured: Decimal
    limit: Decimal
    steps: tuple[PayoutStep, ...]
    deductible: Decimal = NOTHING
    perils: frozenset[str] = frozenset()
    tonnes: Decimal
    valid_from: date
    valid_to: date
    loss_payee: str = ""

    def __post_init__(self) -> None:
        """Refuse a contract that cannot pay."""
        raise_all(self._problems())

    @property
    def trigger(self) -> Decimal:
        """Return the index below which nothing is paid."""
        return self.steps[0].index

    def payout(self, index: Decimal) -> Decimal:
        """Return what is paid at an index, CNY to the cent."""
        share = max((s.share for s in self.steps if s.index <= index), default=NOTHING)
        return cents(min(self.limit, EXACT.multiply(self.sum_insured, share)))

    def recovery(self, index: Decimal) -> Decimal:
        """Return what is left of the payout after the deductible, CNY."""
        return max(NOTHING, self.payout(index) - self.deductible)

    def recoveries(self, index: Numbers) -> Numbers:
        """Return the recovery at each index of draws, CNY."""
        lines = np.array([float(s.index) for s in self.steps])
        paid = np.array([0.0, *(float(self.recovery(s.index)) for s in self.steps)])
        found: Numbers = paid[np.searchsorted(lines, index, side="right")]
        return found

    def gaps(
        self, *, tonnes: Decimal, perils: Iterable[str], start: date, end: date, payee: str
    ) -> Iterator[Text]:
        """Yield in words what a pledge needs and the contract does not cover.

        Parameters
        ----------
        tonnes : Decimal, t_CO2e
            Pledged.
        start, end : date
            Of the loan, [start, end).
        payee : str
            The bank.
        """
        if self.tonnes < tonnes:
            yield Text(
                f"投保 {self.tonnes} 吨，少于质押的 {tonnes} 吨",
                f"{self.tonnes} t are insured, fewer than the {tonnes} t pledged",
            )
        for peril in sorted(set(perils) - self.perils):
            yield Text(f"不保{peril}", f"{peril} is not insured")
        if start < self.valid_from or end > self.valid_to:
            yield Text(f"保险期 {self.valid_from} 至 {self.valid_to} 短于贷款期 {start} 至 {end}",
                       f"insured from {self.valid_from} to {self.valid_to}, the loan runs from "
                       f"{start} to {end}")  # fmt: skip
        if self.loss_payee != payee:
            yield Text(f"第一受益人不是{payee}", f"{payee} is not the loss payee")

    def _problems(self) -> Iterator[GepError]:
        for name, amount, least in (
            (Text("保险金额", "the sum insured"), self.sum_insured, CENT),
            (Text("赔偿限额", "the limit"), self.limit, CENT),
            (Text("免赔额", "the deductible"), self.deductible, NOTHING),
        ):
            if problem := money_problem(name, amount, least=least, where=WHERE):
                yield problem
        rising = [(s.index, s.share) for s in self.steps]
        shares = [s.share for s in self.steps]
        if (
            not rising
            or rising != sorted(set(rising))
            or shares != sorted(shares)
            or not NOTHING < shares[0] <= shares[-1] <= 1
            or self.valid_to <= self.valid_from
        ):
            yield LoanError(where=WHERE, problem=Text(
                "赔付表应至少一档，指数与比例依次升高，比例在 0 到 1 之间；保险期止日应晚于起日。"
                "请按保险合同填写。",
                "the payout table needs a step or more, rising in index and share, with shares "
                "from 0 to 1, and an end after its beginning. Take it from the contract.",
            ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class BasisRisk:
    """How often nothing is paid although the loss is above x.

    `probability` is None where no draw has such a loss; `beyond` is the number that have.
    """

    probability: float | None
    beyond: int
    mean_not_covered: float | None


def index_loss(yearly: Iterable[Decimal]) -> Decimal:
    """Return the index: yearly losses added up; a year of gain counts as nothing lost."""
    return sum((max(one, NOTHING) for one in yearly), NOTHING)


def basis_risk(loss: Numbers, recovery: Numbers, above: float) -> BasisRisk:
    """Return P(recovery = 0 | loss > above).

    Parameters
    ----------
    loss, recovery : (draws,) array, CNY
        The true loss and what the contract pays in the same draw.
    """
    beyond = loss > above
    count = int(beyond.sum())
    if not count:
        return BasisRisk(None, 0, None)
    missed = float((recovery[beyond] == 0).mean())
    return BasisRisk(missed, count, float(np.maximum(loss - recovery, 0)[beyond].mean()))
