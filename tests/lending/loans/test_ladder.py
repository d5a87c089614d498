"""The LTV ladder: the vectors of lending.md 4.8, each zone, and the laws of top-up and release."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import GepError
from lending.loans.expected_loss import expected_loss, loss_given_default
from lending.loans.ladder import (
    ACTIONS,
    ZONES,
    Ladder,
    Zone,
    cash_top_up,
    collateral_top_up,
    release,
    standing,
)
from lending.loans.money import cents

LINES = {
    "max_ltv": "0.60", "yellow_ltv": "0.60", "orange_ltv": "0.80", "red_ltv": "1",
    "yellow_fall": "0.15", "red_fall": "0.25", "release_margin": "0.05",
}  # fmt: skip
LADDER = Ladder(**{name: Decimal(line) for name, line in LINES.items()})
LOAN = Decimal(500_000)


@pytest.mark.parametrize(
    ("value", "ltv", "cash", "collateral", "zone"),
    [
        (850_000, ".5882", "0.00", "0.00", Zone.GREEN),
        (750_000, ".6667", "50000.00", "83333.33", Zone.YELLOW),
        (640_000, ".7812", "116000.00", "193333.33", Zone.YELLOW),
        (600_000, ".8333", "140000.00", "233333.33", Zone.ORANGE),
    ],
)
def test_the_vectors_of_the_reference(
    value: int, ltv: str, cash: str, collateral: str, zone: Zone
) -> None:
    found = standing(LOAN, Decimal(value), LADDER)
    assert found.ltv is not None
    assert float(found.ltv) == pytest.approx(float(ltv), abs=6e-5)  # .78125 is printed .7812
    assert str(cents(found.cash_top_up)) == cash
    assert str(cents(found.collateral_top_up)) == collateral
    assert found.zone is zone


@pytest.mark.parametrize(
    ("value", "last", "zone"),
    [
        ("1000000", "1000000", Zone.GREEN),
        ("850000", "1000000", Zone.YELLOW),  # -15 %, though the LTV is .588
        ("850001", "1000000", Zone.GREEN),
        ("900000", "1200000", Zone.RED),  # -25 %
        ("500000", None, Zone.ORANGE),  # LTV of exactly 1 is not above it
        ("499999", None, Zone.RED),
        ("625000", None, Zone.YELLOW),  # LTV of exactly .80 is not above it
        ("0", None, Zone.RED),
    ],
)
def test_the_zone_at_the_lines(value: str, last: str | None, zone: Zone) -> None:
    before = None if last is None else Decimal(last)
    assert standing(LOAN, Decimal(value), LADDER, last_value=before).zone is zone


def test_a_missed_top_up_or_a_default_is_red_whatever_the_ltv() -> None:
    missed = standing(LOAN, Decimal(10**6), LADDER, top_up_missed=True)
    assert missed.zone is Zone.RED
    assert missed.reasons[0].zh == "未按期补仓"
    assert standing(LOAN, Decimal(10**6), LADDER, in_default=True).release == 0


def test_every_reason_is_told() -> None:
    found = standing(LOAN, Decimal(550_000), LADDER, last_value=Decimal(700_000))
    assert [r.en for r in found.reasons] == [
        "LTV of 90.91% is above 80%",
        "the value has fallen by 21.43%, which reaches 15%",
    ]
    assert "质押率 90.91% 超过 80%" in found.reasons[0].zh
    assert set(ZONES) == set(ACTIONS) == set(Zone)


amounts = st.decimals("1", "99999999", places=2)
ltvs = st.decimals("0.05", "1", places=3)


@given(amounts, amounts, ltvs)
def test_a_top_up_restores_the_ltv_to_the_maximum_exactly(
    loan: Decimal, value: Decimal, most: Decimal
) -> None:
    cash = cash_top_up(loan, value, most)
    more = collateral_top_up(loan, value, most)
    if loan > most * value:
        assert loan - cash == most * value
        assert loan / (value + more) == pytest.approx(most, rel=Decimal("1e-25"))
    else:
        assert cash == more == 0
    # what is missing in security is worth the missing cash over the LTV
    assert more * most == pytest.approx(cash, abs=Decimal("1e-18"))


@given(amounts, amounts, ltvs)
def test_a_release_never_lifts_the_ltv_above_the_maximum(
    loan: Decimal, value: Decimal, most: Decimal
) -> None:
    freed = release(loan, value, most)
    assert 0 <= freed <= value
    if freed:
        assert loan <= most * (value - freed)
        # a cent more would be too much
        assert loan > most * (value - freed - Decimal("0.01")) - Decimal("1e-20")


def test_a_release_keeps_the_margin() -> None:
    # 275,000 / .55 = 500,000 is needed of 850,000
    assert release(Decimal(275_000), Decimal(850_000), Decimal("0.60"), Decimal("0.05")) == 350_000
    # an LTV of .58 is below .60 but not by the margin
    assert standing(Decimal(580), Decimal(1000), LADDER).release == 0


def test_nothing_is_released_by_a_loan_that_is_not_green() -> None:
    # LTV .20, but the value has fallen by 20 %
    found = standing(Decimal(200), Decimal(1000), LADDER, last_value=Decimal(1250))
    assert found.zone is Zone.YELLOW
    assert found.release == 0


@pytest.mark.parametrize(
    "wrong",
    [{"orange_ltv": "0.5"}, {"red_fall": "0.1"}, {"max_ltv": "0"}, {"release_margin": "0.6"}],
)
def test_lines_out_of_order_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(GepError, match="out of order"):
        Ladder(**{name: Decimal(line) for name, line in (LINES | wrong).items()})


# Expected loss


def test_the_expected_loss_of_the_reference() -> None:
    # 4.10: 3 % x 45 % x 500,000
    assert expected_loss(Decimal("0.03"), Decimal("0.45"), LOAN) == 6750


def test_what_disposal_does_not_bring_is_lost() -> None:
    # 300,000 less 25,000 of costs of 500,000: 45 % are lost
    assert loss_given_default(Decimal(300_000), Decimal(25_000), LOAN) == Decimal("0.45")
    assert loss_given_default(Decimal(900_000), Decimal(25_000), LOAN) == 0
    with pytest.raises(GepError, match="exposure"):
        loss_given_default(Decimal(1), Decimal(0), Decimal(0))
    with pytest.raises(GepError, match="from 0 to 1"):
        expected_loss(Decimal(3), Decimal("0.45"), LOAN)
