"""Expected loss of a loan: EL = PD x LGD x EAD.

    LGD = max(0, 1 - (disposal value - cost of disposal) / EAD)

The probability of default is the borrower's, from the bank's own records: it should not come from
carbon.
"""

from decimal import Decimal, localcontext

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING

__all__ = ["expected_loss", "loss_given_default"]


def loss_given_default(disposal_value: Decimal, cost: Decimal, exposure: Decimal) -> Decimal:
    """Return the share of the exposure that is lost in default, 0 and up.

    Parameters
    ----------
    disposal_value, cost, exposure : Decimal, CNY
        What the security sells for, what selling it costs, and what is owed then. Costs beyond
        the value are lost too, so that the share can exceed 1.
    """
    if exposure <= NOTHING:
        raise LoanError(
            where="LGD",
            problem=Text(
                f"违约风险暴露为 {exposure} 元，应大于零。",
                f"the exposure at default is {exposure} CNY; it must be more than nothing.",
            ),
        )
    with localcontext(EXACT):
        return max(NOTHING, 1 - (disposal_value - cost) / exposure)


def expected_loss(
    default_probability: Decimal, loss_given_default: Decimal, exposure: Decimal
) -> Decimal:
    """Return the expected loss, CNY, of a default probability and loss share as fractions."""
    if not NOTHING <= default_probability <= 1:
        raise LoanError(
            where="PD",
            problem=Text(
                f"违约概率为 {default_probability}，应为 0 到 1 之间的小数。",
                f"the probability of default is {default_probability}; it must be a fraction "
                "from 0 to 1.",
            ),
        )
    with localcontext(EXACT):
        return default_probability * loss_given_default * exposure
