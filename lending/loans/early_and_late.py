"""Paying early, and paying late."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.day_count import DayCount
from lending.loans.money import CENT, EXACT, LOAN, NOTHING, cents, money_problem
from lending.loans.schedule import Schedule, schedule

__all__ = ["EarlyRepayment", "LatePayment", "overdue_interest", "pay_late", "repay_early"]


@dataclass(frozen=True, slots=True)
class EarlyRepayment:
    """What is paid on the day, CNY, and the schedule from then on; None when all is paid."""

    day: date
    principal: Decimal
    interest: Decimal
    fee: Decimal
    after: Schedule | None

    @property
    def paid(self) -> Decimal:
        """Return principal, accrued interest and fee together."""
        return self.principal + self.interest + self.fee


def repay_early(of: Schedule, day: date, principal: Decimal, fee_rate: Decimal) -> EarlyRepayment:
    """Return an early repayment and the loan after it, with the due dates it had.

    Parameters
    ----------
    day : date
        In the life of the loan; instalments due on it or before are paid.
    principal : Decimal, CNY
        Paid back on top of them, with the interest that has accrued on the whole balance.
    fee_rate : Decimal
        Fee as a fraction of the principal that is paid early; by contract, 0 for none.
    """
    with localcontext(EXACT):
        balance = of.balance(day)
        _check(of, day, principal, fee_rate, balance)
        terms, done = of.terms, [one for one in of.instalments if one.due <= day]
        last = done[-1].due if done else terms.drawn
        accrued = balance * terms.rate_from(last) * terms.days.years(last, day)
        left = balance - principal
        after = None
        if left:
            due = of.instalments[len(done)].due  # a rate of the running period counts from here
            changes = sorted(terms.rate_changes, key=lambda change: change.since)
            after = schedule(replace(
                terms, amount=left, drawn=day, first_due=due,
                due_day=terms.due_day or (terms.first_due or terms.drawn).day,
                instalments=terms.instalments - len(done), grace=max(terms.grace - len(done), 0),
                rate=terms.rate_from(last),
                rate_changes=tuple(
                    replace(c, since=max(c.since, due)) for c in changes if c.since > last
                ),
            ))  # fmt: skip
        return EarlyRepayment(day, principal, cents(accrued), cents(principal * fee_rate), after)


@dataclass(frozen=True, slots=True)
class LatePayment:
    """An instalment that is paid late, CNY."""

    due: date
    paid: date
    overdue: Decimal
    rate: Decimal
    penalty: Decimal


def pay_late(
    of: Schedule, due: date, paid: date, surcharge: Decimal, overdue: Decimal | None = None
) -> LatePayment:
    """Return the penalty interest of an instalment, by the rate of its period.

    Parameters
    ----------
    overdue : Decimal, CNY, optional
        What of it was not paid; by default all.

    Raises
    ------
    LoanError
        If nothing is due on that day, or more is overdue than was due.
    """
    found = next((one for one in of.instalments if one.due == due), None)
    if found is None:
        days = ", ".join(str(one.due) for one in of.instalments)
        raise LoanError(where=LOAN, problem=Text(
            f"{due} 没有应还款项。还款日为 {days}。",
            f"nothing is due on {due}. The due dates are {days}.",
        ))  # fmt: skip
    amount = found.payment if overdue is None else overdue
    if not NOTHING < amount <= found.payment:
        raise LoanError(where=LOAN, problem=Text(
            f"逾期金额 {amount} 元应大于零，且不超过当期应还 {found.payment} 元。",
            f"{amount} CNY are overdue; it must be more than nothing and at most the instalment "
            f"of {found.payment} CNY.",
        ))  # fmt: skip
    penalty = overdue_interest(amount, found.rate, surcharge, due, paid, of.terms.days)
    return LatePayment(due, paid, amount, found.rate, penalty)


def overdue_interest(
    overdue: Decimal, rate: Decimal, surcharge: Decimal, due: date, paid: date, days: DayCount
) -> Decimal:
    """Return the penalty interest on an amount paid late, CNY to the cent, simple.

    Parameters
    ----------
    rate : Decimal
        Yearly rate of the loan.
    surcharge : Decimal
        By how much of itself the rate is higher while a payment is late: 0.5 for half as much
        again. By contract.
    """
    if paid < due or surcharge < NOTHING:
        raise LoanError(
            where=LOAN,
            problem=Text(
                f"付款日 {paid} 应不早于到期日 {due}，罚息加收比例 {surcharge} 应不为负。",
                f"the day of payment {paid} must not be before the due date {due}, and the "
                f"surcharge {surcharge} must not be negative.",
            ),
        )
    with localcontext(EXACT):
        return cents(overdue * rate * (1 + surcharge) * days.years(due, paid))


def _check(
    of: Schedule, day: date, principal: Decimal, fee_rate: Decimal, balance: Decimal
) -> None:
    name = Text("提前还款金额", "the principal paid early")
    if problem := money_problem(name, principal, least=CENT, where=LOAN):
        raise problem
    if not of.terms.drawn <= day < of.end or principal > balance or fee_rate < NOTHING:
        raise LoanError(
            where=LOAN,
            problem=Text(
                f"{day} 提前归还 {principal} 元：应在 {of.terms.drawn} 至 {of.end} 之间，"
                f"不超过当日余额 {balance} 元，费率 {fee_rate} 不为负。",
                f"{principal} CNY early on {day}: it must be from {of.terms.drawn} to before "
                f"{of.end}, at most the balance of {balance} CNY, with a fee rate of at least 0, "
                f"not {fee_rate}.",
            ),
        )
