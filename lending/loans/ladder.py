"""The loan-to-value ladder: which zone a loan is in, why, and what brings it back.

    LTV = L / V,  V the lending value of the security
    cash_top_up = max(0, L - m V)         collateral_top_up = max(0, L / m - V)
    release     = max(0, V - L / m)

The duty to restore a fallen value is that of 民法典 408 (mortgage) and 433 (pledge). The lines of
the ladder are the bank's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal, localcontext
from enum import IntEnum

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, NOTHING, cents_below, ratio
from lending.policy.model import Policy

__all__ = [
    "ACTIONS",
    "UNSAID",
    "ZONES",
    "Ladder",
    "Standing",
    "Zone",
    "cash_top_up",
    "collateral_top_up",
    "release",
    "standing",
]


class Zone(IntEnum):
    """How far up the ladder a loan is; a higher zone is worse."""

    GREEN = 0
    YELLOW = 1
    ORANGE = 2
    RED = 3


ZONES = {
    Zone.GREEN: Text("绿区", "green"),
    Zone.YELLOW: Text("黄区", "yellow"),
    Zone.ORANGE: Text("橙区", "orange"),
    Zone.RED: Text("红区", "red"),
}
ACTIONS = {
    Zone.GREEN: Text("正常", "nothing to do"),
    Zone.YELLOW: Text("通知借款人，重新估值", "notice to the borrower, revaluation"),
    Zone.ORANGE: Text("限期补仓", "top-up within the days of the policy"),
    Zone.RED: Text("提前到期，处置担保", "acceleration and disposal"),
}


WORTHLESS = Text(
    "担保价值为零，只能依靠其他担保",
    "the security is worth nothing: the loan rests on other security",
)
UNSAID = Text("", "")


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """A bank's lines, all as fractions.

    Parameters
    ----------
    max_ltv : Decimal
        Highest LTV at which is lent, and the LTV that a top-up restores.
    yellow_ltv, orange_ltv, red_ltv : Decimal
        Above these the loan is in the zone.
    yellow_fall, red_fall : Decimal
        A fall of the value since the last valuation, by so much or more, leads to the zone.
    release_margin : Decimal
        How far below `max_ltv` the loan must be, and stay, when security is released.
    """

    max_ltv: Decimal
    yellow_ltv: Decimal
    orange_ltv: Decimal
    red_ltv: Decimal
    yellow_fall: Decimal
    red_fall: Decimal
    release_margin: Decimal = NOTHING

    @classmethod
    def of(cls, policy: Policy) -> "Ladder":
        """Return the lines of a bank's policy."""
        lines = {"max_ltv": policy.caps.max_ltv, **policy.ladder.model_dump()}
        names = (field.name for field in fields(cls))
        return cls(**{name: Decimal(str(lines[name])) for name in names})

    def __post_init__(self) -> None:
        """Refuse lines that are out of order."""
        rising = self.max_ltv > NOTHING and self.yellow_ltv <= self.orange_ltv <= self.red_ltv
        falling = NOTHING < self.yellow_fall <= self.red_fall <= 1
        if not rising or not falling or not NOTHING <= self.release_margin < self.max_ltv:
            raise LoanError(
                where=Text("质押率阶梯", "LTV ladder"),
                problem=Text(
                    f"各线次序不对：质押率上限 {self.max_ltv}；黄、橙、红线 {self.yellow_ltv}、"
                    f"{self.orange_ltv}、{self.red_ltv}；黄、红区跌幅 {self.yellow_fall}、"
                    f"{self.red_fall}；解押余量 {self.release_margin}。"
                    "三条线与两个跌幅须依次升高，余量须小于上限。",
                    f"the lines are out of order: highest LTV {self.max_ltv}; yellow, orange and "
                    f"red {self.yellow_ltv}, {self.orange_ltv}, {self.red_ltv}; falls "
                    f"{self.yellow_fall}, {self.red_fall}; margin of release "
                    f"{self.release_margin}. Lines and falls must rise from yellow to red, and "
                    "the margin be less than the highest LTV.",
                ),
            )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a loan stands on the ladder, CNY to full precision: round at the edge.

    `ltv` is None where the security is worth nothing; then no collateral of this kind restores
    anything, and the loan rests on its other security.
    """

    zone: Zone
    reasons: tuple[Text, ...]
    ltv: Decimal | None
    cash_top_up: Decimal
    collateral_top_up: Decimal
    release: Decimal


def cash_top_up(loan: Decimal, value: Decimal, max_ltv: Decimal) -> Decimal:
    """Return the cash that brings the LTV down to the maximum, CNY."""
    return max(NOTHING, EXACT.subtract(loan, EXACT.multiply(max_ltv, value)))


def collateral_top_up(loan: Decimal, value: Decimal, max_ltv: Decimal) -> Decimal:
    """Return the lending value to be added that brings the LTV down to the maximum, CNY."""
    return max(NOTHING, EXACT.subtract(EXACT.divide(loan, max_ltv), value))


def release(loan: Decimal, value: Decimal, max_ltv: Decimal, margin: Decimal = NOTHING) -> Decimal:
    """Return the lending value that can be released, CNY, to the cent and not a cent too much.

    None is released unless the LTV is below the maximum by the margin; then as much as leaves it
    at the maximum less the margin.
    """
    needed = EXACT.divide(loan, EXACT.subtract(max_ltv, margin))
    return max(NOTHING, cents_below(EXACT.subtract(value, needed)))


def standing(
    loan: Decimal, value: Decimal, ladder: Ladder, *, last_value: Decimal | None = None,
    top_up_missed: bool = False, in_default: bool = False, fallen_from: Text = UNSAID,
) -> Standing:  # fmt: skip
    """Return the zone of a loan, every reason for it, and what restores or may be released.

    Parameters
    ----------
    loan : Decimal, CNY
        Secured principal.
    value, last_value : Decimal, CNY
        Lending value now and at the last valuation.
    fallen_from : Text
        What `last_value` is, where it has to be said: stands before the fall in its reason.
    """
    with localcontext(EXACT):
        found = list(_reasons(loan, value, ladder, last_value, fallen_from))
    if top_up_missed:
        found.append((Zone.RED, Text("未按期补仓", "a top-up was not made in time")))
    if in_default:
        found.append((Zone.RED, Text("贷款违约", "the loan is in default")))
    zone = max((zone for zone, _ in found), default=Zone.GREEN)
    free = zone is Zone.GREEN
    return Standing(
        zone=zone, reasons=tuple(text for _, text in found), ltv=ratio(loan, value),
        cash_top_up=cash_top_up(loan, value, ladder.max_ltv),
        collateral_top_up=collateral_top_up(loan, value, ladder.max_ltv),
        release=release(loan, value, ladder.max_ltv, ladder.release_margin) if free else NOTHING,
    )  # fmt: skip


def _reasons(
    loan: Decimal, value: Decimal, ladder: Ladder, last_value: Decimal | None, fallen_from: Text
) -> Iterator[tuple[Zone, Text]]:
    if not value and loan:
        yield Zone.RED, WORTHLESS
    for zone, line in (
        (Zone.RED, ladder.red_ltv),
        (Zone.ORANGE, ladder.orange_ltv),
        (Zone.YELLOW, ladder.yellow_ltv),
    ):
        if value and loan > line * value:
            yield (
                zone,
                Text(
                    f"质押率 {loan / value:.2%} 超过 {_percent(line)}",
                    f"LTV of {loan / value:.2%} is above {_percent(line)}",
                ),
            )
            break
    if not last_value:
        return
    fall = 1 - value / last_value
    for zone, line in ((Zone.RED, ladder.red_fall), (Zone.YELLOW, ladder.yellow_fall)):
        if fall >= line:
            yield (
                zone,
                Text(
                    f"价值{fallen_from.zh}下降 {fall:.2%}，达到 {_percent(line)}",
                    f"the value has fallen{fallen_from.en} by {fall:.2%}, which reaches "
                    f"{_percent(line)}",
                ),
            )
            break


def _percent(line: Decimal) -> str:
    """Return a line as the policy states it."""
    return f"{(line * 100).normalize():f}%"
