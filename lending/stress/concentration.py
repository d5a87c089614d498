"""Concentration of a portfolio: what one watershed, species, programme or buyer weighs.

    HHI = sum_g share_g^2,   effective number = 1 / HHI

Shares are of the lending value. What is not known of a position is a group of its own, so that
what nobody wrote down cannot look spread out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING

__all__ = ["DIMENSIONS", "SINGLE", "Concentration", "OverLimit", "Position", "concentrations",
           "effective_number", "herfindahl", "over_limits"]  # fmt: skip

WHERE = Text("组合", "portfolio")
SINGLE = "single"
NOT_KNOWN = ""
DIMENSIONS: dict[str, Text] = {
    SINGLE: Text("单户", "borrower"),
    "township": Text("乡镇", "township"),
    "watershed": Text("小流域", "watershed"),
    "species": Text("树种", "species"),
    "programme": Text("机制", "programme"),
    "right": Text("权利", "right"),
    "region": Text("地区", "region"),
    "buyer": Text("买方", "buyer"),
    "verifier": Text("核查机构", "verifier"),
    "insurer": Text("保险公司", "insurer"),
}
"""What a portfolio can be concentrated in; the names of a policy's limits."""


@dataclass(frozen=True, slots=True)
class Position:
    """Lending value that secures a borrower's loan, CNY; a loan may have several.

    Parameters
    ----------
    groups : mapping of dimension to group
        `watershed`, `species` and so on.
    """

    borrower: str
    lending_value: Decimal
    groups: Mapping[str, str] = field(default_factory=dict)

    def group(self, dimension: str) -> str:
        """Return the group of a dimension; empty where it is not known."""
        return self.borrower if dimension == SINGLE else self.groups.get(dimension, NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Concentration:
    """A portfolio by one dimension: shares by group, the largest first."""

    dimension: str
    shares: Mapping[str, Decimal]

    @property
    def herfindahl(self) -> Decimal:
        """Return the Herfindahl-Hirschman index, from 1 / groups to 1."""
        return herfindahl(self.shares.values())

    @property
    def effective_number(self) -> Decimal:
        """Return how many groups of equal size would be as concentrated."""
        return effective_number(self.shares.values())


@dataclass(frozen=True, slots=True)
class OverLimit:
    """A group whose share is above the policy's limit."""

    dimension: str
    group: str
    share: Decimal
    limit: Decimal

    @property
    def text(self) -> Text:
        """Return it in words."""
        title = DIMENSIONS[self.dimension]
        group = Text(self.group or "未注明", self.group or "not stated")
        return Text(
            f"{title.zh} {group.zh}：占 {self.share:.1%}，超过上限 {self.limit:.1%}",
            f"{title.en} {group.en}: {self.share:.1%} is above the limit of {self.limit:.1%}",
        )


def herfindahl(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum of squared shares of some amounts."""
    known = list(amounts)
    total = sum(known, NOTHING)
    if total <= NOTHING or min(known) < NOTHING:
        raise LoanError(where=WHERE, problem=Text(
            f"各项合计 {total} 元，应大于零，且各项不为负。",
            f"the amounts add up to {total} CNY; they must be more than nothing, and none "
            "negative.",
        ))  # fmt: skip
    return sum((EXACT.power(EXACT.divide(one, total), 2) for one in known), NOTHING)


def effective_number(amounts: Iterable[Decimal]) -> Decimal:
    """Return 1 / HHI."""
    return EXACT.divide(Decimal(1), herfindahl(amounts))


def concentrations(
    positions: Iterable[Position], dimensions: Iterable[str] = tuple(DIMENSIONS)
) -> list[Concentration]:
    """Return the portfolio by each dimension that is known of any position."""
    known = list(positions)
    found = []
    for dimension in dimensions:
        amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        for one in known:
            amounts[one.group(dimension)] += one.lending_value
        if set(amounts) - {NOT_KNOWN}:
            found.append(Concentration(dimension, _shares(amounts)))
    return found


def over_limits(of: Iterable[Concentration], limits: Mapping[str, Decimal]) -> Iterator[OverLimit]:
    """Yield every group above its limit.

    Parameters
    ----------
    limits : mapping of dimension to share
        The policy's; a dimension that is not in it has no limit.
    """
    for one in of:
        limit = limits.get(one.dimension)
        for group, share in one.shares.items():
            if limit is not None and share > limit:
                yield OverLimit(one.dimension, group, share, limit)


def _shares(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    total = sum(amounts.values(), NOTHING)
    herfindahl(amounts.values())  # refuses amounts that no share can be of
    falling = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
    return {group: EXACT.divide(amount, total) for group, amount in falling}
