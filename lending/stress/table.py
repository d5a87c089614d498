"""What a loan's security is worth in each scenario, and where that puts the loan.

The valuation is made anew with changed inputs, nothing is scaled: fixed costs stay what they are,
so that a fall of the price by a tenth costs more than a tenth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from data_catalog.text import Text
from lending.loans.income_cover import IncomeCover, Receipt, income_cover
from lending.loans.ladder import Ladder, Standing, standing
from lending.loans.money import NOTHING, ratio
from lending.loans.schedule import Schedule
from lending.stress.scenarios import NO_SHOCK, Shock

__all__ = ["Case", "Outcome", "Worth", "stress_table"]

Inputs = TypeVar("Inputs")
UNSHAKEN = Text("无", "none")


@dataclass(frozen=True, slots=True)
class Worth:
    """What a valuation says: present value and lending value, CNY, and its payments by day."""

    value: Decimal
    lending_value: Decimal
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario, or several together, on a holding."""

    id: str
    title: Text
    shock: Shock


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line of the table; `cover` is None where no schedule was given."""

    case: Case
    worth: Worth
    standing: Standing
    loan: Decimal
    cover: IncomeCover | None = None

    @property
    def secured(self) -> Decimal:
        """Return the lending value, nothing where it is negative, CNY."""
        return max(self.worth.lending_value, NOTHING)

    @property
    def coverage(self) -> Decimal | None:
        """Return lending value over the loan."""
        return ratio(self.secured, self.loan)

    @property
    def shortfall(self) -> Decimal:
        """Return what of the loan the lending value does not cover, CNY."""
        return max(self.loan - self.secured, NOTHING)


def stress_table(
    inputs: Inputs, cases: Iterable[Case], loan: Decimal, *,
    shaken: Callable[[Inputs, Shock], Inputs], revalue: Callable[[Inputs], Worth],
    ladder: Ladder, of: Schedule | None = None,
) -> list[Outcome]:  # fmt: skip
    """Return the unshaken case and every other, in order.

    Parameters
    ----------
    shaken : function of inputs and shock
        The inputs after a shock; not called for a programme that is closed, which gives nothing.
    revalue : function of inputs
        The whole valuation, made anew.
    loan : Decimal, CNY
        Secured principal.
    of : Schedule, optional
        Of the loan: what the income of each case has to pay.
    """
    before = revalue(inputs)
    found = []
    for case in (Case("none", UNSHAKEN, NO_SHOCK), *cases):
        if case.shock.closed:
            worth = Worth(NOTHING, NOTHING)
        else:
            worth = before if case.shock == NO_SHOCK else revalue(shaken(inputs, case.shock))
        secured = max(worth.lending_value, NOTHING)
        last = None if case.shock == NO_SHOCK else before.lending_value
        found.append(Outcome(
            case, worth, standing(loan, secured, ladder, last_value=last), loan,
            None if of is None else income_cover(of, worth.receipts),
        ))  # fmt: skip
    return found
