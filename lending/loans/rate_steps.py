"""Sustainability-linked loans: the rate follows how far a target has been reached, by steps.

The share of the target that was reached decides the step; a year that nobody verified counts as
nothing reached. Steps count from the base rate, they do not add up over the years.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING
from lending.loans.terms import RateChange

__all__ = ["RateRule", "RateStep"]


@dataclass(frozen=True, slots=True)
class RateStep:
    """The change of the yearly rate from this share of the target on; negative is cheaper."""

    reached: Decimal
    change: Decimal


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """A declared rule of a sustainability-linked loan.

    Parameters
    ----------
    indicator : Text
        What is measured, with its unit: net removal in t_CO2e a year.
    targets : mapping of year to Decimal
        Path of the indicator, more than nothing each.
    less_is_better : bool
        Whether the target is a ceiling, as of emissions.
    steps : tuple of RateStep
        The first for a share of 0, then rising.
    lowest, highest : Decimal
        Floor and cap of the yearly rate.
    """

    indicator: Text
    targets: Mapping[int, Decimal]
    steps: tuple[RateStep, ...]
    lowest: Decimal
    highest: Decimal
    less_is_better: bool = False

    def __post_init__(self) -> None:
        """Refuse a rule that leaves a case open."""
        shares = [step.reached for step in self.steps]
        if not shares or shares[0] != NOTHING or shares != sorted(set(shares)):
            raise LoanError(
                where=self.indicator,
                problem=Text(
                    "各档应从 0 起、逐档上升，使任何完成度都有对应的一档。",
                    "the steps must begin at 0 and rise, so that every result has its step.",
                ),
            )
        if not NOTHING <= self.lowest <= self.highest:
            raise LoanError(
                where=self.indicator,
                problem=Text(
                    f"利率下限 {self.lowest} 应不高于上限 {self.highest}。",
                    f"the floor {self.lowest} must not be above the cap {self.highest}.",
                ),
            )
        for year, target in self.targets.items():
            if target <= NOTHING:
                raise LoanError(
                    where=self.indicator,
                    problem=Text(
                        f"{year} 年目标为 {target}，应大于零。",
                        f"the target of {year} is {target}; it must be more than nothing.",
                    ),
                )

    def reached(self, year: int, verified: Decimal | None) -> Decimal:
        """Return the share of the year's target that was reached; 0 where nothing is verified.

        Raises
        ------
        LoanError
            If the path has no target of the year.
        """
        if year not in self.targets:
            raise LoanError(where=self.indicator, problem=Text(
                f"没有 {year} 年的目标。", f"there is no target of {year}."
            ))  # fmt: skip
        if verified is None or verified <= NOTHING:
            full = self.less_is_better and verified is not None
            return self.steps[-1].reached if full else NOTHING
        target = self.targets[year]
        part, whole = (target, verified) if self.less_is_better else (verified, target)
        return EXACT.divide(part, whole)

    def rate(self, base: Decimal, year: int, verified: Decimal | None) -> Decimal:
        """Return the yearly rate that a year's result leads to."""
        share = self.reached(year, verified)
        change = [step.change for step in self.steps if step.reached <= share][-1]
        with localcontext(EXACT):
            return min(max(base + change, self.lowest), self.highest)

    def rate_changes(
        self, base: Decimal, verified: Mapping[int, Decimal | None], since: Mapping[int, date]
    ) -> tuple[RateChange, ...]:
        """Return the rates of a loan's terms.

        Parameters
        ----------
        verified : mapping of year to Decimal or None
            Results; a target year that is not in it is not decided yet.
        since : mapping of year to date
            From which day the result of a year changes the rate.

        Raises
        ------
        LoanError
            If a result has no target, or no day.
        """
        for year in verified:
            if year not in since:
                raise LoanError(where=self.indicator, problem=Text(
                    f"没有给出 {year} 年的结果自哪一日起改变利率。",
                    f"give the day from which the result of {year} changes the rate.",
                ))  # fmt: skip
        return tuple(
            RateChange(since[year], self.rate(base, year, verified[year]))
            for year in sorted(verified)
        )
