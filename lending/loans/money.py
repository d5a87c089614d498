"""Yuan in Decimal: exact while they are reckoned with, to the cent where they are paid or shown."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation

from data_catalog.errors import GepError, LoanError
from data_catalog.text import Text

__all__ = ["CENT", "EXACT", "LOAN", "NOTHING", "cents", "cents_below", "money_problem", "ratio"]

CENT = Decimal("0.01")
NOTHING = Decimal(0)
LOAN = Text("贷款", "loan")
"""Where a problem is, of one loan."""
EXACT = Context(prec=50)
"""Digits of what is reckoned between two roundings: beyond any amount, and the same everywhere."""


def cents(amount: Decimal) -> Decimal:
    """Return the amount to the cent, halves away from nothing (ROUND_HALF_UP)."""
    return amount.quantize(CENT, ROUND_HALF_UP, EXACT)


def cents_below(amount: Decimal) -> Decimal:
    """Return the amount to the cent, the rest left off: what may be given away at most."""
    return amount.quantize(CENT, ROUND_DOWN, EXACT)


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return the part's share of the whole; None where the whole is nothing."""
    return EXACT.divide(part, whole) if whole else None


def money_problem(name: Text, amount: Decimal, *, least: Decimal, where: Text) -> GepError | None:
    """Return what is wrong with an amount of yuan: no number, too low, or parts of a cent."""
    if not amount.is_finite() or amount < least:
        return LoanError(
            where=where,
            problem=Text(
                f"{name.zh}为 {amount} 元，应为不小于 {least} 元的数。",
                f"{name.en} is {amount} CNY; it must be a number of at least {least} CNY.",
            ),
        )
    try:
        whole = cents(amount) == amount
    except InvalidOperation:
        whole = False
    if not whole:
        return LoanError(
            where=where,
            problem=Text(
                f"{name.zh}为 {amount} 元，应精确到分。",
                f"{name.en} is {amount} CNY; give it to the cent.",
            ),
        )
    return None
