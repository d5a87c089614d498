"""What secures a loan: rights on the forest, and other security recorded apart from them.

    carbon_coverage_ratio = lending value of the carbon rights / amount of the loan

The headline of a loan that is called a carbon loan. A loan that carbon covers to 7 % is a credit
with other security, and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from data_catalog.errors import GepError, LoanError, raise_all
from data_catalog.text import Text
from lending.loans.money import CENT, NOTHING, money_problem, ratio

__all__ = ["CARBON", "OtherSecurity", "SecuredRight", "Security"]

SECURITY = Text("担保", "security")
"""Where a problem is."""
CARBON = frozenset({"CARB_F", "CARB_I"})
"""Rights whose value is carbon: expected income, and issued units."""


@dataclass(frozen=True, slots=True)
class SecuredRight:
    """A right that is pledged or mortgaged for the loan, by its code in the rights matrix."""

    id: str
    code: str
    lending_value: Decimal


@dataclass(frozen=True, slots=True)
class OtherSecurity:
    """Security that is no right on the forest: a guarantee, a building, an insurance claim."""

    kind: Text
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Security:
    """All that secures one loan, CNY.

    Parameters
    ----------
    amount : Decimal
        What is secured: the loan, or what is left of it.
    rights : tuple of SecuredRight
        Each id once; their lending values count each tonne and each yuan once already.
    """

    amount: Decimal
    rights: tuple[SecuredRight, ...]
    other: tuple[OtherSecurity, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that are none, and a right given twice."""
        raise_all(self._problems())

    @property
    def carbon(self) -> Decimal:
        """Return the lending value of the carbon rights, CNY."""
        return _sum(r.lending_value for r in self.rights if r.code in CARBON)

    @property
    def of_rights(self) -> Decimal:
        """Return the lending value of all rights on the forest, CNY."""
        return _sum(r.lending_value for r in self.rights)

    @property
    def of_other(self) -> Decimal:
        """Return the value of all other security, CNY."""
        return _sum(o.value for o in self.other)

    @property
    def carbon_coverage_ratio(self) -> Decimal | None:
        """Return the carbon rights' lending value over the loan."""
        return ratio(self.carbon, self.amount)

    @property
    def coverage_ratio(self) -> Decimal | None:
        """Return the value of all security over the loan."""
        return ratio(self.of_rights + self.of_other, self.amount)

    @property
    def not_covered(self) -> Decimal:
        """Return the part of the loan that no right on the forest covers, CNY."""
        return max(self.amount - self.of_rights, NOTHING)

    def _problems(self) -> Iterable[GepError]:
        names = [r.id for r in self.rights]
        for twice in sorted({n for n in names if names.count(n) > 1}):
            yield LoanError(
                where=SECURITY,
                problem=Text(
                    f"权利 {twice} 出现两次，同一权利只能担保一次。请删去一行。",
                    f"the right {twice} is there twice, but can secure the loan once. Remove one.",
                ),
            )
        values = [(Text("贷款金额", "the amount"), self.amount, CENT)]
        values += [(Text(f"权利 {r.id} 的谨慎价值", f"the lending value of {r.id}"),
                    r.lending_value, NOTHING) for r in self.rights]  # fmt: skip
        values += [(Text(f"{o.kind.zh}的价值", f"the value of {o.kind.en}"), o.value, NOTHING)
                   for o in self.other]  # fmt: skip
        for name, value, least in values:
            if problem := money_problem(name, value, least=least, where=SECURITY):
                yield problem


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, NOTHING)
