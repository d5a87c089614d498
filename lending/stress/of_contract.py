"""Where a loan stands, from its contract: what secures it, what pays it, and the LTV ladder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.contract import Contract, GivenRight
from lending.loans.expected_loss import expected_loss, loss_given_default
from lending.loans.income_cover import IncomeCover, Receipt, income_cover
from lending.loans.ladder import Ladder, Standing, standing
from lending.loans.money import NOTHING
from lending.loans.receipts import read_receipts
from lending.loans.schedule import Schedule, check_tenure
from lending.loans.security import CARBON, OtherSecurity, SecuredRight, Security
from lending.stress.of_valuation import carbon_receipts, read_valuation
from lending.valuation.worked import worked

__all__ = ["LoanStanding", "checked_schedule", "cover_of", "loan_standing", "security_of"]

OTHER_RIGHTS = {"TREE": "timber", "LAND": "land", "COMP": "compensation"}
"""Rights that a valuation file values apart from its carbon, by their code."""


@dataclass(frozen=True, kw_only=True)
class LoanStanding:
    """A loan on a day, CNY.

    Parameters
    ----------
    balance : Decimal
        Principal that is outstanding after the payments due up to the day.
    security : Security or None
        None where nothing is owed any more.
    standing : Standing
        By the lending value of the rights on the forest; other security is not in it.
    expected_loss, loss_given_default : Decimal or None
        None where the contract does not say what they take.
    """

    day: date
    balance: Decimal
    security: Security | None
    standing: Standing
    loss_given_default: Decimal | None
    expected_loss: Decimal | None


def checked_schedule(contract: Contract) -> Schedule:
    """Return the instalments of a loan that ends before the right that secures it.

    Raises
    ------
    LoanError
        Names both days if it does not.
    """
    made = contract.schedule()
    if contract.loan.tenure_end is not None:
        check_tenure(made, contract.loan.tenure_end)
    return made


def security_of(contract: Contract, folder: Path, amount: Decimal) -> Security:
    """Return what secures an amount of the loan.

    Parameters
    ----------
    folder : Path
        Of the contract: its valuation files are named from here.

    Raises
    ------
    GepError
        If a valuation file cannot be read, does not value the right, or is counted twice.
    """
    _refuse_twice(contract, folder)
    return Security(
        amount=amount,
        rights=tuple(
            SecuredRight(one.id, one.code, _lending_value(one, folder)) for one in contract.rights
        ),
        other=tuple(
            OtherSecurity(Text(one.kind, one.kind), one.value) for one in contract.other_security
        ),
    )  # fmt: skip


def cover_of(contract: Contract, made: Schedule, folder: Path) -> IncomeCover | None:
    """Return income and debt service by year; None where no income is known.

    Carbon income is that of the valuation files, costs taken off, and of the table of income.
    """
    receipts = list(_carbon(contract, folder))
    if contract.income:
        receipts += read_receipts(folder / contract.income)
    return income_cover(made, receipts, contract.loan.tenure_end) if receipts else None


def loan_standing(
    contract: Contract, folder: Path, ladder: Ladder, day: date, *,
    last_value: Decimal | None = None, top_up_missed: bool = False, in_default: bool = False,
) -> LoanStanding:  # fmt: skip
    """Return where a loan stands on a day.

    Parameters
    ----------
    last_value : Decimal, CNY, optional
        Lending value of the rights at the last valuation.

    Raises
    ------
    GepError
        If the contract or what it names cannot be used.
    """
    balance = checked_schedule(contract).balance(day)
    security = security_of(contract, folder, balance) if balance else None
    value = security.of_rights if security else NOTHING
    lost = _lost(contract, balance) if balance else None
    odds = contract.expected_loss
    return LoanStanding(
        day=day, balance=balance, security=security,
        standing=standing(balance, value, ladder, last_value=last_value,
                          top_up_missed=top_up_missed, in_default=in_default),
        loss_given_default=lost,
        expected_loss=None if lost is None or odds is None
        else expected_loss(odds.default_probability, lost, balance),
    )  # fmt: skip


def _lost(contract: Contract, balance: Decimal) -> Decimal | None:
    given = contract.expected_loss
    if given is None:
        return None
    if given.disposal_value is None or given.disposal_cost is None:
        return given.loss_given_default
    return loss_given_default(given.disposal_value, given.disposal_cost, balance)


def _refuse_twice(contract: Contract, folder: Path) -> None:
    """Refuse two rights that are the same value of one file, however its path is spelt."""
    counted: dict[tuple[Path, str], GivenRight] = {}
    for one in contract.rights:
        if not one.valuation:
            continue
        value = "carbon" if one.code in CARBON else OTHER_RIGHTS.get(one.code, one.code)
        first = counted.setdefault(((folder / one.valuation).resolve(), value), one)
        if first is not one:
            raise LoanError(where=contract.loan.number, problem=Text(
                f"权利 {first.id}（{first.code}）与 {one.id}（{one.code}）引用了 {one.valuation} "
                "的同一价值，只能计一次。请只留其一，或分别估值。",
                f"the same value of {one.valuation} is named by two rights, {first.id} "
                f"({first.code}) and {one.id} ({one.code}), and counts once. Keep one of them, or "
                "value each by itself.",
            ))  # fmt: skip


def _lending_value(one: GivenRight, folder: Path) -> Decimal:
    if one.lending_value is not None:
        return one.lending_value
    results = read_valuation(folder / one.valuation).results
    if one.code in CARBON:
        return results.lending_value
    other = OTHER_RIGHTS.get(one.code, one.code)
    values = [found for found in results.other_rights if found.right == other]
    if not values or values[0].lending_value is None:
        raise LoanError(where=one.id, problem=Text(
            f"{one.valuation} 没有 {one.code} 的谨慎价值：须在事实中给出该权利，并在政策中有 "
            "[[rights]] 规则。",
            f"{one.valuation} has no lending value of {one.code}: the facts must give the right, "
            "and the policy a rule in [[rights]].",
        ))  # fmt: skip
    if not values[0].addable:
        raise LoanError(where=one.id, problem=Text(
            f"{one.code} 与碳汇补偿的是同一效益，不能与碳汇一并担保。请删去其一。",
            f"{one.code} pays for the same benefit as the carbon and cannot secure a loan beside "
            "it. Remove one of both.",
        ))  # fmt: skip
    return values[0].lending_value


def _carbon(contract: Contract, folder: Path) -> Iterator[Receipt]:
    files = (
        (folder / one.valuation).resolve()
        for one in contract.rights
        if one.code in CARBON and one.valuation
    )
    for file in dict.fromkeys(files):
        yield from carbon_receipts(worked(read_valuation(file).inputs))
