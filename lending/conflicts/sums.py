"""Tonnes of a project or a parcel, summed by right, state and years: for conservation laws.

A register may hold many thousand batches of one project, but few intervals of years.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lending.conflicts.claim import Claim
from lending.conflicts.rules import Rules

__all__ = ["Sums", "Taken", "sums_by", "taken_beside"]

GRAM = Decimal("0.001")
Kind: TypeAlias = tuple[str, str, date | None, date | None]
"""Right, state, and the interval of years."""
Sums: TypeAlias = dict[str, dict[Kind, "Taken"]]


@dataclass(frozen=True, slots=True)
class Taken:
    """How many claims, and their tonnes in t_CO2e."""

    claims: int
    tonnes: Decimal

    def plus(self, other: "Taken", sign: int = 1) -> "Taken":
        """Return both together, or what is left."""
        return Taken(self.claims + sign * other.claims, self.tonnes + sign * other.tonnes)


NOTHING = Taken(0, Decimal(0))


def sums_by(claims: Iterable[Claim], key: Callable[[Claim], str]) -> Sums:
    """Return the sums under each key that is not empty."""
    found: Sums = defaultdict(dict)
    for claim in claims:
        if name := key(claim):
            kinds, kind = found[name], _kind(claim)
            kinds[kind] = kinds.get(kind, NOTHING).plus(_own(claim))
    return dict(found)


def taken_beside(claim: Claim, key: str, sums: Iterable[tuple[Sums, int]], rules: Rules) -> Taken:
    """Return what others take of the same right in the claim's years.

    Claims of other years count with the share of their days that lie in this claim's.

    Parameters
    ----------
    sums : iterable of (Sums, sign)
        What is added (1) or taken off (-1); the claim itself is among what is added.
    """
    total = NOTHING.plus(_own(claim), -1) if rules.states[claim.state].counts else NOTHING
    for some, sign in sums:
        for kind, taken in some.get(key, {}).items():
            right, state, start, end = kind
            share = _share(claim, start, end)
            if right == claim.right and rules.states[state].counts and share:
                part = (taken.tonnes * share).quantize(GRAM)
                total = total.plus(Taken(taken.claims, part), sign)
    return total


def _kind(claim: Claim) -> Kind:
    return claim.right, claim.state, claim.vintage_from, claim.vintage_to


def _own(claim: Claim) -> Taken:
    return Taken(1, claim.tonnes or Decimal(0))


def _share(claim: Claim, start: date | None, end: date | None) -> Decimal:
    """Return the share of an interval's days that lie in the claim's; all of what is the same."""
    if (start, end) == (claim.vintage_from, claim.vintage_to):
        return Decimal(1)
    if None in (start, end, claim.vintage_from, claim.vintage_to):
        return Decimal(0)
    first, last = max(start, claim.vintage_from), min(end, claim.vintage_to)  # type: ignore[type-var]
    days, shared = (end - start).days, (last - first).days  # type: ignore[operator]
    return Decimal(shared) / days if days > 0 and shared > 0 else Decimal(0)
