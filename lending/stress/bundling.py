"""Bundling (捆绑、打包): small holdings that carry the fixed costs together.

A holding has carbon value from the area at which its receipts pay the fixed costs. Together the
holdings pay those once:

    gain = V(sum of areas) - sum of max(0, V(area))

The gain is shared out by area.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING, cents_below

__all__ = ["Bundle", "break_even_area", "bundle"]

WHERE = Text("打包", "bundling")
Value = Callable[[Decimal], Decimal]
"""Present value of a holding by its area in mu, CNY, all fixed costs in it."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Holdings alone and together, CNY."""

    alone: Mapping[str, Decimal]
    together: Decimal
    gain: Decimal
    shares: Mapping[str, Decimal]

    @property
    def worthwhile(self) -> bool:
        """Return whether together they are worth more than each by itself."""
        return self.gain > NOTHING


def break_even_area(value: Value, area: Decimal) -> Decimal:
    """Return the area in mu from which a holding is worth something.

    The value is straight in the area: receipts grow with it, fixed costs do not. So two
    valuations say where it is nothing.

    Parameters
    ----------
    value : function of an area in mu
    area : Decimal, mu
        Any area; that of the holding.

    Raises
    ------
    LoanError
        If more area does not give more value: no area breaks even at this price.
    """
    once, twice = value(area), value(2 * area)
    slope = EXACT.divide(EXACT.subtract(twice, once), area)
    if slope <= NOTHING:
        raise LoanError(where=WHERE, problem=Text(
            "在此价格下，面积再大也不能盈亏平衡。",
            "at this price no area breaks even: each mu costs more than it brings.",
        ))  # fmt: skip
    return max(NOTHING, EXACT.subtract(area, EXACT.divide(once, slope)))


def bundle(areas: Mapping[str, Decimal], value: Value) -> Bundle:
    """Return what holdings are worth alone and together.

    Parameters
    ----------
    areas : mapping of holding to area, mu
    value : function of an area in mu
        With the fixed costs of one project, whatever its area.
    """
    if not areas or min(areas.values()) <= NOTHING:
        raise LoanError(where=WHERE, problem=Text(
            "每户面积应大于零。", "each holding must have an area of more than nothing."
        ))  # fmt: skip
    alone = {name: value(area) for name, area in areas.items()}
    whole = sum(areas.values(), NOTHING)
    together = value(whole)
    gain = together - sum((max(one, NOTHING) for one in alone.values()), NOTHING)
    left = max(gain, NOTHING)
    shares = {
        name: cents_below(EXACT.divide(EXACT.multiply(left, area), whole))
        for name, area in areas.items()
    }
    return Bundle(alone=alone, together=together, gain=gain, shares=shares)
